//! Chats from elsewhere.

use futures_util::StreamExt as _;
use poem::Body;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::Context;
use shared::entity::import::{self, State};
use shared::imports::{self, Report};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

/// Where uploads of chats go: larger than other bodies, with more time.
pub(crate) const PATH: &str = "/api/v1/imports";

/// How far an import is.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum ImportState {
    /// Is read through; nothing is imported yet.
    Reading,
    /// Was read through and waits for the word.
    Ready,
    Importing,
    Completed,
    Failed,
}

/// Something that could not be taken as it is. The rest came all the same.
#[derive(Debug, Object)]
struct ImportProblem {
    /// `broken_chat`, `chat_too_large`, `chat_too_long`, `empty_chat`, `truncated`, `orphan`, `cycle`,
    /// `duplicate_message`, `message_cut`, `file_missing`, `unfinished`, `left_out`.
    code: String,
    count: u32,
    /// Titles of chats that have it, the first few.
    examples: Vec<String>,
}

/// The file in figures: before the import what would come, afterwards what came.
#[derive(Debug, Object)]
struct ImportReport {
    /// `skein`, `open_webui` or `chatgpt`; absent when there is no chat.
    source: Option<String>,
    /// Chats that are new.
    chats: u32,
    /// Messages of the new chats.
    messages: u32,
    /// Chats that are here already.
    already: u32,
    problems: Vec<ImportProblem>,
}

/// Why an import failed.
#[derive(Debug, Object)]
struct ImportError {
    /// Stable, for programs.
    code: String,
    message: String,
}

/// A file of chats on its way in.
#[derive(Debug, Object)]
struct Import {
    id: Uuid,
    #[oai(validator(max_length = 255))]
    file_name: String,
    bytes: u64,
    state: ImportState,
    /// Chats of the file that the work under way has come past.
    seen: u32,
    report: Option<ImportReport>,
    error: Option<ImportError>,
    created_at: Time,
    updated_at: Time,
}

impl From<import::Model> for Import {
    fn from(row: import::Model) -> Self {
        let report: Option<Report> = row.report.and_then(|report| serde_json::from_value(report).ok());
        let word = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        Self {
            id: row.id,
            file_name: row.file_name,
            bytes: row.bytes.unsigned_abs(),
            state: match row.state {
                State::Reading => ImportState::Reading,
                State::Ready => ImportState::Ready,
                State::Importing => ImportState::Importing,
                State::Completed => ImportState::Completed,
                State::Failed => ImportState::Failed,
            },
            seen: row.seen.unsigned_abs(),
            report: report.map(|report| ImportReport {
                source: report.source.map(|source| word(serde_json::to_value(source))),
                chats: report.chats,
                messages: report.messages,
                already: report.already,
                problems: report
                    .problems
                    .into_iter()
                    .map(|problem| ImportProblem {
                        code: word(serde_json::to_value(problem.code)),
                        count: problem.count,
                        examples: problem.examples,
                    })
                    .collect(),
            }),
            error: row
                .error_code
                .map(|code| ImportError { code, message: row.error_message.unwrap_or_default() }),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

#[derive(ApiResponse)]
enum ImportAccepted {
    /// Kept; follow it in the own events (`import_changed`), or ask again.
    #[oai(status = 202)]
    Accepted(Json<Import>),
}

#[derive(ApiResponse)]
enum ImportDeleted {
    #[oai(status = 204)]
    Deleted,
}

pub(crate) struct ImportsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Exchange")]
impl ImportsApi {
    /// Upload a file of chats
    ///
    /// An export of Skein, of Open WebUI, or of ChatGPT (its zip, or the `conversations.json` in it). It is read through,
    /// and then it says what would come of it; nothing is imported before `startImport`.
    #[oai(path = "/imports", method = "post", operation_id = "uploadImport")]
    async fn upload(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// What the file is called, for people.
        #[oai(validator(max_length = 1000))]
        name: Query<Option<String>>,
        body: Binary<Body>,
    ) -> Result<ImportAccepted> {
        let bytes = body.0.into_bytes_stream().boxed();
        let row = imports::accept(&ctx, user.user.id, name.0.as_deref().unwrap_or(""), bytes).await?;
        Ok(ImportAccepted::Accepted(Json(row.into())))
    }

    /// List the own imports, newest first
    #[oai(path = "/imports", method = "get", operation_id = "listImports")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Import>>> {
        let page = imports::list(&ctx, user.user.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, Import::from)))
    }

    /// Get an import
    #[oai(path = "/imports/:id", method = "get", operation_id = "getImport")]
    async fn get(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Json<Import>> {
        Ok(Json(imports::find_for(&ctx, user.user.id, id.0).await?.into()))
    }

    /// Import what was read through
    ///
    /// Chats that are here already are passed over, so doing it twice doubles nothing.
    #[oai(path = "/imports/:id/start", method = "post", operation_id = "startImport")]
    async fn start(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<ImportAccepted> {
        Ok(ImportAccepted::Accepted(Json(imports::start(&ctx, user.user.id, id.0).await?.into())))
    }

    /// Delete an import and its file
    ///
    /// One that is under way stops. Chats that it has brought stay.
    #[oai(path = "/imports/:id", method = "delete", operation_id = "deleteImport")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<ImportDeleted> {
        imports::delete(&ctx, user.user.id, id.0).await?;
        Ok(ImportDeleted::Deleted)
    }
}
