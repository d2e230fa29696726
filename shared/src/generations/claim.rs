//! Who runs a row. A claim is a compare-and-set with a lease by the database's clock; its attempt fences all others.

use std::collections::HashMap;

use rand::Rng as _;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::caps;
use super::finish::{Outcome, end_claimed};
use crate::entity::generation::{Column, Entity, Model, State};
use crate::error::{Error, Kind, Result};
use crate::queue::Cap;
use crate::{Context, db};

/// The code of a run that was given up because its workers died.
pub(super) const WORKER_LOST: &str = "worker_lost";

/// A row that this process may run, and the attempt that all its writes carry.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub row: Model,
    pub attempt: i32,
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    Mine(Box<Claimed>),
    /// Ended already, or gone with its chat: nothing to do.
    Over,
    /// Another worker has it; look again after this many milliseconds.
    Held(u64),
    /// As many of its user or its model run as may; look again after this many milliseconds.
    Full(u64),
}

/// How long a run waits that a cap holds back although the queue has let it go: the queue has lost count, or the cap was
/// lowered.
const FULL_MS: u64 = 400;

/// Takes a row that waits or whose worker let its lease run out.
pub async fn claim(ctx: &Context, id: Uuid) -> Result<Claim> {
    let caps = match caps::are_set(ctx).await? {
        true => caps_of(ctx, id).await?,
        false => None,
    };
    let mine = match caps {
        None => take(ctx, &ctx.db, id).await?,
        Some((row, caps)) => {
            let transaction = db::begin(&ctx.db).await?;
            if !caps::have_room(&transaction, &row, &caps).await? {
                transaction.rollback().await?;
                return Ok(Claim::Full(rand::rng().random_range(FULL_MS / 2..=FULL_MS)));
            }
            let mine = take(ctx, &transaction, id).await?;
            transaction.commit().await?;
            mine
        }
    };
    let Some(row) = mine else {
        return match Entity::find_by_id(id).one(&ctx.db).await? {
            Some(row) => held(ctx, &row).await,
            None => Ok(Claim::Over),
        };
    };
    let attempt = row.attempt;
    let claimed = Claimed { row, attempt };
    if claimed.row.cancel_requested_at.is_some() {
        end_claimed(ctx, &claimed, Outcome::Cancelled).await?;
        return Ok(Claim::Over);
    }
    // What was given back by a process that ends is no sign of anything.
    if u32::try_from(claimed.row.lapses).unwrap_or_default() >= ctx.config.generation.max_attempts {
        let error = Error::new(
            Kind::Internal,
            WORKER_LOST,
            "The workers that ran this were lost too often. Nothing of your message is lost; try again.",
        );
        end_claimed(ctx, &claimed, Outcome::Failed(error)).await?;
        return Ok(Claim::Over);
    }
    Ok(Claim::Mine(Box::new(claimed)))
}

/// A run that may be held back, with its caps. `None` when it has none or is not there.
async fn caps_of(ctx: &Context, id: Uuid) -> Result<Option<(Model, Vec<Cap>)>> {
    let Some(row) = Entity::find_by_id(id).one(&ctx.db).await?.filter(|row| !row.state.is_terminal()) else {
        return Ok(None);
    };
    let caps = caps::of_run(ctx, &row).await?;
    Ok((!caps.is_empty()).then_some((row, caps)))
}

/// The compare-and-set; gives the row if it took it.
async fn take(ctx: &Context, db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    let backend = db.get_database_backend();
    let now = db::now_ms(backend);
    let lapsed = Expr::case(Column::State.eq(State::Running), Expr::value(1)).finally(Expr::value(0));
    let update = Entity::update_many()
        // Before the state: MySQL computes from left to right, with what it has written so far.
        .col_expr(Column::Lapses, Expr::col(Column::Lapses).add(lapsed))
        .col_expr(Column::State, Expr::value(State::Running))
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .col_expr(Column::LeaseOwner, Expr::value(ctx.process.clone()))
        .col_expr(Column::LeaseUntil, db::in_ms(backend, ctx.config.generation.lease_ms))
        .col_expr(Column::StartedAt, Func::coalesce([Expr::col(Column::StartedAt), now.clone()]).into())
        .filter(Column::Id.eq(id))
        .filter(
            Condition::any().add(Column::State.eq(State::Queued)).add(
                Condition::all()
                    .add(Column::State.eq(State::Running))
                    .add(Expr::col(Column::LeaseUntil).lt(now.clone())),
            ),
        );
    // One round trip on the way to the first token, where the database can say what it wrote.
    if db.support_returning() {
        Ok(update.exec_with_returning(db).await?.pop())
    } else if update.exec(db).await?.rows_affected > 0 {
        Ok(Entity::find_by_id(id).one(db).await?)
    } else {
        Ok(None)
    }
}

async fn held(ctx: &Context, row: &Model) -> Result<Claim> {
    if row.state.is_terminal() {
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

/// What the database says of a run that this process holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Yes,
    CancelRequested,
    /// Another attempt has it, or it has ended: stop without a word.
    Lost,
}

/// Id, attempt, owner, state and the mark of a cancel.
type Standing = (Uuid, i32, Option<String>, State, Option<i64>);

/// Renews the leases of all runs of this process in one statement, and says how each of them stands.
pub async fn renew(ctx: &Context, runs: &[(Uuid, i32)]) -> Result<HashMap<Uuid, Held>> {
    let backend = ctx.db.get_database_backend();
    let mut out = HashMap::with_capacity(runs.len());
    for part in runs.chunks(500) {
        let ids: Vec<Uuid> = part.iter().map(|(id, _)| *id).collect();
        Entity::update_many()
            .col_expr(Column::LeaseUntil, db::in_ms(backend, ctx.config.generation.lease_ms))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::State.eq(State::Running))
            .filter(Column::LeaseOwner.eq(ctx.process.as_str()))
            .exec(&ctx.db)
            .await?;
        let rows: Vec<Standing> = Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::Attempt,
                Column::LeaseOwner,
                Column::State,
                Column::CancelRequestedAt,
            ])
            .filter(Column::Id.is_in(ids))
            .into_tuple()
            .all(&ctx.db)
            .await?;
        let mut rows: HashMap<Uuid, _> = rows.into_iter().map(|row| (row.0, row)).collect();
        for (id, attempt) in part {
            let held = match rows.remove(id) {
                Some((_, now, Some(owner), State::Running, cancel))
                    if now == *attempt && owner == ctx.process =>
                {
                    if cancel.is_some() {
                        Held::CancelRequested
                    } else {
                        Held::Yes
                    }
                }
                _ => Held::Lost,
            };
            out.insert(*id, held);
        }
    }
    Ok(out)
}

/// Renews one lease now: for a process that has been away longer than its lease and may write only if it still holds it.
pub async fn confirm(ctx: &Context, id: Uuid, attempt: i32) -> Result<Held> {
    Ok(renew(ctx, &[(id, attempt)]).await?.remove(&id).unwrap_or(Held::Lost))
}

/// Gives a run back, so that another worker starts it at once. Says whether it was still ours.
pub async fn release(ctx: &Context, claimed: &Claimed) -> Result<bool> {
    let released = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Queued))
        .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(claimed.row.id))
        .filter(Column::State.eq(State::Running))
        .filter(Column::Attempt.eq(claimed.attempt))
        .exec(&ctx.db)
        .await?;
    Ok(released.rows_affected > 0)
}
