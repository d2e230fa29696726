//! Chats.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::entity::chat;
use shared::{Context, chats};
use uuid::Uuid;

use super::Tag;
use super::chat_search::{InFolder, filter};
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::{Json, given};
use crate::page::{Page, slice};
use crate::time::Time;

/// A conversation.
#[derive(Clone, Debug, Object)]
pub(crate) struct Chat {
    pub(crate) id: Uuid,
    /// Empty until the first message; then its first words, then what a model called it.
    #[oai(validator(max_length = 200))]
    pub(crate) title: String,
    /// The model of the last message; the next one goes there unless it names another.
    pub(crate) model: Option<String>,
    /// The leaf of the active branch.
    pub(crate) current_message_id: Option<Uuid>,
    /// The folder that it lies in.
    pub(crate) folder_id: Option<Uuid>,
    pub(crate) pinned: bool,
    /// Put away: listed only where archived chats are asked for.
    pub(crate) archived: bool,
    /// In small letters, in the order of the alphabet.
    #[oai(validator(max_items = 20))]
    pub(crate) tags: Vec<String>,
    /// In no list, search, export or link, without a name, and deleted 24 hours after its last message.
    pub(crate) temporary: bool,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

impl From<chat::Model> for Chat {
    fn from(row: chat::Model) -> Self {
        Self {
            tags: chats::tags_of(&row),
            folder_id: row.folder_id,
            pinned: row.pinned,
            archived: row.archived,
            temporary: row.temporary,
            id: row.id,
            title: row.title,
            model: row.model,
            current_message_id: row.current_message_id,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

#[derive(Debug, Object)]
struct NewChat {
    /// A name from the list of models.
    model: Option<String>,
    #[oai(validator(max_length = 500))]
    title: Option<String>,
    /// A chat that is not kept. It has no title.
    temporary: Option<bool>,
}

/// What changes; what is absent stays.
#[derive(Debug, Object)]
struct ChatChange {
    #[oai(validator(max_length = 500))]
    title: Option<String>,
    model: Option<String>,
    /// Makes the branch of this message the active one, down to its newest leaf.
    current_message_id: Option<Uuid>,
    /// An own folder; `null` takes the chat out of the one that it is in.
    folder_id: MaybeUndefined<Uuid>,
    /// A chat that is pinned is no longer archived.
    pinned: Option<bool>,
    /// A chat that is archived is no longer pinned.
    archived: Option<bool>,
    /// All tags that it is to have, 20 at most.
    tags: Option<Vec<String>>,
}

#[derive(Debug, Object)]
struct Duplicate {
    /// Copies only the branch from the root to this message; the whole tree when absent.
    message_id: Option<Uuid>,
    /// The title of the copy; the one of the chat when absent.
    #[oai(validator(max_length = 500))]
    title: Option<String>,
}

#[derive(ApiResponse)]
enum ChatCreated {
    #[oai(status = 201)]
    Created(Json<Chat>),
}

#[derive(ApiResponse)]
pub(crate) enum Deleted {
    #[oai(status = 204)]
    Deleted,
}

pub(crate) struct ChatsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Chats")]
impl ChatsApi {
    /// Create a chat
    #[oai(path = "/chats", method = "post", operation_id = "createChat")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        body: Json<NewChat>,
    ) -> Result<ChatCreated> {
        if let Some(model) = &body.model {
            shared::models::find(&ctx, model).await?;
        }
        let NewChat { model, title, temporary } = body.0;
        let new = chats::New { model, title, temporary: temporary.unwrap_or_default() };
        let row = chats::create(&ctx, user.user.id, new).await?;
        chats::tell(&ctx, "chat_created", &row);
        Ok(ChatCreated::Created(Json(row.into())))
    }

    /// List the own chats, last used first
    #[oai(path = "/chats", method = "get", operation_id = "listChats")]
    #[allow(clippy::too_many_arguments, reason = "each is a parameter of the request")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// The id of a folder, or `none` for chats in no folder.
        folder: Query<Option<InFolder>>,
        /// Chats with this tag.
        tag: Query<Option<String>>,
        pinned: Query<Option<bool>>,
        /// `true`: the archived chats instead of the others.
        archived: Query<Option<bool>>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Chat>>> {
        let filter = filter(folder.0, tag.0, pinned.0, archived.0, None);
        let page = chats::list(&ctx, user.user.id, &filter, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, Chat::from)))
    }

    /// Get a chat
    #[oai(path = "/chats/:id", method = "get", operation_id = "getChat")]
    async fn get(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Json<Chat>> {
        Ok(Json(chats::find_for(&ctx, user.user.id, id.0).await?.into()))
    }

    /// Change a chat: title, model, active branch, and where it is kept
    #[oai(path = "/chats/:id", method = "patch", operation_id = "updateChat")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<ChatChange>,
    ) -> Result<Json<Chat>> {
        if let Some(model) = &body.model {
            shared::models::find(&ctx, model).await?;
        }
        let change = chats::Change {
            title: body.0.title,
            model: body.0.model,
            current_message_id: body.0.current_message_id,
            folder_id: given(body.0.folder_id),
            pinned: body.0.pinned,
            archived: body.0.archived,
            tags: body.0.tags,
        };
        Ok(Json(chats::update(&ctx, user.user.id, id.0, change).await?.into()))
    }

    /// Delete a chat and its messages
    ///
    /// Answers that are being written are stopped.
    #[oai(path = "/chats/:id", method = "delete", operation_id = "deleteChat")]
    async fn delete(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Deleted> {
        chats::delete(&ctx, user.user.id, id.0).await?;
        Ok(Deleted::Deleted)
    }

    /// Copy a chat
    ///
    /// The whole tree of messages, or one branch of it. Answers that are being written are copied as far as they are
    /// stored.
    #[oai(path = "/chats/:id/duplicate", method = "post", operation_id = "duplicateChat")]
    async fn duplicate(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        body: Json<Duplicate>,
    ) -> Result<ChatCreated> {
        let Duplicate { message_id, title } = body.0;
        let row = chats::duplicate(&ctx, user.user.id, id.0, message_id, title.as_deref()).await?;
        chats::tell(&ctx, "chat_created", &row);
        Ok(ChatCreated::Created(Json(row.into())))
    }
}
