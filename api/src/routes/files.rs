//! Uploaded files: what a user's chats and collections can draw on.

mod content;
mod thumbnail;
mod upload;

use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::entity::chunk;
use shared::entity::file::{Model, State};
use shared::files::NewPage;
use shared::{Context, chunks, files};
use uuid::Uuid;

pub(crate) use self::content::{Content, Reader};
use self::thumbnail::Thumbnail;
pub(crate) use self::upload::Upload;
use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum FileState {
    /// Kept, and waiting to be read.
    Uploaded,
    /// Its text is being read.
    Extracting,
    /// Its text is being cut into passages.
    Chunking,
    /// Its passages can be found by their words; vectors are being made.
    Embedding,
    Ready,
    /// `error` says why.
    Failed,
}

impl From<State> for FileState {
    fn from(state: State) -> Self {
        match state {
            State::Uploading | State::Uploaded => Self::Uploaded,
            State::Extracting => Self::Extracting,
            State::Chunking => Self::Chunking,
            State::Embedding => Self::Embedding,
            State::Ready => Self::Ready,
            State::Failed => Self::Failed,
        }
    }
}

/// Why a file could not be read.
#[derive(Clone, Debug, Object)]
pub(crate) struct FileError {
    /// Stable, for programs.
    code: String,
    /// For people.
    message: String,
}

/// An uploaded file.
#[derive(Clone, Debug, Object)]
pub(crate) struct File {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// Where it was fetched from; absent if it was uploaded.
    url: Option<String>,
    /// By its content.
    media_type: String,
    bytes: i64,
    pub(crate) state: FileState,
    /// Per cent of this state.
    progress: i32,
    /// Whether searches find what is in it. Vectors may still follow.
    searchable: bool,
    pages: Option<i32>,
    /// Passages that it was cut into.
    chunks: Option<i32>,
    /// What should be known of it although it was read, such as pages that are pictures.
    notice: Option<String>,
    error: Option<FileError>,
    created_at: Time,
    updated_at: Time,
}

