//! The queue: jobs are hints that there is work, rows are the truth.
//!
//! A job holds ids. Losing one costs a moment (a sweep pushes it again), running one twice costs a look at the row (the
//! row is claimed by compare-and-set). So the queue may be quick: pushes are one round trip, nothing is written to disk.
//!
//! # Order
//! A pool has one line for each [`Priority`]. Within a line jobs are sorted by start-time fair queueing (Goyal, Vin and
//! Cheng, 1996): a job is tagged with the later of the line's present tag and the end of its owner's previous job, so
//! owners take turns, jobs of one owner stay in order, and the rank in the line is an honest place in the queue.
//! Higher priorities go first; a lower one that has been passed over often enough has a turn ([`Priority`]).
//!
//! A job whose [`Cap`] is used up leaves the line with its tag in hand and returns when a slot is free, so those behind it
//! do not wait for it.
//!
//! # Life of a job
//! Ready or due (waiting for its time) -> leased -> done, due again, or dead. A lease has a token; without it nothing
//! can be settled or renewed, so a worker that was taken for dead changes nothing. A lease that runs out puts the job
//! back where it was; a job whose lease runs out again and again is taken for one that kills workers and buried.
//!
//! # Files
//! `job` what is queued, `store` the seam, `memory` and `redis` (with `lua/`) the two sides of it, `claimer` how jobs
//! come, `worker` how they run, `lease` how they are kept and ended, `routes` who handles what. apalis is named in
//! `worker` alone: its `Persisted` backend claims ahead of free slots and drops a claim that is under way when it
//! closes, so the jobs come to it through a backend of ours that is a channel.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

mod claimer;
mod job;
mod lease;
mod memory;
mod quiet;
mod redis;
mod report;
mod routes;
mod store;
mod work;
mod worker;

#[cfg(test)]
mod tests;

pub use job::{AttemptError, Cap, Envelope, History, Job, Pool, Priority, RetryPolicy};
pub use report::publish;
pub use routes::Routes;
pub use store::{Death, JobState, Listed, Place, QueueStats, Settings};
pub use work::Work;
pub use worker::{Claimed, Outcome, worker};

use crate::page::{self, Page, Slice};
use crate::redis::Redis;
use crate::{Clock, Error, Kind, Result};
use store::{Ahead, Entry, Pushed, Store};

/// Most dead letters raised or thrown away in one call.
const EXHUMED: usize = 200;

const CRASHED: &str = "crashed";
const CRASHED_REASON: &str = "the worker died or stood still each time that it ran this job";

