//! The sweep: what was accepted but not queued, what a dead worker left, and what is old enough to go.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::caps;
use super::finish::end_waiting;
use super::push;
use super::waiting::start_stranded;
use crate::entity::generation::{Column, Entity, Kind, State};
use crate::entity::session;
use crate::error::Result;
use crate::{Context, db, quotas, usage};

/// Rows that one look takes of each kind; the next look takes the next ones.
const BATCH: u64 = 1000;

/// Who ends a run gives back what it holds at once; what is left of it after this time was forgotten.
const ENDED_MS: i64 = 60_000;

/// What one look found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub pushed: usize,
    pub cancelled: usize,
    /// Waiting messages whose turn had come and that nobody had started.
    pub started: usize,
    pub deleted: u64,
}

/// What one look is for.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Rows that wait for longer than this many milliseconds.
    pub older_than_ms: u64,
    /// And runs whose lease ran out.
    pub lapsed: bool,
}

/// Pushes again what waits for too long, or whose worker is gone. A second push is harmless.
pub async fn sweep(ctx: &Context, look: &Look) -> Result<Swept> {
    let backend = ctx.db.get_database_backend();
    let now = db::now_ms(backend);
    let before = i64::try_from(look.older_than_ms).unwrap_or(i64::MAX);
    let mut waiting = Condition::any().add(
        Condition::all()
            .add(Column::State.eq(State::Queued))
            .add(Column::CreatedAt.lte(ctx.clock.now_ms() - before)),
    );
    if look.lapsed {
        waiting = waiting.add(
            Condition::all()
                .add(Column::State.eq(State::Running))
                .add(Expr::col(Column::LeaseUntil).lt(now.sub(Ord::min(before, 3_000)))),
        );
    }
    let rows = Entity::find().filter(waiting).order_by_asc(Column::Id).limit(BATCH).all(&ctx.db).await?;
    let mut swept = Swept::default();
    for row in &rows {
        if row.state == State::Queued && row.cancel_requested_at.is_some() {
            swept.cancelled += usize::from(end_waiting(ctx, row).await?);
        } else {
            push(ctx, row).await;
            swept.pushed += 1;
        }
    }
    swept.started = start_stranded(ctx, BATCH).await?;
    swept.deleted = delete_old(ctx).await?;
    Ok(swept)
}

/// Lets go of all leases. Only for a process that owns its database alone: who held them is gone.
pub async fn forget_own_leases(ctx: &Context) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(0_i64))
        .filter(Column::State.eq(State::Running))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

async fn delete_old(ctx: &Context) -> Result<u64> {
    let now = ctx.clock.now_ms();
    let keep_ms = i64::from(ctx.config.generation.keep_days) * 86_400_000;
    let calls = Entity::delete_many()
        .filter(Column::Kind.ne(Kind::Chat))
        .filter(Column::EndedAt.lt(now - keep_ms))
        .exec(&ctx.db)
        .await?;
    let sessions =
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now)).exec(&ctx.db).await?;
    quotas::forget_reservations(ctx, now - ENDED_MS).await?;
    caps::forget_holds(ctx).await?;
    usage::forget_old(ctx).await?;
    Ok(calls.rows_affected + sessions.rows_affected)
}
