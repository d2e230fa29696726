//! Messages whose turn has not come: they can be changed and taken back.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::entity::waiting_message::Model;
use shared::generations::{self, Edit};
use shared::{Context, Error, Kind};
use uuid::Uuid;

use super::Tag;
use super::chat_messages::{MAX_CONTENT, check_images};
use crate::auth::CurrentUser;
use crate::error::{Failure, Result};
use crate::json::Json;
use crate::time::Time;

/// A message that waits until the answer before it has ended.
#[derive(Clone, Debug, Object)]
pub(crate) struct WaitingMessage {
    /// Also the id of the user message that it becomes.
    pub(crate) id: Uuid,
    pub(crate) chat_id: Uuid,
    /// The message that it is to follow; absent: the end of the active branch at that time.
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) content: String,
    /// Addresses of images, mostly data URLs.
    pub(crate) images: Vec<String>,
    pub(crate) model: String,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

impl From<Model> for WaitingMessage {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            chat_id: row.chat_id,
            parent_id: row.parent_id,
            content: row.content,
            images: row.images.and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default(),
            model: row.model,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum WaitingState {
    Waiting,
}

/// The answer to a message that has to wait. It will be answered even if this client never comes back.
#[derive(Clone, Debug, Object)]
pub(crate) struct Waiting {
    state: WaitingState,
    waiting_message: WaitingMessage,
}

impl From<Model> for Waiting {
    fn from(row: Model) -> Self {
        Self { state: WaitingState::Waiting, waiting_message: row.into() }
    }
}

/// What changes; what is absent stays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct WaitingMessageChange {
    /// Markdown. May be empty only with images.
    content: Option<String>,
    /// Data URLs or https addresses of images.
    images: Option<Vec<String>>,
    /// A name from the list of models.
    model: Option<String>,
}

#[derive(ApiResponse)]
enum Discarded {
    #[oai(status = 204)]
    Discarded,
}

pub(crate) struct WaitingMessages;

#[OpenApi(prefix_path = "/api/v1/waiting-messages", tag = "Tag::Chats")]
impl WaitingMessages {
    /// Change a message that waits
    ///
    /// Its place stays. 409 `already_started` when its turn has come.
    #[oai(path = "/:id", method = "patch", operation_id = "updateWaitingMessage")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        change: Json<WaitingMessageChange>,
    ) -> Result<Json<WaitingMessage>> {
        let WaitingMessageChange { content, images, model } = change.0;
        if content.as_ref().is_some_and(|content| content.len() > MAX_CONTENT) {
            return Err(Failure(Error::new(Kind::TooLarge, "too_large", "The message is too long.")));
        }
        check_images(images.as_deref().unwrap_or_default())?;
        let edit = Edit { content, images, model };
        Ok(Json(generations::edit_waiting(&ctx, user.user.id, id.0, edit).await?.into()))
    }

    /// Take a message back that waits
    ///
    /// 409 `already_started` when its turn has come.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteWaitingMessage")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Discarded> {
        generations::discard_waiting(&ctx, user.user.id, id.0).await?;
        Ok(Discarded::Discarded)
    }
}
