//! Chats shared by a link. A link shows the active branch as it was when the link was made; what is said later is not
//! in it. It ends when its owner takes it back, or with the chat.

use std::fmt::Write as _;

use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::message;
use crate::entity::share::{ActiveModel, Column, Entity, Model};
use crate::entity::shared_message;
use crate::error::{Error, Kind, Result};
use crate::page::{Page, Slice};
use crate::{Context, chats, db, ids};

/// Messages that one link may show.
const LIMIT: u64 = 5_000;
/// Links of one chat at a time.
const OF_A_CHAT: u64 = 20;
/// Messages that are held at once: each may carry images.
const PORTION: usize = 20;

/// Makes a link to the active branch of a chat.
pub async fn create(ctx: &Context, user_id: Uuid, chat_id: Uuid) -> Result<Model> {
    let chat = chats::find_for(ctx, user_id, chat_id).await?;
    chats::kept(&chat)?;
    let leaf = chat
        .current_message_id
        .ok_or_else(|| Error::conflict("chat_empty", "There is nothing in this chat yet."))?;
    let mut branch = chats::path_ids(ctx, chat_id, leaf, LIMIT + 1).await?;
    // An answer that has not got its first stored word yet shows nothing.
    let last = chats::message_of(ctx, chat_id, leaf).await?;
    if last.role == "assistant" && last.content.is_empty() {
        branch.pop();
    }
    if branch.len() as u64 > LIMIT {
        let text = format!("A branch of more than {LIMIT} messages cannot be shared.");
        return Err(Error::new(Kind::TooLarge, "chat_too_long", text));
    }
    if Entity::find().filter(Column::ChatId.eq(chat_id)).count(&ctx.db).await? >= OF_A_CHAT {
        return Err(Error::conflict("too_many_shares", format!("This chat has {OF_A_CHAT} links already.")));
    }
    let share = Model {
        id: ids::new(),
        user_id,
        chat_id,
        token: token()?,
        title: chat.title,
        messages: i32::try_from(branch.len()).unwrap_or(i32::MAX),
        created_at: ctx.clock.now_ms(),
    };
    let transaction = db::begin(&ctx.db).await?;
    Entity::insert(ActiveModel::from(share.clone()).reset_all()).exec_without_returning(&transaction).await?;
    for (part, ids) in branch.chunks(PORTION).enumerate() {
        let rows = message::Entity::find()
            .filter(message::Column::Id.is_in(ids.iter().copied()))
            .all(&transaction)
            .await?;
        let copies: Vec<shared_message::ActiveModel> = ids
            .iter()
            .enumerate()
            .filter_map(|(at, id)| {
                let row = rows.iter().find(|row| row.id == *id)?;
                Some(copy(share.id, part * PORTION + at, row))
            })
            .collect();
        if !copies.is_empty() {
            shared_message::Entity::insert_many(copies).exec_without_returning(&transaction).await?;
        }
    }
    transaction.commit().await?;
    Ok(share)
}

fn copy(share_id: Uuid, place: usize, row: &message::Model) -> shared_message::ActiveModel {
    shared_message::ActiveModel {
        share_id: Set(share_id),
        place: Set(i32::try_from(place).unwrap_or(i32::MAX)),
        role: Set(row.role.clone()),
        content: Set(row.content.clone()),
        images: Set(row.images.clone()),
        reasoning: Set(row.reasoning.clone()),
        model: Set(row.model.clone()),
        created_at: Set(row.created_at),
    }
}

/// A page of the links of a user, or of one of their chats; newest first.
pub async fn list(ctx: &Context, user_id: Uuid, chat_id: Option<Uuid>, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id));
    if let Some(chat_id) = chat_id {
        chats::find_for(ctx, user_id, chat_id).await?;
        query = query.filter(Column::ChatId.eq(chat_id));
    }
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.lt(after));
    }
    let rows = query.order_by_desc(Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

/// Takes a link back: from now on it leads nowhere.
pub async fn revoke(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    let gone = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::UserId.eq(user_id))
        .exec(&ctx.db)
        .await?;
    if gone.rows_affected == 0 { Err(Error::not_found("link")) } else { Ok(()) }
}

/// What a link leads to. Whether the caller may read it at all is decided before.
pub async fn open(ctx: &Context, token: &str) -> Result<Model> {
    Entity::find().filter(Column::Token.eq(token)).one(&ctx.db).await?.ok_or_else(|| Error::not_found("link"))
}

/// A page of the messages of a link, from the root on.
pub async fn messages(ctx: &Context, share: &Model, slice: &Slice) -> Result<Page<shared_message::Model>> {
    let after = match slice.after.as_deref() {
        None => -1,
        Some(text) => text.parse::<i32>().map_err(|_| Error::field("after", "is no cursor of this list"))?,
    };
    let rows = shared_message::Entity::find()
        .filter(shared_message::Column::ShareId.eq(share.id))
        .filter(shared_message::Column::Place.gt(after))
        .order_by_asc(shared_message::Column::Place)
        .limit(slice.limit + 1)
        .all(&ctx.db)
        .await?;
    Ok(Page::cut(rows, slice.limit, |row| row.place.to_string()))
}

fn token() -> Result<String> {
    let mut bytes = [0_u8; 20];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Error::internal("The system gave no random bits.").source(error))?;
    let mut text = String::with_capacity(40);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
