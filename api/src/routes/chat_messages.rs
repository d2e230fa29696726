//! The messages of a chat: what was said, and sending.

mod view;

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use poem::Body;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::types::{MaybeUndefined, ToJSON as _};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, Union};
use serde_json::Value;
use shared::chats::Sibling;
use shared::entity::message;
use shared::events::EventId;
use shared::generations::{NewMessage, Parent, Sent, Sources, Turn};
use shared::quotas::Payer;
use shared::{Context, Error, Kind, chats, generations};
use uuid::Uuid;

use self::view::alone;
pub(crate) use self::view::{Message, Rating, view};
use super::Tag;
use super::generations::Generation;
use super::waiting_messages::{Waiting, WaitingMessage};
use crate::auth::CurrentUser;
use crate::error::{Failure, Result};
use crate::events::{Told, follow_run, sse, sse_bytes};
use crate::json::Json;
use crate::limits::Counted;
use crate::metrics::OpenStream;
use crate::page::{Page, slice};

/// More would not be read, and each image travels to the model.
const MAX_IMAGES: usize = 16;
pub(super) const MAX_CONTENT: usize = 2_000_000;
/// Collections and files of one message.
const MAX_SOURCES: usize = 32;

#[derive(Debug, Object)]
struct SendMessage {
    /// Markdown. May be empty only with images.
    content: String,
    /// A name from the list of models; the chat's, or the default one, when absent.
    model: Option<String>,
    /// Further models that answer the same message, side by side with `model`.
    #[oai(validator(max_items = 3))]
    others: Option<Vec<String>>,
    /// Absent: below the active branch. `null`: a new root. Another message: a branch, as when a message is edited and
    /// sent again.
    parent_id: MaybeUndefined<Uuid>,
    /// Data URLs or https addresses of images for models that see.
    images: Option<Vec<String>>,
    /// Parameters of a chat completion: `temperature`, `top_p`, `max_tokens`, `stop`, `seed`, `reasoning_effort`, ...
    parameters: Option<BTreeMap<String, Value>>,
    /// Instructions for the model, before the conversation.
    system: Option<String>,
    /// Collections whose files the answer may draw on.
    collections: Option<Vec<Uuid>>,
    /// Files that the answer may draw on.
    files: Option<Vec<Uuid>>,
    /// What to do while the answer before it is being written; `refuse` if absent.
    when_running: Option<WhenRunning>,
}

/// What becomes of a message that is sent while the answer before it is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum WhenRunning {
    /// 409 `message_running`.
    Refuse,
    /// It waits, can be changed until its turn comes, and starts by itself when what runs has ended.
    Queue,
}

/// What was accepted. It will be answered even if this client never comes back.
#[derive(Debug, Object)]
pub(crate) struct Accepted {
    /// Absent when an answer was made again or goes on.
    user_message: Option<Message>,
    assistant_message: Message,
    generation: Generation,
    /// Where the answer can be followed.
    #[oai(validator(max_length = 200))]
    events_url: String,
    /// The answers of `others`; each message names its generation.
    others: Vec<Message>,
}

impl From<Turn> for Accepted {
    fn from(turn: Turn) -> Self {
        let generation = Generation::from(&turn.generation);
        let answers: Vec<Sibling> = std::iter::once(&turn.assistant_message)
            .chain(turn.others.iter().map(|other| &other.message))
            .map(Sibling::from)
            .collect();
        let beside = |row: &message::Model, else_these: Vec<Sibling>| {
            turn.siblings.get(&row.parent_id).cloned().unwrap_or(else_these)
        };
        let user_message = turn.user_message.map(|row| {
            let siblings = beside(&row, vec![Sibling::from(&row)]);
            view(row, None, &siblings)
        });
        let answers = beside(&turn.assistant_message, answers);
        Self {
            events_url: format!("/api/v1/generations/{}/events", turn.generation.id),
            assistant_message: view(turn.assistant_message, Some(generation.clone()), &answers),
            user_message,
            others: turn
                .others
                .into_iter()
                .map(|other| view(other.message, Some(Generation::from(&other.generation)), &answers))
                .collect(),
            generation,
        }
    }
}

