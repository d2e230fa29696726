//! Stop: a durable mark in the row, then a bell to the worker that runs it.

use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::finish::end_waiting;
use super::{QUEUE_LIMIT, find_for};
use crate::entity::generation::{Column, Entity, Model, State};
use crate::error::Result;
use crate::{Context, db};

/// The channel on which workers hear which run to stop; the message is the id.
pub const CANCELLED: &str = "cancel";

/// How often a run that changes hands meanwhile is asked again.
const TRIES: usize = 5;

/// Asks for an end. One that waits ends at once; one that runs ends when its worker has closed the connection.
///
/// Harmless when repeated, and when the run has ended.
pub async fn cancel(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    for _ in 0..TRIES {
        let row = find_for(ctx, user_id, id).await?;
        if row.state.is_terminal() {
            return Ok(row);
        }
        if row.state == State::Queued && end_waiting(ctx, &row).await? {
            break;
        }
        // A worker may have taken it since it was read, or may give it back before the mark is set.
        if mark(ctx, id).await? {
            let bell = ctx.bus.publish(CANCELLED, id.to_string().into_bytes());
            // Without the bell the worker sees the mark when it renews its lease.
            drop(tokio::time::timeout(QUEUE_LIMIT, bell).await);
            break;
        }
    }
    find_for(ctx, user_id, id).await
}

/// Leaves the wish in a row that runs: for its worker, and for whoever takes it up after that one.
async fn mark(ctx: &Context, id: Uuid) -> Result<bool> {
    let now = db::now_ms(ctx.db.get_database_backend());
    let first = Func::coalesce([Expr::col(Column::CancelRequestedAt), now]);
    let marked = Entity::update_many()
        .col_expr(Column::CancelRequestedAt, first.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Running))
        .exec(&ctx.db)
        .await?;
    Ok(marked.rows_affected > 0)
}
