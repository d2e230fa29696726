//! Who works on a file. A claim is a compare-and-set with a lease by the database's clock; its attempt fences all
//! others, and a file that was taken away.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{push, tell};
use crate::config::ms;
use crate::entity::file::{Column, Entity, Model, State};
use crate::error::{Error, Kind, Result};
use crate::{Context, db};

/// A file that this process works on, and the attempt that all its writes carry.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub row: Model,
    pub attempt: i32,
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    Mine(Box<Claimed>),
    /// Past this stage, or gone: nothing to do.
    Over,
    /// Another worker has it; look again after this many milliseconds.
    Held(u64),
}

/// What a worker is going to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// From bytes to passages.
    Ingest,
    /// From passages to vectors.
    Embed,
}

impl Stage {
    fn states(self) -> &'static [State] {
        match self {
            Self::Ingest => &[State::Uploaded, State::Extracting, State::Chunking],
            // One that is ready is embedded anew by another model, while it stays ready.
            Self::Embed => &[State::Embedding, State::Ready],
        }
    }
}

/// Takes a file that waits for this stage or whose worker let its lease run out.
pub async fn claim(ctx: &Context, id: Uuid, stage: Stage) -> Result<Claim> {
    let backend = ctx.db.get_database_backend();
    let now = db::now_ms(backend);
    let mut update = Entity::update_many();
    if stage == Stage::Ingest {
        update = update
            .col_expr(Column::State, Expr::value(State::Extracting))
            .col_expr(Column::Progress, Expr::value(0));
    }
    let claimed = update
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .col_expr(Column::LeaseOwner, Expr::value(ctx.process.clone()))
        .col_expr(Column::LeaseUntil, db::in_ms(backend, ctx.config.files.lease_ms))
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::State.is_in(stage.states().iter().copied()))
        .filter(
            Condition::any()
                .add(Column::LeaseUntil.is_null())
                .add(Expr::col(Column::LeaseUntil).lt(now.clone())),
        )
        .exec(&ctx.db)
        .await?;
    let Some(row) = Entity::find_by_id(id).one(&ctx.db).await? else { return Ok(Claim::Over) };
    if claimed.rows_affected == 0 {
        return held(ctx, &row, stage).await;
    }
    let attempt = row.attempt;
    let mut claimed = Claimed { row, attempt };
    if claimed.row.state != State::Ready
        && u32::try_from(claimed.row.tries).unwrap_or_default() > ctx.config.files.max_attempts
    {
        let error = Error::new(
            Kind::Internal,
            "worker_lost",
            "The workers that read this file were lost too often. Try again, or leave this file out.",
        );
        fail(ctx, &mut claimed, &error).await?;
        return Ok(Claim::Over);
    }
    if stage == Stage::Ingest {
        tell(ctx, "file_updated", &claimed.row);
    }
    Ok(Claim::Mine(Box::new(claimed)))
}

async fn held(ctx: &Context, row: &Model, stage: Stage) -> Result<Claim> {
    if row.deleted_at.is_some() || !stage.states().contains(&row.state) {
        return Ok(Claim::Over);
    }
    let now: Option<i64> = Entity::find_by_id(row.id)
        .select_only()
        .expr(db::now_ms(ctx.db.get_database_backend()))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    let left = row.lease_until.unwrap_or_default() - now.unwrap_or_default();
    Ok(Claim::Held(u64::try_from(left).map_or(50, |left| Ord::max(left, 50))))
}

/// What a worker writes about its file; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub state: Option<State>,
    pub progress: Option<i32>,
    pub pages: Option<i32>,
    pub chunks: Option<i32>,
    pub notice: Option<String>,
    pub media_type: Option<String>,
    /// The index that has the vectors of all its passages.
    pub index_id: Option<i32>,
}

/// Writes it and tells the user. `false` when the file is not ours any more: then nothing was written.
pub async fn write(ctx: &Context, claimed: &mut Claimed, change: Change) -> Result<bool> {
    put(ctx, claimed, change, false).await
}

/// Writes it, gives the file on to its next stage and tells the queue and the user.
pub async fn hand_on(ctx: &Context, claimed: &mut Claimed, change: Change) -> Result<bool> {
    let done = put(ctx, claimed, change, true).await?;
    if done && !claimed.row.state.is_terminal() {
        push(ctx, &claimed.row).await;
    }
    Ok(done)
}

