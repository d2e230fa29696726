//! Chats and their message trees.

mod duplicate;
mod filter;
mod highlight;
mod messages;
mod search;
mod tags;
mod temporary;
mod tree;

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};
use uuid::Uuid;

use crate::entity::chat::{ActiveModel, Column, Entity, Model, TitleSource};
use crate::entity::{generation, message, waiting_message};
use crate::error::{Error, Result};
use crate::page::{self, Page, Slice};
use crate::{Context, db, folders, generations, ids};

pub use duplicate::duplicate;
pub use filter::Filter;
pub use highlight::Part;
pub use messages::{delete_message, rate};
pub use search::{Found, Hit, Words, search};
pub use tags::{TAG_LIMIT, TAGS_OF_A_CHAT, Tagged, clean_tag, some_tags, tags, tags_of, write as write_tags};
pub use temporary::{delete_forgotten, kept};
pub use tree::{BranchPage, Sibling, branch, leaf_below, path, path_ids, siblings};

pub const TITLE_LIMIT: usize = 200;

/// A chat to be made.
#[derive(Debug, Default)]
pub struct New {
    pub model: Option<String>,
    pub title: Option<String>,
    pub temporary: bool,
}

pub async fn create(ctx: &Context, user_id: Uuid, new: New) -> Result<Model> {
    let now = ctx.clock.now_ms();
    let title = new.title.map(|t| clean_title(&t)).filter(|t| !t.is_empty());
    if new.temporary && title.is_some() {
        return Err(Error::field("title", "cannot be given to a temporary chat"));
    }
    // No model is asked for the name of a chat that no list shows.
    let named = title.is_some() || new.temporary;
    let chat = ActiveModel {
        id: Set(ids::new()),
        user_id: Set(user_id),
        title_source: Set(if named { TitleSource::User } else { TitleSource::None }),
        title: Set(title.unwrap_or_default()),
        model: Set(new.model),
        current_message_id: Set(None),
        folder_id: Set(None),
        pinned: Set(false),
        archived: Set(false),
        tags: Set(None),
        import_key: Set(None),
        temporary: Set(new.temporary),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&ctx.db)
    .await?;
    Ok(chat)
}

/// A chat of this user; another's looks like one that is not there.
pub async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::UserId.eq(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("chat"))
}

/// A chat of this user, and the run that still writes the leaf of its active branch: one look on the way to an answer.
pub async fn find_with_run(
    ctx: &Context,
    user_id: Uuid,
    id: Uuid,
) -> Result<(Model, Option<generation::Model>)> {
    use generation::{Column as Run, State};

    let writes: RelationDef = generation::Entity::belongs_to(Entity)
        .from(Run::MessageId)
        .to(Column::CurrentMessageId)
        .on_condition(|run, chat| {
            let of_chat = Expr::col((run.clone(), Run::ChatId)).equals((chat, Column::Id));
            let goes_on = Expr::col((run, Run::State)).is_in([State::Queued, State::Running]);
            Condition::all().add(of_chat).add(goes_on)
        })
        .into();
    Entity::find_by_id(id)
        .filter(Column::UserId.eq(user_id))
        .join_rev(JoinType::LeftJoin, writes)
        .select_also(generation::Entity)
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("chat"))
}

/// A page, last used first.
pub async fn list(ctx: &Context, user_id: Uuid, filter: &Filter, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(filter.condition(ctx.db.get_database_backend(), user_id));
    if let Some((updated_at, id)) = slice.after_time_and_id()? {
        query = query.filter(
            Condition::any()
                .add(Column::UpdatedAt.lt(updated_at))
                .add(Condition::all().add(Column::UpdatedAt.eq(updated_at)).add(Column::Id.lt(id))),
        );
    }
    let query = query.order_by_desc(Column::UpdatedAt).order_by_desc(Column::Id).limit(slice.limit + 1);
    let rows = query.all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| page::time_and_id(row.updated_at, row.id)))
}

/// What a user changes of a chat; what is absent stays.
#[derive(Debug, Default)]
pub struct Change {
    pub title: Option<String>,
    pub model: Option<String>,
    pub current_message_id: Option<Uuid>,
    /// `Some(None)` takes it out of its folder.
    pub folder_id: Option<Option<Uuid>>,
    pub pinned: Option<bool>,
    pub archived: Option<bool>,
    pub tags: Option<Vec<String>>,
}

impl Change {
    /// Whether it is about where the chat is found again.
    fn keeps(&self) -> bool {
        let Self { title, folder_id, pinned, archived, tags, .. } = self;
        let put = title.is_some() || folder_id.is_some() || tags.is_some();
        put || pinned.is_some() || archived.is_some()
    }
}

