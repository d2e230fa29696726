//! Accepting work: one transaction, then a push. Whoever gets an answer from here has a row that will be run.

mod replay;
mod write;

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value};
use uuid::Uuid;

pub(super) use self::replay::{replayed, reused, same};
use self::write::{Asked, empty_message, insert_run, run, write};
use super::{Sources, TurnRequest, admit, as_json, push, tell_user};
use crate::entity::generation::{ActiveModel, Column, Entity, Kind, Model, State};
use crate::entity::{chat, message};
use crate::error::{Error, Result};
use crate::events::{EventId, Topic};
use crate::limits::Left;
use crate::quotas::{self, Payer, Work};
use crate::search::Scope;
use crate::{Context, chats, db, ids, models};

/// Where in the tree a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// Below the leaf of the active branch.
    Current,
    /// A new root.
    Root,
    /// Below this message: a branch when it has other children.
    Message(Uuid),
}

/// What a user sends.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub content: String,
    pub images: Vec<String>,
    pub model: Option<String>,
    /// Further models that answer the same message, side by side with the first.
    pub others: Vec<String>,
    pub parent: Parent,
    pub system: Option<String>,
    pub parameters: Map<String, Value>,
    /// Collections and files of the same user that the answer may draw on.
    pub sources: Sources,
    pub idempotency_key: Option<String>,
    /// Set where a waiting message becomes a turn: the row goes in the same transaction.
    pub waited: Option<Waited>,
}

/// A waiting message as it was read; if it has changed or gone since, the turn is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    pub id: Uuid,
    pub revision: i32,
}

/// What was accepted.
#[derive(Clone, Debug)]
pub struct Turn {
    pub user_message: Option<message::Model>,
    pub assistant_message: message::Model,
    /// The messages beside these by their parent, oldest first; nothing for a parent that was a leaf before.
    pub siblings: HashMap<Option<Uuid>, Vec<chats::Sibling>>,
    pub generation: Model,
    /// Answers of further models to the same message.
    pub others: Vec<Answer>,
    /// What is left of the limit that is nearest to its end.
    pub left: Option<Left>,
}

/// An answer with the run that makes it.
#[derive(Clone, Debug)]
pub struct Answer {
    pub message: message::Model,
    pub generation: Model,
}

/// A call through a compatible door, which belongs to no chat.
#[derive(Debug)]
pub struct Call {
    pub id: Uuid,
    pub kind: Kind,
    pub model: String,
    pub request: Value,
}

/// Times that two sends into one chat may overtake each other before one is refused.
const RACES: usize = 5;

/// Keeps a user's message and an empty answer to it, and queues the run.
pub async fn accept_message(ctx: &Context, payer: Payer, chat_id: Uuid, new: NewMessage) -> Result<Turn> {
    let user_id = payer.user_id;
    check(&new.content, &new.images)?;
    if let Some(turn) = replayed(ctx, user_id, new.idempotency_key.as_deref()).await? {
        return same(turn, &new);
    }
    if !new.sources.is_empty() {
        Scope::of(ctx, user_id, &new.sources.collections, &new.sources.files).await?;
    }
    let request = TurnRequest {
        system: new.system.clone(),
        parameters: new.parameters.clone(),
        sources: new.sources.clone(),
    };
    let mut tickets = Vec::new();
    for _ in 0..RACES {
        let (chat, writing) = chats::find_with_run(ctx, user_id, chat_id).await?;
        let first = match (&new.waited, &new.model) {
            // It was in the catalogue when the message was sent; if it has gone, the answer says so.
            (Some(_), Some(model)) => model.clone(),
            _ => choose_model(ctx, new.model.as_deref(), &chat).await?,
        };
        let mut models = vec![first];
        for other in &new.others {
            models.push(match new.waited {
                Some(_) => other.clone(),
                None => models::find(ctx, other).await?.id,
            });
        }
        let (parent, goes_on) = match new.parent {
            Parent::Current => (chat.current_message_id, writing.is_some()),
            Parent::Root => (None, false),
            Parent::Message(id) => {
                let parent = chats::message_of(ctx, chat_id, id).await?.id;
                (Some(parent), is_running(ctx, chat_id, parent).await?)
            }
        };
        if goes_on {
            // What runs may be this very request, which came twice at once.
            return match replayed(ctx, user_id, new.idempotency_key.as_deref()).await? {
                Some(turn) => same(turn, &new),
                None => Err(running()),
            };
        }
        admit(ctx, Kind::Chat).await?;
        for model in models.iter().skip(tickets.len()) {
            let (text, images, parameters) = (&*new.content, new.images.len(), &new.parameters);
            let work = Work::Turn { chat_id, text, images, parameters };
            tickets.push(quotas::admit(ctx, payer, model, work).await?);
        }
        let now = ctx.clock.now_ms();
        let user_message = message::ActiveModel {
            images: Set((!new.images.is_empty()).then(|| new.images.clone().into())),
            sources: Set((!new.sources.is_empty())
                .then(|| serde_json::to_value(&new.sources))
                .transpose()?),
            ..empty_message(chat_id, parent, "user", now, &new.content)
        };
        let question = new.waited.map_or_else(ids::new, |waited| waited.id);
        let user_message = message::ActiveModel { id: Set(question), ..user_message };
        let mut answers = Vec::with_capacity(models.len());
        for model in &models {
            let answer = message::ActiveModel {
                model: Set(Some(model.clone())),
                ..empty_message(chat_id, Some(question), "assistant", now, "")
            };
            let run = run(payer, Kind::Chat, model, now).of_chat(chat_id).turn(&request)?;
            // The first run stands for the whole turn.
            let key = new.idempotency_key.clone().filter(|_| answers.is_empty());
            answers.push((answer, ActiveModel { idempotency_key: Set(key), ..run.0 }));
        }
        let title = (chat.title.is_empty() && !chat.temporary).then(|| first_words(&new.content));
        // Whoever sends follows in a moment, mostly on this node: the subscriptions stand by then.
        let ids = answers.iter().filter_map(|(_, run)| run.id.try_as_ref());
        let _early: Vec<_> = ids.map(|id| ctx.events.tail(&Topic::generation(*id), EventId::ZERO)).collect();
        let asked = Asked { tickets: &tickets, waited: new.waited };
        match write(ctx, &chat, Some(user_message), answers, title, asked).await {
            Ok(Some(turn)) => {
                let turn = accepted(ctx, turn).await?;
                return Ok(if new.parent == Parent::Current { turn } else { beside(ctx, turn).await });
            }
            Ok(None) => {}
            Err(error) => {
                // The same request came twice at once and the other one won.
                return match replayed(ctx, user_id, new.idempotency_key.as_deref()).await? {
                    Some(turn) => same(turn, &new),
                    None => Err(error),
                };
            }
        }
    }
    Err(Error::conflict("chat_changed", "The chat was changed from elsewhere at the same time. Send again."))
}

