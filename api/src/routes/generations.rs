//! Runs: their state, their events, and Stop.

use poem::Body;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::entity::generation::{Model, State};
use shared::events::EventId;
use shared::{Context, generations};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::events::{follow_run, follow_user, sse_bytes};
use crate::json::Json;
use crate::metrics::OpenStream;
use crate::time::Time;

/// One run that makes an assistant message.
#[derive(Clone, Debug, Object)]
pub(crate) struct Generation {
    pub(crate) id: Uuid,
    pub(crate) chat_id: Option<Uuid>,
    pub(crate) message_id: Option<Uuid>,
    pub(crate) state: GenerationState,
    /// How often a worker has begun it.
    pub(crate) attempt: i32,
    pub(crate) model: String,
    /// Why it failed.
    pub(crate) error: Option<GenerationError>,
    pub(crate) usage: Option<Usage>,
    pub(crate) finish_reason: Option<String>,
    pub(crate) created_at: Time,
    pub(crate) started_at: Option<Time>,
    pub(crate) ended_at: Option<Time>,
}

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum GenerationState {
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, Object)]
pub(crate) struct GenerationError {
    /// Stable, for programs.
    pub(crate) code: String,
    /// For people.
    pub(crate) message: String,
}

/// Tokens, as the provider counted them.
#[derive(Clone, Debug, Object)]
pub(crate) struct Usage {
    pub(crate) prompt_tokens: i32,
    pub(crate) completion_tokens: i32,
}

impl From<&Model> for Generation {
    fn from(row: &Model) -> Self {
        let usage = row.prompt_tokens.or(row.completion_tokens).map(|_| Usage {
            prompt_tokens: row.prompt_tokens.unwrap_or_default(),
            completion_tokens: row.completion_tokens.unwrap_or_default(),
        });
        let error = (row.state == State::Failed).then(|| GenerationError {
            code: row.error_code.clone().unwrap_or_else(|| "internal".into()),
            message: row.error_message.clone().unwrap_or_else(|| "The run failed.".into()),
        });
        Self {
            id: row.id,
            chat_id: row.chat_id,
            message_id: row.message_id,
            state: match row.state {
                State::Queued => GenerationState::Queued,
                State::Running => GenerationState::Running,
                State::Completed => GenerationState::Completed,
                State::Failed => GenerationState::Failed,
                State::Cancelled => GenerationState::Cancelled,
            },
            attempt: row.attempt,
            model: row.model.clone(),
            error,
            usage,
            finish_reason: row.finish_reason.clone(),
            created_at: Time(row.created_at),
            started_at: row.started_at.map(Time),
            ended_at: row.ended_at.map(Time),
        }
    }
}

#[derive(ApiResponse)]
enum Cancelled {
    /// The end was asked for; the state says whether it has come.
    #[oai(status = 202)]
    Accepted(Json<Generation>),
}

#[derive(ApiResponse)]
enum EventStream {
    /// Server-sent events: `delta`, `reasoning`, `tool_call`, `queued`, `restarted`, `snapshot`, then one of
    /// `completed`, `failed`, `cancelled`.
    #[oai(status = 200, content_type = "text/event-stream")]
    Open(Binary<Body>, #[oai(header = "Cache-Control")] String, #[oai(header = "X-Accel-Buffering")] String),
    /// The reader has everything already.
    #[oai(status = 204)]
    Ended,
}

impl EventStream {
    fn open(
        stream: impl futures_util::Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static,
    ) -> Self {
        // Proxies must neither keep nor hold back what flows here.
        Self::Open(Binary(Body::from_bytes_stream(stream)), "no-store".into(), "no".into())
    }
}

pub(crate) struct GenerationsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Generations")]
impl GenerationsApi {
    /// Get a run
    #[oai(path = "/generations/:id", method = "get", operation_id = "getGeneration")]
    async fn get(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Json<Generation>> {
        Ok(Json(Generation::from(&generations::find_for(&ctx, user.user.id, id.0).await?)))
    }

    /// Stop a run
    ///
    /// The text so far stays. Stopping what has ended changes nothing.
    #[oai(path = "/generations/:id/cancel", method = "post", operation_id = "cancelGeneration")]
    async fn cancel(&self, ctx: Data<&Context>, user: CurrentUser, id: Path<Uuid>) -> Result<Cancelled> {
        let row = generations::cancel(&ctx, user.user.id, id.0).await?;
        Ok(Cancelled::Accepted(Json(Generation::from(&row))))
    }

    /// Follow a run
    ///
    /// Every event has the id `<attempt>-<seq>`; whoever comes back with the last one, on any node, gets the rest. A
    /// stream that ends without `completed`, `failed` or `cancelled` was cut: connect again.
    #[oai(path = "/generations/:id/events", method = "get", operation_id = "followGeneration")]
    async fn events(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// The id of the last event that was received.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<String>>,
        /// The same, for clients that cannot set headers.
        after: Query<Option<String>>,
    ) -> Result<EventStream> {
        let after = cursor(last_event_id.0.or(after.0))?.unwrap_or(EventId::ZERO);
        let row = generations::find_for(&ctx, user.user.id, id.0).await?;
        let open = OpenStream::new(&ctx, user.user.id, "sse")?;
        let follow = follow_run(&ctx, &row, after).await?;
        if follow.has_ended() {
            return Ok(EventStream::Ended);
        }
        Ok(EventStream::open(sse_bytes(&ctx, open, follow)))
    }

    /// Follow the own chats
    ///
    /// `chat_created`, `chat_updated`, `chat_deleted`, `folders_changed`, `import_changed`, `generation_started`,
    /// `generation_ended`, `waiting_changed`; `resync` when something may have been missed: load the list again.
    #[oai(path = "/events", method = "get", operation_id = "followUser")]
    async fn user_events(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// The id of the last event that was received.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<String>>,
        /// The same, for clients that cannot set headers.
        after: Query<Option<String>>,
    ) -> Result<EventStream> {
        let after = cursor(last_event_id.0.or(after.0))?;
        let open = OpenStream::new(&ctx, user.user.id, "sse")?;
        let follow = follow_user(&ctx, user.user.id, after);
        Ok(EventStream::open(sse_bytes(&ctx, open, follow)))
    }
}

fn cursor(text: Option<String>) -> Result<Option<EventId>> {
    Ok(text.filter(|t| !t.is_empty()).map(|t| t.parse()).transpose()?)
}
