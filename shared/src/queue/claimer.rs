//! Brings jobs from the store to the worker, never more than can start at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use uuid::Uuid;

use super::job::{Envelope, Pool};
use super::lease::{Leases, Settled};
use super::quiet::{Quiet, bounded};
use super::store::{Batch, Settings, Store, Taken, Verdict};
use super::worker::{Claimed, Delivery};
use crate::{Result, Shutdown};

/// Most jobs claimed in one call: keeps a script short while others wait for the store.
const CLAIM: usize = 128;
/// Between two tries while the store is away, at first and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

pub(super) struct Claimer {
    pub store: Arc<dyn Store>,
    pub pool: Pool,
    pub settings: Arc<Settings>,
    pub leases: Leases,
    pub verdicts: mpsc::UnboundedSender<Settled>,
    pub slots: Arc<Semaphore>,
    /// To the worker. That it is closed means that the worker has gone.
    pub jobs: mpsc::UnboundedSender<Claimed>,
    pub shutdown: Shutdown,
}

impl Claimer {
    /// Claims until the drain.
    pub(super) async fn run(self) {
        // Of a claim whose answer never came: it may have been carried out all the same.
        let mut unheard = None;
        self.claim_all(&mut unheard).await;
        if let Some(token) = unheard
            && let Err(error) = bounded(self.store.disown(self.pool, token)).await
        {
            tracing::warn!(pool = %self.pool, ?error, "what was claimed last may have to wait for its lease to run out");
        }
    }

    async fn claim_all(&self, unheard: &mut Option<Uuid>) {
        let bell = self.store.bell(self.pool);
        let mut quiet = Quiet::default();
        let mut backoff = BACKOFF.0;
        // Zero: look at once.
        let mut wait = Duration::ZERO;
        loop {
            let slot = tokio::select! {
                biased;
                () = self.ended() => return,
                slot = self.slots.clone().acquire_owned() => slot,
            };
            let Ok(slot) = slot else { return };
            if !wait.is_zero() {
                tokio::select! {
                    biased;
                    () = self.ended() => return,
                    () = bell.rung() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
            let mut slots = vec![slot];
            while slots.len() < CLAIM {
                let Ok(slot) = self.slots.clone().try_acquire_owned() else { break };
                slots.push(slot);
            }
            // Not cut short by a drain: what the store hands out is either started or given back.
            match bounded(self.claim(slots.len(), unheard)).await {
                Ok((token, batch)) => {
                    backoff = BACKOFF.0;
                    if batch.lapsed > 0 {
                        metrics::counter!("skein_leases_lost_total", "pool" => self.pool.as_str())
                            .increment(batch.lapsed);
                        tracing::warn!(pool = %self.pool, jobs = batch.lapsed, "leases ran out and were taken away");
                    }
                    wait = match batch.next_due {
                        _ if batch.more || batch.taken.len() == slots.len() => Duration::ZERO,
                        // A due time that has just passed still needs a moment of the store's clock.
                        Some(due) => due.clamp(Duration::from_millis(1), self.settings.poll),
                        None => self.settings.poll,
                    };
                    for (taken, slot) in batch.taken.into_iter().zip(slots) {
                        self.hand_over(taken, token, slot);
                    }
                }
                Err(error) => {
                    quiet.warn("no jobs could be claimed", self.pool, &error);
                    drop(slots);
                    tokio::select! {
                        () = self.ended() => return,
                        () = tokio::time::sleep(backoff) => {}
                    }
                    backoff = (backoff * 2).min(BACKOFF.1);
                    wait = Duration::ZERO;
                }
            }
        }
    }

    async fn ended(&self) {
        tokio::select! {
            () = self.shutdown.draining() => {}
            () = self.jobs.closed() => {}
        }
    }

    async fn claim(&self, limit: usize, unheard: &mut Option<Uuid>) -> Result<(Uuid, Batch)> {
        if let Some(token) = *unheard {
            self.store.disown(self.pool, token).await?;
        }
        let token = Uuid::new_v4();
        *unheard = Some(token);
        let batch = self.store.claim(self.pool, limit, token).await?;
        *unheard = None;
        Ok((token, batch))
    }

    fn hand_over(&self, taken: Taken, token: Uuid, slot: OwnedSemaphorePermit) {
        let envelope = serde_json::from_str::<Envelope>(&taken.body);
        let name = envelope.as_ref().map_or_else(|_| "unknown".to_owned(), |envelope| envelope.name.clone());
        let running = self.leases.hold(taken.id, token, name, self.verdicts.clone());
        if self.shutdown.is_draining() {
            // The drain began while the claim was under way: dropping it gives it back.
            return;
        }
        let Ok(envelope) = envelope else {
            tracing::error!(pool = %self.pool, job = %taken.id, "a job cannot be read and is put aside");
            let (code, reason) = ("undecodable".into(), "the envelope cannot be read".into());
            return running.settle(Verdict::Bury { code, reason, errors: None }, "buried");
        };
        metrics::histogram!(
            "skein_queue_wait_seconds", "pool" => self.pool.as_str(), "priority" => envelope.priority.as_str()
        )
        .record(taken.waited.as_secs_f64());
        let delivery = Delivery { envelope, history: taken.history, running };
        // If nobody listens any more, dropping it gives it back.
        let _ = self.jobs.send(Claimed::new(delivery, self.settings.newer, slot));
    }
}
