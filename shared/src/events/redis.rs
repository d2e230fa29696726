//! The event log as a Redis Stream per topic with a pub/sub channel beside it.
//!
//! A stream's entry ids are the event ids. An entry has one field, `e`, with `<name> <data>`; the message on the
//! channel is `<id> <name> <data>`.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ::redis::{Value, cmd};
use async_trait::async_trait;
use bytes::Bytes;

use super::tail::Ears;
use super::{
    AppendError, Bounds, Event, EventId, EventLog, LOG_LENGTH, LOG_LIFE, TOUCH_EVERY, Tail, Topic, known_name,
};
use crate::redis::{Redis, Script};
use crate::{Error, Result};

static APPEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("append.lua")).repeatable());
static APPEND_AUTO: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("append_auto.lua")));

/// Cheap to clone.
#[derive(Clone)]
pub struct RedisLog {
    redis: Redis,
    length: usize,
    life: Duration,
}

impl RedisLog {
    pub fn new(redis: Redis) -> Self {
        Self { redis, length: LOG_LENGTH, life: LOG_LIFE }
    }

    /// About how many events a topic keeps. Redis trims whole blocks, so up to a hundred more.
    #[must_use]
    pub fn length(mut self, events: usize) -> Self {
        self.length = events;
        self
    }

    fn log_key(&self, topic: &Topic) -> String {
        self.redis.key(&format!("{{{topic}}}:log"))
    }

    fn channel(&self, topic: &Topic) -> String {
        self.redis.key(&format!("{{{topic}}}:live"))
    }

    fn life_ms(&self) -> u64 {
        u64::try_from(self.life.as_millis()).unwrap_or(u64::MAX)
    }
}

#[async_trait]
impl EventLog for RedisLog {
    async fn append(&self, topic: &Topic, event: &Event) -> Result<(), AppendError> {
        let touched = event.may_begin() || event.id.seq.is_multiple_of(TOUCH_EVERY);
        let call = APPEND
            .keys(&[self.log_key(topic)])
            .arg(event.id.to_string())
            .arg(entry(&event.name, &event.data))
            .arg(self.channel(topic))
            .arg(self.length)
            .arg(u8::from(event.may_begin()))
            .arg(if touched { self.life_ms() } else { 0 })
            .arg(EventId::new(event.id.attempt, event.id.seq.saturating_sub(1)).to_string());
        match self.redis.script::<i64>(&call).await? {
            1 => Ok(()),
            -1 => Err(AppendError::Missing),
            _ => Err(AppendError::Fenced),
        }
    }

    async fn append_auto(&self, topic: &Topic, name: &str, data: Bytes) -> Result<EventId> {
        let call = APPEND_AUTO
            .keys(&[self.log_key(topic)])
            .arg(entry(name, &data))
            .arg(self.channel(topic))
            .arg(self.length)
            .arg(self.life_ms());
        let id: String = self.redis.script(&call).await?;
        id.parse().map_err(|_| unreadable())
    }

    async fn read_after(&self, topic: &Topic, after: EventId, limit: usize) -> Result<Vec<Event>> {
        let mut read = cmd("XRANGE");
        read.arg(self.log_key(topic)).arg(format!("({after}")).arg("+").arg("COUNT").arg(limit);
        entries(self.redis.cmd(&read).await?)
    }

    async fn bounds(&self, topic: &Topic) -> Result<Option<Bounds>> {
        let key = self.log_key(topic);
        let mut pipeline = ::redis::pipe();
        pipeline.cmd("XRANGE").arg(&key).arg("-").arg("+").arg("COUNT").arg(1);
        pipeline.cmd("XREVRANGE").arg(&key).arg("+").arg("-").arg("COUNT").arg(1);
        let (first, last): (Value, Value) = self.redis.pipe(&pipeline).await?;
        let (first, last) = (entries(first)?.pop(), entries(last)?.pop());
        Ok(first.zip(last).map(|(first, last)| Bounds { first: first.id, last: last.id }))
    }

    fn tail(&self, topic: &Topic, after: EventId) -> Tail {
        let ears = Ears::Frames(self.redis.subscribe(&self.channel(topic)));
        Tail::new(Arc::new(self.clone()), ears, *topic, after)
    }

    async fn expire(&self, topic: &Topic, after: Duration) -> Result<()> {
        let mut expire = cmd("PEXPIRE");
        expire.arg(self.log_key(topic)).arg(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        self.redis.cmd::<()>(&expire).await
    }
}

fn entry(name: &str, data: &[u8]) -> Vec<u8> {
    let mut entry = Vec::with_capacity(name.len() + 1 + data.len());
    entry.extend_from_slice(name.as_bytes());
    entry.push(b' ');
    entry.extend_from_slice(data);
    entry
}

fn event(id: EventId, entry: &Bytes) -> Option<Event> {
    let space = entry.iter().position(|byte| *byte == b' ')?;
    let name = known_name(std::str::from_utf8(&entry[..space]).ok()?);
    Some(Event { id, name, data: entry.slice(space + 1..) })
}

/// Reads `<id> <name> <data>`.
pub(super) fn frame(frame: &Bytes) -> Option<Event> {
    let space = frame.iter().position(|byte| *byte == b' ')?;
    let id = std::str::from_utf8(&frame[..space]).ok()?.parse().ok()?;
    event(id, &frame.slice(space + 1..))
}

/// Reads the answer of XRANGE: `[[id, [field, value]], ...]`.
fn entries(answer: Value) -> Result<Vec<Event>> {
    let Value::Array(entries) = answer else { return Err(unreadable()) };
    entries.into_iter().map(|entry| one_entry(entry).ok_or_else(unreadable)).collect()
}

fn one_entry(entry: Value) -> Option<Event> {
    let Value::Array(parts) = entry else { return None };
    let mut parts = parts.into_iter();
    let (Some(Value::BulkString(id)), Some(Value::Array(fields))) = (parts.next(), parts.next()) else {
        return None;
    };
    let Some(Value::BulkString(entry)) = fields.into_iter().nth(1) else { return None };
    event(std::str::from_utf8(&id).ok()?.parse().ok()?, &Bytes::from(entry))
}

fn unreadable() -> Error {
    Error::internal("The event log holds something that is no event.")
}
