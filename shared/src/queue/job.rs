//! What a job is: its kind, where it queues, and how often it may fail.

use std::fmt;
use std::time::Duration;

use rand::Rng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A queue of its own, with workers of its own. Pools scale apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// Calls of models that a user waits for.
    Chat,
    /// Extraction and chunking of files.
    Ingest,
    /// Embeddings.
    Embed,
    /// Sweeps, titles, clean-up.
    Maintenance,
}

impl Pool {
    pub const ALL: [Self; 4] = [Self::Chat, Self::Ingest, Self::Embed, Self::Maintenance];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Ingest => "ingest",
            Self::Embed => "embed",
            Self::Maintenance => "maintenance",
        }
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Pool {
    type Err = crate::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|pool| pool.as_str() == name)
            .ok_or_else(|| crate::Error::field("pool", "must be chat, ingest, embed or maintenance"))
    }
}

/// Who goes first within a pool. A lower one that has been passed over often enough gets a turn, so none starves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Interactive,
    AgentStep,
    Title,
    Batch,
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::Interactive, Self::AgentStep, Self::Title, Self::Batch];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::AgentStep => "agent_step",
            Self::Title => "title",
            Self::Batch => "batch",
        }
    }

    /// How many starts of higher priorities a waiting job of this one lets pass before it has a turn.
    pub(super) fn patience(self) -> u32 {
        match self {
            Self::Interactive => 0,
            Self::AgentStep => 4,
            Self::Title => 8,
            Self::Batch => 16,
        }
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// How often a job may fail, and how long it waits in between: exponential from `base`, `cap` at most, with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// Failed attempts after which the job becomes a dead letter.
    pub max_attempts: u32,
    pub base_ms: u64,
    pub cap_ms: u64,
}

impl RetryPolicy {
    pub const fn new(max_attempts: u32, base: Duration, cap: Duration) -> Self {
        Self { max_attempts, base_ms: base.as_millis() as u64, cap_ms: cap.as_millis() as u64 }
    }

    /// The wait after the `failed`-th failure (from 1): between half and all of `base * 2^(failed - 1)`.
    pub fn delay(&self, failed: u32) -> Duration {
        let factor = 1_u64 << failed.saturating_sub(1).min(20);
        let full = self.base_ms.saturating_mul(factor).min(self.cap_ms).max(1);
        Duration::from_millis(rand::rng().random_range(full / 2..=full))
    }
}

impl Default for RetryPolicy {
    /// Five attempts, 1 s to 60 s apart.
    fn default() -> Self {
        Self::new(5, Duration::from_secs(1), Duration::from_secs(60))
    }
}

/// At most `limit` jobs that name `key` run at a time, in all workers of the pool together. The others keep their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// Such as `user:<id>` or `model:<id>`.
    pub key: String,
    pub limit: u32,
}

/// A kind of job. The value is a hint that there is work: it holds ids, never content; the row says what to do.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Stable over releases; workers find the handler by it.
    const NAME: &'static str;
    const POOL: Pool;
    /// Raised when old workers could not read or must not run the new form; they then leave it for newer ones.
    const VERSION: u16 = 1;
    const PRIORITY: Priority;
    const RETRY: RetryPolicy = RetryPolicy::new(5, Duration::from_secs(1), Duration::from_secs(60));

    /// Whose turn it takes: the user, or the nil UUID for the system's own work.
    fn owner(&self) -> Uuid;

    /// While a job with this key waits, another push of the same kind and key changes nothing.
    fn key(&self) -> Option<String> {
        None
    }

    /// For kinds whose priority depends on the single job.
    fn priority(&self) -> Priority {
        Self::PRIORITY
    }

    /// Turns its owner gets for one of another with weight 1.
    fn weight(&self) -> u32 {
        1
    }

    /// The limits that were in force when it was pushed.
    fn caps(&self) -> Vec<Cap> {
        Vec::new()
    }
}

/// A job as it lies in the queue: what was pushed, unchanged until it is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub id: Uuid,
    pub name: String,
    pub version: u16,
    pub pool: Pool,
    pub priority: Priority,
    pub owner: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default = "one")]
    pub weight: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
    pub retry: RetryPolicy,
    pub payload: serde_json::Value,
    /// Unix milliseconds by the pusher's clock; for people, never for leases.
    pub pushed_at_ms: i64,
}

fn one() -> u32 {
    1
}

impl Envelope {
    pub(super) fn of<J: Job>(job: &J, now_ms: i64) -> crate::Result<Self> {
        Ok(Self {
            id: crate::ids::new(),
            name: J::NAME.into(),
            version: J::VERSION,
            pool: J::POOL,
            priority: job.priority(),
            owner: job.owner(),
            key: job.key().map(|key| full_key::<J>(&key)),
            weight: job.weight().max(1),
            caps: job.caps(),
            retry: J::RETRY,
            payload: serde_json::to_value(job)?,
            pushed_at_ms: now_ms,
        })
    }
}

/// Keys of different kinds never meet.
pub(super) fn full_key<J: Job>(key: &str) -> String {
    format!("{}:{key}", J::NAME)
}

/// What became of a job so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Times it was handed to a worker, this one included.
    pub deliveries: u32,
    /// Attempts that failed.
    pub attempts: u32,
    /// Deliveries whose lease ran out: the worker died, or stood still for too long.
    pub lapses: u32,
    /// The last few failures, oldest first.
    pub errors: Vec<AttemptError>,
}

/// One failure of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptError {
    pub at_ms: i64,
    pub code: String,
    pub message: String,
}

impl History {
    const KEPT: usize = 5;

    /// The failures with one more, bounded.
    pub(super) fn errors_with(&self, error: AttemptError) -> Vec<AttemptError> {
        let mut errors = self.errors.clone();
        errors.push(error);
        let surplus = errors.len().saturating_sub(Self::KEPT);
        errors.drain(..surplus);
        errors
    }
}
