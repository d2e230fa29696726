//! Groups of users. A group has a weight in the queue, and whatever is shared or limited can name it.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::context::Context;
use crate::entity::group::{ActiveModel, Column, Entity, Model};
use crate::entity::{group_member, quota, user};
use crate::error::{Error, FieldError, Result};
use crate::page::{Page, Slice};
use crate::users::{Role, User};
use crate::{db, ids, quotas};

const NAME_MAX: usize = 200;
/// Turns of a member for one of somebody with weight 1. More would be a priority, and those starve others.
pub const WEIGHT_MAX: u32 = 100;
/// Members that one call adds.
pub const MEMBERS_AT_ONCE: usize = 1000;

/// A group with the number of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: Uuid,
    pub name: String,
    pub weight: u32,
    pub members: u64,
    /// Unix milliseconds.
    pub created_at: i64,
    pub updated_at: i64,
}

/// What an admin changes; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub weight: Option<u32>,
}

pub async fn create(ctx: &Context, name: &str, weight: Option<u32>) -> Result<Group> {
    let name = normal_name(name)?;
    let weight = checked_weight(weight.unwrap_or(1))?;
    let now = ctx.clock.now_ms();
    let row = Model { id: ids::new(), name, weight, created_at: now, updated_at: now };
    let insert = ActiveModel::from(row.clone()).reset_all();
    Entity::insert(insert).exec_without_returning(&ctx.db).await.map_err(taken)?;
    quotas::changed(ctx).await;
    Ok(view(row, 0))
}

pub async fn find(ctx: &Context, id: Uuid) -> Result<Group> {
    let row = row(&ctx.db, id).await?;
    let members =
        group_member::Entity::find().filter(group_member::Column::GroupId.eq(id)).count(&ctx.db).await?;
    Ok(view(row, members))
}

/// All groups in order of creation.
pub async fn list(ctx: &Context, slice: &Slice) -> Result<Page<Group>> {
    let mut query = Entity::find().order_by_asc(Column::Id).limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    let page = Page::cut(query.all(&ctx.db).await?, slice.limit, |row: &Model| row.id.to_string());
    let counts: Vec<(Uuid, i64)> = group_member::Entity::find()
        .select_only()
        .column(group_member::Column::GroupId)
        .column_as(group_member::Column::UserId.count(), "members")
        .filter(group_member::Column::GroupId.is_in(page.items.iter().map(|row| row.id)))
        .group_by(group_member::Column::GroupId)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let counted =
        |id: Uuid| counts.iter().find(|(group, _)| *group == id).map_or(0, |(_, n)| n.unsigned_abs());
    Ok(page.map(|row| {
        let members = counted(row.id);
        view(row, members)
    }))
}

/// A page of the groups that a user may share with, in order of creation: the own ones; all for an admin.
pub async fn list_for(ctx: &Context, user: &User, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(open_to(user)).order_by_asc(Column::Id).limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(Page::cut(query.all(&ctx.db).await?, slice.limit, |row: &Model| row.id.to_string()))
}

/// A group that a user may share with; another one looks like one that is not there.
pub async fn find_for(ctx: &Context, user: &User, id: Uuid) -> Result<Model> {
    let row = Entity::find_by_id(id).filter(open_to(user)).one(&ctx.db).await?;
    row.ok_or_else(|| Error::not_found("group"))
}

fn open_to(user: &User) -> Condition {
    if user.role == Role::Admin {
        return Condition::all();
    }
    Condition::all().add(Column::Id.in_subquery(ids_of(user.id)))
}

/// The ids of a user's groups, for a condition of another query.
pub(crate) fn ids_of(user_id: Uuid) -> SelectStatement {
    Query::select()
        .column(group_member::Column::GroupId)
        .from(group_member::Entity)
        .and_where(group_member::Column::UserId.eq(user_id))
        .to_owned()
}

pub async fn update(ctx: &Context, id: Uuid, change: Change) -> Result<Group> {
    let mut update = Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id));
    if let Some(name) = &change.name {
        update = update.col_expr(Column::Name, Expr::value(normal_name(name)?));
    }
    if let Some(weight) = change.weight {
        update = update.col_expr(Column::Weight, Expr::value(checked_weight(weight)?));
    }
    update.exec(&ctx.db).await.map_err(taken)?;
    let group = find(ctx, id).await?;
    quotas::changed(ctx).await;
    Ok(group)
}