async fn put(ctx: &Context, claimed: &mut Claimed, change: Change, end: bool) -> Result<bool> {
    let row = &mut claimed.row;
    row.state = change.state.unwrap_or(row.state);
    row.progress = change.progress.unwrap_or(row.progress);
    row.pages = change.pages.or(row.pages);
    row.chunks = change.chunks.or(row.chunks);
    row.index_id = change.index_id.or(row.index_id);
    row.notice = change.notice.or(row.notice.take());
    row.media_type = change.media_type.unwrap_or_else(|| row.media_type.clone());
    row.updated_at = ctx.clock.now_ms();
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state))
        .col_expr(Column::Progress, Expr::value(row.progress))
        .col_expr(Column::Pages, Expr::value(row.pages))
        .col_expr(Column::Chunks, Expr::value(row.chunks))
        .col_expr(Column::IndexId, Expr::value(row.index_id))
        .col_expr(Column::Notice, Expr::value(row.notice.clone()))
        .col_expr(Column::MediaType, Expr::value(row.media_type.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(row.updated_at));
    update = if end {
        row.tries = 0;
        update
            .col_expr(Column::Tries, Expr::value(0))
            .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
            .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
    } else {
        update.col_expr(Column::LeaseUntil, lease(ctx))
    };
    let done = update.filter(mine(claimed)).exec(&ctx.db).await?.rows_affected > 0;
    if done {
        tell(ctx, "file_updated", &claimed.row);
    }
    Ok(done)
}

/// Ends the work on a file with the reason that its user sees.
pub async fn fail(ctx: &Context, claimed: &mut Claimed, error: &Error) -> Result<bool> {
    let row = &mut claimed.row;
    row.state = State::Failed;
    row.error_code = Some(error.code.to_owned());
    row.error_message = Some(error.message.to_string());
    row.updated_at = ctx.clock.now_ms();
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Failed))
        .col_expr(Column::ErrorCode, Expr::value(row.error_code.clone()))
        .col_expr(Column::ErrorMessage, Expr::value(row.error_message.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(row.updated_at))
        .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(mine(claimed))
        .exec(&ctx.db)
        .await?
        .rows_affected
        > 0;
    if done {
        tell(ctx, "file_updated", &claimed.row);
    }
    Ok(done)
}

/// Gives a file back, so that another worker can take it at once. Says whether it was still ours.
pub async fn release(ctx: &Context, claimed: &Claimed) -> Result<bool> {
    let released = Entity::update_many()
        .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(mine(claimed))
        .exec(&ctx.db)
        .await?;
    Ok(released.rows_affected > 0)
}

/// Gives a file back that nobody should take for a while.
pub async fn rest(ctx: &Context, claimed: &Claimed, pause: Duration) -> Result<()> {
    let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX / 2);
    Entity::update_many()
        .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntil, db::in_ms(ctx.db.get_database_backend(), pause))
        .filter(mine(claimed))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// Locks the row for the rest of a transaction and renews its lease. `false` when the file is not ours any more.
pub async fn fence<C: ConnectionTrait>(ctx: &Context, db: &C, claimed: &Claimed) -> Result<bool> {
    let renewed =
        Entity::update_many().col_expr(Column::LeaseUntil, lease(ctx)).filter(mine(claimed)).exec(db).await?;
    Ok(renewed.rows_affected > 0)
}

/// Does the work while the lease is renewed beside it; `None` once the file is another's or gone.
pub async fn while_held<T>(
    ctx: &Context,
    claimed: &Claimed,
    work: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    let lost = async {
        let mut tick = tokio::time::interval(ms(ctx.config.files.renew_ms));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tick.tick().await;
            match fence(ctx, &ctx.db, claimed).await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease may run out meanwhile; then another has it, and the fence of the next write says so.
                Err(error) => tracing::warn!(code = error.code, "the lease of a file could not be renewed"),
            }
        }
    };
    tokio::select! {
        done = work => done.map(Some),
        () = lost => Ok(None),
    }
}

fn lease(ctx: &Context) -> sea_orm::sea_query::SimpleExpr {
    db::in_ms(ctx.db.get_database_backend(), ctx.config.files.lease_ms)
}

fn mine(claimed: &Claimed) -> Condition {
    Condition::all()
        .add(Column::Id.eq(claimed.row.id))
        .add(Column::Attempt.eq(claimed.attempt))
        .add(Column::LeaseUntil.is_not_null())
        .add(Column::DeletedAt.is_null())
}
