//! Prompts that people keep to use them again.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::entity::prompt;
use shared::{Context, prompts};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

/// A text to use again.
#[derive(Debug, Object)]
struct Prompt {
    id: Uuid,
    /// What is typed after a slash. An own one goes before a shared one of the same name.
    #[oai(validator(max_length = 50))]
    command: String,
    #[oai(validator(max_length = 100))]
    title: String,
    /// Places to fill in are written `{{name}}`.
    content: String,
    /// For everybody on this server.
    shared: bool,
    /// The caller's own.
    own: bool,
    created_at: Time,
    updated_at: Time,
}

impl Prompt {
    fn seen_by(row: prompt::Model, user_id: Uuid) -> Self {
        Self {
            id: row.id,
            command: row.command,
            title: row.title,
            content: row.content,
            shared: row.shared,
            own: row.user_id == user_id,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

#[derive(Debug, Object)]
struct NewPrompt {
    /// Letters, digits, `-` and `_`, 50 at most.
    command: String,
    /// The command when absent.
    #[oai(validator(max_length = 200))]
    title: Option<String>,
    /// At most 100,000 characters. Places to fill in are written `{{name}}`.
    content: String,
    /// For everybody on this server; for admins.
    shared: Option<bool>,
}

/// What changes; what is absent stays.
#[derive(Debug, Object)]
struct PromptChange {
    command: Option<String>,
    #[oai(validator(max_length = 200))]
    title: Option<String>,
    content: Option<String>,
    /// For everybody on this server; for admins.
    shared: Option<bool>,
}

#[derive(ApiResponse)]
enum PromptCreated {
    #[oai(status = 201)]
    Created(Json<Prompt>),
}

#[derive(ApiResponse)]
enum PromptDeleted {
    #[oai(status = 204)]
    Deleted,
}

pub(crate) struct PromptsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Prompts")]
impl PromptsApi {
    /// List the prompts that the caller may use
    ///
    /// The own ones and those that admins share, in the order of their commands.
    #[oai(path = "/prompts", method = "get", operation_id = "listPrompts")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// `true`: the own ones alone.
        own: Query<Option<bool>>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Prompt>>> {
        let id = user.user.id;
        let page = prompts::list(&ctx, id, own.0.unwrap_or(false), &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, |row| Prompt::seen_by(row, id))))
    }

    /// Keep a prompt
    #[oai(path = "/prompts", method = "post", operation_id = "createPrompt")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        body: Json<NewPrompt>,
    ) -> Result<PromptCreated> {
        let NewPrompt { command, title, content, shared } = body.0;
        let new = prompts::Change { command: Some(command), title, content: Some(content), shared };
        let row = prompts::create(&ctx, &user.user, new).await?;
        Ok(PromptCreated::Created(Json(Prompt::seen_by(row, user.user.id))))
    }

    /// Get a prompt
    #[oai(path = "/prompts/:id", method = "get", operation_id = "getPrompt")]
    async fn get(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Json<Prompt>> {
        let row = prompts::find_for(&ctx, user.user.id, id.0).await?;
        Ok(Json(Prompt::seen_by(row, user.user.id)))
    }

    /// Change a prompt
    ///
    /// An own one; admins also change shared ones.
    #[oai(path = "/prompts/:id", method = "patch", operation_id = "updatePrompt")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<PromptChange>,
    ) -> Result<Json<Prompt>> {
        let PromptChange { command, title, content, shared } = body.0;
        let change = prompts::Change { command, title, content, shared };
        let row = prompts::update(&ctx, &user.user, id.0, change).await?;
        Ok(Json(Prompt::seen_by(row, user.user.id)))
    }

    /// Delete a prompt
    #[oai(path = "/prompts/:id", method = "delete", operation_id = "deletePrompt")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<PromptDeleted> {
        prompts::delete(&ctx, &user.user, id.0).await?;
        Ok(PromptDeleted::Deleted)
    }
}
