//! What the workers of this process do at this moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::job::Pool;

/// Counts by pool. Cheap to clone; all clones count together.
#[derive(Clone, Debug, Default)]
pub struct Work(Arc<[Counts; 4]>);

#[derive(Debug, Default)]
struct Counts {
    slots: AtomicUsize,
    running: AtomicUsize,
}

/// The slots of one worker, for as long as it lives.
pub(super) struct Slots {
    work: Work,
    pool: Pool,
    slots: usize,
}

impl Work {
    /// Jobs of this pool that may run here at once; zero where this process does not serve it.
    pub fn slots(&self, pool: Pool) -> usize {
        self.0[pool.index()].slots.load(Ordering::Relaxed)
    }

    pub fn running(&self, pool: Pool) -> usize {
        self.0[pool.index()].running.load(Ordering::Relaxed)
    }

    pub(super) fn open(&self, pool: Pool, slots: usize) -> Slots {
        self.0[pool.index()].slots.fetch_add(slots, Ordering::Relaxed);
        Slots { work: self.clone(), pool, slots }
    }

    pub(super) fn began(&self, pool: Pool) {
        let running = self.0[pool.index()].running.fetch_add(1, Ordering::Relaxed) + 1;
        measure(pool, running);
    }

    pub(super) fn ended(&self, pool: Pool, jobs: usize) {
        let running = self.0[pool.index()].running.fetch_sub(jobs, Ordering::Relaxed).saturating_sub(jobs);
        measure(pool, running);
    }
}

fn measure(pool: Pool, running: usize) {
    metrics::gauge!("skein_jobs_running", "pool" => pool.as_str()).set(running as f64);
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.work.0[self.pool.index()].slots.fetch_sub(self.slots, Ordering::Relaxed);
    }
}
