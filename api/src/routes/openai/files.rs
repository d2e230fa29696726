//! `/v1/files` and `/v1/vector_stores`: the same files and collections, in OpenAI's form.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde_json::{Value, json};
use shared::entity::file::State;
use shared::entity::{collection, file};
use shared::page::{Page, Slice};
use shared::search::{self, Scope};
use shared::{Context, Error, collections, files};
use uuid::Uuid;

use super::read_json;
use super::schema::{
    Answer, Body, OpenAiDeleted, OpenAiFile, OpenAiFiles, VectorStore, VectorStoreFile, VectorStoreFiles,
    VectorStoreFound, VectorStores,
};
use crate::auth::Caller;
use crate::error::Result;
use crate::routes::Tag;
use crate::routes::files::{Content, Upload};

/// Files that one call may put into a new store.
const MOST_FILES: usize = 500;
/// Passages of an answer where the question does not say how many, as OpenAI has it.
const RESULTS: u64 = 10;

pub(crate) struct OpenAiFilesApi;

/// What a new store is made of.
#[derive(Object)]
struct NewVectorStore {
    name: Option<String>,
    /// Files that were uploaded before.
    file_ids: Option<Vec<Uuid>>,
}

/// The file to put in.
#[derive(Object)]
struct NewVectorStoreFile {
    file_id: Uuid,
}

/// What to look for.
#[derive(Object)]
struct VectorStoreSearch {
    /// A text, or a list of them.
    query: Value,
    /// 1 to 50; 10 if absent.
    max_num_results: Option<u64>,
}

#[derive(serde::Deserialize)]
struct StoreBody {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    file_ids: Vec<Uuid>,
}

#[derive(serde::Deserialize)]
struct FileBody {
    file_id: Uuid,
}

#[derive(serde::Deserialize)]
struct SearchBody {
    query: Value,
    #[serde(default)]
    max_num_results: Option<u64>,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Compatible")]
impl OpenAiFilesApi {
    /// Upload a file in OpenAI's form
    #[oai(path = "/files", method = "post", operation_id = "createOpenAiFile")]
    async fn upload(&self, ctx: Data<&Context>, who: Caller, upload: Upload) -> Result<Answer<OpenAiFile>> {
        let row = files::upload(&ctx, who.user.id, upload.file().await?).await?;
        Answer::json(&as_file(&row))
    }

    /// List the own files in OpenAI's form
    #[oai(path = "/files", method = "get", operation_id = "listOpenAiFiles")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        /// Items on a page; 100 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
        limit: Query<Option<u64>>,
        /// The id of the last file of the page before.
        after: Query<Option<String>>,
    ) -> Result<Answer<OpenAiFiles>> {
        let slice = Slice::new(limit.0.unwrap_or(100), after.0);
        Answer::json(&as_list(&files::list(&ctx, who.user.id, &slice).await?, as_file))
    }

    /// Get a file in OpenAI's form
    #[oai(path = "/files/:id", method = "get", operation_id = "getOpenAiFile")]
    async fn get(&self, ctx: Data<&Context>, who: Caller, id: Path<Uuid>) -> Result<Answer<OpenAiFile>> {
        Answer::json(&as_file(&files::find_for(&ctx, who.user.id, id.0).await?))
    }

    /// Delete a file in OpenAI's form
    #[oai(path = "/files/:id", method = "delete", operation_id = "deleteOpenAiFile")]
    async fn delete(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
    ) -> Result<Answer<OpenAiDeleted>> {
        files::remove(&ctx, who.user.id, id.0).await?;
        Answer::json(&json!({"id": id.0, "object": "file", "deleted": true}))
    }

    /// Download a file in OpenAI's form
    #[oai(path = "/files/:id/content", method = "get", operation_id = "downloadOpenAiFile")]
    async fn content(&self, ctx: Data<&Context>, who: Caller, id: Path<Uuid>) -> Result<Content> {
        let row = files::find_for(&ctx, who.user.id, id.0).await?;
        Content::of(&ctx, &row, None, None).await
    }

