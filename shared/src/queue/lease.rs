//! The worker's side of leases: which jobs this process holds, how they are renewed, and how they end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::job::Pool;
use super::quiet::{Quiet, bounded};
use super::store::{Lease, Settlement, Standing, Store, Verdict};
use super::work::Work;
use crate::Shutdown;

/// Most leases renewed or ended in one call.
const BATCH: usize = 256;
/// How long a stopped process tries to hand back what it held; after that the leases run out by themselves.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A job that this process holds. When the last handle goes without a verdict, the job is given back at once: so
/// nothing that is dropped on the way (by a drain, with an aborted future) keeps its lease.
pub(super) struct Running {
    lease: Lease,
    name: String,
    end: Arc<End>,
    verdicts: mpsc::UnboundedSender<Settled>,
}

#[derive(Default)]
struct End {
    /// The queue has taken the job for dead and may hand it to another.
    lost: CancellationToken,
    settled: AtomicBool,
}

/// A verdict on its way to the store, with what the metrics say about it.
pub(super) struct Settled {
    settlement: Settlement,
    name: String,
    outcome: &'static str,
}

impl Running {
    /// Sends the verdict; only the first counts.
    pub(super) fn settle(&self, verdict: Verdict, outcome: &'static str) {
        if !self.end.settled.swap(true, Ordering::AcqRel) {
            let settlement = Settlement { lease: self.lease.clone(), verdict };
            // Cannot fail: the receiver outlives every sender.
            let _ = self.verdicts.send(Settled { settlement, name: self.name.clone(), outcome });
        }
    }

    pub(super) fn lost(&self) -> &CancellationToken {
        &self.end.lost
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.settle(Verdict::Release, "released");
    }
}

/// The jobs that one worker holds.
#[derive(Clone)]
pub(super) struct Leases {
    pool: Pool,
    held: Arc<Mutex<HashMap<Lease, Arc<End>>>>,
    work: Work,
}

impl Leases {
    pub(super) fn new(pool: Pool, work: Work) -> Self {
        Self { pool, held: Arc::default(), work }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Lease, Arc<End>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hold(
        &self,
        id: Uuid,
        token: Uuid,
        name: String,
        verdicts: mpsc::UnboundedSender<Settled>,
    ) -> Arc<Running> {
        let lease = Lease { id, token };
        let end = Arc::new(End::default());
        self.held().insert(lease.clone(), end.clone());
        self.work.began(self.pool);
        Arc::new(Running { lease, name, end, verdicts })
    }

    /// Renews all leases each `every`, apart from the jobs themselves, until `done`.
    pub(super) async fn renew(self, store: Arc<dyn Store>, every: Duration, done: CancellationToken) {
        let mut quiet = Quiet::default();
        let mut wait = every;
        loop {
            tokio::select! {
                () = done.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = every;
            let leases: Vec<Lease> = self.held().keys().cloned().collect();
            for leases in leases.chunks(BATCH) {
                match bounded(store.renew(self.pool, leases)).await {
                    Ok(standings) => self.note(leases, &standings),
                    Err(error) => {
                        quiet.warn("leases could not be renewed", self.pool, &error);
                        wait = every.min(Duration::from_secs(1));
                        break;
                    }
                }
            }
        }
    }

    fn note(&self, leases: &[Lease], standings: &[Standing]) {
        for (lease, _) in leases.iter().zip(standings).filter(|(_, standing)| **standing == Standing::Lost) {
            let Some(end) = self.held().get(lease).cloned() else { continue };
            // One that was settled meanwhile is no longer held by right.
            if end.settled.load(Ordering::Acquire) || end.lost.is_cancelled() {
                continue;
            }
            end.lost.cancel();
            tracing::warn!(pool = %self.pool, job = %lease.id, "the lease of a running job was lost");
        }
    }

    /// Carries verdicts to the store, many in one call when many have come, until nobody is left to send one.
    pub(super) async fn settle(
        self,
        store: Arc<dyn Store>,
        mut settled: mpsc::UnboundedReceiver<Settled>,
        shutdown: Shutdown,
    ) {
        let mut quiet = Quiet::default();
        let mut batch = Vec::with_capacity(BATCH);
        while settled.recv_many(&mut batch, BATCH).await > 0 {
            let settlements: Vec<Settlement> =
                batch.iter().map(|settled| settled.settlement.clone()).collect();
            let mut wait = Duration::from_millis(50);
            let mut give_up = None;
            let standings = loop {
                match bounded(store.settle(self.pool, &settlements)).await {
                    Ok(standings) => break standings,
                    Err(error) => quiet.warn("jobs could not be settled", self.pool, &error),
                }
                if shutdown.is_stopped()
                    && Instant::now() >= *give_up.get_or_insert(Instant::now() + LAST_WORDS)
                {
                    break Vec::new();
                }
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(1));
            };
            self.work.ended(self.pool, batch.len());
            for (at, settled) in batch.drain(..).enumerate() {
                self.held().remove(&settled.settlement.lease);
                let refused = standings.get(at) == Some(&Standing::Lost);
                let outcome = if refused { "refused" } else { settled.outcome };
                metrics::counter!(
                    "skein_jobs_total",
                    "pool" => self.pool.as_str(), "name" => settled.name, "outcome" => outcome
                )
                .increment(1);
            }
        }
    }
}
