//! The writer of a run's event log: the only one, with numbers of its own, and only while it holds the lease.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use shared::events::{AppendError, Event, EventId, Topic};
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use crate::Worker;
use crate::leases::Run;

/// How long a log that is away is waited for after the model has ended. The row tells readers the rest.
const LAST_WORDS: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(100);
/// Events between two snapshots: the log is trimmed, and a reader that comes late begins at one of them.
const SNAPSHOT_EVERY: u64 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Yes,
    /// The log is away for longer than we wait.
    No,
    /// Another attempt writes here now.
    Lost,
}

pub(super) struct LogWriter {
    worker: Worker,
    run: Arc<Run>,
    topic: Topic,
    attempt: u64,
    seq: u64,
    /// The log misses something of this attempt: the next write is a snapshot.
    torn: bool,
    since_snapshot: u64,
}

impl LogWriter {
    pub(super) fn new(worker: Worker, run: Arc<Run>) -> Self {
        let topic = Topic::generation(run.id);
        let attempt = u64::try_from(run.attempt).unwrap_or_default();
        Self { worker, run, topic, attempt, seq: 0, torn: false, since_snapshot: 0 }
    }

    /// Writes one event, for a short while at most.
    pub(super) async fn append(&mut self, name: &'static str, data: &impl Serialize) -> Written {
        let ended = CancellationToken::new();
        ended.cancel();
        self.write(name, data, &ended).await
    }

    /// Writes what the model has said since the last flush. Waits for a log that is away until the model has `ended`.
    pub(super) async fn flush(&mut self, answer: &Answer, ended: &CancellationToken) -> Written {
        let news = answer.take();
        let mut written = Written::Yes;
        if self.since_snapshot >= SNAPSHOT_EVERY {
            self.torn = true;
        }
        if !self.torn {
            if !news.reasoning.is_empty() {
                written = self.write("reasoning", &json!({ "text": news.reasoning }), ended).await;
            }
            if written == Written::Yes && !news.text.is_empty() {
                written = self.write("delta", &json!({ "text": news.text }), ended).await;
            }
            for call in &news.calls {
                if written == Written::Yes {
                    written = self.write("tool_call", call, ended).await;
                }
            }
        }
        if self.torn && written != Written::Lost {
            written = self.write("snapshot", &answer.snapshot(), ended).await;
            if written == Written::Yes {
                self.torn = false;
                self.since_snapshot = 0;
            }
        }
        written
    }

    /// Writes the terminal event. The row has the end already, so a log that is away loses nothing.
    pub(super) async fn finish(&mut self, name: &'static str, data: &impl Serialize) {
        if self.torn {
            return;
        }
        self.append(name, data).await;
    }

    async fn write(
        &mut self,
        name: &'static str,
        data: &impl Serialize,
        ended: &CancellationToken,
    ) -> Written {
        let data = match serde_json::to_string(data) {
            Ok(data) => data,
            Err(error) => {
                tracing::error!(%error, "an event could not be written as JSON");
                return Written::No;
            }
        };
        let event = Event::new(EventId { attempt: self.attempt, seq: self.seq + 1 }, name, data);
        let mut last_words = None;
        loop {
            if !self.worker.leases.may_write(&self.run).await {
                return Written::Lost;
            }
            match self.worker.ctx.events.append(&self.topic, &event).await {
                Ok(()) => {
                    self.seq += 1;
                    self.since_snapshot += 1;
                    return Written::Yes;
                }
                Err(AppendError::Fenced) => return Written::Lost,
                // What readers had is gone with the log; the snapshot that follows has it all.
                Err(AppendError::Missing) => {
                    self.torn = true;
                    return Written::Yes;
                }
                Err(AppendError::Unavailable(error)) => {
                    tracing::debug!(generation = %self.run.id, code = error.code, "the log is away");
                }
            }
            if ended.is_cancelled() {
                let until = *last_words.get_or_insert_with(|| tokio::time::Instant::now() + LAST_WORDS);
                if tokio::time::Instant::now() >= until {
                    self.torn = true;
                    // The log may have taken it all the same: nothing else may stand under its number.
                    self.seq += 1;
                    return Written::No;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
