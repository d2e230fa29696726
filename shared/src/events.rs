//! Numbered events by topic: what a worker appends once, any number of viewers follow on any node.
//!
//! The log is the stream. A viewer reads it after a cursor and then listens; the message it hears carries the event,
//! so that nothing is read twice while nothing is missed, and every doubt (a hole in the numbers, a lost connection, a
//! slow viewer) ends in reading the log again. First connection, refresh, second tab and another node are the same.
//!
//! In a generation's topic the ids are `<attempt>-<seq>`, counted from 1 in each attempt without holes. A writer is
//! fenced by them: once an event of a newer attempt is in the log, an older attempt can't append. In a user's topic
//! the log gives the ids, `<milliseconds>-<n>`.
//!
//! A log may be lost or trimmed. `snapshot` (the whole text so far) and `restarted` (nothing so far) replace what was
//! shown, so a reader that misses something goes on from the next of them; a writer whose log is lost begins a new one
//! with a `snapshot`.

mod bus;
mod memory;
mod redis;
mod tail;

#[cfg(test)]
mod conformance;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

pub use self::bus::{Bus, Listener};
pub use self::memory::MemoryLog;
pub use self::redis::RedisLog;
pub use self::tail::{Tail, TailItem};
use crate::{Error, Result};

pub type Events = Arc<dyn EventLog>;

/// Events that a topic keeps, about: a longer run needs a `snapshot` event now and then for those who come late.
pub const LOG_LENGTH: usize = 5000;
/// How long a log lives after its last events, as an upper bound; [`EventLog::expire`] shortens it at the end of a run.
pub const LOG_LIFE: Duration = Duration::from_secs(3600);
/// A writer extends the life of its log whenever its sequence number is a multiple of this.
const TOUCH_EVERY: u64 = 256;

const NAMES: &[&str] = &[
    "delta",
    "reasoning",
    "tool_call",
    "retrieved",
    "queued",
    "restarted",
    "snapshot",
    "completed",
    "failed",
    "cancelled",
    "chat_created",
    "chat_updated",
    "chat_deleted",
    "folders_changed",
    "import_changed",
    "generation_started",
    "generation_ended",
    "waiting_changed",
    "file_created",
    "file_updated",
    "file_deleted",
    "collection_updated",
    "collection_deleted",
    "resync",
];

/// The place of an event in its topic, and the cursor of a reader. Ordered by attempt, then by sequence number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    pub attempt: u64,
    pub seq: u64,
}

impl EventId {
    /// Before every event.
    pub const ZERO: Self = Self { attempt: 0, seq: 0 };

    pub const fn new(attempt: u64, seq: u64) -> Self {
        Self { attempt, seq }
    }

    /// The next id within the same attempt.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { attempt: self.attempt, seq: self.seq + 1 }
    }

    /// True where no event of a generation can lie between `last` and this one: the next of the same attempt, or the
    /// first of a later one.
    pub fn follows(self, last: Self) -> bool {
        if self.attempt == last.attempt {
            last.seq.checked_add(1) == Some(self.seq)
        } else {
            self > last && self.seq == 1
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.attempt, self.seq)
    }
}

impl FromStr for EventId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |text: &str| -> Option<u64> {
            // `parse` would take a plus sign as well, and then two texts would be the same id.
            if text.starts_with('+') { None } else { text.parse().ok() }
        };
        text.split_once('-')
            .and_then(|(attempt, seq)| Some(Self { attempt: number(attempt)?, seq: number(seq)? }))
            .ok_or_else(|| Error::field("cursor", "is not the id of an event: <number>-<number>"))
    }
}

/// What events are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// One run of a model. One writer at a time, ids without holes.
    Generation(Uuid),
    /// What a user's open pages should know: their chats. Many writers.
    User(Uuid),
}

impl Topic {
    pub fn generation(id: Uuid) -> Self {
        Self::Generation(id)
    }

    pub fn user(id: Uuid) -> Self {
        Self::User(id)
    }

