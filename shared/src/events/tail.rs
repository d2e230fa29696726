//! Following a topic: read after the cursor, then listen, and read again at every doubt.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep};

use super::{Bounds, Event, EventId, Events, Topic, redis};
use crate::redis::{Heard, Subscription};
use crate::{Error, Result};

/// Events in one read.
const PAGE: usize = 500;
/// How long the first read waits for the subscription. After that it goes without, and the idle check makes up for it.
const JOIN_LIMIT: Duration = Duration::from_secs(3);
/// After an unfillable hole the writer gets this long to begin again with a `snapshot`.
const HOLD: Duration = Duration::from_secs(1);
const HOLD_CHECK: Duration = Duration::from_millis(100);
/// How long reads may fail before the caller hears of it.
const OUTAGE_LIMIT: Duration = Duration::from_secs(20);
const RETRY: Duration = Duration::from_millis(300);

/// What a follower gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TailItem {
    Event(Event),
    /// Nothing has come for some seconds. A good moment to look whether the run is still on: one that ended while the
    /// log was away has no terminal event in it.
    Idle,
    /// The log doesn't hold what comes after the cursor, and never will: go on from the database.
    Gone,
}

pub(super) enum Ears {
    Frames(Subscription<Bytes>),
    Events(Subscription<Event>),
}

impl Ears {
    async fn ready(&self) -> Result<()> {
        match self {
            Self::Frames(subscription) => subscription.ready(JOIN_LIMIT).await,
            Self::Events(subscription) => subscription.ready(JOIN_LIMIT).await,
        }
    }

    async fn next(&mut self) -> Option<Heard<Event>> {
        match self {
            Self::Frames(subscription) => Some(match subscription.next().await? {
                // What can't be read here is read from the log, where it is an error with a name.
                Heard::Message(frame) => redis::frame(&frame).map_or(Heard::Gap, Heard::Message),
                Heard::Gap => Heard::Gap,
            }),
            Self::Events(subscription) => subscription.next().await,
        }
    }
}

/// One follower of one topic. [`Tail::next`] may be dropped and called again without losing anything.
pub struct Tail {
    log: Events,
    ears: Ears,
    topic: Topic,
    /// The last event that was given out or waits in `ready`.
    tip: EventId,
    /// The last event that was read beyond a hole in search of a snapshot; otherwise zero.
    beyond: EventId,
    ready: VecDeque<Event>,
    /// The log must be read before anything that is heard counts.
    behind: bool,
    joined: bool,
    from_now: bool,
    /// The log was once read to its end.
    caught_up: bool,
    gone: bool,
    lost_since: Option<Instant>,
    failing_since: Option<Instant>,
    /// Nothing has come since the timer fired last.
    quiet: bool,
    idle_check: bool,
    timer: Pin<Box<Sleep>>,
}

impl Tail {
    pub(super) fn new(log: Events, ears: Ears, topic: Topic, after: EventId) -> Self {
        Self {
            log,
            ears,
            topic,
            tip: after,
            beyond: EventId::ZERO,
            ready: VecDeque::new(),
            behind: true,
            joined: false,
            from_now: false,
            caught_up: false,
            gone: false,
            lost_since: None,
            failing_since: None,
            quiet: true,
            idle_check: false,
            timer: Box::pin(sleep(period())),
        }
    }

    /// Skips what is in the log already: for those who have just read the state itself.
    #[must_use]
    pub fn from_now(mut self) -> Self {
        self.from_now = true;
        self
    }

    /// Waits until the subscription stands: what is appended after this is seen even by [`Tail::from_now`].
    pub async fn ready(&mut self) -> Result<()> {
        if !self.joined {
            self.ears.ready().await?;
            self.joined = true;
        }
        if self.from_now {
            self.skip_to_end().await?;
        }
        Ok(())
    }

