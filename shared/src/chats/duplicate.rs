//! A copy of a chat: its whole tree, or the branch down to one message.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{clean_title, find_for, kept, message_of, tags, tree};
use crate::entity::chat::{self, TitleSource};
use crate::entity::message::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Kind, Result};
use crate::{Context, db, ids};

/// Messages that one copy may have.
const LIMIT: u64 = 20_000;
/// Messages that are held at once: each may carry images.
const PORTION: usize = 20;

/// Copies a chat, or only the branch from its root to the message `down_to`. Answers that are being written are copied
/// as far as they are stored. Tags and folder go along, pinned and archived do not.
pub async fn duplicate(
    ctx: &Context,
    user_id: Uuid,
    id: Uuid,
    down_to: Option<Uuid>,
    title: Option<&str>,
) -> Result<chat::Model> {
    let chat = find_for(ctx, user_id, id).await?;
    kept(&chat)?;
    let old = match down_to {
        Some(leaf) => {
            message_of(ctx, id, leaf).await?;
            tree::path_ids(ctx, id, leaf, LIMIT + 1).await?
        }
        None => {
            let all = Entity::find().select_only().column(Column::Id).filter(Column::ChatId.eq(id));
            all.order_by_asc(Column::Id).limit(LIMIT + 1).into_tuple().all(&ctx.db).await?
        }
    };
    if old.len() as u64 > LIMIT {
        let text = format!("A chat of more than {LIMIT} messages cannot be copied.");
        return Err(Error::new(Kind::TooLarge, "chat_too_long", text));
    }
    // In the same order, so that siblings stand as they stood.
    let new_ids: HashMap<Uuid, Uuid> = old.iter().map(|id| (*id, ids::new())).collect();
    let now = ctx.clock.now_ms();
    let title = title.map(clean_title).filter(|title| !title.is_empty());
    let copy = chat::Model {
        id: ids::new(),
        title_source: if title.is_some() { TitleSource::User } else { chat.title_source },
        title: title.unwrap_or_else(|| chat.title.clone()),
        current_message_id: down_to.or(chat.current_message_id).and_then(|id| new_ids.get(&id).copied()),
        pinned: false,
        archived: false,
        import_key: None,
        created_at: now,
        updated_at: now,
        ..chat.clone()
    };
    let transaction = db::begin(&ctx.db).await?;
    chat::Entity::insert(chat::ActiveModel::from(copy.clone()).reset_all())
        .exec_without_returning(&transaction)
        .await?;
    tags::write(&transaction, user_id, copy.id, &tags::tags_of(&chat)).await?;
    for part in old.chunks(PORTION) {
        let rows = Entity::find().filter(Column::Id.is_in(part.iter().copied())).all(&transaction).await?;
        if rows.is_empty() {
            continue;
        }
        let rows = rows.into_iter().map(|row| copied(row, copy.id, &new_ids));
        Entity::insert_many(rows).exec_without_returning(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(copy)
}

fn copied(row: Model, chat_id: Uuid, new_ids: &HashMap<Uuid, Uuid>) -> ActiveModel {
    ActiveModel {
        id: Set(new_ids.get(&row.id).copied().unwrap_or_else(ids::new)),
        chat_id: Set(chat_id),
        parent_id: Set(row.parent_id.and_then(|parent| new_ids.get(&parent).copied())),
        role: Set(row.role),
        content: Set(row.content),
        images: Set(row.images),
        reasoning: Set(row.reasoning),
        tool_calls: Set(row.tool_calls),
        sources: Set(row.sources),
        citations: Set(row.citations),
        model: Set(row.model),
        finish_reason: Set(row.finish_reason),
        // The run stays with the message that it made.
        generation_id: Set(None),
        rating: Set(row.rating),
        rating_note: Set(row.rating_note),
        created_at: Set(row.created_at),
        updated_at: Set(row.updated_at),
    }
}
