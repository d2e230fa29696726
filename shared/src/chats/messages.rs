//! What is done to one message of a chat.

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::tree::{below, links, newest_leaf};
use super::{message_for, tell};
use crate::entity::message::Rating;
use crate::entity::{chat, generation, message};
use crate::error::{Error, Result};
use crate::{Context, db, generations};

/// Rows that one statement names.
const PART: usize = 500;
/// Times that the chat may change under a deletion before that is given up.
const RACES: usize = 5;

/// Keeps what a reader thinks of an answer; `None` takes it back.
pub async fn rate(
    ctx: &Context,
    user_id: Uuid,
    id: Uuid,
    rating: Option<Rating>,
    note: Option<String>,
) -> Result<()> {
    let (row, _) = message_for(ctx, user_id, id).await?;
    if row.role != "assistant" {
        return Err(Error::invalid("not_an_answer", "Only an answer can be rated."));
    }
    let note = note.map(|note| note.trim().to_owned()).filter(|note| rating.is_some() && !note.is_empty());
    let change = message::ActiveModel {
        id: Unchanged(id),
        rating: Set(rating),
        rating_note: Set(note),
        ..Default::default()
    };
    change.update(&ctx.db).await?;
    Ok(())
}

/// Deletes a message and all that follows it, on every branch; what still runs there is cancelled first.
///
/// When the active branch went through it, the newest other version becomes active, else the message before.
pub async fn delete_message(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    for _ in 0..RACES {
        let (row, chat) = message_for(ctx, user_id, id).await?;
        let links = links(ctx, chat.id).await?;
        let doomed = below(&links, id);
        stop_runs(ctx, &chat, &doomed).await?;
        let left: Vec<_> = links.into_iter().filter(|(id, _)| !doomed.contains(id)).collect();
        let current = match chat.current_message_id {
            Some(current) if doomed.contains(&current) => {
                let sibling = left.iter().rev().find(|(_, parent)| *parent == row.parent_id);
                sibling.map(|(id, _)| newest_leaf(&left, *id)).or(row.parent_id)
            }
            current => current,
        };
        let transaction = db::begin(&ctx.db).await?;
        let unchanged = chat::Entity::update_many()
            .col_expr(chat::Column::CurrentMessageId, Expr::value(current))
            .filter(chat::Column::Id.eq(chat.id))
            .filter(match chat.current_message_id {
                Some(id) => chat::Column::CurrentMessageId.eq(id),
                None => chat::Column::CurrentMessageId.is_null(),
            })
            .exec(&transaction)
            .await?
            .rows_affected
            > 0;
        if !unchanged {
            transaction.rollback().await?;
            continue;
        }
        let doomed: Vec<Uuid> = doomed.into_iter().collect();
        for part in doomed.chunks(PART) {
            message::Entity::delete_many()
                .filter(message::Column::ChatId.eq(chat.id))
                .filter(message::Column::Id.is_in(part.iter().copied()))
                .exec(&transaction)
                .await?;
        }
        transaction.commit().await?;
        let chat = chat::Model { current_message_id: current, ..chat };
        tell(ctx, "chat_updated", &chat);
        return Ok(());
    }
    Err(Error::conflict("chat_changed", "The chat was changed from elsewhere at the same time. Try again."))
}

async fn stop_runs(
    ctx: &Context,
    chat: &chat::Model,
    doomed: &std::collections::HashSet<Uuid>,
) -> Result<()> {
    let running: Vec<(Uuid, Option<Uuid>)> = generation::Entity::find()
        .select_only()
        .column(generation::Column::Id)
        .column(generation::Column::MessageId)
        .filter(generation::Column::ChatId.eq(chat.id))
        .filter(generation::Column::State.is_in([generation::State::Queued, generation::State::Running]))
        .into_tuple()
        .all(&ctx.db)
        .await?;
    for (run, message) in running {
        if message.is_some_and(|id| doomed.contains(&id)) {
            generations::cancel(ctx, chat.user_id, run).await?;
        }
    }
    Ok(())
}