    /// The next event after the cursor. Survives restarts of the log's server; an error means that it was away for
    /// [20 s](OUTAGE_LIMIT) or that this process shuts down, and the call may be repeated.
    pub async fn next(&mut self) -> Result<TailItem> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.quiet = false;
                return Ok(TailItem::Event(event));
            }
            if self.gone {
                return Ok(TailItem::Gone);
            }
            if self.behind {
                if let Some(item) = self.read().await? {
                    return Ok(item);
                }
                continue;
            }
            tokio::select! {
                biased;
                heard = self.ears.next() => match heard {
                    Some(Heard::Message(event)) => self.hear(event),
                    Some(Heard::Gap) => self.behind = true,
                    None => return Err(Error::unavailable("This server is shutting down.")),
                },
                () = &mut self.timer => self.tick(),
            }
        }
    }

    /// What comes over the channel, before any check.
    #[cfg(test)]
    pub(super) async fn listen(&mut self) -> Option<Heard<Event>> {
        self.ears.next().await
    }

    fn hear(&mut self, event: Event) {
        if event.id <= self.tip {
            return;
        }
        if self.topic.is_counted() && !event.id.follows(self.tip) {
            self.behind = true;
        } else {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        self.tip = event.id;
        self.beyond = EventId::ZERO;
        self.lost_since = None;
        self.ready.push_back(event);
    }

    fn tick(&mut self) {
        if self.lost_since.is_some() {
            self.behind = true;
            self.set_timer(HOLD_CHECK);
            return;
        }
        self.set_timer(period());
        if std::mem::replace(&mut self.quiet, true) {
            self.idle_check = true;
            self.behind = true;
        }
    }

    fn set_timer(&mut self, after: Duration) {
        self.timer.as_mut().reset(Instant::now() + after);
    }

    async fn read(&mut self) -> Result<Option<TailItem>> {
        if !self.joined {
            let _ = self.ears.ready().await;
            self.joined = true;
        }
        match self.catch_up().await {
            Ok(()) => {
                self.failing_since = None;
                let nothing =
                    self.ready.is_empty() && !self.gone && self.lost_since.is_none() && !self.behind;
                Ok((std::mem::take(&mut self.idle_check) && nothing).then_some(TailItem::Idle))
            }
            Err(error) => {
                let since = *self.failing_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= OUTAGE_LIMIT {
                    self.failing_since = None;
                    return Err(error);
                }
                sleep(RETRY.mul_f64(rand::random_range(0.7..1.3))).await;
                let idle = self.timer.is_elapsed();
                if idle {
                    self.set_timer(period());
                }
                Ok(idle.then_some(TailItem::Idle))
            }
        }
    }

    /// Reads one page after the cursor; `behind` stays set while there may be more.
    async fn catch_up(&mut self) -> Result<()> {
        if self.from_now {
            self.skip_to_end().await?;
        }
        // Where ids have holes only the log's first one tells that something is missing after the cursor.
        if self.idle_check || (!self.topic.is_counted() && self.tip != EventId::ZERO) {
            let bounds = self.log.bounds(&self.topic).await?;
            if bounds.is_none_or(|bounds| bounds.last <= self.tip) {
                self.settle(bounds);
                return Ok(());
            }
            if !self.topic.is_counted()
                && self.tip != EventId::ZERO
                && bounds.is_some_and(|bounds| bounds.first > self.tip)
            {
                self.gone = true;
                return Ok(());
            }
        }
        let page = self.log.read_after(&self.topic, self.tip.max(self.beyond), PAGE).await?;
        if page.is_empty() && self.beyond <= self.tip {
            let bounds = self.log.bounds(&self.topic).await?;
            // Written in between: the next round reads it.
            if bounds.is_none_or(|bounds| bounds.last <= self.tip) {
                self.settle(bounds);
            }
            return Ok(());
        }
        let full = page.len() >= PAGE;
        for event in page {
            let after_hole = self.beyond > self.tip;
            let follows = !self.topic.is_counted() || event.id.follows(self.tip);
            if (follows && !after_hole) || event.begins_anew() {
                self.take(event);
            } else {
                self.beyond = event.id;
            }
        }
        if !full {
            if self.beyond > self.tip { self.lose(false) } else { self.at_end() }
        }
        Ok(())
    }

    /// Nothing is in the log after the cursor: says what that means.
    fn settle(&mut self, bounds: Option<Bounds>) {
        match bounds {
            None if self.tip == EventId::ZERO => self.at_end(),
            Some(bounds) if bounds.last == self.tip => self.at_end(),
            // No log, or one that ends before the cursor: what there was is lost, or the cursor is invented.
            _ => self.lose(true),
        }
    }

    async fn skip_to_end(&mut self) -> Result<()> {
        self.tip = self.log.bounds(&self.topic).await?.map_or(EventId::ZERO, |bounds| bounds.last);
        self.from_now = false;
        Ok(())
    }

    fn at_end(&mut self) {
        self.behind = false;
        self.caught_up = true;
        self.lost_since = None;
    }

    /// What follows the cursor isn't there. A writer that goes on after the log was lost can still mend it.
    fn lose(&mut self, missing: bool) {
        self.beyond = EventId::ZERO;
        if missing && !self.caught_up {
            self.gone = true;
            return;
        }
        let now = Instant::now();
        if *self.lost_since.get_or_insert(now) + HOLD <= now {
            self.gone = true;
        } else {
            self.behind = false;
            self.set_timer(HOLD_CHECK);
        }
    }
}

/// The idle check comes after one to two of these, so after 2 to 5 s.
fn period() -> Duration {
    Duration::from_millis(rand::random_range(2000..2500))
}
