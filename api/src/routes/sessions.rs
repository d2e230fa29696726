//! Where the user is signed in.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use shared::entity::session;
use shared::{Context, sessions};
use uuid::Uuid;

use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::routes::Tag;
use crate::routes::me::Done;
use crate::time::Time;

pub(crate) struct Sessions;

/// One sign-in of the user.
#[derive(Object)]
#[oai(rename = "Session")]
struct SessionView {
    id: Uuid,
    created_at: Time,
    /// Right to five minutes.
    last_seen_at: Time,
    expires_at: Time,
    /// What the browser or program called itself.
    user_agent: String,
    /// Whether this request came with it.
    current: bool,
}

impl SessionView {
    fn of(row: session::Model, current: Option<Uuid>) -> Self {
        Self {
            id: row.id,
            created_at: Time(row.created_at),
            last_seen_at: Time(row.last_seen_at),
            expires_at: Time(row.expires_at),
            user_agent: row.user_agent,
            current: current == Some(row.id),
        }
    }
}

#[OpenApi(prefix_path = "/api/v1/sessions", tag = "Tag::Account")]
impl Sessions {
    /// List the own sessions
    ///
    /// The newest first.
    #[oai(path = "/", method = "get", operation_id = "listSessions")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        who: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<SessionView>>> {
        let page = sessions::list(&ctx, who.user.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, |row| SessionView::of(row, who.session()))))
    }

    /// End a session
    ///
    /// Its tokens are refused on all nodes from now on.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteSession")]
    async fn delete(&self, ctx: Data<&Context>, who: CurrentUser, id: Path<Uuid>) -> Result<Done> {
        sessions::revoke(&ctx, who.user.id, id.0).await?;
        Ok(Done::NoContent)
    }
}