/// Makes another answer to the same message: a sibling.
pub async fn regenerate(
    ctx: &Context,
    payer: Payer,
    message_id: Uuid,
    model: Option<String>,
) -> Result<Turn> {
    let mut tickets = Vec::new();
    for _ in 0..RACES {
        let (message, chat) = chats::message_for(ctx, payer.user_id, message_id).await?;
        if message.role != "assistant" {
            return Err(Error::invalid("not_an_answer", "Only an answer can be made again."));
        }
        let parent = message
            .parent_id
            .ok_or_else(|| Error::invalid("not_an_answer", "This answer has no question."))?;
        let wanted = model.as_deref().or(message.model.as_deref());
        let name = choose_model(ctx, wanted, &chat).await?;
        admit(ctx, Kind::Chat).await?;
        let now = ctx.clock.now_ms();
        let answer = message::ActiveModel {
            model: Set(Some(name.clone())),
            ..empty_message(chat.id, Some(parent), "assistant", now, "")
        };
        let earlier = request_of(ctx, &message).await?;
        if tickets.is_empty() {
            let work = Work::Turn { chat_id: chat.id, text: "", images: 0, parameters: &earlier.parameters };
            tickets.push(quotas::admit(ctx, payer, &name, work).await?);
        }
        let run = run(payer, Kind::Chat, &name, now).of_chat(chat.id).turn(&earlier)?;
        let asked = Asked { tickets: &tickets, waited: None };
        if let Some(turn) = write(ctx, &chat, None, vec![(answer, run.0)], None, asked).await? {
            let turn = accepted(ctx, turn).await?;
            return Ok(beside(ctx, turn).await);
        }
    }
    Err(Error::conflict("chat_changed", "The chat was changed from elsewhere at the same time. Try again."))
}

/// Lets an answer that was stopped or cut go on: the same message, a new run.
pub async fn continue_message(ctx: &Context, payer: Payer, message_id: Uuid) -> Result<Turn> {
    let (message, chat) = chats::message_for(ctx, payer.user_id, message_id).await?;
    if message.role != "assistant" {
        return Err(Error::invalid("not_an_answer", "Only an answer can go on."));
    }
    if is_running(ctx, chat.id, message.id).await? {
        return Err(running());
    }
    let name = choose_model(ctx, message.model.as_deref(), &chat).await?;
    admit(ctx, Kind::Chat).await?;
    let now = ctx.clock.now_ms();
    let earlier = request_of(ctx, &message).await?;
    let work = Work::Turn { chat_id: chat.id, text: "", images: 0, parameters: &earlier.parameters };
    let ticket = quotas::admit(ctx, payer, &name, work).await?;
    let run = run(payer, Kind::Chat, &name, now).of_chat(chat.id).turn(&earlier)?;
    let base = i32::try_from(message.content.chars().count()).unwrap_or(i32::MAX);
    let run = ActiveModel { message_id: Set(Some(message.id)), base_length: Set(base), ..run.0 };
    let transaction = db::begin(&ctx.db).await?;
    // The old run is the condition: two who continue at once make one run.
    let won = message::Entity::update_many()
        .col_expr(message::Column::GenerationId, Expr::value(run.id.clone().unwrap()))
        .filter(message::Column::Id.eq(message.id))
        .filter(match message.generation_id {
            Some(id) => message::Column::GenerationId.eq(id),
            None => message::Column::GenerationId.is_null(),
        })
        .exec(&transaction)
        .await?
        .rows_affected;
    if won == 0 {
        return Err(running());
    }
    let generation = insert_run(&transaction, run).await?;
    quotas::reserve(ctx, &transaction, &ticket, generation.id).await?;
    transaction.commit().await?;
    let message = message::Model { generation_id: Some(generation.id), ..message };
    let turn = Turn {
        user_message: None,
        assistant_message: message,
        siblings: HashMap::new(),
        generation,
        others: Vec::new(),
        left: ticket.left,
    };
    let turn = accepted(ctx, turn).await?;
    Ok(beside(ctx, turn).await)
}

