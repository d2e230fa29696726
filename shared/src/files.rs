//! Uploaded files. The row is the truth: what is kept, whose it is and how far it has come; the bytes are in the blob
//! store under the row's id.
//!
//! `upload` and `page` make rows, `claim` gives one to a worker, `remove` takes one away, `sweep` finds what was left behind.

mod claim;
mod kind;
mod link;
mod page;
mod quota;
mod remove;
mod sweep;
mod thumbnail;
mod upload;

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blobs::BlobKey;
use crate::clock::rfc3339;
use crate::entity::file::{Column, Entity, Model, State};
use crate::error::{Error, Result};
use crate::generations::tell_user;
use crate::jobs::{EmbedFile, IngestFile};
use crate::page::{Page, Slice};
use crate::{Context, collections};

pub use claim::{
    Change, Claim, Claimed, Stage, claim, fail, fence, hand_on, release, rest, while_held, write,
};
pub use kind::{is_inert, media_type, media_type_declared, served_as};
pub use link::{Link, link, opened_by};
pub use page::{NewPage, add_page, is_gone, keep_page, page_limit, to_fetch};
pub use quota::quota_exceeded;
pub use remove::{erase, remove};
pub use sweep::{forget_own_leases, sweep};
pub use thumbnail::{THUMBNAIL_TYPE, keep_thumbnail, thumbnail};
pub use upload::{NewFile, clean_name, head_of, upload};

/// How long an accepted file waits for the queue; afterwards the sweep sees to it.
const QUEUE_LIMIT: Duration = Duration::from_secs(1);

/// Where the bytes of a file are.
pub fn blob_key(id: Uuid) -> Result<BlobKey> {
    BlobKey::new(format!("files/{id}"))
}

/// A file of this user; another's looks like one that is not there.
pub async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    seen(Entity::find_by_id(id))
        .filter(Column::UserId.eq(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("file"))
}

/// A file that this user may read: an own one, or one of a collection that the user may read.
pub async fn find_readable(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    let readable = Condition::any()
        .add(Column::UserId.eq(user_id))
        .add(Column::Id.in_subquery(collections::files_readable_by(user_id, None)));
    seen(Entity::find_by_id(id)).filter(readable).one(&ctx.db).await?.ok_or_else(|| Error::not_found("file"))
}

/// Those of these files that are this user's, in no order.
pub async fn find_many_for(ctx: &Context, user_id: Uuid, ids: &[Uuid]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = seen(Entity::find()).filter(Column::UserId.eq(user_id));
    Ok(query.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.db).await?)
}

/// A page, newest first.
pub async fn list(ctx: &Context, user_id: Uuid, slice: &Slice) -> Result<Page<Model>> {
    let mut query = seen(Entity::find()).filter(Column::UserId.eq(user_id));
    if let Some(id) = slice.after_id()? {
        query = query.filter(Column::Id.lt(id));
    }
    let rows = query.order_by_desc(Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

/// Starts a file that has failed again, where it had got to.
pub async fn retry(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    let row = find_for(ctx, user_id, id).await?;
    let next = if row.chunks.is_some() { State::Embedding } else { State::Uploaded };
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(next))
        .col_expr(Column::Progress, Expr::value(0))
        .col_expr(Column::Tries, Expr::value(0))
        .col_expr(Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(Column::ErrorMessage, Expr::value(Option::<String>::None))
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Failed))
        .filter(Column::DeletedAt.is_null())
        .exec(&ctx.db)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::conflict("file_not_failed", "Only a file that has failed can be tried again."));
    }
    let row = find_for(ctx, user_id, id).await?;
    push(ctx, &row).await;
    tell(ctx, "file_updated", &row);
    Ok(row)
}

/// Tells the queue that a file waits. When the queue is away the sweep tells it later: the row is the truth.
pub async fn push(ctx: &Context, row: &Model) {
    let (file_id, user_id) = (row.id, row.user_id);
    let push = async {
        match row.state {
            State::Embedding | State::Ready => ctx.queue.push(&EmbedFile { file_id, user_id }).await,
            _ => ctx.queue.push(&IngestFile { file_id, user_id }).await,
        }
    };
    match tokio::time::timeout(QUEUE_LIMIT, push).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(file = %row.id, code = error.code, "a file could not be queued and waits for the sweep");
        }
        Err(_) => tracing::warn!(file = %row.id, "the queue did not answer; a file waits for the sweep"),
    }
}

/// A file as the API and the events show it.
pub fn as_json(row: &Model) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "media_type": row.media_type,
        "bytes": row.bytes,
        "state": row.state,
        "progress": row.progress,
        "searchable": is_searchable(row),
        "pages": row.pages,
        "chunks": row.chunks,
        "notice": row.notice,
        "error": error_of(row).map(|(code, message)| json!({ "code": code, "message": message })),
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    })
}

/// All its passages are in the index of words; vectors may follow.
pub fn is_searchable(row: &Model) -> bool {
    row.chunks.is_some_and(|chunks| chunks > 0)
}

/// Code and message of a file that has failed.
pub fn error_of(row: &Model) -> Option<(&str, &str)> {
    (row.state == State::Failed).then(|| {
        (
            row.error_code.as_deref().unwrap_or("internal"),
            row.error_message.as_deref().unwrap_or("The file could not be read."),
        )
    })
}

fn tell(ctx: &Context, name: &'static str, row: &Model) {
    tell_user(ctx, row.user_id, name, json!({ "file": as_json(row) }));
}

/// Only what users see: not what is on its way in or out.
fn seen(query: sea_orm::Select<Entity>) -> sea_orm::Select<Entity> {
    query.filter(Column::DeletedAt.is_null()).filter(Column::State.ne(State::Uploading))
}
