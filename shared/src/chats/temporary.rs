//! Chats that are not kept: no list, search, export or link has them, and some time after their last message they go.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::delete;
use crate::Context;
use crate::entity::chat::{Column, Entity, Model};
use crate::error::{Error, Kind, Result};

/// How long after its last message a temporary chat goes.
const KEEP_MS: i64 = 24 * 3_600_000;
/// Chats that one look takes; the next look takes the next ones.
const BATCH: u64 = 100;

/// Refuses what would keep a temporary chat.
pub fn kept(chat: &Model) -> Result<()> {
    match chat.temporary {
        true => Err(Error::conflict("temporary_chat", "This chat is temporary: it is not kept.")),
        false => Ok(()),
    }
}

/// Deletes temporary chats in which nobody has said anything for a day; how many that were.
pub async fn delete_forgotten(ctx: &Context) -> Result<usize> {
    let old = Entity::find()
        .filter(Column::Temporary.eq(true))
        .filter(Column::UpdatedAt.lt(ctx.clock.now_ms() - KEEP_MS))
        .order_by_asc(Column::UpdatedAt)
        .limit(BATCH)
        .all(&ctx.db)
        .await?;
    let mut gone = 0;
    for chat in old {
        match delete(ctx, chat.user_id, chat.id).await {
            Ok(()) => gone += 1,
            // Another worker was quicker.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(gone)
}