impl From<Model> for File {
    fn from(row: Model) -> Self {
        let error = files::error_of(&row)
            .map(|(code, message)| FileError { code: code.to_owned(), message: message.to_owned() });
        Self {
            searchable: files::is_searchable(&row),
            error,
            id: row.id,
            name: row.name,
            url: row.url,
            media_type: row.media_type,
            bytes: row.bytes,
            state: row.state.into(),
            progress: row.progress,
            pages: row.pages,
            chunks: row.chunks,
            notice: row.notice,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

/// A passage of a file.
#[derive(Debug, Object)]
struct FilePassage {
    /// Its place in the file, from 0.
    ordinal: i32,
    /// Counted from 1; absent where the kind of file has no pages.
    page: Option<i32>,
    /// The headings above it, outermost first.
    heading: String,
    /// Where it begins, in characters of its page, or of the text where there are no pages.
    from: i32,
    /// Where it ends.
    to: i32,
    text: String,
}

impl From<chunk::Model> for FilePassage {
    fn from(row: chunk::Model) -> Self {
        let chunk::Model { ordinal, page, heading, from_char: from, to_char: to, text, .. } = row;
        Self { ordinal, page, heading, from, to, text }
    }
}

/// A short-lived address of a file.
#[derive(Debug, Object)]
struct FileLink {
    /// Opens the file without signing in: give it to nobody who should not read it.
    #[oai(validator(max_length = 4000))]
    url: String,
    expires_at: Time,
}

/// A web page that is to be a file.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewWebPage {
    /// http or https, without a user name and a password. Only what is on the public internet is fetched, and what the
    /// setting `web.allow_private` names.
    #[oai(validator(max_length = 2000))]
    url: String,
    /// The end of the address if absent.
    #[oai(validator(max_length = 1000))]
    name: Option<String>,
    /// A collection that it goes into.
    collection_id: Option<Uuid>,
}

/// Nothing can be chosen.
#[derive(Debug, Object)]
struct Nothing {}

#[derive(ApiResponse)]
enum FileAccepted {
    /// Kept. What becomes of it is told by `state` and by the events of the account.
    #[oai(status = 202)]
    Accepted(Json<File>),
}

#[derive(ApiResponse)]
enum LinkMade {
    #[oai(status = 201)]
    Made(Json<FileLink>),
}

#[derive(ApiResponse)]
enum Deleted {
    #[oai(status = 204)]
    Deleted,
}

pub(crate) struct FilesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Files")]
impl FilesApi {
    /// Upload a file
    ///
    /// As the part `file` of a form. It is stored while it arrives; its text is read afterwards. Content that is there
    /// already is not kept twice: the answer is then the file that has it.
    #[oai(path = "/files", method = "post", operation_id = "uploadFile")]
    async fn upload(&self, ctx: Data<&Context>, user: CurrentUser, upload: Upload) -> Result<FileAccepted> {
        let row = files::upload(&ctx, user.user.id, upload.file().await?).await?;
        Ok(FileAccepted::Accepted(Json(row.into())))
    }

    /// Add a web page as a file
    ///
    /// It is fetched and read in the background; why that failed is told by `error`, and `retryFile` fetches it again.
    #[oai(path = "/files/from-url", method = "post", operation_id = "addWebPage")]
    async fn add_page(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        body: Json<NewWebPage>,
    ) -> Result<FileAccepted> {
        let NewWebPage { url, name, collection_id: collection } = body.0;
        let row = files::add_page(&ctx, user.user.id, NewPage { url, name, collection }).await?;
        Ok(FileAccepted::Accepted(Json(row.into())))
    }

    /// List the own files, newest first
    #[oai(path = "/files", method = "get", operation_id = "listFiles")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<File>>> {
        let page = files::list(&ctx, user.user.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, File::from)))
    }

    /// Get a file's state
    ///
    /// Of the own files, and of those in collections that are shared with the caller.
    #[oai(path = "/files/:id", method = "get", operation_id = "getFile")]
    async fn get(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Json<File>> {
        Ok(Json(files::find_readable(&ctx, user.user.id, id.0).await?.into()))
    }

    /// Delete a file
    ///
    /// Its bytes, passages and vectors go with it.
    #[oai(path = "/files/:id", method = "delete", operation_id = "deleteFile")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Deleted> {
        files::remove(&ctx, user.user.id, id.0).await?;
        Ok(Deleted::Deleted)
    }

    /// Read a file that has failed again
    #[oai(path = "/files/:id/retry", method = "post", operation_id = "retryFile")]
    async fn retry(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        _body: Json<Nothing>,
    ) -> Result<FileAccepted> {
        Ok(FileAccepted::Accepted(Json(files::retry(&ctx, user.user.id, id.0).await?.into())))
    }

    /// Download a file
    ///
    /// Whole, or one range of bytes. Instead of a token, the `expires` and `signature` of an address from
    /// `createFileLink` open it.
    #[oai(path = "/files/:id/content", method = "get", operation_id = "downloadFile")]
    async fn content(
        &self,
        ctx: Data<&Context>,
        reader: Reader,
        id: Path<Uuid>,
        /// One range of bytes, like `bytes=0-1023`.
        #[oai(name = "Range")]
        range: Header<Option<String>>,
        /// The version that the range belongs to: if it is another one, the whole file comes.
        #[oai(name = "If-Range")]
        if_range: Header<Option<String>>,
    ) -> Result<Content> {
        let row = reader.file(&ctx, id.0).await?;
        Content::of(&ctx, &row, range.0.as_deref(), if_range.0.as_deref()).await
    }

    /// Get a small picture of a picture
    ///
    /// Of PNG, JPEG and WebP, once the file has been looked at. Like the file itself, an address from `createFileLink`
    /// opens it.
    #[oai(path = "/files/:id/thumbnail", method = "get", operation_id = "getFileThumbnail")]
    async fn thumbnail(&self, ctx: Data<&Context>, reader: Reader, id: Path<Uuid>) -> Result<Thumbnail> {
        let row = reader.file(&ctx, id.0).await?;
        Thumbnail::of(&ctx, &row).await
    }

    /// List the passages of a file
    ///
    /// What was read of it, in its order.
    #[oai(path = "/files/:id/passages", method = "get", operation_id = "listFilePassages")]
    async fn passages(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<FilePassage>>> {
        let row = files::find_readable(&ctx, user.user.id, id.0).await?;
        let page = chunks::list(&ctx, row.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, FilePassage::from)))
    }

    /// Make a short-lived address of a file
    #[oai(path = "/files/:id/links", method = "post", operation_id = "createFileLink")]
    async fn link(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        _body: Json<Nothing>,
    ) -> Result<LinkMade> {
        let link = files::link(&ctx, user.user.id, id.0).await?;
        Ok(LinkMade::Made(Json(FileLink { url: link.url, expires_at: Time(link.expires_at) })))
    }
}
