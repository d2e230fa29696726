//! The rows of what is accepted, and the transaction that writes them.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, TryIntoModel};
use uuid::Uuid;

use super::{Answer, Turn, Waited};
use crate::entity::generation::{ActiveModel, Entity, Kind, Model, State};
use crate::entity::{chat, message};
use crate::error::{Error, Result};
use crate::generations::{TurnRequest, waiting};
use crate::limits::Left;
use crate::quotas::{self, Payer, Ticket};
use crate::{Context, chats, db, ids};

/// What a turn needs to be let in, and where it comes from.
pub(super) struct Asked<'a> {
    /// One for each answer.
    pub(super) tickets: &'a [Ticket],
    pub(super) waited: Option<Waited>,
}

/// One transaction; `None` when the chat changed since it was read. The chat's row is locked first, always.
pub(super) async fn write(
    ctx: &Context,
    chat: &chat::Model,
    question: Option<message::ActiveModel>,
    answers: Vec<(message::ActiveModel, ActiveModel)>,
    title: Option<String>,
    asked: Asked<'_>,
) -> Result<Option<Turn>> {
    let mut rows: Vec<message::ActiveModel> = question.iter().cloned().collect();
    let mut made = Vec::with_capacity(answers.len());
    let mut runs = Vec::with_capacity(answers.len());
    for (answer, run) in answers {
        let (run_id, answer_id) = (run.id.clone().unwrap(), answer.id.clone().unwrap());
        let answer = message::ActiveModel { generation_id: Set(Some(run_id)), ..answer };
        let run = ActiveModel { message_id: Set(Some(answer_id)), ..run };
        rows.push(answer.clone());
        runs.push(run.clone());
        made.push(Answer { message: answer.try_into_model()?, generation: run.try_into_model()? });
    }
    let mut made = made.into_iter();
    let first = made.next().ok_or_else(|| Error::internal("A turn without an answer."))?;
    let others: Vec<Answer> = made.collect();
    let transaction = db::begin(&ctx.db).await?;
    let mut update = chat::Entity::update_many()
        .col_expr(chat::Column::CurrentMessageId, Expr::value(first.message.id))
        .col_expr(chat::Column::Model, Expr::value(first.generation.model.as_str()))
        .col_expr(chat::Column::UpdatedAt, Expr::value(first.generation.created_at))
        .filter(chat::Column::Id.eq(chat.id))
        .filter(match chat.current_message_id {
            Some(id) => chat::Column::CurrentMessageId.eq(id),
            None => chat::Column::CurrentMessageId.is_null(),
        });
    if let Some(title) = &title {
        update = update.col_expr(chat::Column::Title, Expr::value(title.as_str()));
    }
    if update.exec(&transaction).await?.rows_affected == 0 {
        transaction.rollback().await?;
        return Ok(None);
    }
    if let Some(waited) = asked.waited
        && !waiting::take(&transaction, waited).await?
    {
        transaction.rollback().await?;
        return Err(waiting::changed());
    }
    let ids: Vec<Uuid> = runs.iter().filter_map(|run| run.id.try_as_ref().copied()).collect();
    message::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
    Entity::insert_many(runs).exec_without_returning(&transaction).await?;
    for (ticket, id) in asked.tickets.iter().zip(ids) {
        quotas::reserve(ctx, &transaction, ticket, id).await?;
    }
    transaction.commit().await?;
    let changed = chat::Model {
        title: title.unwrap_or_else(|| chat.title.clone()),
        model: Some(first.generation.model.clone()),
        current_message_id: Some(first.message.id),
        updated_at: first.generation.created_at,
        ..chat.clone()
    };
    chats::tell(ctx, "chat_updated", &changed);
    Ok(Some(Turn {
        user_message: question.map(TryIntoModel::try_into_model).transpose()?,
        assistant_message: first.message,
        siblings: HashMap::new(),
        generation: first.generation,
        others,
        left: asked.tickets.iter().fold(None, |left, ticket| Left::nearest(left, ticket.left.clone())),
    }))
}

/// Inserts without reading back: every column is set, so the model is known.
pub(super) async fn insert_run<C: ConnectionTrait>(db: &C, run: ActiveModel) -> Result<Model> {
    let model: Model = run.clone().try_into_model()?;
    Entity::insert(run).exec_without_returning(db).await?;
    Ok(model)
}

pub(super) struct Run(pub(super) ActiveModel);

pub(super) fn run(payer: Payer, kind: Kind, model: &str, now: i64) -> Run {
    Run(ActiveModel {
        id: Set(ids::new()),
        user_id: Set(payer.user_id),
        api_key_id: Set(payer.api_key),
        chat_id: Set(None),
        message_id: Set(None),
        kind: Set(kind),
        model: Set(model.to_owned()),
        state: Set(State::Queued),
        attempt: Set(0),
        lapses: Set(0),
        lease_owner: Set(None),
        lease_until: Set(None),
        cancel_requested_at: Set(None),
        request: Set(None),
        output: Set(None),
        base_length: Set(0),
        idempotency_key: Set(None),
        error_code: Set(None),
        error_message: Set(None),
        finish_reason: Set(None),
        prompt_tokens: Set(None),
        completion_tokens: Set(None),
        created_at: Set(now),
        started_at: Set(None),
        ended_at: Set(None),
    })
}

impl Run {
    pub(super) fn of_chat(mut self, chat_id: Uuid) -> Self {
        self.0.chat_id = Set(Some(chat_id));
        self
    }

    pub(super) fn turn(mut self, request: &TurnRequest) -> Result<Self> {
        self.0.request = Set(Some(serde_json::to_value(request)?));
        Ok(self)
    }
}

pub(super) fn empty_message(
    chat_id: Uuid,
    parent: Option<Uuid>,
    role: &str,
    now: i64,
    content: &str,
) -> message::ActiveModel {
    message::ActiveModel {
        id: Set(ids::new()),
        chat_id: Set(chat_id),
        parent_id: Set(parent),
        role: Set(role.to_owned()),
        content: Set(content.to_owned()),
        images: Set(None),
        reasoning: Set(None),
        tool_calls: Set(None),
        sources: Set(None),
        citations: Set(None),
        model: Set(None),
        finish_reason: Set(None),
        generation_id: Set(None),
        rating: Set(None),
        rating_note: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
}