#[derive(ApiResponse)]
pub(crate) enum TurnAccepted {
    /// Kept and queued.
    #[oai(status = 202)]
    Accepted(Json<Accepted>),
}

impl From<Turn> for Counted<TurnAccepted> {
    fn from(mut turn: Turn) -> Self {
        Self { left: turn.left.take(), answer: TurnAccepted::Accepted(Json(turn.into())) }
    }
}

/// A message that was accepted at once, or one that waits.
#[derive(Debug, Union)]
#[oai(one_of)]
#[allow(clippy::large_enum_variant, reason = "made once a request and not kept")]
enum SentMessage {
    Accepted(Accepted),
    Waiting(Waiting),
}

#[derive(ApiResponse)]
#[allow(clippy::large_enum_variant, reason = "made once a request and not kept")]
enum MessageSent {
    /// Kept and queued, for those who asked for `text/event-stream`: the event `accepted` with what a 202 says, then the
    /// events of the run. When the stream is cut, go on at `events_url` with the last id.
    #[oai(status = 200, content_type = "text/event-stream")]
    Streamed(
        Binary<Body>,
        #[oai(header = "Cache-Control")] String,
        #[oai(header = "X-Accel-Buffering")] String,
    ),
    /// Kept, and queued or waiting.
    #[oai(status = 202)]
    Accepted(Json<SentMessage>),
}

pub(crate) struct ChatMessages;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Chats")]
impl ChatMessages {
    /// List the messages of a branch
    ///
    /// The last messages of the active branch, oldest first. `next` leads to the ones before.
    #[oai(path = "/chats/:id/messages", method = "get", operation_id = "listMessages")]
    async fn messages(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page after: messages from this one towards the root.
        before: Query<Option<Uuid>>,
        /// Any message of another branch; its newest leaf is taken.
        leaf: Query<Option<Uuid>>,
    ) -> Result<Json<Page<Message>>> {
        let limit = limit.0.unwrap_or(50);
        let chat = chats::find_for(&ctx, user.user.id, id.0).await?;
        let end = match (before.0, leaf.0) {
            (Some(before), _) => Some(before),
            (None, Some(leaf)) => Some(chats::leaf_below(&ctx, chat.id, leaf).await?),
            (None, None) => chat.current_message_id,
        };
        let Some(end) = end else { return Ok(Json(Page { items: Vec::new(), next: None })) };
        let page = chats::branch(&ctx, chat.id, end, limit).await?;
        let items = page
            .messages
            .into_iter()
            .map(|row| {
                let run =
                    page.runs.iter().find(|run| Some(run.id) == row.generation_id).map(Generation::from);
                match page.siblings.get(&row.parent_id) {
                    Some(beside) => view(row, run, beside),
                    None => alone(row, run),
                }
            })
            .collect();
        Ok(Json(Page { items, next: page.next.map(|id| id.to_string()) }))
    }

