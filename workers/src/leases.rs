//! The runs of this process and their leases, renewed outside the work: a busy run never loses its lease.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use shared::config::ms;
use shared::generations::{self, Claimed, Held};
use shared::{Context, Result};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a run waits for the database to say that it is still its own.
const CONFIRM_LIMIT: Duration = Duration::from_secs(60);
const CONFIRM_PAUSE: Duration = Duration::from_millis(250);

/// One run of this process.
pub(crate) struct Run {
    pub(crate) id: Uuid,
    pub(crate) attempt: i32,
    /// A user wants it to end.
    pub(crate) cancelled: CancellationToken,
    /// Another attempt has it: nothing may be written any more.
    pub(crate) lost: CancellationToken,
    renewed: Mutex<Instant>,
}

pub(crate) struct Leases {
    ctx: Context,
    runs: Mutex<HashMap<Uuid, Arc<Run>>>,
}

/// Holds a run until it is dropped.
pub(crate) struct Hold {
    pub(crate) run: Arc<Run>,
    leases: Arc<Leases>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut runs = self.leases.runs.lock().unwrap_or_else(PoisonError::into_inner);
        // A second claim of the same row in this process has put its own run there.
        if runs.get(&self.run.id).is_some_and(|run| Arc::ptr_eq(run, &self.run)) {
            runs.remove(&self.run.id);
        }
    }
}

impl Leases {
    pub(crate) fn new(ctx: Context) -> Arc<Self> {
        Arc::new(Self { ctx, runs: Mutex::default() })
    }

    pub(crate) fn hold(self: &Arc<Self>, claimed: &Claimed) -> Hold {
        let run = Arc::new(Run {
            id: claimed.row.id,
            attempt: claimed.attempt,
            cancelled: CancellationToken::new(),
            lost: CancellationToken::new(),
            renewed: Mutex::new(Instant::now()),
        });
        let earlier = self.runs.lock().unwrap_or_else(PoisonError::into_inner).insert(run.id, run.clone());
        if let Some(earlier) = earlier {
            earlier.lost.cancel();
        }
        Hold { run, leases: self.clone() }
    }

    /// Renews until the process stops, and hears of cancels that the bell did not bring.
    pub(crate) async fn keep(self: Arc<Self>) {
        let settings = &self.ctx.config.generation;
        let mut tick = tokio::time::interval(ms(settings.renew_ms));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.ctx.shutdown.stopped() => return,
                _ = tick.tick() => {}
            }
            let runs = self.all();
            if runs.is_empty() {
                continue;
            }
            // After an outage of the database the lease is renewed before the sweep looks for it.
            while let Err(error) = self.renew(&runs).await {
                tracing::warn!(code = error.code, runs = runs.len(), "leases could not be renewed");
                tokio::select! {
                    () = self.ctx.shutdown.stopped() => return,
                    () = tokio::time::sleep(CONFIRM_PAUSE) => {}
                }
            }
        }
    }

    /// Ends a run of this process that its user cancelled, at once.
    pub(crate) fn cancel(&self, id: Uuid) {
        if let Some(run) = self.runs.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            run.cancelled.cancel();
        }
    }

    /// True while this attempt may write. A process that was frozen past its lease asks the database first.
    pub(crate) async fn may_write(&self, run: &Arc<Run>) -> bool {
        let lease = ms(self.ctx.config.generation.lease_ms);
        let deadline = Instant::now() + CONFIRM_LIMIT;
        loop {
            if run.lost.is_cancelled() {
                return false;
            }
            let age = run.renewed.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            if age < lease {
                return true;
            }
            match generations::confirm(&self.ctx, run.id, run.attempt).await {
                Ok(held) => note(run, held, Instant::now()),
                Err(_) if Instant::now() < deadline => tokio::time::sleep(CONFIRM_PAUSE).await,
                Err(_) => return false,
            }
        }
    }

    fn all(&self) -> Vec<Arc<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    async fn renew(&self, runs: &[Arc<Run>]) -> Result<()> {
        // The lease counts from before the statement: the database may have run it at any moment since.
        let asked = Instant::now();
        let ids: Vec<(Uuid, i32)> = runs.iter().map(|run| (run.id, run.attempt)).collect();
        let held = generations::renew(&self.ctx, &ids).await?;
        for run in runs {
            note(run, held.get(&run.id).copied().unwrap_or(Held::Lost), asked);
        }
        Ok(())
    }
}

fn note(run: &Run, held: Held, at: Instant) {
    match held {
        Held::Yes | Held::CancelRequested => {
            *run.renewed.lock().unwrap_or_else(PoisonError::into_inner) = at;
            if held == Held::CancelRequested {
                run.cancelled.cancel();
            }
        }
        Held::Lost => run.lost.cancel(),
    }
}
