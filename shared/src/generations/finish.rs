//! The end of a run: one transaction writes content, usage and state and closes the account; then readers are told.

use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::claim::Claimed;
use super::shown::shown;
use super::waiting::go_on;
use super::{QUEUE_LIMIT, as_json, tell_user, terminal_event};
use crate::config::s;
use crate::entity::generation::{Column, Entity, Model, State};
use crate::entity::message;
use crate::error::{Error, Result};
use crate::events::{AppendError, Event, EventId, Topic};
use crate::providers::Usage;
use crate::quotas::{self, Spent};
use crate::{Context, db};

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    Completed,
    Cancelled,
    Failed(Error),
}

impl Outcome {
    fn state(&self) -> State {
        match self {
            Self::Completed => State::Completed,
            Self::Cancelled => State::Cancelled,
            Self::Failed(_) => State::Failed,
        }
    }
}

/// What a run leaves behind, however it ended: a stopped answer keeps its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ended {
    /// The whole content of the message, with what it had before a continued run.
    pub content: Option<String>,
    pub reasoning: Option<String>,
    pub tool_calls: Option<Value>,
    pub finish_reason: Option<String>,
    pub usage: Option<Usage>,
    /// What a run used whose provider did not say, as near as the texts tell.
    pub estimate: Option<Usage>,
    /// Its workers were lost, so that nobody knows what it used.
    pub lost: bool,
    /// The answer of a call that belongs to no chat.
    pub output: Option<Value>,
}

/// Writes the end. `false` when another attempt has the run: then nothing was written.
pub async fn finish(ctx: &Context, claimed: &Claimed, outcome: Outcome, ended: Ended) -> Result<bool> {
    write(ctx, &claimed.row, (State::Running, claimed.attempt), outcome, ended).await
}

/// Ends a run as it was claimed, with what an earlier attempt had shown of it.
pub(super) async fn end_claimed(ctx: &Context, claimed: &Claimed, outcome: Outcome) -> Result<()> {
    let ended = Ended { lost: claimed.attempt > 1, ..shown(ctx, &claimed.row).await };
    if finish(ctx, claimed, outcome, ended).await? {
        tell(ctx, claimed.row.id, claimed.attempt).await?;
    }
    Ok(())
}

/// Cancels a run that waits, with what an earlier attempt had shown of it. `false` when it waits no more.
pub(super) async fn end_waiting(ctx: &Context, row: &Model) -> Result<bool> {
    let ended = Ended { lost: row.attempt > 0, ..shown(ctx, row).await };
    let won = write(ctx, row, (State::Queued, row.attempt), Outcome::Cancelled, ended).await?;
    if won {
        tell(ctx, row.id, row.attempt + 1).await?;
    }
    Ok(won)
}

/// Tells the readers of a run that ended without a worker, in the place of this attempt.
async fn tell(ctx: &Context, id: Uuid, attempt: i32) -> Result<()> {
    let Some(row) = Entity::find_by_id(id).one(&ctx.db).await? else { return Ok(()) };
    let Some((name, data)) = terminal_event(&row) else { return Ok(()) };
    let topic = Topic::generation(id);
    let event = EventId::new(u64::try_from(attempt).unwrap_or_default(), 1);
    let event = Event::new(event, name, data.to_string());
    let telling = async {
        ctx.events.append(&topic, &event).await?;
        ctx.events.expire(&topic, s(ctx.config.stream.log_ttl_s)).await.map_err(AppendError::from)
    };
    // Readers that miss it see the row.
    if !matches!(tokio::time::timeout(QUEUE_LIMIT, telling).await, Ok(Ok(()))) {
        tracing::debug!(generation = %id, "the end of a run could not be told to its readers");
    }
    tell_user(ctx, row.user_id, "generation_ended", json!({ "generation": as_json(&row) }));
    // On the heap: it accepts a whole turn, and every stop would carry the room for it.
    Box::pin(go_on(ctx, &row)).await;
    Ok(())
}