    /// Whether ids are counted without holes.
    const fn is_counted(self) -> bool {
        matches!(self, Self::Generation(_))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generation(id) => write!(f, "gen:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

/// One event. Cheap to clone: the data is serialised once, where the event is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    /// A word: letters, digits and underscores.
    pub name: Cow<'static, str>,
    /// JSON text.
    pub data: Bytes,
}

impl Event {
    /// `data` is JSON text.
    pub fn new(id: EventId, name: impl Into<Cow<'static, str>>, data: impl Into<Bytes>) -> Self {
        Self { id, name: name.into(), data: data.into() }
    }

    /// True for the last event of a generation: `completed`, `failed` or `cancelled`.
    pub fn is_terminal(&self) -> bool {
        matches!(&*self.name, "completed" | "failed" | "cancelled")
    }

    /// True where readers can begin without anything from before: it replaces what was shown.
    fn begins_anew(&self) -> bool {
        matches!(&*self.name, "snapshot" | "restarted")
    }

    /// True where this event may be the first in a log.
    fn may_begin(&self) -> bool {
        self.id.seq <= 1 || self.begins_anew()
    }

    /// The data as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.data)
    }

    /// About how much memory it takes, in bytes.
    fn weight(&self) -> usize {
        self.data.len() + 96
    }
}

fn known_name(name: &str) -> Cow<'static, str> {
    match NAMES.iter().find(|known| **known == name) {
        Some(known) => Cow::Borrowed(*known),
        None => Cow::Owned(name.to_owned()),
    }
}

/// Why an event was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A newer attempt writes this topic, or something else stands under this or a later id: the writer must stop.
    #[error("another writer has gone past this event")]
    Fenced,
    /// The event before this one is not in the log: what was in it is lost, or the last of it, since the server that
    /// took over did not have it. A `snapshot` under the same id begins it anew.
    #[error("the log is lost, or the end of it")]
    Missing,
    /// The log can't be reached. Whether the event was written is unknown: try again with the same id and data.
    #[error(transparent)]
    Unavailable(#[from] Error),
}

/// The first and the last event of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub first: EventId,
    pub last: EventId,
}

#[async_trait]
pub trait EventLog: Send + Sync {
    /// Writes an event under its own id and tells all who follow the topic. The same event again is taken once.
    async fn append(&self, topic: &Topic, event: &Event) -> Result<(), AppendError>;

    /// Writes an event under the next id, which the log gives. A repeat is a second event.
    async fn append_auto(&self, topic: &Topic, name: &str, data: Bytes) -> Result<EventId>;

    /// The events after a cursor in order, `limit` at most. Empty at the end and where there is no log.
    async fn read_after(&self, topic: &Topic, after: EventId, limit: usize) -> Result<Vec<Event>>;

    /// `None` where there is no log: not begun, expired or lost.
    async fn bounds(&self, topic: &Topic) -> Result<Option<Bounds>>;

    /// Follows a topic from a cursor. Listening begins with this call, reading with the first [`Tail::next`].
    fn tail(&self, topic: &Topic, after: EventId) -> Tail;

    /// Lets the log live for another `after` only.
    async fn expire(&self, topic: &Topic, after: Duration) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_as_they_print() {
        for id in [EventId::ZERO, EventId::new(1, 5), EventId::new(u64::MAX, u64::MAX)] {
            assert_eq!(id.to_string().parse::<EventId>().unwrap(), id);
        }
        for bad in ["", "1", "1-", "-1", "a-b", "1-2-3", " 1-2", "+1-2", "1-18446744073709551616"] {
            assert!(bad.parse::<EventId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_attempt_follows_the_one_before_it_with_its_first_event_only() {
        let last = EventId::new(2, 7);
        assert!(EventId::new(2, 8).follows(last));
        assert!(EventId::new(3, 1).follows(last));
        assert!(EventId::new(5, 1).follows(last));
        for other in [
            EventId::new(2, 9),
            EventId::new(2, 7),
            EventId::new(3, 2),
            EventId::new(1, 1),
            EventId::new(1, 8),
        ] {
            assert!(!other.follows(last), "{other}");
        }
        assert!(EventId::new(1, 1).follows(EventId::ZERO));
    }
}