/// Deletes a group and its quotas. Its members stay users.
pub async fn delete(ctx: &Context, id: Uuid) -> Result<()> {
    let transaction = db::begin(&ctx.db).await?;
    if Entity::delete_by_id(id).exec(&transaction).await?.rows_affected == 0 {
        return Err(Error::not_found("group"));
    }
    quota::Entity::delete_many()
        .filter(quota::Column::Scope.is_in([quota::Scope::Group, quota::Scope::Member]))
        .filter(quota::Column::Subject.eq(id.to_string()))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    quotas::changed(ctx).await;
    Ok(())
}

/// The members, the oldest account first.
pub async fn members(ctx: &Context, id: Uuid, slice: &Slice) -> Result<Page<User>> {
    row(&ctx.db, id).await?;
    let mut query = group_member::Entity::find()
        .filter(group_member::Column::GroupId.eq(id))
        .order_by_asc(group_member::Column::UserId)
        .limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(group_member::Column::UserId.gt(after));
    }
    let rows = query.all(&ctx.db).await?;
    let page = Page::cut(rows, slice.limit, |row: &group_member::Model| row.user_id.to_string());
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(page.items.iter().map(|row| row.user_id)))
        .order_by_asc(user::Column::Id)
        .all(&ctx.db)
        .await?;
    Ok(Page { items: users.into_iter().map(User::from).collect(), next: page.next })
}

/// Puts users into a group; those who are in it already stay.
///
/// # Errors
/// `not_found` when the group or one of the users is not there: then nobody was added.
pub async fn add_members(ctx: &Context, id: Uuid, users: &[Uuid]) -> Result<Group> {
    if users.is_empty() || users.len() > MEMBERS_AT_ONCE {
        return Err(Error::field("user_ids", format!("must hold 1 to {MEMBERS_AT_ONCE} ids")));
    }
    let mut users = users.to_vec();
    users.sort_unstable();
    users.dedup();
    let transaction = db::begin(&ctx.db).await?;
    row(&transaction, id).await?;
    let known = user::Entity::find().filter(user::Column::Id.is_in(users.iter().copied()));
    if known.count(&transaction).await? != users.len() as u64 {
        return Err(Error::not_found("user"));
    }
    let now = ctx.clock.now_ms();
    for part in users.chunks(200) {
        let rows = part.iter().map(|user| group_member::ActiveModel {
            group_id: Set(id),
            user_id: Set(*user),
            created_at: Set(now),
        });
        group_member::Entity::insert_many(rows)
            .on_conflict_do_nothing_on([group_member::Column::GroupId, group_member::Column::UserId])
            .exec_without_returning(&transaction)
            .await?;
    }
    transaction.commit().await?;
    quotas::changed(ctx).await;
    find(ctx, id).await
}

/// Takes a user out of a group.
pub async fn remove_member(ctx: &Context, id: Uuid, user: Uuid) -> Result<()> {
    let gone = group_member::Entity::delete_by_id((id, user)).exec(&ctx.db).await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("member"));
    }
    quotas::changed(ctx).await;
    Ok(())
}

/// The ids of the groups of a user, in order.
pub async fn of_user(db: &impl ConnectionTrait, user: Uuid) -> Result<Vec<Uuid>> {
    Ok(group_member::Entity::find()
        .select_only()
        .column(group_member::Column::GroupId)
        .filter(group_member::Column::UserId.eq(user))
        .order_by_asc(group_member::Column::GroupId)
        .into_tuple()
        .all(db)
        .await?)
}

async fn row(db: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::not_found("group"))
}

fn view(row: Model, members: u64) -> Group {
    Group {
        id: row.id,
        name: row.name,
        weight: row.weight.unsigned_abs(),
        members,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn normal_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::field("name", format!("must have 1 to {NAME_MAX} characters")));
    }
    Ok(name.to_owned())
}

fn checked_weight(weight: u32) -> Result<i32> {
    if (1..=WEIGHT_MAX).contains(&weight) {
        return Ok(i32::try_from(weight).unwrap_or(1));
    }
    Err(Error::field("weight", format!("must be 1 to {WEIGHT_MAX}")))
}

fn taken(error: sea_orm::DbErr) -> Error {
    if !db::is_duplicate(&error) {
        return error.into();
    }
    let mut error = Error::conflict("name_taken", "There is a group of this name.").source(error);
    error.fields.push(FieldError { field: "name".into(), message: "is taken".into() });
    error
}
