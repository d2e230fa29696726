//! The sweep: files that nobody works on, what is left of those that were taken away, and uploads that never ended.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::push;
use crate::entity::file::{Column, Entity, Model, State};
use crate::error::Result;
use crate::jobs::RemoveFile;
use crate::{Context, db, settings, vectors};

/// Rows that one look takes of each kind; the next look takes the next ones.
const BATCH: u64 = 1000;
/// Files that are embedded anew at a time: those that nobody could find yet come first.
const ANEW: u64 = 50;
/// What an upload may need beyond its time, in milliseconds.
const GRACE_MS: i64 = 600_000;

/// Pushes again what waits longer than `older_than_ms`, or whose lease ran out. A second push is harmless.
pub async fn sweep(ctx: &Context, older_than_ms: u64) -> Result<usize> {
    let before = i64::try_from(older_than_ms).unwrap_or(i64::MAX);
    let (now, theirs) = (ctx.clock.now_ms(), db::now_ms(ctx.db.get_database_backend()));
    let upload_ms = i64::try_from(ctx.config.files.upload_s).unwrap_or(i64::MAX / 2000) * 1000;
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(now))
        .filter(Column::State.eq(State::Uploading))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::CreatedAt.lt(now - upload_ms - GRACE_MS))
        .exec(&ctx.db)
        .await?;
    let working = [State::Uploaded, State::Extracting, State::Chunking, State::Embedding];
    let waiting = Condition::any()
        .add(Condition::all().add(Column::LeaseUntil.is_null()).add(Column::UpdatedAt.lte(now - before)))
        .add(Expr::col(Column::LeaseUntil).lt(theirs.sub(Ord::min(before, 3_000))));
    let rows = Entity::find()
        .filter(Column::State.is_in(working))
        .filter(Column::DeletedAt.is_null())
        .filter(waiting)
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .all(&ctx.db)
        .await?;
    for row in rows.iter().chain(&anew(ctx).await?) {
        push(ctx, row).await;
    }
    let gone = Entity::find().filter(Column::DeletedAt.lte(now - before)).limit(BATCH).all(&ctx.db).await?;
    for row in &gone {
        ctx.queue.push(&RemoveFile { file_id: row.id, user_id: row.user_id }).await?;
    }
    Ok(rows.len() + gone.len())
}

/// Files whose vectors are of another model than the chosen one. They are ready, and stay so.
async fn anew(ctx: &Context) -> Result<Vec<Model>> {
    let Some(model) = settings::get(ctx).await?.embedding_model.clone() else { return Ok(Vec::new()) };
    if vectors::store(ctx).await.is_err() {
        return Ok(Vec::new());
    }
    let other = match vectors::find(ctx, &model).await? {
        Some(index) => Condition::any().add(Column::IndexId.is_null()).add(Column::IndexId.ne(index.id)),
        None => Condition::all(),
    };
    let rows = Entity::find()
        .filter(Column::State.eq(State::Ready))
        .filter(Column::DeletedAt.is_null())
        .filter(
            Condition::any()
                .add(Column::LeaseUntil.is_null())
                .add(Expr::col(Column::LeaseUntil).lt(db::now_ms(ctx.db.get_database_backend()))),
        )
        .filter(Column::Chunks.gt(0))
        .filter(other)
        .order_by_asc(Column::Id)
        .limit(ANEW);
    Ok(rows.all(&ctx.db).await?)
}

/// Lets go of all leases. Only for a process that owns its database alone: who held them is gone, and so is who was
/// uploading.
pub async fn forget_own_leases(ctx: &Context) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Column::LeaseUntil.is_not_null())
        .exec(&ctx.db)
        .await?;
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::State.eq(State::Uploading))
        .filter(Column::DeletedAt.is_null())
        .exec(&ctx.db)
        .await?;
    Ok(())
}
