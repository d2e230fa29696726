//! Queues and jobs as the API shows them.

use poem_openapi::{Enum, Object};
use serde_json::Value;
use shared::Result;
use shared::processes::Process;
use shared::queue::{JobState, Listed, Pool, Priority, Queue};
use uuid::Uuid;

use crate::time::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Pool", rename_all = "snake_case")]
pub(crate) enum PoolName {
    Chat,
    Ingest,
    Embed,
    Maintenance,
}

impl From<PoolName> for Pool {
    fn from(name: PoolName) -> Self {
        match name {
            PoolName::Chat => Self::Chat,
            PoolName::Ingest => Self::Ingest,
            PoolName::Embed => Self::Embed,
            PoolName::Maintenance => Self::Maintenance,
        }
    }
}

impl From<Pool> for PoolName {
    fn from(pool: Pool) -> Self {
        match pool {
            Pool::Chat => Self::Chat,
            Pool::Ingest => Self::Ingest,
            Pool::Embed => Self::Embed,
            Pool::Maintenance => Self::Maintenance,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "JobState", rename_all = "snake_case")]
pub(super) enum JobStateName {
    /// Ready to start.
    Waiting,
    /// To start later: retries and delayed jobs.
    Scheduled,
    Running,
    /// Put aside.
    Dead,
}

impl From<JobStateName> for JobState {
    fn from(name: JobStateName) -> Self {
        match name {
            JobStateName::Waiting => Self::Waiting,
            JobStateName::Scheduled => Self::Scheduled,
            JobStateName::Running => Self::Running,
            JobStateName::Dead => Self::Dead,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Priority", rename_all = "snake_case")]
enum PriorityName {
    Interactive,
    AgentStep,
    Title,
    Batch,
}

impl From<Priority> for PriorityName {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Interactive => Self::Interactive,
            Priority::AgentStep => Self::AgentStep,
            Priority::Title => Self::Title,
            Priority::Batch => Self::Batch,
        }
    }
}

/// The queue of one pool.
#[derive(Object)]
#[oai(rename = "Queue")]
pub(super) struct QueueView {
    pool: PoolName,
    /// Jobs that want to run now: those that are ready and those that run.
    demand: u64,
    /// Jobs that run at once at most, on all workers together.
    slots: u64,
    /// Processes that serve the pool.
    workers: u64,
    /// All that waits, scheduled included.
    depth: u64,
    /// Jobs that may wait before new ones are refused; 0: no bound.
    max_depth: u64,
    /// Ready to start, by priority.
    waiting: Waiting,
    /// To start later: retries and delayed jobs.
    scheduled: u64,
    running: u64,
    /// Dead letters.
    dead: u64,
    /// Seconds that the oldest ready job has waited.
    oldest_s: f64,
    /// Jobs that have started per second, over about the last ten seconds.
    starts_per_s: f64,
}

#[derive(Object)]
#[oai(rename = "WaitingJobs")]
struct Waiting {
    interactive: u64,
    agent_step: u64,
    title: u64,
    batch: u64,
}

impl QueueView {
    pub(super) async fn new(pool: Pool, queue: &Queue, processes: &[Process]) -> Result<Self> {
        let stats = queue.stats(pool).await?;
        let serving: Vec<_> = processes
            .iter()
            .flat_map(|process| process.pools.iter().filter(|work| work.pool == pool))
            .collect();
        Ok(Self {
            pool: pool.into(),
            demand: stats.waiting.iter().sum::<u64>() + stats.running,
            slots: serving.iter().map(|work| work.slots as u64).sum(),
            workers: serving.len() as u64,
            depth: stats.depth(),
            max_depth: queue.bound(pool),
            waiting: Waiting {
                interactive: stats.waiting(Priority::Interactive),
                agent_step: stats.waiting(Priority::AgentStep),
                title: stats.waiting(Priority::Title),
                batch: stats.waiting(Priority::Batch),
            },
            scheduled: stats.scheduled,
            running: stats.running,
            dead: stats.dead,
            oldest_s: stats.oldest_ms as f64 / 1e3,
            starts_per_s: stats.starts_per_s,
        })
    }
}

/// One failure of a job.
#[derive(Object)]
struct JobFailure {
    at: Time,
    code: String,
    message: String,
}

/// A job. It names rows by id and holds no content.
#[derive(Object)]
pub(super) struct QueuedJob {
    id: Uuid,
    state: JobStateName,
    /// Ready since, due at, leased until, or dead since.
    at: Time,
    /// The kind; absent if the job cannot be read.
    name: Option<String>,
    /// The version of its form; workers leave newer ones than their own to newer workers.
    version: Option<u16>,
    priority: Option<PriorityName>,
    /// Whose turn it takes: a user, or the nil UUID for the system's own work.
    owner: Option<Uuid>,
    /// The ids that it names.
    payload: Option<Value>,
    pushed_at: Option<Time>,
    /// Times that it was handed to a worker.
    deliveries: u32,
    /// Attempts that failed.
    attempts: u32,
    /// Deliveries whose worker died or stood still.
    lapses: u32,
    /// Failures after which it is put aside.
    max_attempts: Option<u32>,
    /// The limit that it waits for, such as `user:<id>`.
    held: Option<String>,
    /// Of a dead letter: why, for programs.
    code: Option<String>,
    /// Of a dead letter: why, for people.
    reason: Option<String>,
    /// The last failures, oldest first.
    errors: Vec<JobFailure>,
}

impl QueuedJob {
    pub(super) fn new(state: JobStateName, job: Listed) -> Self {
        let (code, reason) = job.death.map(|death| (death.code, death.reason)).unzip();
        let envelope = job.envelope.as_ref();
        let errors = job.history.errors.into_iter().map(|error| JobFailure {
            at: Time(error.at_ms),
            code: error.code,
            message: error.message,
        });
        Self {
            id: job.id,
            state,
            at: Time(job.at_ms),
            name: envelope.map(|envelope| envelope.name.clone()),
            version: envelope.map(|envelope| envelope.version),
            priority: envelope.map(|envelope| envelope.priority.into()),
            owner: envelope.map(|envelope| envelope.owner),
            payload: envelope.map(|envelope| envelope.payload.clone()),
            pushed_at: envelope.map(|envelope| Time(envelope.pushed_at_ms)),
            deliveries: job.history.deliveries,
            attempts: job.history.attempts,
            lapses: job.history.lapses,
            max_attempts: envelope.map(|envelope| envelope.retry.max_attempts),
            held: job.held,
            code,
            reason,
            errors: errors.collect(),
        }
    }
}