pub async fn update(ctx: &Context, user_id: Uuid, id: Uuid, change: Change) -> Result<Model> {
    let chat = find_for(ctx, user_id, id).await?;
    if change.keeps() {
        kept(&chat)?;
    }
    let mut row = ActiveModel { id: Unchanged(id), ..Default::default() };
    if let Some(title) = change.title {
        let title = clean_title(&title);
        if title.is_empty() {
            return Err(Error::field("title", "must not be empty"));
        }
        row.title = Set(title);
        row.title_source = Set(TitleSource::User);
    }
    if let Some(model) = change.model {
        row.model = Set(Some(model));
    }
    if let Some(message_id) = change.current_message_id {
        message_of(ctx, id, message_id).await?;
        row.current_message_id = Set(Some(leaf_below(ctx, id, message_id).await?));
    }
    if let Some(folder_id) = change.folder_id {
        if let Some(folder) = folder_id {
            folders::named_by(ctx, user_id, "folder_id", folder).await?;
        }
        row.folder_id = Set(folder_id);
    }
    match (change.pinned, change.archived) {
        (Some(true), Some(true)) => return Err(Error::field("pinned", "cannot be, of an archived chat")),
        (pinned, Some(true)) => (row.pinned, row.archived) = (Set(pinned.unwrap_or(false)), Set(true)),
        (Some(true), _) => (row.pinned, row.archived) = (Set(true), Set(false)),
        (pinned, archived) => {
            row.pinned = pinned.map_or(row.pinned, Set);
            row.archived = archived.map_or(row.archived, Set);
        }
    }
    let tags = change.tags.map(|list| tags::cleaned(&list)).transpose()?;
    if let Some(tags) = &tags {
        row.tags = Set((!tags.is_empty()).then(|| tags.clone().into()));
    }
    let chat = if row.is_changed() {
        let transaction = db::begin(&ctx.db).await?;
        let chat = row.update(&transaction).await?;
        if let Some(tags) = &tags {
            tags::write(&transaction, user_id, id, tags).await?;
        }
        transaction.commit().await?;
        chat
    } else {
        find_for(ctx, user_id, id).await?
    };
    tell(ctx, "chat_updated", &chat);
    Ok(chat)
}

/// Deletes a chat with its messages; what still runs for it is cancelled first.
pub async fn delete(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    find_for(ctx, user_id, id).await?;
    // First, so that the end of what runs starts nothing in a chat that goes.
    waiting_message::Entity::delete_many()
        .filter(waiting_message::Column::ChatId.eq(id))
        .exec(&ctx.db)
        .await?;
    let running: Vec<Uuid> = generation::Entity::find()
        .select_only()
        .column(generation::Column::Id)
        .filter(generation::Column::ChatId.eq(id))
        .filter(generation::Column::State.is_in([generation::State::Queued, generation::State::Running]))
        .into_tuple()
        .all(&ctx.db)
        .await?;
    for generation in running {
        let row = generations::cancel(ctx, user_id, generation).await?;
        // Its worker will find no row to write to.
        generations::abandon(ctx, &row).await?;
    }
    Entity::delete_by_id(id).exec(&ctx.db).await?;
    generations::tell_user(ctx, user_id, "chat_deleted", serde_json::json!({ "id": id }));
    Ok(())
}

/// A message of a chat that is known to be the caller's.
pub async fn message_of(ctx: &Context, chat_id: Uuid, id: Uuid) -> Result<message::Model> {
    message::Entity::find_by_id(id)
        .filter(message::Column::ChatId.eq(chat_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("message"))
}

/// A message and its chat, both this user's.
pub async fn message_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<(message::Model, Model)> {
    let message =
        message::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::not_found("message"))?;
    let chat = find_for(ctx, user_id, message.chat_id).await.map_err(|_| Error::not_found("message"))?;
    Ok((message, chat))
}

/// Names a chat that nobody has named; says whether it did.
pub async fn set_made_title(ctx: &Context, chat: &Model, title: &str) -> Result<bool> {
    let title = clean_title(title);
    if title.is_empty() {
        return Ok(false);
    }
    let done = Entity::update_many()
        .col_expr(Column::Title, Expr::value(title.clone()))
        .col_expr(Column::TitleSource, Expr::value(TitleSource::Model))
        .filter(Column::Id.eq(chat.id))
        .filter(Column::TitleSource.eq(TitleSource::None))
        .exec(&ctx.db)
        .await?
        .rows_affected
        > 0;
    if done {
        let named = Model { title, title_source: TitleSource::Model, ..chat.clone() };
        tell(ctx, "chat_updated", &named);
    }
    Ok(done)
}

/// How many messages a chat has.
pub async fn count_messages(ctx: &Context, chat_id: Uuid) -> Result<u64> {
    Ok(message::Entity::find().filter(message::Column::ChatId.eq(chat_id)).count(&ctx.db).await?)
}

/// One line, no control characters, at most [`TITLE_LIMIT`] characters.
pub fn clean_title(title: &str) -> String {
    let line: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(TITLE_LIMIT).collect()
}

/// Tells the pages of a chat's owner about it. Of a temporary one they hear nothing: they would list it.
pub fn tell(ctx: &Context, event: &'static str, chat: &Model) {
    if !chat.temporary {
        generations::tell_user(ctx, chat.user_id, event, chat_event(chat));
    }
}

/// A chat as the events of the user's own topic carry it.
fn chat_event(chat: &Model) -> serde_json::Value {
    serde_json::json!({ "chat": {
        "id": chat.id,
        "title": chat.title,
        "model": chat.model,
        "current_message_id": chat.current_message_id,
        "folder_id": chat.folder_id,
        "pinned": chat.pinned,
        "archived": chat.archived,
        "tags": tags_of(chat),
        "temporary": chat.temporary,
        "created_at": crate::clock::rfc3339(chat.created_at),
        "updated_at": crate::clock::rfc3339(chat.updated_at),
    }})
}
