use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

/// The newest requests that are kept; older ones are dropped so that a bench does not grow without end.
const KEPT: usize = 500;

/// What the mock has seen since its start or the last reset. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stats {
    /// Answers on their way at this moment.
    pub open: usize,
    /// The most answers on their way at one moment.
    pub peak_open: usize,
    /// Chat requests that began.
    pub started: usize,
    /// Answers that went out whole.
    pub finished: usize,
    /// Chat requests that were refused with an error status.
    pub refused: usize,
    /// Answers whose connection the client closed before the end.
    pub closed_early: Vec<ClosedEarly>,
    pub models: BTreeMap<String, ModelStats>,
    /// The newest requests of all kinds, oldest first.
    pub requests: VecDeque<Recorded>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ModelStats {
    pub open: usize,
    pub peak_open: usize,
    pub started: usize,
    pub finished: usize,
    pub refused: usize,
    pub closed_early: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClosedEarly {
    pub model: String,
    pub at_ms: u64,
    /// How long the answer had been on its way.
    pub open_ms: u64,
    /// Pieces (reasoning, text, tool calls) that had been sent.
    pub sent: u32,
    /// The tag that the script gave it.
    pub tag: Option<u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recorded {
    pub at_ms: u64,
    pub method: String,
    pub path: String,
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

/// Shared book of the mock; a watch channel tells waiting tests that something changed.
#[derive(Clone)]
pub(crate) struct Book {
    inner: Arc<Mutex<Inner>>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    stats: Stats,
    /// How often each script was asked for, so that `fail_first` can count.
    asked: HashMap<String, u32>,
    /// Raised by a reset, so that answers that began before it are not booked after it.
    era: u64,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self { inner: Arc::default(), changed: watch::Sender::new(()) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> Stats {
        self.lock().stats.clone()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn reset(&self) {
        let mut inner = self.lock();
        let era = inner.era + 1;
        *inner = Inner { era, ..Inner::default() };
        drop(inner);
        self.changed.send_replace(());
    }

    pub(crate) fn record(&self, request: Recorded) {
        let mut inner = self.lock();
        if inner.stats.requests.len() == KEPT {
            inner.stats.requests.pop_front();
        }
        inner.stats.requests.push_back(request);
        drop(inner);
        self.changed.send_replace(());
    }

    /// The place of this request (from 0) among those for the same script.
    pub(crate) fn nth(&self, script: &str) -> u32 {
        let mut inner = self.lock();
        let asked = inner.asked.entry(script.to_owned()).or_default();
        *asked += 1;
        *asked - 1
    }

    pub(crate) fn refused(&self, model: &str) {
        let mut inner = self.lock();
        inner.stats.refused += 1;
        inner.stats.models.entry(model.to_owned()).or_default().refused += 1;
        drop(inner);
        self.changed.send_replace(());
    }

    pub(crate) fn open(&self, model: &str, tag: Option<u32>) -> OpenAnswer {
        let mut inner = self.lock();
        let era = inner.era;
        let stats = &mut inner.stats;
        stats.started += 1;
        stats.open += 1;
        stats.peak_open = stats.peak_open.max(stats.open);
        let one = stats.models.entry(model.to_owned()).or_default();
        one.started += 1;
        one.open += 1;
        one.peak_open = one.peak_open.max(one.open);
        drop(inner);
        self.changed.send_replace(());
        OpenAnswer {
            book: self.clone(),
            model: model.to_owned(),
            tag,
            era,
            since: Instant::now(),
            sent: 0,
            ended: false,
        }
    }
}

/// An answer on its way. Dropped before [`OpenAnswer::end`] it counts as closed by the client.
pub(crate) struct OpenAnswer {
    book: Book,
    model: String,
    tag: Option<u32>,
    era: u64,
    since: Instant,
    pub(crate) sent: u32,
    ended: bool,
}

impl OpenAnswer {
    /// Everything that the script wanted sent has been sent (also when it wanted the connection cut).
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }
}

impl Drop for OpenAnswer {
    fn drop(&mut self) {
        let mut inner = self.book.lock();
        if inner.era != self.era {
            return;
        }
        let stats = &mut inner.stats;
        let one = stats.models.entry(self.model.clone()).or_default();
        stats.open -= 1;
        one.open -= 1;
        if self.ended {
            stats.finished += 1;
            one.finished += 1;
        } else {
            one.closed_early += 1;
            stats.closed_early.push(ClosedEarly {
                model: self.model.clone(),
                at_ms: unix_ms(),
                open_ms: u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX),
                sent: self.sent,
                tag: self.tag,
            });
        }
        drop(inner);
        self.book.changed.send_replace(());
    }
}

/// Milliseconds since the Unix epoch.
pub fn unix_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}
