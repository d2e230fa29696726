//! Passages of files. Only the worker that holds a file writes them; the index of words follows by itself.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::chunk::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::files::{self, Claimed};
use crate::page::{Page, Slice};
use crate::vectors::Bare;
use crate::{Context, db};

/// The version of the way from bytes to passages. Raised when the same file would give other passages.
pub const PIPELINE: i32 = 1;
/// Rows that one statement removes: what waits for it waits for a moment only.
const BATCH: u64 = 1000;

/// A passage that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub page: Option<i32>,
    pub heading: String,
    /// In characters of the page.
    pub from: i32,
    pub to: i32,
    pub text: String,
}

/// Writes some passages, of which the first has this place. The first of all removes what an earlier attempt has left.
/// `false` when the file is not ours any more: then nothing was written.
pub async fn put(ctx: &Context, claimed: &Claimed, place: usize, passages: &[Passage]) -> Result<bool> {
    let file_id = claimed.row.id;
    let rows: Vec<ActiveModel> = (place..)
        .zip(passages)
        .map(|(ordinal, passage)| ActiveModel {
            id: NotSet,
            file_id: Set(file_id),
            pipeline: Set(PIPELINE),
            ordinal: Set(i32::try_from(ordinal).unwrap_or(i32::MAX)),
            page: Set(passage.page),
            heading: Set(passage.heading.clone()),
            from_char: Set(passage.from),
            to_char: Set(passage.to),
            text: Set(passage.text.clone()),
        })
        .collect();
    let transaction = db::begin(&ctx.db).await?;
    if !files::fence(ctx, &transaction, claimed).await? {
        transaction.rollback().await?;
        return Ok(false);
    }
    if place == 0 {
        Entity::delete_many().filter(Column::FileId.eq(file_id)).exec(&transaction).await?;
    }
    Entity::insert_many(rows).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Removes all passages of a file, and with them their words and vectors.
pub(crate) async fn remove_all(ctx: &Context, file_id: Uuid) -> Result<()> {
    loop {
        let ids: Vec<i64> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::FileId.eq(file_id))
            .limit(BATCH)
            .into_tuple()
            .all(&ctx.db)
            .await?;
        if ids.is_empty() {
            return Ok(());
        }
        Entity::delete_many().filter(Column::Id.is_in(ids)).exec(&ctx.db).await?;
    }
}

/// The first passages of a file.
pub async fn first(ctx: &Context, file_id: Uuid, most: u64) -> Result<Vec<Bare>> {
    let query = Entity::find().filter(Column::FileId.eq(file_id)).order_by_asc(Column::Ordinal).limit(most);
    let rows = query.all(&ctx.db).await?;
    Ok(rows.into_iter().map(|row| Bare { id: row.id, heading: row.heading, text: row.text }).collect())
}

/// A page of the passages of a file that is known to be the caller's, in their order.
pub async fn list(ctx: &Context, file_id: Uuid, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(Column::FileId.eq(file_id));
    if let Some(after) = slice.after_number()? {
        query = query.filter(Column::Ordinal.gt(after));
    }
    let rows = query.order_by_asc(Column::Ordinal).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.ordinal.to_string()))
}
