//! The event log of a single process: a ring of events per topic.

use std::cmp::Reverse;
use std::collections::hash_map::{Entry, RandomState};
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;

use super::tail::Ears;
use super::{
    AppendError, Bounds, Event, EventId, EventLog, LOG_LENGTH, LOG_LIFE, TOUCH_EVERY, Tail, Topic, known_name,
};
use crate::redis::inbox::Exchange;
use crate::{Clock, Result};

/// Bytes that one topic keeps at most: the oldest events go first.
const LOG_BYTES: usize = 8 * 1024 * 1024;
const SHARDS: usize = 16;
/// Expired logs that one append clears away, so that none of them waits for a long sweep.
const SWEEP: usize = 4;

/// Cheap to clone; all clones are the same log.
#[derive(Clone)]
pub struct MemoryLog {
    inner: Arc<Inner>,
    clock: Clock,
    length: usize,
}

struct Inner {
    hash: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    exchange: Arc<Exchange<Event>>,
}

#[derive(Default)]
struct Shard {
    logs: HashMap<Topic, Log>,
    /// When to look whether a log has expired. A log that has been extended since goes back in.
    due: BinaryHeap<Reverse<(Instant, Topic)>>,
}

struct Log {
    events: VecDeque<Event>,
    bytes: usize,
    last: EventId,
    expires: Instant,
}

impl MemoryLog {
    pub fn new(clock: Clock) -> Self {
        let inner = Inner {
            hash: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
            exchange: Exchange::local(),
        };
        Self { inner: Arc::new(inner), clock, length: LOG_LENGTH }
    }

    /// How many events a topic keeps.
    #[must_use]
    pub fn length(mut self, events: usize) -> Self {
        self.length = events;
        self
    }

    fn shard(&self, topic: &Topic) -> MutexGuard<'_, Shard> {
        let number = self.inner.hash.hash_one(topic) as usize % SHARDS;
        self.inner.shards[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores and delivers under the topic's lock, so that listeners hear events in the order of the log.
    fn store(&self, shard: &mut Shard, topic: &Topic, event: &Event, touch: bool) {
        let now = Instant::now();
        let log = match shard.logs.entry(*topic) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                shard.due.push(Reverse((now + LOG_LIFE, *topic)));
                let log =
                    Log { events: VecDeque::new(), bytes: 0, last: EventId::ZERO, expires: now + LOG_LIFE };
                entry.insert(log)
            }
        };
        if touch {
            log.expires = now + LOG_LIFE;
        }
        log.last = event.id;
        log.bytes += event.weight();
        log.events.push_back(event.clone());
        while log.events.len() > self.length || (log.bytes > LOG_BYTES && log.events.len() > 1) {
            if let Some(oldest) = log.events.pop_front() {
                log.bytes -= oldest.weight();
            }
        }
        self.inner.exchange.deliver(&topic.to_string(), event, event.weight());
        shard.sweep(now);
    }
}

impl Shard {
    fn log(&self, topic: &Topic) -> Option<&Log> {
        self.logs.get(topic).filter(|log| log.expires > Instant::now())
    }

    fn drop_expired(&mut self, topic: &Topic) {
        if self.log(topic).is_none() {
            self.logs.remove(topic);
        }
    }

    fn sweep(&mut self, now: Instant) {
        for _ in 0..SWEEP {
            match self.due.peek() {
                Some(Reverse((due, _))) if *due <= now => {}
                _ => return,
            }
            let Some(Reverse((_, topic))) = self.due.pop() else { return };
            match self.logs.get(&topic).map(|log| log.expires) {
                Some(expires) if expires > now => self.due.push(Reverse((expires, topic))),
                Some(_) => {
                    self.logs.remove(&topic);
                }
                None => {}
            }
        }
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn append(&self, topic: &Topic, event: &Event) -> Result<(), AppendError> {
        let mut shard = self.shard(topic);
        shard.drop_expired(topic);
        match shard.logs.get(topic) {
            Some(log) if event.id <= log.last => {
                let found = log.events.binary_search_by_key(&event.id, |event| event.id).ok();
                let same = found.and_then(|n| log.events.get(n)).is_some_and(|stored| stored == event);
                let fenced = event.id.attempt != log.last.attempt;
                return if same && !fenced { Ok(()) } else { Err(AppendError::Fenced) };
            }
            None if !event.may_begin() => return Err(AppendError::Missing),
            Some(log) if !event.may_begin() && !event.id.follows(log.last) => {
                return Err(AppendError::Missing);
            }
            _ => {}
        }
        let touched = event.id.seq.is_multiple_of(TOUCH_EVERY);
        self.store(&mut shard, topic, event, touched);
        Ok(())
    }

    async fn append_auto(&self, topic: &Topic, name: &str, data: Bytes) -> Result<EventId> {
        let mut shard = self.shard(topic);
        shard.drop_expired(topic);
        let now = u64::try_from(self.clock.now_ms()).unwrap_or_default();
        let id = match shard.logs.get(topic) {
            Some(log) if now <= log.last.attempt => log.last.next(),
            _ => EventId::new(now, 0),
        };
        self.store(&mut shard, topic, &Event { id, name: known_name(name), data }, true);
        Ok(id)
    }

    async fn read_after(&self, topic: &Topic, after: EventId, limit: usize) -> Result<Vec<Event>> {
        let shard = self.shard(topic);
        let Some(log) = shard.log(topic) else { return Ok(Vec::new()) };
        let start = log.events.partition_point(|event| event.id <= after);
        Ok(log.events.iter().skip(start).take(limit).cloned().collect())
    }

    async fn bounds(&self, topic: &Topic) -> Result<Option<Bounds>> {
        let shard = self.shard(topic);
        let bounds = shard.log(topic).and_then(|log| log.events.front().zip(log.events.back()));
        Ok(bounds.map(|(first, last)| Bounds { first: first.id, last: last.id }))
    }

    fn tail(&self, topic: &Topic, after: EventId) -> Tail {
        let ears = Ears::Events(self.inner.exchange.subscribe(&topic.to_string()));
        Tail::new(Arc::new(self.clone()), ears, *topic, after)
    }

    async fn expire(&self, topic: &Topic, after: Duration) -> Result<()> {
        let mut shard = self.shard(topic);
        let now = Instant::now();
        if let Some(log) = shard.logs.get_mut(topic) {
            log.expires = now + after;
            shard.due.push(Reverse((now + after, *topic)));
        }
        shard.sweep(now);
        Ok(())
    }
}
