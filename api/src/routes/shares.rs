//! Chats shared by a link: making and taking back links, and reading what they show.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::entity::{share, shared_message};
use shared::{Context, shares};
use uuid::Uuid;

use super::Tag;
use crate::auth::{CurrentUser, ShareReader};
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

/// A link to a chat, as its owner sees it.
#[derive(Debug, Object)]
struct Share {
    id: Uuid,
    chat_id: Uuid,
    /// The chat's title when the link was made.
    #[oai(validator(max_length = 200))]
    title: String,
    /// How many messages it shows.
    messages: u32,
    /// Where the page shows it: the address of this server, and then this.
    #[oai(validator(max_length = 200))]
    path: String,
    created_at: Time,
}

impl From<share::Model> for Share {
    fn from(row: share::Model) -> Self {
        Self {
            id: row.id,
            chat_id: row.chat_id,
            title: row.title,
            messages: row.messages.unsigned_abs(),
            path: format!("/share/{}", row.token),
            created_at: Time(row.created_at),
        }
    }
}

/// A chat that somebody shared. It says nothing of who that was.
#[derive(Debug, Object)]
struct SharedChat {
    #[oai(validator(max_length = 200))]
    title: String,
    messages: u32,
    /// When the link was made; what was said later is not in it.
    created_at: Time,
}

/// One message of a shared chat.
#[derive(Debug, Object)]
struct SharedMessage {
    /// Counted from 0 at the beginning of the chat.
    place: u32,
    /// `system`, `user`, `assistant` or `tool`.
    role: String,
    /// Markdown.
    content: String,
    /// Addresses of images, mostly data URLs.
    images: Vec<String>,
    /// What the model thought before it answered, where it says so.
    reasoning: Option<String>,
    model: Option<String>,
    created_at: Time,
}

impl From<shared_message::Model> for SharedMessage {
    fn from(row: shared_message::Model) -> Self {
        Self {
            place: row.place.unsigned_abs(),
            role: row.role,
            content: row.content,
            images: row.images.and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default(),
            reasoning: row.reasoning,
            model: row.model,
            created_at: Time(row.created_at),
        }
    }
}

#[derive(ApiResponse)]
enum ShareCreated {
    #[oai(status = 201)]
    Created(Json<Share>),
}

#[derive(ApiResponse)]
enum Revoked {
    #[oai(status = 204)]
    Revoked,
}

pub(crate) struct SharesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Sharing")]
impl SharesApi {
    /// Share a chat by a link
    ///
    /// The link shows the active branch as it is now. Whoever has it can read it: anybody, or only people who are signed
    /// in here, as the admins have set it.
    #[oai(path = "/chats/:id/shares", method = "post", operation_id = "shareChat")]
    async fn create(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<ShareCreated> {
        Ok(ShareCreated::Created(Json(shares::create(&ctx, user.user.id, id.0).await?.into())))
    }

    /// List the links to a chat, newest first
    #[oai(path = "/chats/:id/shares", method = "get", operation_id = "listSharesOfChat")]
    async fn of_chat(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Share>>> {
        let page = shares::list(&ctx, user.user.id, Some(id.0), &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, Share::from)))
    }

    /// List all own links, newest first
    #[oai(path = "/shares", method = "get", operation_id = "listShares")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Share>>> {
        let page = shares::list(&ctx, user.user.id, None, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, Share::from)))
    }

    /// Take a link back
    ///
    /// From now on it leads nowhere.
    #[oai(path = "/shares/:id", method = "delete", operation_id = "revokeShare")]
    async fn revoke(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Revoked> {
        shares::revoke(&ctx, user.user.id, id.0).await?;
        Ok(Revoked::Revoked)
    }

    /// Open a link
    ///
    /// Takes the last part of the link's address. Nobody has to be signed in where the admins allow that.
    #[oai(path = "/shared/:token", method = "get", operation_id = "openShare")]
    async fn open(
        &self,
        ctx: Data<&Context>,
        _reader: ShareReader,
        token: Path<String>,
    ) -> Result<Json<SharedChat>> {
        let share = shares::open(&ctx, &token.0).await?;
        Ok(Json(SharedChat {
            title: share.title,
            messages: share.messages.unsigned_abs(),
            created_at: Time(share.created_at),
        }))
    }

    /// List the messages behind a link, from the beginning on
    #[oai(path = "/shared/:token/messages", method = "get", operation_id = "listSharedMessages")]
    async fn messages(
        &self,
        ctx: Data<&Context>,
        _reader: ShareReader,
        token: Path<String>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<SharedMessage>>> {
        let share = shares::open(&ctx, &token.0).await?;
        let page = shares::messages(&ctx, &share, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, SharedMessage::from)))
    }
}