/// Keeps a call through a compatible door and queues it. The id is the caller's, so that it can listen first.
pub async fn accept_call(ctx: &Context, payer: Payer, call: Call) -> Result<(Model, Option<Left>)> {
    admit(ctx, call.kind).await?;
    let work = match call.kind {
        Kind::Embedding => Work::Embedding(&call.request),
        Kind::Chat | Kind::Completion => Work::Call(&call.request),
    };
    let ticket = quotas::admit(ctx, payer, &call.model, work).await?;
    let now = ctx.clock.now_ms();
    let run = run(payer, call.kind, &call.model, now).0;
    let run = ActiveModel { id: Set(call.id), request: Set(Some(call.request)), ..run };
    let row = if ticket.reserves() {
        let transaction = db::begin(&ctx.db).await?;
        let row = insert_run(&transaction, run).await?;
        quotas::reserve(ctx, &transaction, &ticket, row.id).await?;
        transaction.commit().await?;
        row
    } else {
        insert_run(&ctx.db, run).await?
    };
    push(ctx, &row).await;
    Ok((row, ticket.left))
}

/// Refuses a message that says nothing.
pub(super) fn check(content: &str, images: &[String]) -> Result<()> {
    if content.trim().is_empty() && images.is_empty() {
        return Err(Error::field("content", "must not be empty"));
    }
    Ok(())
}

async fn accepted(ctx: &Context, turn: Turn) -> Result<Turn> {
    for generation in
        std::iter::once(&turn.generation).chain(turn.others.iter().map(|other| &other.generation))
    {
        push(ctx, generation).await;
        let data = serde_json::json!({ "generation": as_json(generation) });
        tell_user(ctx, generation.user_id, "generation_started", data);
    }
    Ok(turn)
}

/// Adds what stands beside the messages of a turn that is a branch. It was accepted: this must not fail.
async fn beside(ctx: &Context, turn: Turn) -> Turn {
    let answer = &turn.assistant_message;
    let rows: Vec<message::Model> = turn.user_message.iter().chain([answer]).cloned().collect();
    let siblings = chats::siblings(&ctx.db, answer.chat_id, &rows).await.unwrap_or_default();
    Turn { siblings, ..turn }
}

/// The wanted model, else the chat's, else the default; it must be in the catalogue.
pub(super) async fn choose_model(ctx: &Context, wanted: Option<&str>, chat: &chat::Model) -> Result<String> {
    match wanted.or(chat.model.as_deref()) {
        Some(name) => Ok(models::find(ctx, name).await?.id),
        None => models::default(ctx).await?.ok_or_else(|| {
            Error::conflict(
                "no_model",
                "No model is connected yet. An admin can add one under Settings, Connections.",
            )
        }),
    }
}

async fn request_of(ctx: &Context, message: &message::Model) -> Result<TurnRequest> {
    let Some(id) = message.generation_id else { return Ok(TurnRequest::default()) };
    let row = Entity::find_by_id(id).one(&ctx.db).await?;
    Ok(row.and_then(|r| r.request).map(serde_json::from_value).transpose()?.unwrap_or_default())
}

async fn is_running(ctx: &Context, chat_id: Uuid, message_id: Uuid) -> Result<bool> {
    let run = Entity::find()
        .filter(Column::ChatId.eq(chat_id))
        .filter(Column::State.is_in([State::Queued, State::Running]))
        .filter(Column::MessageId.eq(message_id))
        .one(&ctx.db)
        .await?;
    Ok(run.is_some())
}

fn running() -> Error {
    Error::conflict("message_running", "This answer is still being written. Wait for it or stop it first.")
}

/// What a chat is called until a model has named it.
fn first_words(content: &str) -> String {
    let line = chats::clean_title(content);
    if line.chars().count() <= 60 {
        return line;
    }
    let cut: String = line.chars().take(60).collect();
    let end = cut.rfind(' ').filter(|at| *at > 30).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}
