//! Folders, in which people keep their chats. Two levels: a folder that lies in another holds no folders.

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::chat;
use crate::entity::folder::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Kind, Result};
use crate::page::{Page, Slice};
use crate::{Context, db, generations, ids};

/// Characters of a name.
pub const NAME_LIMIT: usize = 100;
/// Folders of one user: the page shows them all.
pub const MOST: u64 = 500;

/// What changes; what is absent stays.
#[derive(Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    /// `Some(None)`: in no folder.
    pub parent_id: Option<Option<Uuid>>,
}

/// A folder of this user; another's looks like one that is not there.
pub async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::UserId.eq(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("folder"))
}

/// A page, oldest first.
pub async fn list(ctx: &Context, user_id: Uuid, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id));
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

pub async fn create(ctx: &Context, user_id: Uuid, name: &str, parent_id: Option<Uuid>) -> Result<Model> {
    let name = named(name)?;
    if let Some(parent) = parent_id {
        outer(ctx, user_id, parent).await?;
    }
    if Entity::find().filter(Column::UserId.eq(user_id)).count(&ctx.db).await? >= MOST {
        return Err(Error::conflict("too_many_folders", format!("There are {MOST} folders already.")));
    }
    let now = ctx.clock.now_ms();
    let folder = ActiveModel {
        id: Set(ids::new()),
        user_id: Set(user_id),
        parent_id: Set(parent_id),
        name: Set(name),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&ctx.db)
    .await?;
    tell(ctx, user_id);
    Ok(folder)
}

/// The folder with these names, the outer one first, made where it is not there. What would be too deep lies in the
/// second level.
pub async fn ensure(ctx: &Context, user_id: Uuid, names: &[String]) -> Result<Uuid> {
    let names = match names {
        [outer, .., inner] => vec![outer, inner],
        few => few.iter().collect(),
    };
    let mut parent_id = None;
    for name in names {
        let name = named(name).unwrap_or_else(|_| "?".to_owned());
        let beside = Entity::find()
            .filter(Column::UserId.eq(user_id))
            .filter(Column::Name.eq(name.as_str()))
            .filter(match parent_id {
                Some(id) => Column::ParentId.eq(id),
                None => Column::ParentId.is_null(),
            })
            .one(&ctx.db)
            .await?;
        parent_id = Some(match beside {
            Some(folder) => folder.id,
            None => create(ctx, user_id, &name, parent_id).await?.id,
        });
    }
    parent_id.ok_or_else(|| Error::field("name", "must not be empty"))
}

pub async fn update(ctx: &Context, user_id: Uuid, id: Uuid, change: Change) -> Result<Model> {
    let folder = find_for(ctx, user_id, id).await?;
    let mut row = ActiveModel { id: Unchanged(id), ..Default::default() };
    if let Some(name) = change.name {
        row.name = Set(named(&name)?);
    }
    if let Some(parent_id) = change.parent_id {
        if let Some(parent) = parent_id {
            outer(ctx, user_id, parent).await?;
            let holds = Entity::find().filter(Column::ParentId.eq(id)).count(&ctx.db).await?;
            if parent == id || holds > 0 {
                return Err(Error::field("parent_id", "is too deep: folders have two levels"));
            }
        }
        row.parent_id = Set(parent_id);
    }
    if !row.is_changed() {
        return Ok(folder);
    }
    row.updated_at = Set(ctx.clock.now_ms());
    let folder = row.update(&ctx.db).await?;
    tell(ctx, user_id);
    Ok(folder)
}

/// Takes a folder away. Its chats stay, in no folder; folders in it come out of it.
pub async fn delete(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    find_for(ctx, user_id, id).await?;
    let transaction = db::begin(&ctx.db).await?;
    chat::Entity::update_many()
        .col_expr(chat::Column::FolderId, Expr::value(Option::<Uuid>::None))
        .filter(chat::Column::UserId.eq(user_id))
        .filter(chat::Column::FolderId.eq(id))
        .exec(&transaction)
        .await?;
    Entity::update_many()
        .col_expr(Column::ParentId, Expr::value(Option::<Uuid>::None))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ParentId.eq(id))
        .exec(&transaction)
        .await?;
    Entity::delete_by_id(id).exec(&transaction).await?;
    transaction.commit().await?;
    tell(ctx, user_id);
    Ok(())
}

/// The folder that a field of a request names.
pub async fn named_by(ctx: &Context, user_id: Uuid, field: &'static str, id: Uuid) -> Result<Model> {
    find_for(ctx, user_id, id).await.map_err(|error| match error.kind {
        Kind::NotFound => Error::field(field, "is no folder of yours"),
        _ => error,
    })
}

/// A folder that may hold another.
async fn outer(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    match named_by(ctx, user_id, "parent_id", id).await?.parent_id {
        None => Ok(()),
        Some(_) => Err(Error::field("parent_id", "is too deep: folders have two levels")),
    }
}

fn named(name: &str) -> Result<String> {
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = line.chars().filter(|c| !c.is_control()).take(NAME_LIMIT).collect();
    if name.is_empty() { Err(Error::field("name", "must not be empty")) } else { Ok(name) }
}

/// Other pages of this user read the folders again.
fn tell(ctx: &Context, user_id: Uuid) {
    generations::tell_user(ctx, user_id, "folders_changed", serde_json::json!({}));
}
