//! Collections of files, for retrieval. A file stays when its collection goes.

mod shares;

use std::collections::HashMap;

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::entity::collection::{ActiveModel, Column, Entity, Model};
use crate::entity::{collection_file, file};
use crate::error::{Error, Kind, Result};
use crate::generations::tell_user;
use crate::page::{Page, Slice};
use crate::{Context, files, ids};

pub use self::shares::{Access, Share, Terms, find_writable, list_shares, share, terms, unshare};
pub(crate) use self::shares::{files_readable_by, readable_by};

pub async fn create(ctx: &Context, user_id: Uuid, name: &str, description: &str) -> Result<Model> {
    let now = ctx.clock.now_ms();
    let row = ActiveModel {
        id: Set(ids::new()),
        user_id: Set(user_id),
        name: Set(clean(name)?),
        description: Set(description.trim().to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = row.insert(&ctx.db).await?;
    tell(ctx, user_id, row.id);
    Ok(row)
}

/// A collection that this user may read; another's looks like one that is not there.
pub async fn find_readable(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(readable_by(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("collection"))
}

/// A collection of this user.
///
/// `collection_not_yours` where another has shared it.
pub async fn find_own(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    let row = find_readable(ctx, user_id, id).await?;
    if row.user_id == user_id {
        return Ok(row);
    }
    Err(Error::new(Kind::Forbidden, "collection_not_yours", "Only the owner of this collection may do that."))
}

/// These collections, all of which this user must be able to read.
pub async fn find_all_readable(ctx: &Context, user_id: Uuid, ids: &[Uuid]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = Entity::find()
        .filter(readable_by(user_id))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(&ctx.db)
        .await?;
    if ids.iter().any(|id| found.iter().all(|row| row.id != *id)) {
        return Err(Error::not_found("collection"));
    }
    Ok(found)
}

/// A page of those that the user may read, newest first.
pub async fn list(ctx: &Context, user_id: Uuid, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(readable_by(user_id));
    if let Some(id) = slice.after_id()? {
        query = query.filter(Column::Id.lt(id));
    }
    let rows = query.order_by_desc(Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

/// What a user changes; what is absent stays.
pub async fn update(
    ctx: &Context,
    user_id: Uuid,
    id: Uuid,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<Model> {
    let row = find_own(ctx, user_id, id).await?;
    let change = ActiveModel {
        id: Unchanged(id),
        name: Set(name.map(clean).transpose()?.unwrap_or(row.name)),
        description: Set(description.map_or(row.description, |text| text.trim().to_owned())),
        updated_at: Set(ctx.clock.now_ms()),
        ..Default::default()
    };
    let row = change.update(&ctx.db).await?;
    tell(ctx, user_id, id);
    Ok(row)
}

/// Takes the collection away; its files stay.
pub async fn delete(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    find_own(ctx, user_id, id).await?;
    Entity::delete_by_id(id).exec(&ctx.db).await?;
    tell_user(ctx, user_id, "collection_deleted", json!({ "id": id }));
    Ok(())
}

/// Puts an own file in; one that is in already stays. Whoever reads the collection can read it from then on.
pub async fn add_file(ctx: &Context, user_id: Uuid, id: Uuid, file_id: Uuid) -> Result<file::Model> {
    find_writable(ctx, user_id, id).await?;
    let row = files::find_for(ctx, user_id, file_id).await?;
    put(ctx, id, file_id).await?;
    touch(ctx, user_id, id).await?;
    Ok(row)
}

async fn put(ctx: &Context, id: Uuid, file_id: Uuid) -> Result<()> {
    let place = collection_file::ActiveModel {
        collection_id: Set(id),
        file_id: Set(file_id),
        created_at: Set(ctx.clock.now_ms()),
    };
    let key = [collection_file::Column::CollectionId, collection_file::Column::FileId];
    collection_file::Entity::insert(place)
        .on_conflict(OnConflict::columns(key).update_column(collection_file::Column::CreatedAt).to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    Ok(())
}

/// Puts a file into every collection that another file is in.
pub(crate) async fn stand_in(ctx: &Context, absent: Uuid, file_id: Uuid) -> Result<()> {
    let places = collection_file::Entity::find()
        .filter(collection_file::Column::FileId.eq(absent))
        .all(&ctx.db)
        .await?;
    for place in places {
        put(ctx, place.collection_id, file_id).await?;
    }
    Ok(())
}

/// Takes a file out; the file itself stays.
pub async fn remove_file(ctx: &Context, user_id: Uuid, id: Uuid, file_id: Uuid) -> Result<()> {
    find_writable(ctx, user_id, id).await?;
    let gone = collection_file::Entity::delete_by_id((id, file_id)).exec(&ctx.db).await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("file"));
    }
    touch(ctx, user_id, id).await
}

/// A page of its files, newest first.
pub async fn list_files(ctx: &Context, user_id: Uuid, id: Uuid, slice: &Slice) -> Result<Page<file::Model>> {
    find_readable(ctx, user_id, id).await?;
    let inside = Query::select()
        .column(collection_file::Column::FileId)
        .from(collection_file::Entity)
        .and_where(collection_file::Column::CollectionId.eq(id))
        .to_owned();
    let mut query = file::Entity::find()
        .filter(file::Column::Id.in_subquery(inside))
        .filter(file::Column::DeletedAt.is_null());
    if let Some(after) = slice.after_id()? {
        query = query.filter(file::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(file::Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &file::Model| row.id.to_string()))
}

/// A file of a collection that this user may read.
pub async fn file_of(ctx: &Context, user_id: Uuid, id: Uuid, file_id: Uuid) -> Result<file::Model> {
    find_readable(ctx, user_id, id).await?;
    let place = collection_file::Entity::find_by_id((id, file_id)).one(&ctx.db).await?;
    place.ok_or_else(|| Error::not_found("file"))?;
    files::find_readable(ctx, user_id, file_id).await
}

/// How many files each of these collections holds.
pub async fn counts(ctx: &Context, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64)> = collection_file::Entity::find()
        .select_only()
        .column(collection_file::Column::CollectionId)
        .column_as(collection_file::Column::FileId.count(), "files")
        .join(
            JoinType::InnerJoin,
            collection_file::Entity::belongs_to(file::Entity)
                .from(collection_file::Column::FileId)
                .to(file::Column::Id)
                .into(),
        )
        .filter(collection_file::Column::CollectionId.is_in(ids.iter().copied()))
        .filter(file::Column::DeletedAt.is_null())
        .group_by(collection_file::Column::CollectionId)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn touch(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id))
        .exec(&ctx.db)
        .await?;
    tell(ctx, user_id, id);
    Ok(())
}

fn tell(ctx: &Context, user_id: Uuid, id: Uuid) {
    tell_user(ctx, user_id, "collection_updated", json!({ "id": id }));
}

fn clean(name: &str) -> Result<String> {
    let line: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
    if line.is_empty() { Err(Error::field("name", "must not be empty")) } else { Ok(line) }
}
