//! Collections of files, and the search in them.

use std::collections::HashMap;

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::collections::{Access, Terms};
use shared::entity::collection::Model;
use shared::search::{self, Found, Scope};
use shared::{Context, collections};
use uuid::Uuid;

use super::Tag;
use super::files::File;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

/// Passages of an answer where the question does not say how many.
const PASSAGES: u64 = 8;

/// What may be done with a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum CollectionAccess {
    /// Everything: it is the caller's own.
    Own,
    /// Read and search it, put own files in, and take files out.
    Write,
    /// Read and search it.
    Read,
}

/// Who has shared a collection.
#[derive(Clone, Debug, Object)]
struct Sharer {
    id: Uuid,
    name: String,
}

/// A collection of files.
#[derive(Clone, Debug, Object)]
struct Collection {
    id: Uuid,
    #[oai(validator(max_length = 200))]
    name: String,
    #[oai(validator(max_length = 2000))]
    description: String,
    /// How many files are in it.
    files: i64,
    /// What the caller may do with it.
    access: CollectionAccess,
    /// Who has shared it with the caller; absent for an own one.
    #[oai(skip_serializing_if_is_none)]
    shared_by: Option<Sharer>,
    created_at: Time,
    updated_at: Time,
}

impl Collection {
    fn of(row: Model, counts: &HashMap<Uuid, i64>, terms: &HashMap<Uuid, Terms>) -> Self {
        let (access, shared_by) = match terms.get(&row.id) {
            Some(Terms::Shared { access, owner_id, owner_name }) => {
                let access = match access {
                    Access::Read => CollectionAccess::Read,
                    Access::Write => CollectionAccess::Write,
                };
                (access, Some(Sharer { id: *owner_id, name: owner_name.clone() }))
            }
            Some(Terms::Own) | None => (CollectionAccess::Own, None),
        };
        Self {
            files: counts.get(&row.id).copied().unwrap_or_default(),
            access,
            shared_by,
            id: row.id,
            name: row.name,
            description: row.description,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }

    /// With what only other rows know: how many files are in each, and what the user may do with it.
    async fn all(ctx: &Context, user_id: Uuid, rows: Vec<Model>) -> Result<Vec<Self>> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let counts = collections::counts(ctx, &ids).await?;
        let terms = collections::terms(ctx, user_id, &rows).await?;
        Ok(rows.into_iter().map(|row| Self::of(row, &counts, &terms)).collect())
    }

    async fn one(ctx: &Context, user_id: Uuid, row: Model) -> Result<Json<Self>> {
        let counts = collections::counts(ctx, &[row.id]).await?;
        let terms = collections::terms(ctx, user_id, std::slice::from_ref(&row)).await?;
        Ok(Json(Self::of(row, &counts, &terms)))
    }
}

#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewCollection {
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    #[oai(validator(max_length = 2000))]
    description: Option<String>,
}

/// What changes; what is absent stays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct CollectionChange {
    #[oai(validator(min_length = 1, max_length = 200))]
    name: Option<String>,
    #[oai(validator(max_length = 2000))]
    description: Option<String>,
}

#[derive(Debug, Object)]
struct AddFile {
    /// One of the own files.
    file_id: Uuid,
}

#[derive(Debug, Object)]
struct SearchRequest {
    /// A question or some words.
    #[oai(validator(min_length = 1, max_length = 4000))]
    query: String,
    /// Passages that are wanted; 8 if absent.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    k: Option<u64>,
}

/// A passage that was found.
#[derive(Clone, Debug, Object)]
pub(crate) struct Passage {
    pub(crate) text: String,
    /// Higher is better; only passages of one answer can be compared.
    pub(crate) score: f64,
    pub(crate) file_id: Uuid,
    pub(crate) file_name: String,
    /// Counted from 1; absent where the kind of file has no pages.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) page: Option<i32>,
    /// The headings above it, outermost first.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) heading: Option<String>,
    /// Where it begins, in characters of its page, or of the text where there are no pages.
    pub(crate) from: i32,
    /// Where it ends.
    pub(crate) to: i32,
}