/// Writes the end of a run that stands as it is thought to: in this state and this attempt.
async fn write(
    ctx: &Context,
    row: &Model,
    (state, attempt): (State, i32),
    outcome: Outcome,
    ended: Ended,
) -> Result<bool> {
    let backend = ctx.db.get_database_backend();
    let now = db::now_ms(backend);
    let (code, message) = match &outcome {
        Outcome::Failed(error) => (Some(error.code.to_owned()), Some(error.message.to_string())),
        _ => (None, None),
    };
    let tokens = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
    let spent = match ended.usage.or(ended.estimate) {
        None if ended.lost => Spent::Unknown,
        usage => Spent::Tokens(usage.unwrap_or_default()),
    };
    // What ends before a worker had it has cost nothing.
    let begun = attempt > 0;
    let bill = if begun { Some(quotas::bill(ctx, row, spent).await?) } else { None };
    let transaction = db::begin(&ctx.db).await?;
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(outcome.state()))
        .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::Output, Expr::value(ended.output.clone()))
        .col_expr(Column::ErrorCode, Expr::value(code))
        .col_expr(Column::ErrorMessage, Expr::value(message))
        .col_expr(Column::FinishReason, Expr::value(ended.finish_reason.clone()))
        .col_expr(Column::PromptTokens, Expr::value(ended.usage.map(|u| tokens(u.prompt_tokens))))
        .col_expr(Column::CompletionTokens, Expr::value(ended.usage.map(|u| tokens(u.completion_tokens))))
        .col_expr(Column::EndedAt, now.clone());
    if matches!(outcome, Outcome::Cancelled) {
        let first = Func::coalesce([Expr::col(Column::CancelRequestedAt), now]);
        update = update.col_expr(Column::CancelRequestedAt, first.into());
    }
    let won = update
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(state))
        .filter(Column::Attempt.eq(attempt))
        .exec(&transaction)
        .await?;
    if won.rows_affected == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    if let Some(id) = row.message_id {
        write_message(ctx, &transaction, id, row.id, &ended).await?;
    }
    match bill {
        Some(bill) => bill.write(&transaction).await?,
        None => quotas::drop_reservations(&transaction, row.id).await?,
    }
    transaction.commit().await?;
    Ok(true)
}

/// Ends a run whose row is about to go, so that what it has used is charged: its worker cannot write that any more.
pub async fn abandon(ctx: &Context, row: &Model) -> Result<()> {
    if row.state.is_terminal() {
        return Ok(());
    }
    let bill = quotas::bill(ctx, row, Spent::Unknown).await?;
    let transaction = db::begin(&ctx.db).await?;
    let ended = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Cancelled))
        .col_expr(Column::EndedAt, db::now_ms(ctx.db.get_database_backend()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(State::Running))
        .exec(&transaction)
        .await?;
    if ended.rows_affected > 0 {
        bill.write(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Keeps the passages that an answer is given, before its first word.
pub async fn cite(ctx: &Context, claimed: &Claimed, citations: Value) -> Result<()> {
    let Some(id) = claimed.row.message_id else { return Ok(()) };
    message::Entity::update_many()
        .col_expr(message::Column::Citations, Expr::value(citations))
        .filter(message::Column::Id.eq(id))
        .filter(message::Column::GenerationId.eq(claimed.row.id))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

async fn write_message(
    ctx: &Context,
    transaction: &sea_orm::DatabaseTransaction,
    id: Uuid,
    generation_id: Uuid,
    ended: &Ended,
) -> Result<()> {
    if *ended == Ended::default() {
        return Ok(());
    }
    let mut update = message::Entity::update_many()
        .col_expr(message::Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .col_expr(message::Column::FinishReason, Expr::value(ended.finish_reason.clone()))
        .filter(message::Column::Id.eq(id))
        .filter(message::Column::GenerationId.eq(generation_id));
    if let Some(content) = &ended.content {
        update = update.col_expr(message::Column::Content, Expr::value(content.as_str()));
    }
    if let Some(reasoning) = ended.reasoning.as_deref().filter(|r| !r.is_empty()) {
        update = update.col_expr(message::Column::Reasoning, Expr::value(reasoning));
    }
    if let Some(calls) = &ended.tool_calls {
        update = update.col_expr(message::Column::ToolCalls, Expr::value(calls.clone()));
    }
    update.exec(transaction).await?;
    Ok(())
}
