//! A request that came before: the same `Idempotency-Key` gets the same turn.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Answer, NewMessage, Turn};
use crate::entity::generation::{Column, Entity};
use crate::entity::message;
use crate::error::{Error, Result};
use crate::generations::find_many;
use crate::{Context, db};

pub(in crate::generations) async fn replayed(
    ctx: &Context,
    user_id: Uuid,
    key: Option<&str>,
) -> Result<Option<Turn>> {
    let Some(key) = key else { return Ok(None) };
    let row = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::IdempotencyKey.eq(key))
        .one(&ctx.db)
        .await?;
    let Some(generation) = row else { return Ok(None) };
    let Some(answer) = generation.message_id else { return Ok(None) };
    let Some(assistant_message) = message::Entity::find_by_id(answer).one(&ctx.db).await? else {
        return Ok(None);
    };
    let user_message = match assistant_message.parent_id {
        Some(id) => message::Entity::find_by_id(id).one(&ctx.db).await?,
        None => None,
    };
    let others = answers_beside(ctx, &assistant_message).await?;
    Ok(Some(Turn {
        user_message,
        assistant_message,
        siblings: HashMap::new(),
        generation,
        others,
        left: None,
    }))
}

/// The answers that further models give in the same turn.
async fn answers_beside(ctx: &Context, first: &message::Model) -> Result<Vec<Answer>> {
    let Some(question) = first.parent_id else { return Ok(Vec::new()) };
    let snapshot = db::snapshot(&ctx.db).await?;
    let rows = message::Entity::find()
        .filter(message::Column::ChatId.eq(first.chat_id))
        .filter(message::Column::ParentId.eq(question))
        .filter(message::Column::CreatedAt.eq(first.created_at))
        .filter(message::Column::Id.ne(first.id))
        .order_by_asc(message::Column::Id)
        .all(&snapshot)
        .await?;
    let runs = find_many(&snapshot, rows.iter().filter_map(|row| row.generation_id).collect()).await?;
    snapshot.commit().await?;
    Ok(rows
        .into_iter()
        .filter_map(|message| {
            let generation = runs.iter().find(|run| Some(run.id) == message.generation_id)?.clone();
            Some(Answer { message, generation })
        })
        .collect())
}

pub(in crate::generations) fn same(turn: Turn, new: &NewMessage) -> Result<Turn> {
    if turn.user_message.as_ref().is_some_and(|m| m.content == new.content) {
        Ok(turn)
    } else {
        Err(reused())
    }
}

pub(in crate::generations) fn reused() -> Error {
    Error::conflict("idempotency_key_reused", "This Idempotency-Key was used for another message.")
}
