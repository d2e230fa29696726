//! The seam between the queue and where it lies: memory or Redis. Both pass one conformance suite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::Notify;
use tokio_util::sync::DropGuard;
use uuid::Uuid;

use super::job::{Envelope, History, Pool, Priority};
use crate::Result;

/// One unit of fair-queueing time: what a turn costs an owner of weight 1.
pub(super) const STRIDE: u64 = 1_000_000;

/// How the queue behaves; the defaults are the promises.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a job stays a worker's own without renewal.
    pub lease: Duration,
    /// How often a worker renews the leases of all its jobs.
    pub renew: Duration,
    /// How often a worker looks without having been rung.
    pub poll: Duration,
    /// Jobs that may wait in a pool, by `Pool::ALL`; beyond it a push is refused. Zero: no bound.
    pub bound: [u64; 4],
    /// Dead letters kept for a pool; the oldest go first.
    pub dead_letters: u64,
    /// Lapses after which a job is taken for one that kills its worker.
    pub crashes: u32,
    /// How long a job that only newer workers can run is put back for.
    pub newer: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            renew: Duration::from_secs(3),
            poll: Duration::from_millis(500),
            bound: [100_000; 4],
            dead_letters: 1_000,
            crashes: 3,
            newer: Duration::from_secs(5),
        }
    }
}

/// A job on its way in.
pub(super) struct Entry {
    pub envelope: Envelope,
    pub delay: Duration,
}

impl Entry {
    pub(super) fn stride(&self) -> u64 {
        (STRIDE / u64::from(self.envelope.weight)).max(1)
    }
}

/// What a push did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pushed {
    /// So many were new; the others wait already.
    Accepted(usize),
    Full {
        depth: u64,
        ends_per_s: f64,
    },
}

/// A job handed out under a lease.
#[derive(Debug)]
pub(super) struct Taken {
    pub id: Uuid,
    /// The envelope as JSON; whether it can be read is the worker's business.
    pub body: String,
    pub history: History,
    /// From ready to handed out, by the store's clock.
    pub waited: Duration,
}

/// The answer to a claim.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub taken: Vec<Taken>,
    /// When the next scheduled job is due, if any.
    pub next_due: Option<Duration>,
    /// More waits than was handed out.
    pub more: bool,
    /// Leases that had run out and were taken away.
    pub lapsed: u64,
}

/// A job of a worker's own and the token that proves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lease {
    pub id: Uuid,
    pub token: Uuid,
}

/// How a leased job goes on.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// Finished: nothing of it stays.
    Done,
    /// Runs again after `delay`. `errors` is there if the attempt failed and counts.
    Again { delay: Duration, errors: Option<String> },
    /// A dead letter from now on.
    Bury { code: String, reason: String, errors: Option<String> },
    /// Was not run: back to the place it had.
    Release,
}

#[derive(Clone, Debug)]
pub(super) struct Settlement {
    pub lease: Lease,
    pub verdict: Verdict,
}

/// Whose a leased job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Ours; what was asked has been done.
    Held,
    /// The lease ran out: it waits again or is another's. What was asked was refused.
    Lost,
    /// The store knows nothing of it (it lost its memory, or the job is done). Harmless.
    Gone,
}

/// Numbers of one pool, each read in constant time.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QueueStats {
    /// Ready to start, by `Priority::ALL`.
    pub waiting: [u64; 4],
    /// To start later: retries and delayed pushes.
    pub scheduled: u64,
    pub running: u64,
    pub dead: u64,
    /// How long the oldest ready job has waited.
    pub oldest_ms: u64,
    /// Jobs handed out per second, over about the last ten seconds.
    pub starts_per_s: f64,
    /// Jobs that ended per second since the pool began to work without a pause, over about the last ten seconds. While
    /// jobs wait, this is how quickly they start; zero until the first has ended.
    pub ends_per_s: f64,
}