    /// Send a message
    ///
    /// The message and an empty answer are kept, and a model is asked. A repeat with the same `Idempotency-Key` gets
    /// the same answer and asks nobody. With `Accept: text/event-stream` (and not `application/json`) the answer is the
    /// stream itself.
    ///
    /// With `when_running: "queue"` a message that comes while the answer before it is being written waits: the answer
    /// is a 202 with `state: "waiting"` then. It starts by itself, as the user message of the same id.
    #[oai(path = "/chats/:id/messages", method = "post", operation_id = "sendMessage")]
    async fn send(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// Any text of at most 128 characters that is new for each message.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        /// `text/event-stream` for the stream itself.
        accept: Header<Option<String>>,
        body: Json<SendMessage>,
    ) -> Result<Counted<MessageSent>> {
        let body = body.0;
        let images = body.images.unwrap_or_default();
        if body.content.len() > MAX_CONTENT {
            return Err(Failure(Error::new(Kind::TooLarge, "too_large", "The message is too long.")));
        }
        check_images(&images)?;
        if idempotency_key.0.as_ref().is_some_and(|key| key.is_empty() || key.len() > 128) {
            return Err(Failure(Error::field("Idempotency-Key", "must have 1 to 128 characters")));
        }
        let sources = Sources {
            collections: body.collections.unwrap_or_default(),
            files: body.files.unwrap_or_default(),
        };
        if sources.collections.len() + sources.files.len() > MAX_SOURCES {
            return Err(Failure(Error::field(
                "collections",
                format!("and files must be at most {MAX_SOURCES}"),
            )));
        }
        let new = NewMessage {
            content: body.content,
            images,
            model: body.model,
            others: body.others.unwrap_or_default(),
            parent: match body.parent_id {
                MaybeUndefined::Undefined => Parent::Current,
                MaybeUndefined::Null => Parent::Root,
                MaybeUndefined::Value(id) => Parent::Message(id),
            },
            system: body.system,
            parameters: body.parameters.unwrap_or_default().into_iter().collect(),
            sources,
            idempotency_key: idempotency_key.0,
            waited: None,
        };
        let chat_id = id.0;
        let wants_stream = accept.0.as_deref().is_some_and(wants_stream);
        // Before anything is kept: what cannot be streamed is not sent either.
        let open = wants_stream.then(|| OpenStream::new(&ctx, user.user.id, "sse")).transpose()?;
        let payer = Payer::from(&*user);
        let sent = match body.when_running {
            Some(WhenRunning::Queue) => generations::send_or_wait(&ctx, payer, chat_id, new).await?,
            _ => Sent::Turn(generations::accept_message(&ctx, payer, chat_id, new).await?),
        };
        let mut turn = match sent {
            Sent::Turn(turn) => turn,
            Sent::Waiting(row) => {
                let waits = SentMessage::Waiting(row.into());
                return Ok(Counted { answer: MessageSent::Accepted(Json(waits)), left: None });
            }
        };
        let left = turn.left.take();
        let Some(open) = open else {
            let accepted = SentMessage::Accepted(turn.into());
            return Ok(Counted { answer: MessageSent::Accepted(Json(accepted)), left });
        };
        let follow = follow_run(&ctx, &turn.generation, EventId::ZERO).await?;
        let data = Accepted::from(turn).to_json_string();
        let accepted = sse(&Told { id: None, name: "accepted".into(), data: data.into() });
        let stream = stream::once(async { Ok(accepted) }).chain(sse_bytes(&ctx, open, follow));
        let body = Binary(Body::from_bytes_stream(stream));
        Ok(Counted { answer: MessageSent::Streamed(body, "no-store".into(), "no".into()), left })
    }

    /// List the messages that wait in a chat
    ///
    /// In the order in which they will start. The event `waiting_changed` of the own topic says when to look again.
    #[oai(path = "/chats/:id/waiting-messages", method = "get", operation_id = "listWaitingMessages")]
    async fn waiting(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<WaitingMessage>>> {
        let page = generations::list_waiting(&ctx, user.user.id, id.0, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, WaitingMessage::from)))
    }
}

/// True where a client takes a stream and no JSON: those that take both get what they always got.
fn wants_stream(accept: &str) -> bool {
    let takes = |kind: &str| {
        accept
            .split(',')
            .any(|one| one.split(';').next().is_some_and(|one| one.trim().eq_ignore_ascii_case(kind)))
    };
    takes("text/event-stream") && !takes("application/json")
}

pub(super) fn check_images(images: &[String]) -> Result<()> {
    if images.len() > MAX_IMAGES {
        return Err(Failure(Error::field("images", format!("must be at most {MAX_IMAGES}"))));
    }
    let known = |url: &str| url.starts_with("data:image/") || url.starts_with("https://");
    if images.iter().any(|url| !known(url)) {
        return Err(Failure(Error::field("images", "must be data URLs of images or https addresses")));
    }
    Ok(())
}
