//! Tags of chats. A tag is a name in small letters; it is there as long as a chat has it.

use std::collections::BTreeSet;

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::Context;
use crate::entity::chat::Model;
use crate::entity::chat_tag::{ActiveModel, Column, Entity};
use crate::error::{Error, Result};
use crate::page::{Page, Slice};

pub const TAGS_OF_A_CHAT: usize = 20;
/// Characters of a tag.
pub const TAG_LIMIT: usize = 50;

/// A tag and how many chats have it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tagged {
    pub name: String,
    pub chats: i64,
}

/// All tags of a user in the order of their names, archived chats counted too.
pub async fn tags(ctx: &Context, user_id: Uuid, slice: &Slice) -> Result<Page<Tagged>> {
    let mut query = Entity::find()
        .select_only()
        .column(Column::Name)
        .column_as(Column::ChatId.count(), "chats")
        .filter(Column::UserId.eq(user_id))
        .group_by(Column::Name)
        .order_by_asc(Column::Name)
        .limit(slice.limit + 1);
    if let Some(after) = &slice.after {
        query = query.filter(Column::Name.gt(after.as_str()));
    }
    let rows = query.into_model::<Tagged>().all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row| row.name.clone()))
}

/// The tags of a chat's row.
pub fn tags_of(chat: &Model) -> Vec<String> {
    chat.tags.clone().and_then(|tags| serde_json::from_value(tags).ok()).unwrap_or_default()
}

/// One line in small letters; empty when nothing is left.
pub fn clean_tag(tag: &str) -> String {
    let line = tag.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    line.chars().filter(|c| !c.is_control()).take(TAG_LIMIT).collect::<String>().trim().to_owned()
}

/// As many of these tags as a chat may have.
pub fn some_tags(tags: &[String]) -> Vec<String> {
    let clean: BTreeSet<String> =
        tags.iter().map(|tag| clean_tag(tag)).filter(|tag| !tag.is_empty()).collect();
    clean.into_iter().take(TAGS_OF_A_CHAT).collect()
}

/// The tags that are to be, each once, in the order of their names.
pub(super) fn cleaned(tags: &[String]) -> Result<Vec<String>> {
    let clean: BTreeSet<String> =
        tags.iter().map(|tag| clean_tag(tag)).filter(|tag| !tag.is_empty()).collect();
    if clean.len() > TAGS_OF_A_CHAT {
        return Err(Error::field("tags", format!("must be at most {TAGS_OF_A_CHAT}")));
    }
    Ok(clean.into_iter().collect())
}

/// Makes the rows of a chat those of this list.
pub async fn write(db: &impl ConnectionTrait, user_id: Uuid, chat_id: Uuid, tags: &[String]) -> Result<()> {
    Entity::delete_many().filter(Column::ChatId.eq(chat_id)).exec(db).await?;
    if tags.is_empty() {
        return Ok(());
    }
    let rows = tags.iter().map(|name| ActiveModel {
        chat_id: Set(chat_id),
        name: Set(name.clone()),
        user_id: Set(user_id),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}