impl QueueStats {
    /// All that waits, scheduled included: what the bound counts.
    pub fn depth(&self) -> u64 {
        self.waiting.iter().sum::<u64>() + self.scheduled
    }

    pub fn waiting(&self, priority: Priority) -> u64 {
        self.waiting[priority.index()]
    }
}

/// What stands before a waiting job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ahead {
    pub jobs: u64,
    /// It waits for a cap, with those that wait for the same.
    pub held: bool,
}

/// Where a waiting job stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Jobs that start before it if nobody else comes.
    pub ahead: u64,
    /// What the wait will be at the present rate; unknown while nothing starts.
    pub wait_s: Option<u64>,
}

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Ready to start; also those that wait for a cap.
    Waiting,
    /// To start later: retries and delayed pushes.
    Scheduled,
    Running,
    /// A dead letter.
    Dead,
}

impl JobState {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Scheduled, Self::Running, Self::Dead];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }
}

/// A job as an admin sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: Uuid,
    /// Unix milliseconds by the store's clock: ready since, due at, leased until, or dead since.
    pub at_ms: i64,
    pub history: History,
    /// None if the job cannot be read at all.
    pub envelope: Option<Envelope>,
    /// The cap that it waits for.
    pub held: Option<String>,
    /// Of a dead letter.
    pub death: Option<Death>,
    /// What the store sorts by, in microseconds of a clock of its own.
    pub(super) order: i64,
}

/// Why a job was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    /// Stable, for programs.
    pub code: String,
    pub reason: String,
}

/// Rings when a pool may have work. A ring that nobody waits for is kept, and many are as good as one, so a job that
/// is pushed while a claim is under way is never missed.
pub(super) struct Bell {
    pub notify: Arc<Notify>,
    /// Ends what feeds the bell.
    pub _guard: Option<DropGuard>,
}

impl Bell {
    pub(super) async fn rung(&self) {
        self.notify.notified().await;
    }
}

#[async_trait]
pub(super) trait Store: Send + Sync + 'static {
    /// Adds the jobs of one pool: all, or none if they would not fit.
    async fn push(&self, pool: Pool, entries: Vec<Entry>) -> Result<Pushed>;

    /// Rescues what lapsed, readies what is due, and hands out up to `limit` jobs under `token`.
    async fn claim(&self, pool: Pool, limit: usize, token: Uuid) -> Result<Batch>;

    /// Prolongs leases, answering for each in order.
    async fn renew(&self, pool: Pool, leases: &[Lease]) -> Result<Vec<Standing>>;

    /// Ends leases, answering for each in order.
    async fn settle(&self, pool: Pool, settlements: &[Settlement]) -> Result<Vec<Standing>>;

    /// Gives back what was handed out under a claim whose answer never came.
    async fn disown(&self, pool: Pool, token: Uuid) -> Result<()>;

    fn bell(&self, pool: Pool) -> Bell;

    async fn stats(&self, pool: Pool) -> Result<QueueStats>;

    /// What stands before the waiting job with this key.
    async fn ahead(&self, pool: Pool, key: &str) -> Result<Option<Ahead>>;

    /// Drops the waiting job with this key; false if none waits.
    async fn cancel(&self, pool: Pool, key: &str) -> Result<bool>;

    /// Jobs of one state after that order and id, `limit` at most: dead ones newest first, all others oldest first.
    async fn list(
        &self,
        pool: Pool,
        state: JobState,
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Listed>>;

    /// The dead letter of this id.
    async fn find_dead(&self, pool: Pool, id: Uuid) -> Result<Option<Listed>>;

    /// Queues dead letters again as if they had never failed; says how many were there.
    async fn replay(&self, pool: Pool, ids: &[Uuid]) -> Result<u64>;

    /// Throws dead letters away; says how many were there.
    async fn discard(&self, pool: Pool, ids: &[Uuid]) -> Result<u64>;
}