impl From<Found> for Passage {
    fn from(found: Found) -> Self {
        Self {
            text: found.chunk.text,
            score: found.score,
            file_id: found.file.id,
            file_name: found.file.name,
            page: found.chunk.page,
            heading: Some(found.chunk.heading).filter(|heading| !heading.is_empty()),
            from: found.chunk.from_char,
            to: found.chunk.to_char,
        }
    }
}

/// The passages that fit best, the best one first.
#[derive(Debug, Object)]
struct Passages {
    items: Vec<Passage>,
}

#[derive(ApiResponse)]
enum CollectionCreated {
    #[oai(status = 201)]
    Created(Json<Collection>),
}

#[derive(ApiResponse)]
enum Gone {
    #[oai(status = 204)]
    Gone,
}

pub(crate) struct CollectionsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Files")]
impl CollectionsApi {
    /// Create a collection
    #[oai(path = "/collections", method = "post", operation_id = "createCollection")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        body: Json<NewCollection>,
    ) -> Result<CollectionCreated> {
        let description = body.description.as_deref().unwrap_or_default();
        let row = collections::create(&ctx, user.user.id, &body.name, description).await?;
        Ok(CollectionCreated::Created(Json(Collection::of(row, &HashMap::new(), &HashMap::new()))))
    }

    /// List the collections, newest first
    ///
    /// The own ones, and those that are shared with the caller's groups.
    #[oai(path = "/collections", method = "get", operation_id = "listCollections")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Collection>>> {
        let page = collections::list(&ctx, user.user.id, &slice(limit.0, after.0)).await?;
        let items = Collection::all(&ctx, user.user.id, page.items).await?;
        Ok(Json(Page { items, next: page.next }))
    }

    /// Get a collection
    #[oai(path = "/collections/:id", method = "get", operation_id = "getCollection")]
    async fn get(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Json<Collection>> {
        Collection::one(&ctx, user.user.id, collections::find_readable(&ctx, user.user.id, id.0).await?).await
    }

    /// Change a collection's name or description
    #[oai(path = "/collections/:id", method = "patch", operation_id = "updateCollection")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<CollectionChange>,
    ) -> Result<Json<Collection>> {
        let (name, description) = (body.name.as_deref(), body.description.as_deref());
        let row = collections::update(&ctx, user.user.id, id.0, name, description).await?;
        Collection::one(&ctx, user.user.id, row).await
    }

    /// Delete a collection
    ///
    /// Its files stay.
    #[oai(path = "/collections/:id", method = "delete", operation_id = "deleteCollection")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Gone> {
        collections::delete(&ctx, user.user.id, id.0).await?;
        Ok(Gone::Gone)
    }

    /// List the files of a collection, newest first
    #[oai(path = "/collections/:id/files", method = "get", operation_id = "listCollectionFiles")]
    async fn files(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<File>>> {
        let page = collections::list_files(&ctx, user.user.id, id.0, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, File::from)))
    }

    /// Put a file into a collection
    #[oai(path = "/collections/:id/files", method = "post", operation_id = "addCollectionFile")]
    async fn add(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<AddFile>,
    ) -> Result<Json<File>> {
        Ok(Json(collections::add_file(&ctx, user.user.id, id.0, body.file_id).await?.into()))
    }

    /// Take a file out of a collection
    ///
    /// The file itself stays.
    #[oai(path = "/collections/:id/files/:file_id", method = "delete", operation_id = "removeCollectionFile")]
    async fn remove(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        file_id: Path<Uuid>,
    ) -> Result<Gone> {
        collections::remove_file(&ctx, user.user.id, id.0, file_id.0).await?;
        Ok(Gone::Gone)
    }

    /// Search a collection
    ///
    /// The passages of its files that fit a question best.
    #[oai(path = "/collections/:id/search", method = "post", operation_id = "searchCollection")]
    async fn search(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<SearchRequest>,
    ) -> Result<Json<Passages>> {
        let scope = Scope::of(&ctx, user.user.id, &[id.0], &[]).await?;
        let found = search::search(&ctx, &scope, &body.query, body.k.unwrap_or(PASSAGES)).await?;
        Ok(Json(Passages { items: found.into_iter().map(Passage::from).collect() }))
    }
}
