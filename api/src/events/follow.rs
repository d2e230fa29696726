//! Following one topic: the log first, then live, and the database where the log has nothing.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use shared::entity::generation::{Kind, Model, State};
use shared::entity::message;
use shared::events::{EventId, Tail, TailItem, Topic};
use shared::generations::{self, after_log, terminal_event};
use shared::jobs::{EmbedTexts, GenerateReply};
use shared::{Context, Error, Result};
use uuid::Uuid;

use super::Told;

/// Before a place in the queue is worth telling: most runs start at once.
const PLACE_AFTER: Duration = Duration::from_millis(500);
const PLACE_EVERY: Duration = Duration::from_secs(2);
/// Between two looks at a log or a database that does not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// One reader of one topic. It ends after a terminal event, and without one when this node drains: readers of our own
/// protocol go on at another node.
pub(crate) struct Follow {
    ctx: Context,
    of: Of,
    tail: Tail,
    cursor: EventId,
    pending: VecDeque<Told>,
    over: bool,
    /// When to look at the place in the queue; none once something has come.
    place_at: Option<tokio::time::Instant>,
    place: Option<u64>,
    /// The reader cannot go on elsewhere, so it is served until this process stops.
    despite_drain: bool,
}

#[derive(Clone, Copy)]
enum Of {
    Run { id: Uuid, user_id: Uuid, kind: Kind },
    User(Uuid),
}

/// Follows a run that is known to be the reader's.
pub(crate) async fn follow_run(ctx: &Context, row: &Model, after: EventId) -> Result<Follow> {
    let topic = Topic::generation(row.id);
    let mut follow = Follow {
        ctx: ctx.clone(),
        of: Of::Run { id: row.id, user_id: row.user_id, kind: row.kind },
        tail: ctx.events.tail(&topic, after),
        cursor: after,
        pending: VecDeque::new(),
        over: false,
        place_at: (row.state == State::Queued).then(|| tokio::time::Instant::now() + PLACE_AFTER),
        place: None,
        despite_drain: false,
    };
    if row.state.is_terminal() {
        if after > after_log(row, 0) {
            follow.over = true;
        } else {
            // An outage of the log is no reason to wait: the row has it all.
            match ctx.events.bounds(&topic).await {
                Ok(Some(bounds)) if bounds.last > after => {}
                Ok(Some(_)) => follow.over = true,
                Ok(None) | Err(_) => follow.tell_from_rows(row).await?,
            }
        }
    }
    Ok(follow)
}

/// Follows what happens to a user's chats, from a cursor or from now.
pub(crate) fn follow_user(ctx: &Context, user_id: Uuid, after: Option<EventId>) -> Follow {
    let tail = ctx.events.tail(&Topic::user(user_id), after.unwrap_or(EventId::ZERO));
    Follow {
        ctx: ctx.clone(),
        of: Of::User(user_id),
        tail: if after.is_some() { tail } else { tail.from_now() },
        cursor: after.unwrap_or(EventId::ZERO),
        pending: VecDeque::new(),
        over: false,
        place_at: None,
        place: None,
        despite_drain: false,
    }
}

