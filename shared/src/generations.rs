//! Generations: runs that make an assistant message. The row is the truth; jobs and events follow it.
//!
//! `accept` makes rows, `waiting` keeps those whose turn has not come, `caps` says how many run at a time, `claim` gives
//! one to a worker, `finish` ends it, `sweep` finds what was left behind.

mod accept;
mod cancel;
mod caps;
mod claim;
mod finish;
mod reopen;
mod shown;
mod sweep;
mod waiting;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::clock::rfc3339;
use crate::entity::generation::{Column, Entity, Kind, Model, State};
use crate::error::{Error, Result};
use crate::events::{EventId, Topic};
use crate::jobs::{EmbedTexts, GenerateReply};
use crate::queue::Pool;
use crate::{Context, db};

pub use accept::{
    Answer, Call, NewMessage, Parent, Turn, Waited, accept_call, accept_message, continue_message, regenerate,
};
pub use cancel::{CANCELLED, cancel};
pub use caps::{Hold, hold_model};
pub use claim::{Claim, Claimed, Held, claim, confirm, release, renew};
pub use finish::{Ended, Outcome, abandon, cite, finish};
pub use reopen::reopen;
pub use sweep::{Look, Swept, forget_own_leases, sweep};
pub use waiting::{
    Edit, Sent, discard_waiting, edit_waiting, go_on, list_waiting, send_or_wait, start_waiting,
};

/// How long an accepted request waits for the queue; afterwards the sweep sees to it.
const QUEUE_LIMIT: Duration = Duration::from_secs(1);

/// How long the word of a queue that has room counts, for as many as it has room for: each question costs a round trip
/// on the way to the first token.
const ADMITTED_MS: i64 = 250;

/// What the queues for chats and for embeddings last said of their room.
#[derive(Debug, Default)]
pub struct Admitted([Room; 2]);

#[derive(Debug, Default)]
struct Room {
    /// Unix milliseconds.
    asked: AtomicI64,
    /// How many more may come until it is asked again.
    left: AtomicI64,
}

/// Parameters of a chat turn, as the row keeps them until the run has ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TurnRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources,
}

/// What an answer may draw on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    #[serde(default)]
    pub collections: Vec<Uuid>,
    #[serde(default)]
    pub files: Vec<Uuid>,
}

impl Sources {
    pub fn is_empty(&self) -> bool {
        self.collections.is_empty() && self.files.is_empty()
    }
}

/// The position of events that are told from SQL, when the log is gone: after all that a worker can have written.
pub fn after_log(row: &Model, offset: u64) -> EventId {
    EventId { attempt: u64::try_from(row.attempt).unwrap_or_default(), seq: u64::from(u32::MAX) + offset }
}

/// A run of this user; another's looks like one that is not there.
pub async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::UserId.eq(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("generation"))
}

/// The rows of some runs, in no order.
pub async fn find_many(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// How many runs of a user go on now.
pub async fn count_running(ctx: &Context, user_id: Uuid) -> Result<u64> {
    let now = db::now_ms(ctx.db.get_database_backend());
    let running = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::State.eq(State::Running))
        .filter(Expr::col(Column::LeaseUntil).gte(now));
    Ok(running.count(&ctx.db).await?)
}

/// Tells the queue that a run waits. When the queue is away the sweep tells it later: the row is the truth.
pub async fn push(ctx: &Context, row: &Model) {
    let (generation_id, user_id) = (row.id, row.user_id);
    // Without its turns and caps it is pushed all the same: the claim looks at the caps again.
    let turns = caps::turns(ctx, user_id, row.kind, &row.model).await.unwrap_or_default();
    let (weight, caps) = (turns.weight, turns.caps);
    let push = async {
        match row.kind {
            Kind::Embedding => ctx.queue.push(&EmbedTexts { generation_id, user_id, weight, caps }).await,
            Kind::Chat | Kind::Completion => {
                ctx.queue.push(&GenerateReply { generation_id, user_id, weight, caps }).await
            }
        }
    };
    let pushed = tokio::time::timeout(QUEUE_LIMIT, push).await;
    match pushed {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(generation = %row.id, code = error.code, "a run could not be queued and waits for the sweep");
        }
        Err(_) => tracing::warn!(generation = %row.id, "the queue did not answer; a run waits for the sweep"),
    }
}

/// Refuses what would have to wait in a full queue. A queue that is away refuses nothing: the sweep fills it later.
async fn admit(ctx: &Context, kind: Kind) -> Result<()> {
    let pool = match kind {
        Kind::Embedding => Pool::Embed,
        Kind::Chat | Kind::Completion => Pool::Chat,
    };
    let room = &ctx.admitted.0[usize::from(pool == Pool::Embed)];
    let now = ctx.clock.now_ms();
    let fresh = now - room.asked.load(Ordering::Relaxed) < ADMITTED_MS;
    if fresh && room.left.fetch_sub(1, Ordering::Relaxed) > 0 {
        return Ok(());
    }
    let left = match tokio::time::timeout(QUEUE_LIMIT, ctx.queue.admit(pool)).await {
        Ok(Err(error)) if error.code == "queue_full" => return Err(error),
        Ok(Ok(left)) => left,
        Ok(Err(_)) | Err(_) => u64::MAX,
    };
    // This one takes its place as well.
    room.left.store(i64::try_from(left).unwrap_or(i64::MAX) - 1, Ordering::Relaxed);
    room.asked.store(now, Ordering::Relaxed);
    Ok(())
}

/// The terminal event that a row stands for, with its data; `None` while it may still change.
pub fn terminal_event(row: &Model) -> Option<(&'static str, Value)> {
    match row.state {
        State::Queued | State::Running => None,
        State::Completed => {
            Some(("completed", json!({ "usage": usage(row), "finish_reason": row.finish_reason })))
        }
        State::Failed => Some(("failed", error(row))),
        State::Cancelled => Some(("cancelled", json!({}))),
    }
}

/// A run as the API and the events show it.
pub fn as_json(row: &Model) -> Value {
    json!({
        "id": row.id,
        "chat_id": row.chat_id,
        "message_id": row.message_id,
        "state": row.state,
        "attempt": row.attempt,
        "model": row.model,
        "error": (row.state == State::Failed).then(|| error(row)),
        "usage": usage(row),
        "finish_reason": row.finish_reason,
        "created_at": rfc3339(row.created_at),
        "started_at": row.started_at.map(rfc3339),
        "ended_at": row.ended_at.map(rfc3339),
    })
}

fn usage(row: &Model) -> Value {
    match (row.prompt_tokens, row.completion_tokens) {
        (None, None) => Value::Null,
        (prompt, completion) => json!({ "prompt_tokens": prompt, "completion_tokens": completion }),
    }
}

fn error(row: &Model) -> Value {
    json!({
        "code": row.error_code.as_deref().unwrap_or("internal"),
        "message": row.error_message.as_deref().unwrap_or("The run failed."),
    })
}

/// Sends an event to the user's own topic, beside the caller's work: it is a hint and may be lost.
pub fn tell_user(ctx: &Context, user_id: Uuid, name: &'static str, data: Value) {
    let task = {
        let ctx = ctx.clone();
        async move {
            if let Err(error) =
                ctx.events.append_auto(&Topic::user(user_id), name, data.to_string().into()).await
            {
                tracing::debug!(code = error.code, "a user event was lost");
            }
        }
    };
    ctx.shutdown.spawn(task);
}