    /// Create a vector store in OpenAI's form
    ///
    /// It is a collection.
    #[oai(path = "/vector_stores", method = "post", operation_id = "createVectorStore")]
    async fn create_store(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        body: Body<NewVectorStore>,
    ) -> Result<Answer<VectorStore>> {
        let body: StoreBody = read_json(&body.bytes)?;
        if body.file_ids.len() > MOST_FILES {
            return Err(Error::field("file_ids", format!("must be at most {MOST_FILES}")).into());
        }
        for id in &body.file_ids {
            files::find_for(&ctx, who.user.id, *id).await?;
        }
        let name = body.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or("Vector store");
        let row = collections::create(&ctx, who.user.id, name, "").await?;
        for id in &body.file_ids {
            collections::add_file(&ctx, who.user.id, row.id, *id).await?;
        }
        Answer::json(&as_store(&row, body.file_ids.len()))
    }

    /// List the own and the shared vector stores in OpenAI's form
    #[oai(path = "/vector_stores", method = "get", operation_id = "listVectorStores")]
    async fn list_stores(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        /// Items on a page; 20 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// The id of the last store of the page before.
        after: Query<Option<String>>,
    ) -> Result<Answer<VectorStores>> {
        let slice = Slice::new(limit.0.unwrap_or(20), after.0);
        let page = collections::list(&ctx, who.user.id, &slice).await?;
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
        let counts = collections::counts(&ctx, &ids).await?;
        let count =
            |row: &collection::Model| usize::try_from(counts.get(&row.id).copied().unwrap_or(0)).unwrap_or(0);
        Answer::json(&as_list(&page, |row| as_store(row, count(row))))
    }

    /// Get a vector store in OpenAI's form
    #[oai(path = "/vector_stores/:id", method = "get", operation_id = "getVectorStore")]
    async fn get_store(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
    ) -> Result<Answer<VectorStore>> {
        let row = collections::find_readable(&ctx, who.user.id, id.0).await?;
        let count = collections::counts(&ctx, &[row.id]).await?.get(&row.id).copied().unwrap_or_default();
        Answer::json(&as_store(&row, usize::try_from(count).unwrap_or_default()))
    }

    /// Delete a vector store in OpenAI's form
    #[oai(path = "/vector_stores/:id", method = "delete", operation_id = "deleteVectorStore")]
    async fn delete_store(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
    ) -> Result<Answer<OpenAiDeleted>> {
        collections::delete(&ctx, who.user.id, id.0).await?;
        Answer::json(&json!({"id": id.0, "object": "vector_store.deleted", "deleted": true}))
    }

    /// Put a file into a vector store in OpenAI's form
    #[oai(path = "/vector_stores/:id/files", method = "post", operation_id = "createVectorStoreFile")]
    async fn add_file(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
        body: Body<NewVectorStoreFile>,
    ) -> Result<Answer<VectorStoreFile>> {
        let body: FileBody = read_json(&body.bytes)?;
        let row = collections::add_file(&ctx, who.user.id, id.0, body.file_id).await?;
        Answer::json(&as_store_file(&row, id.0))
    }

    /// List the files of a vector store in OpenAI's form
    #[oai(path = "/vector_stores/:id/files", method = "get", operation_id = "listVectorStoreFiles")]
    async fn list_files(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
        /// Items on a page; 20 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// The id of the last file of the page before.
        after: Query<Option<String>>,
    ) -> Result<Answer<VectorStoreFiles>> {
        let slice = Slice::new(limit.0.unwrap_or(20), after.0);
        let page = collections::list_files(&ctx, who.user.id, id.0, &slice).await?;
        Answer::json(&as_list(&page, |row| as_store_file(row, id.0)))
    }

