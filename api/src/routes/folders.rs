//! Folders for chats.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::entity::folder;
use shared::{Context, folders};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::{Json, given};
use crate::page::{Page, slice};
use crate::time::Time;

/// A place for chats. A folder that lies in another holds no folders.
#[derive(Debug, Object)]
struct Folder {
    id: Uuid,
    #[oai(validator(max_length = 100))]
    name: String,
    /// The folder that it lies in.
    parent_id: Option<Uuid>,
    created_at: Time,
    updated_at: Time,
}

impl From<folder::Model> for Folder {
    fn from(row: folder::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            parent_id: row.parent_id,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

#[derive(Debug, Object)]
struct NewFolder {
    #[oai(validator(max_length = 200))]
    name: String,
    /// The folder that it is to lie in.
    parent_id: Option<Uuid>,
}

/// What changes; what is absent stays.
#[derive(Debug, Object)]
struct FolderChange {
    #[oai(validator(max_length = 200))]
    name: Option<String>,
    /// `null` takes it out of the folder that it lies in.
    parent_id: MaybeUndefined<Uuid>,
}

#[derive(ApiResponse)]
enum FolderCreated {
    #[oai(status = 201)]
    Created(Json<Folder>),
}

#[derive(ApiResponse)]
enum FolderDeleted {
    #[oai(status = 204)]
    Deleted,
}

pub(crate) struct FoldersApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Chats")]
impl FoldersApi {
    /// List the own folders
    #[oai(path = "/folders", method = "get", operation_id = "listFolders")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Folder>>> {
        let page = folders::list(&ctx, user.user.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, Folder::from)))
    }

    /// Create a folder
    #[oai(path = "/folders", method = "post", operation_id = "createFolder")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        body: Json<NewFolder>,
    ) -> Result<FolderCreated> {
        let row = folders::create(&ctx, user.user.id, &body.0.name, body.0.parent_id).await?;
        Ok(FolderCreated::Created(Json(row.into())))
    }

    /// Rename a folder, or move it
    #[oai(path = "/folders/:id", method = "patch", operation_id = "updateFolder")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<FolderChange>,
    ) -> Result<Json<Folder>> {
        let change = folders::Change { name: body.0.name, parent_id: given(body.0.parent_id) };
        Ok(Json(folders::update(&ctx, user.user.id, id.0, change).await?.into()))
    }

    /// Delete a folder
    ///
    /// Its chats stay and are in no folder then; folders in it come out of it.
    #[oai(path = "/folders/:id", method = "delete", operation_id = "deleteFolder")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<FolderDeleted> {
        folders::delete(&ctx, user.user.id, id.0).await?;
        Ok(FolderDeleted::Deleted)
    }
}
