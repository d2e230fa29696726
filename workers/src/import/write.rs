//! Writes a chat from elsewhere, whole or not at all, and each only once.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use shared::entity::chat::TitleSource;
use shared::entity::{chat, message};
use shared::{Context, Result, chats, db, folders, ids};
use uuid::{NoContext, Timestamp, Uuid};

use super::draft::{Draft, Tree};

/// Messages that go to the database at once: each may carry images.
const PORTION: usize = 20;

/// True when the user has this chat, from an earlier import or as one of their own.
pub(super) async fn is_there(ctx: &Context, user_id: Uuid, draft: &Draft) -> Result<bool> {
    let mut known = Condition::any().add(chat::Column::ImportKey.eq(key(draft)));
    let own = draft.key.strip_prefix("skein:").and_then(|id| id.parse::<Uuid>().ok());
    if let Some(id) = own {
        known = known.add(chat::Column::Id.eq(id));
    }
    let found: Option<Uuid> = chat::Entity::find()
        .select_only()
        .column(chat::Column::Id)
        .filter(chat::Column::UserId.eq(user_id))
        .filter(known)
        .into_tuple()
        .one(&ctx.db)
        .await?;
    Ok(found.is_some())
}

/// Writes the chat; `false` when it came in between.
pub(super) async fn write(
    ctx: &Context,
    user_id: Uuid,
    draft: Draft,
    tree: Tree,
    folders: &mut HashMap<Vec<String>, Uuid>,
) -> Result<bool> {
    let folder_id = match draft.folder.is_empty() {
        true => None,
        false => Some(folder(ctx, user_id, &draft.folder, folders).await?),
    };
    let now = ctx.clock.now_ms();
    let first = tree.messages.iter().filter_map(|placed| placed.said.created_at).min();
    let last = tree.messages.iter().filter_map(|placed| placed.said.created_at).max();
    let created_at = draft.created_at.or(first).unwrap_or(now).min(now);
    let updated_at = draft.updated_at.or(last).unwrap_or(created_at).min(now);
    let chat_id = ids::new();
    let new_ids: Vec<Uuid> =
        made_ids(tree.messages.iter().map(|placed| placed.said.created_at.unwrap_or(created_at)));
    let title = chats::clean_title(&draft.title);
    let tags = chats::some_tags(&draft.tags);
    let row = chat::ActiveModel {
        id: Set(chat_id),
        user_id: Set(user_id),
        // Its own name, or none for ever: no model is asked for the name of an old chat.
        title_source: Set(TitleSource::User),
        title: Set(if title.is_empty() { first_words(&tree) } else { title }),
        model: Set(draft.model.as_deref().map(|model| short(model, 320))),
        current_message_id: Set(tree.current.map(|at| new_ids[at])),
        folder_id: Set(folder_id),
        pinned: Set(draft.pinned && !draft.archived),
        archived: Set(draft.archived),
        tags: Set((!tags.is_empty()).then(|| tags.clone().into())),
        import_key: Set(Some(key(&draft))),
        temporary: Set(false),
        created_at: Set(created_at),
        updated_at: Set(updated_at),
    };
    let transaction = db::begin(&ctx.db).await?;
    match chat::Entity::insert(row).exec_without_returning(&transaction).await {
        Err(error) if db::is_duplicate(&error) => {
            transaction.rollback().await?;
            return Ok(false);
        }
        done => drop(done?),
    }
    chats::write_tags(&transaction, user_id, chat_id, &tags).await?;
    let mut rows = Vec::with_capacity(PORTION);
    for (at, placed) in tree.messages.into_iter().enumerate() {
        let said = placed.said;
        let time = said.created_at.unwrap_or(created_at).min(now);
        rows.push(message::ActiveModel {
            id: Set(new_ids[at]),
            chat_id: Set(chat_id),
            parent_id: Set(placed.parent.map(|parent| new_ids[parent])),
            role: Set(said.role.unwrap_or("user").to_owned()),
            content: Set(said.content),
            images: Set((!said.images.is_empty()).then(|| said.images.into())),
            reasoning: Set(said.reasoning.filter(|reasoning| !reasoning.is_empty())),
            tool_calls: Set(said.tool_calls),
            sources: Set(None),
            citations: Set(None),
            rating: Set(None),
            rating_note: Set(None),
            model: Set(said.model.as_deref().map(|model| short(model, 320))),
            finish_reason: Set(said.finish_reason),
            generation_id: Set(None),
            created_at: Set(time),
            updated_at: Set(time),
        });
        if rows.len() == PORTION {
            message::Entity::insert_many(rows.drain(..)).exec_without_returning(&transaction).await?;
        }
    }
    if !rows.is_empty() {
        message::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

/// Ids that sort in this order and by these times, so that an old chat lies where old chats lie.
fn made_ids(times: impl Iterator<Item = i64>) -> Vec<Uuid> {
    // Siblings are shown in the order of their ids, and those of one millisecond would fall by chance.
    let mut last = 0_u64;
    times
        .map(|time| {
            last = u64::try_from(time).unwrap_or_default().max(last + 1);
            let (seconds, rest) = (last / 1000, (last % 1000) as u32);
            Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, rest * 1_000_000))
        })
        .collect()
}

/// The folder with these names, made where it is not there.
async fn folder(
    ctx: &Context,
    user_id: Uuid,
    names: &[String],
    known: &mut HashMap<Vec<String>, Uuid>,
) -> Result<Uuid> {
    if let Some(id) = known.get(names) {
        return Ok(*id);
    }
    let id = folders::ensure(ctx, user_id, names).await?;
    known.insert(names.to_vec(), id);
    Ok(id)
}

fn first_words(tree: &Tree) -> String {
    let text = tree.messages.first().map(|placed| placed.said.content.as_str()).unwrap_or_default();
    chats::clean_title(&text.chars().take(60).collect::<String>())
}

fn key(draft: &Draft) -> String {
    short(&draft.key, 160)
}

fn short(text: &str, length: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::made_ids;

    #[test]
    fn ids_keep_the_order_of_the_tree() {
        let ids = made_ids([5_000, 5_000, 4_000, 9_000].into_iter());
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    }
}