impl Follow {
    /// The next event; `None` at the end. May be dropped and called again without losing anything.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(told) = self.pending.pop_front() {
                if let Some(id) = told.id {
                    self.cursor = id;
                }
                self.over |= told.is_terminal();
                return Some(told);
            }
            if self.over {
                return None;
            }
            let ctx = self.ctx.clone();
            let place_at = self.place_at;
            tokio::select! {
                biased;
                item = self.tail.next() => match item {
                    Ok(TailItem::Event(event)) => {
                        self.place_at = None;
                        self.pending.push_back(Told { id: Some(event.id), name: event.name, data: event.data });
                    }
                    Ok(TailItem::Idle) => self.look(false).await,
                    Ok(TailItem::Gone) => self.look(true).await,
                    Err(error) => {
                        tracing::debug!(code = error.code, "the log cannot be followed at the moment");
                        self.look(true).await;
                    }
                },
                () = ctx.shutdown.draining(), if !self.despite_drain => return None,
                () = ctx.shutdown.stopped() => return None,
                () = sleep_until(place_at) => self.tell_place().await,
            }
        }
    }

    /// Goes on while this node drains, for readers whose protocol knows no second connection.
    #[must_use]
    pub(crate) fn despite_drain(mut self) -> Self {
        self.despite_drain = true;
        self
    }

    /// True when the terminal event was told.
    pub(crate) fn has_ended(&self) -> bool {
        self.over
    }

    /// Asks the database whether the run has ended. Begins to listen anew when the log could not be followed.
    async fn look(&mut self, broken: bool) {
        match self.of {
            Of::Run { id, user_id, .. } => match generations::find_for(&self.ctx, user_id, id).await {
                Ok(row) if row.state.is_terminal() => {
                    if self.tell_from_rows(&row).await.is_ok() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(error) if error.kind == shared::Kind::NotFound => {
                    // Deleted with its chat.
                    self.over = true;
                    return;
                }
                Err(_) => {}
            },
            Of::User(_) if broken => self.pending.push_back(Told {
                id: None,
                name: "resync".into(),
                data: Bytes::from_static(b"{}"),
            }),
            Of::User(_) => {}
        }
        if broken {
            tokio::time::sleep(PAUSE).await;
            self.tail = match self.of {
                Of::Run { id, .. } => self.ctx.events.tail(&Topic::generation(id), self.cursor),
                Of::User(id) => self.ctx.events.tail(&Topic::user(id), EventId::ZERO).from_now(),
            };
        }
    }

    /// The whole run as one snapshot, and its end.
    async fn tell_from_rows(&mut self, row: &Model) -> Result<()> {
        let snapshot = snapshot(&self.ctx, row).await?;
        let Some((name, data)) = terminal_event(row) else {
            return Err(Error::internal("A run that goes on was told as ended."));
        };
        self.place_at = None;
        self.pending.push_back(Told {
            id: Some(after_log(row, 0)),
            name: "snapshot".into(),
            data: snapshot.to_string().into(),
        });
        self.pending.push_back(Told {
            id: Some(after_log(row, 1)),
            name: name.into(),
            data: data.to_string().into(),
        });
        Ok(())
    }

    async fn tell_place(&mut self) {
        self.place_at = Some(tokio::time::Instant::now() + PLACE_EVERY);
        let Of::Run { id, kind, .. } = self.of else { return };
        let key = id.simple().to_string();
        let place = match kind {
            Kind::Embedding => self.ctx.queue.place::<EmbedTexts>(&key).await,
            Kind::Chat | Kind::Completion => self.ctx.queue.place::<GenerateReply>(&key).await,
        };
        let Ok(Some(place)) = place else { return };
        if self.place != Some(place.ahead) {
            self.place = Some(place.ahead);
            let data = json!({ "place": place.ahead + 1, "wait_s": place.wait_s });
            self.pending.push_back(Told { id: None, name: "queued".into(), data: data.to_string().into() });
        }
    }
}

/// What a run has made, from the rows. Of a continued message the new text alone.
async fn snapshot(ctx: &Context, row: &Model) -> Result<Value> {
    use sea_orm::EntityTrait as _;

    let Some(message_id) = row.message_id else {
        return Ok(row.output.clone().unwrap_or_else(|| json!({ "text": "" })));
    };
    let Some(message) = message::Entity::find_by_id(message_id).one(&ctx.db).await? else {
        return Ok(json!({ "text": "" }));
    };
    let text: String = message.content.chars().skip(row.base_length.unsigned_abs() as usize).collect();
    let mut snapshot = json!({ "text": text });
    if let Some(reasoning) = message.reasoning {
        snapshot["reasoning"] = reasoning.into();
    }
    if let Some(calls) = message.tool_calls {
        snapshot["tool_calls"] = calls;
    }
    Ok(snapshot)
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