/// The queue, cheap to clone.
#[derive(Clone)]
pub struct Queue {
    store: Arc<dyn Store>,
    settings: Arc<Settings>,
    clock: Clock,
    work: Work,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Queue {
    /// The queue of a single process.
    pub fn memory(settings: Settings, clock: Clock) -> Self {
        let store = Arc::new(memory::Memory::new(settings.clone(), clock.clone()));
        Self { store, settings: Arc::new(settings), clock, work: Work::default() }
    }

    /// The queue of a cluster: all processes with this Redis and prefix share it.
    pub fn redis(redis: Redis, settings: Settings, clock: Clock) -> Self {
        let store = Arc::new(redis::OverRedis::new(redis, settings.clone()));
        Self { store, settings: Arc::new(settings), clock, work: Work::default() }
    }

    /// Queues a job. Does nothing if one of its kind with the same key waits already.
    ///
    /// # Errors
    /// `queue_full` (unavailable, with the time after which it is worth another try), or the store is away. After the
    /// row has been committed neither is a failure of the request: the sweep pushes again.
    pub async fn push<J: Job>(&self, job: &J) -> Result<()> {
        self.push_in(job, Duration::ZERO).await
    }

    /// Queues a job that becomes ready after `delay`, by the store's clock.
    ///
    /// # Errors
    /// As [`Queue::push`].
    pub async fn push_in<J: Job>(&self, job: &J, delay: Duration) -> Result<()> {
        let envelope = Envelope::of(job, self.clock.now_ms())?;
        self.add(J::POOL, vec![Entry { envelope, delay }]).await?;
        Ok(())
    }

    /// Queues many jobs of one kind in few round trips; says how many were new.
    ///
    /// # Errors
    /// As [`Queue::push`]; of the chunks that it takes, those before the failure stay queued.
    pub async fn push_all<J: Job>(&self, jobs: &[J]) -> Result<usize> {
        let mut new = 0;
        for jobs in jobs.chunks(500) {
            let now_ms = self.clock.now_ms();
            let entries = jobs
                .iter()
                .map(|job| Ok(Entry { envelope: Envelope::of(job, now_ms)?, delay: Duration::ZERO }))
                .collect::<Result<_>>()?;
            new += self.add(J::POOL, entries).await?;
        }
        Ok(new)
    }

    async fn add(&self, pool: Pool, entries: Vec<Entry>) -> Result<usize> {
        match self.store.push(pool, entries).await? {
            Pushed::Accepted(new) => Ok(new),
            Pushed::Full { depth, ends_per_s } => Err(full(depth, ends_per_s)),
        }
    }

    /// How many more a pool takes, one at least: to be asked before a row is written that would have to wait.
    ///
    /// # Errors
    /// `queue_full` as [`Queue::push`], or the store is away.
    pub async fn admit(&self, pool: Pool) -> Result<u64> {
        let bound = self.settings.bound[pool.index()];
        if bound == 0 {
            return Ok(u64::MAX);
        }
        let stats = self.store.stats(pool).await?;
        if stats.depth() < bound {
            Ok(bound - stats.depth())
        } else {
            Err(full(stats.depth(), stats.ends_per_s))
        }
    }

    pub async fn stats(&self, pool: Pool) -> Result<QueueStats> {
        self.store.stats(pool).await
    }

    /// Where the waiting job with this key stands; None if it does not wait (any more) or waits for its time.
    pub async fn place<J: Job>(&self, key: &str) -> Result<Option<Place>> {
        let Some(Ahead { jobs: ahead, held }) = self.store.ahead(J::POOL, &job::full_key::<J>(key)).await?
        else {
            return Ok(None);
        };
        // Of one that waits for a cap the pace of the whole pool says nothing.
        let pace = if held { 0.0 } else { self.store.stats(J::POOL).await?.ends_per_s };
        let wait_s = (pace > 0.01).then(|| ((ahead + 1) as f64 / pace).ceil() as u64);
        Ok(Some(Place { ahead, wait_s }))
    }

    /// Drops the waiting job with this key; false if none waits. A running one is not touched.
    pub async fn cancel<J: Job>(&self, key: &str) -> Result<bool> {
        self.store.cancel(J::POOL, &job::full_key::<J>(key)).await
    }

    /// Jobs of one state: dead letters newest first, all others oldest first. They move while they are read.
    pub async fn jobs(&self, pool: Pool, state: JobState, slice: &Slice) -> Result<Page<Listed>> {
        let after = slice.after_time_and_id()?;
        let jobs = self.store.list(pool, state, after, slice.limit + 1).await?;
        Ok(Page::cut(jobs, slice.limit, |job: &Listed| page::time_and_id(job.order, job.id)))
    }

    /// The dead letter of this id.
    pub async fn dead_letter(&self, pool: Pool, id: Uuid) -> Result<Option<Listed>> {
        self.store.find_dead(pool, id).await
    }

    /// Queues dead letters again as if they had never failed; says how many were there.
    pub async fn replay(&self, pool: Pool, ids: &[Uuid]) -> Result<u64> {
        let mut replayed = 0;
        for ids in ids.chunks(EXHUMED) {
            replayed += self.store.replay(pool, ids).await?;
        }
        Ok(replayed)
    }

    /// Throws dead letters away; says how many were there.
    pub async fn discard(&self, pool: Pool, ids: &[Uuid]) -> Result<u64> {
        let mut discarded = 0;
        for ids in ids.chunks(EXHUMED) {
            discarded += self.store.discard(pool, ids).await?;
        }
        Ok(discarded)
    }

    /// Jobs that may wait in a pool; zero: no bound.
    pub fn bound(&self, pool: Pool) -> u64 {
        self.settings.bound[pool.index()]
    }

    /// What the workers of this process do at this moment.
    pub fn work(&self) -> &Work {
        &self.work
    }
}

/// Worth another try when a tenth of what waits has ended, at the pace of the last seconds.
fn full(depth: u64, ends_per_s: f64) -> Error {
    let seconds = if ends_per_s > 0.01 { depth as f64 / 10.0 / ends_per_s } else { 10.0 };
    Error::new(
        Kind::Unavailable,
        "queue_full",
        "Too much is waiting at the moment. Please try again a little later.",
    )
    .retry_after(Duration::from_secs_f64(seconds.clamp(1.0, 120.0).ceil()))
}
