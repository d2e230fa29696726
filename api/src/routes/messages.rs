//! What can be done with a message.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::quotas::Payer;
use shared::{Context, chats, generations};
use uuid::Uuid;

use super::Tag;
use super::chat_messages::{Rating, TurnAccepted};
use super::chats::Deleted;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::limits::Counted;

#[derive(Debug, Object)]
struct Regenerate {
    /// Another model for this answer; the one of the answer when absent.
    model: Option<String>,
}

/// Nothing can be chosen yet.
#[derive(Debug, Object)]
struct Continue {}

#[derive(ApiResponse)]
enum Kept {
    #[oai(status = 204)]
    Kept,
}

pub(crate) struct MessagesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Chats")]
impl MessagesApi {
    /// Make an answer again
    ///
    /// The new answer stands beside the old one and becomes the active branch.
    #[oai(path = "/messages/:id/regenerate", method = "post", operation_id = "regenerateMessage")]
    async fn regenerate(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<Regenerate>,
    ) -> Result<Counted<TurnAccepted>> {
        let turn = generations::regenerate(&ctx, Payer::from(&*user), id.0, body.0.model).await?;
        Ok(turn.into())
    }

    /// Let a stopped or cut answer go on
    ///
    /// The events of the new run hold only the new text.
    #[oai(path = "/messages/:id/continue", method = "post", operation_id = "continueMessage")]
    async fn go_on(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        _body: Json<Continue>,
    ) -> Result<Counted<TurnAccepted>> {
        let turn = generations::continue_message(&ctx, Payer::from(&*user), id.0).await?;
        Ok(turn.into())
    }

    /// Say what an answer was worth
    #[oai(path = "/messages/:id/rating", method = "put", operation_id = "rateMessage")]
    async fn rate(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<Rating>,
    ) -> Result<Kept> {
        let Rating { value, note } = body.0;
        chats::rate(&ctx, user.user.id, id.0, Some(value.into()), note).await?;
        Ok(Kept::Kept)
    }

    /// Take a rating back
    #[oai(path = "/messages/:id/rating", method = "delete", operation_id = "unrateMessage")]
    async fn unrate(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Deleted> {
        chats::rate(&ctx, user.user.id, id.0, None, None).await?;
        Ok(Deleted::Deleted)
    }

    /// Delete a message and all that follows it
    ///
    /// On every branch below it. When the active branch went through it, another version of the message becomes
    /// active, or else the message before.
    #[oai(path = "/messages/:id", method = "delete", operation_id = "deleteMessage")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Deleted> {
        chats::delete_message(&ctx, user.user.id, id.0).await?;
        Ok(Deleted::Deleted)
    }
}
