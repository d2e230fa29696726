//! Prompts that people keep: their own, and those that admins share with everybody.

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::entity::prompt::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Kind, Result};
use crate::page::{Page, Slice};
use crate::users::{Role, User};
use crate::{Context, db, ids};

pub const COMMAND_LIMIT: usize = 50;
pub const TITLE_LIMIT: usize = 100;
/// Characters of a prompt.
pub const CONTENT_LIMIT: usize = 100_000;
/// Prompts of one user.
const MOST: u64 = 1_000;

/// A prompt as it is to be; in a change what is absent stays.
#[derive(Debug, Default)]
pub struct Change {
    pub command: Option<String>,
    pub title: Option<String>,
    pub content: Option<String>,
    pub shared: Option<bool>,
}

/// A page of what this user may use, their own and those of everybody, in the order of the commands. With `own` only
/// the own ones.
pub async fn list(ctx: &Context, user_id: Uuid, own: bool, slice: &Slice) -> Result<Page<Model>> {
    let mut query = match own {
        true => Entity::find().filter(Column::UserId.eq(user_id)),
        false => Entity::find().filter(usable(user_id)),
    };
    if let Some((command, id)) = after(slice)? {
        query = query.filter(
            Condition::any()
                .add(Column::Command.gt(command))
                .add(Condition::all().add(Column::Command.eq(command)).add(Column::Id.gt(id))),
        );
    }
    let query = query.order_by_asc(Column::Command).order_by_asc(Column::Id).limit(slice.limit + 1);
    let rows = query.all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| format!("{}.{}", row.command, row.id)))
}

/// A prompt that this user may use.
pub async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(usable(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("prompt"))
}

pub async fn create(ctx: &Context, user: &User, change: Change) -> Result<Model> {
    let command = command(change.command.as_deref().unwrap_or_default())?;
    let content = content(change.content.unwrap_or_default())?;
    let title = title(change.title.as_deref().unwrap_or_default());
    let shared = change.shared.unwrap_or(false);
    may_share(user, shared)?;
    if Entity::find().filter(Column::UserId.eq(user.id)).count(&ctx.db).await? >= MOST {
        return Err(Error::conflict("too_many_prompts", format!("There are {MOST} prompts already.")));
    }
    let now = ctx.clock.now_ms();
    let row = ActiveModel {
        id: Set(ids::new()),
        user_id: Set(user.id),
        title: Set(if title.is_empty() { command.clone() } else { title }),
        command: Set(command),
        content: Set(content),
        shared: Set(shared),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(&ctx.db).await.map_err(taken)
}

/// Changes an own prompt; admins also change shared ones.
pub async fn update(ctx: &Context, user: &User, id: Uuid, change: Change) -> Result<Model> {
    let row = changeable(ctx, user, id).await?;
    let mut new = ActiveModel { id: Unchanged(id), ..Default::default() };
    if let Some(text) = change.command {
        new.command = Set(command(&text)?);
    }
    if let Some(text) = change.title.map(|text| title(&text)) {
        if text.is_empty() {
            return Err(Error::field("title", "must not be empty"));
        }
        new.title = Set(text);
    }
    if let Some(text) = change.content {
        new.content = Set(content(text)?);
    }
    if let Some(shared) = change.shared {
        may_share(user, shared && !row.shared)?;
        new.shared = Set(shared);
    }
    if !new.is_changed() {
        return Ok(row);
    }
    new.updated_at = Set(ctx.clock.now_ms());
    new.update(&ctx.db).await.map_err(taken)
}

/// Deletes an own prompt; admins also delete shared ones.
pub async fn delete(ctx: &Context, user: &User, id: Uuid) -> Result<()> {
    changeable(ctx, user, id).await?;
    Entity::delete_by_id(id).exec(&ctx.db).await?;
    Ok(())
}

fn usable(user_id: Uuid) -> Condition {
    Condition::any().add(Column::UserId.eq(user_id)).add(Column::Shared.eq(true))
}

async fn changeable(ctx: &Context, user: &User, id: Uuid) -> Result<Model> {
    let row = find_for(ctx, user.id, id).await?;
    if row.user_id == user.id || user.role == Role::Admin {
        return Ok(row);
    }
    Err(Error::new(Kind::Forbidden, "forbidden", "Only its author and admins may change a shared prompt."))
}

fn may_share(user: &User, share: bool) -> Result<()> {
    if share && user.role != Role::Admin {
        return Err(Error::new(Kind::Forbidden, "forbidden", "Only admins share prompts with everybody."));
    }
    Ok(())
}

fn taken(error: sea_orm::DbErr) -> Error {
    if db::is_duplicate(&error) {
        return Error::conflict("command_taken", "You have a prompt with this command already.")
            .source(error);
    }
    error.into()
}

/// What is typed after the slash, with or without it.
fn command(text: &str) -> Result<String> {
    let text = text.trim().trim_start_matches('/').to_lowercase();
    let known = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if text.is_empty() || text.chars().count() > COMMAND_LIMIT || !text.chars().all(known) {
        let message = format!("must be 1 to {COMMAND_LIMIT} letters, digits, `-` and `_`");
        return Err(Error::field("command", message));
    }
    Ok(text)
}

fn title(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(TITLE_LIMIT).collect()
}

fn content(text: String) -> Result<String> {
    match text.chars().count() {
        _ if text.trim().is_empty() => Err(Error::field("content", "must not be empty")),
        count if count > CONTENT_LIMIT => {
            Err(Error::field("content", format!("must have at most {CONTENT_LIMIT} characters")))
        }
        _ => Ok(text),
    }
}

fn after(slice: &Slice) -> Result<Option<(&str, Uuid)>> {
    let bad = || Error::field("after", "is no cursor of this list; take the value of `next` as it is");
    let Some(text) = slice.after.as_deref() else { return Ok(None) };
    let (command, id) = text.rsplit_once('.').ok_or_else(bad)?;
    Ok(Some((command, id.parse().map_err(|_| bad())?)))
}