    /// Get a file of a vector store in OpenAI's form
    #[oai(path = "/vector_stores/:id/files/:file_id", method = "get", operation_id = "getVectorStoreFile")]
    async fn get_file(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
        file_id: Path<Uuid>,
    ) -> Result<Answer<VectorStoreFile>> {
        let row = collections::file_of(&ctx, who.user.id, id.0, file_id.0).await?;
        Answer::json(&as_store_file(&row, id.0))
    }

    /// Take a file out of a vector store in OpenAI's form
    #[oai(
        path = "/vector_stores/:id/files/:file_id",
        method = "delete",
        operation_id = "deleteVectorStoreFile"
    )]
    async fn remove_file(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
        file_id: Path<Uuid>,
    ) -> Result<Answer<OpenAiDeleted>> {
        collections::remove_file(&ctx, who.user.id, id.0, file_id.0).await?;
        Answer::json(&json!({"id": file_id.0, "object": "vector_store.file.deleted", "deleted": true}))
    }

    /// Search a vector store in OpenAI's form
    #[oai(path = "/vector_stores/:id/search", method = "post", operation_id = "searchVectorStore")]
    async fn search(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        id: Path<Uuid>,
        body: Body<VectorStoreSearch>,
    ) -> Result<Answer<VectorStoreFound>> {
        let body: SearchBody = read_json(&body.bytes)?;
        let queries: Vec<String> = match body.query {
            Value::String(text) => vec![text],
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        if queries.is_empty() {
            return Err(Error::field("query", "must be a text or a list of texts").into());
        }
        let scope = Scope::of(&ctx, who.user.id, &[id.0], &[]).await?;
        let most = body.max_num_results.unwrap_or(RESULTS).clamp(1, 50);
        let found = search::search(&ctx, &scope, &queries.join(" "), most).await?;
        let data: Vec<Value> = found
            .into_iter()
            .map(|found| {
                json!({
                    "file_id": found.file.id,
                    "filename": found.file.name,
                    "score": found.score,
                    "attributes": {"page": found.chunk.page, "heading": found.chunk.heading},
                    "content": [{"type": "text", "text": found.chunk.text}],
                })
            })
            .collect();
        Answer::json(&json!({
            "object": "vector_store.search_results.page",
            "search_query": queries,
            "data": data,
            "has_more": false,
            "next_page": null,
        }))
    }
}

fn as_file(row: &file::Model) -> Value {
    let status = match row.state {
        State::Ready => "processed",
        State::Failed => "error",
        _ => "uploaded",
    };
    json!({
        "id": row.id,
        "object": "file",
        "bytes": row.bytes,
        "created_at": row.created_at / 1000,
        "filename": row.name,
        "purpose": "user_data",
        "status": status,
        "status_details": row.error_message,
    })
}

fn as_store(row: &collection::Model, files: usize) -> Value {
    json!({
        "id": row.id,
        "object": "vector_store",
        "created_at": row.created_at / 1000,
        "last_active_at": row.updated_at / 1000,
        "name": row.name,
        "status": "completed",
        "usage_bytes": 0,
        "metadata": {},
        "file_counts": {"in_progress": 0, "completed": files, "failed": 0, "cancelled": 0, "total": files},
    })
}

fn as_store_file(row: &file::Model, store: Uuid) -> Value {
    let status = match row.state {
        State::Ready => "completed",
        State::Failed => "failed",
        _ => "in_progress",
    };
    let error = files::error_of(row).map(|(_, message)| json!({"code": "invalid_file", "message": message}));
    json!({
        "id": row.id,
        "object": "vector_store.file",
        "created_at": row.created_at / 1000,
        "vector_store_id": store,
        "usage_bytes": row.bytes,
        "status": status,
        "last_error": error,
        "attributes": {},
    })
}

fn as_list<T>(page: &Page<T>, view: impl Fn(&T) -> Value) -> Value {
    let data: Vec<Value> = page.items.iter().map(view).collect();
    let id = |value: Option<&Value>| value.map(|value| value["id"].clone());
    json!({
        "object": "list",
        "first_id": id(data.first()),
        "last_id": id(data.last()),
        "has_more": page.next.is_some(),
        "data": data,
    })
}
