//! Who else may use a collection: groups, for as long as somebody belongs to them. Every look asks the rows, so who
//! leaves a group has lost its collections with that moment.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{OnConflict, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{find_own, find_readable, touch};
use crate::entity::collection::{self, Model};
use crate::entity::collection_share::{ActiveModel, Column, Entity};
use crate::entity::{collection_file, group, user};
use crate::error::{Error, Kind, Result};
use crate::users::User;
use crate::{Context, groups};

pub use crate::entity::collection_share::Access;

/// Groups that one collection is shared with at most.
const MOST: usize = 100;

/// A group that a collection is shared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub group_id: Uuid,
    pub group_name: String,
    pub access: Access,
}

/// What somebody may do with a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    Own,
    /// Shared by its owner, of this id and name.
    Shared {
        access: Access,
        owner_id: Uuid,
        owner_name: String,
    },
}

/// The collections that a user may read: the own ones, and what their groups were given.
pub(crate) fn readable_by(user_id: Uuid) -> Condition {
    let given = Query::select()
        .column(Column::CollectionId)
        .from(Entity)
        .and_where(Column::GroupId.in_subquery(groups::ids_of(user_id)))
        .to_owned();
    Condition::any()
        .add(collection::Column::UserId.eq(user_id))
        .add(collection::Column::Id.in_subquery(given))
}

/// Files that are in one of these collections, or in any, as far as the user may read them.
pub(crate) fn files_readable_by(user_id: Uuid, only: Option<&[Uuid]>) -> SelectStatement {
    let named = only.map(|ids| collection::Column::Id.is_in(ids.iter().copied()));
    let readable = Query::select()
        .column(collection::Column::Id)
        .from(collection::Entity)
        .cond_where(Condition::all().add(readable_by(user_id)).add_option(named))
        .to_owned();
    Query::select()
        .column(collection_file::Column::FileId)
        .from(collection_file::Entity)
        .and_where(collection_file::Column::CollectionId.in_subquery(readable))
        .to_owned()
}

/// A collection whose files the user may change.
///
/// `collection_read_only` where it may only be read.
pub async fn find_writable(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    let row = find_readable(ctx, user_id, id).await?;
    if row.user_id == user_id || access(ctx, user_id, &[id]).await?.get(&id) == Some(&Access::Write) {
        return Ok(row);
    }
    Err(Error::new(
        Kind::Forbidden,
        "collection_read_only",
        "This collection is shared with you for reading. Ask its owner for the right to change it.",
    ))
}

/// What the user may do with each of these collections, which are known to be readable.
pub async fn terms(ctx: &Context, user_id: Uuid, rows: &[Model]) -> Result<HashMap<Uuid, Terms>> {
    let others: Vec<&Model> = rows.iter().filter(|row| row.user_id != user_id).collect();
    let mut terms: HashMap<Uuid, Terms> = rows.iter().map(|row| (row.id, Terms::Own)).collect();
    if others.is_empty() {
        return Ok(terms);
    }
    let ids: Vec<Uuid> = others.iter().map(|row| row.id).collect();
    let access = access(ctx, user_id, &ids).await?;
    let owners = user::Entity::find().filter(user::Column::Id.is_in(others.iter().map(|row| row.user_id)));
    let names: HashMap<Uuid, String> =
        owners.all(&ctx.db).await?.into_iter().map(|owner| (owner.id, owner.name)).collect();
    for row in others {
        let shared = Terms::Shared {
            // Who has left the group between the two looks reads this line and no more.
            access: access.get(&row.id).copied().unwrap_or(Access::Read),
            owner_id: row.user_id,
            owner_name: names.get(&row.user_id).cloned().unwrap_or_default(),
        };
        terms.insert(row.id, shared);
    }
    Ok(terms)
}

/// The widest right that the user's groups have, of each of these collections.
async fn access(ctx: &Context, user_id: Uuid, ids: &[Uuid]) -> Result<HashMap<Uuid, Access>> {
    let shares = Entity::find()
        .filter(Column::CollectionId.is_in(ids.iter().copied()))
        .filter(Column::GroupId.in_subquery(groups::ids_of(user_id)))
        .all(&ctx.db)
        .await?;
    let mut widest = HashMap::new();
    for share in shares {
        let access = widest.entry(share.collection_id).or_insert(share.access);
        *access = Ord::max(*access, share.access);
    }
    Ok(widest)
}

/// The groups that an own collection is shared with, by name.
pub async fn list_shares(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Vec<Share>> {
    find_own(ctx, user_id, id).await?;
    let rows = Entity::find().filter(Column::CollectionId.eq(id)).all(&ctx.db).await?;
    let groups = group::Entity::find()
        .filter(group::Column::Id.is_in(rows.iter().map(|row| row.group_id)))
        .order_by_asc(group::Column::Name)
        .all(&ctx.db)
        .await?;
    let access: HashMap<Uuid, Access> = rows.into_iter().map(|row| (row.group_id, row.access)).collect();
    Ok(groups
        .into_iter()
        .filter_map(|group| {
            let access = access.get(&group.id).copied()?;
            Some(Share { group_id: group.id, group_name: group.name, access })
        })
        .collect())
}

/// Shares an own collection with a group that the owner belongs to (admins: with any), or changes what the group may.
pub async fn share(
    ctx: &Context,
    owner: &User,
    id: Uuid,
    group_id: Uuid,
    access: Access,
) -> Result<Vec<Share>> {
    find_own(ctx, owner.id, id).await?;
    groups::find_for(ctx, owner, group_id).await?;
    let shares = list_shares(ctx, owner.id, id).await?;
    if shares.len() >= MOST && shares.iter().all(|share| share.group_id != group_id) {
        let message = format!("A collection can be shared with {MOST} groups at most.");
        return Err(Error::conflict("too_many_shares", message));
    }
    let row = ActiveModel {
        collection_id: Set(id),
        group_id: Set(group_id),
        access: Set(access),
        created_at: Set(ctx.clock.now_ms()),
    };
    Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::CollectionId, Column::GroupId])
                .update_column(Column::Access)
                .to_owned(),
        )
        .exec_without_returning(&ctx.db)
        .await?;
    touch(ctx, owner.id, id).await?;
    list_shares(ctx, owner.id, id).await
}

/// Takes an own collection back from a group.
pub async fn unshare(ctx: &Context, user_id: Uuid, id: Uuid, group_id: Uuid) -> Result<()> {
    find_own(ctx, user_id, id).await?;
    if Entity::delete_by_id((id, group_id)).exec(&ctx.db).await?.rows_affected == 0 {
        return Err(Error::not_found("share"));
    }
    touch(ctx, user_id, id).await
}
