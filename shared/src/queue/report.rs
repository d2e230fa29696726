//! What the metrics say about the queues.

use std::time::Duration;

use super::Queue;
use super::job::{Pool, Priority};
use super::quiet::{Quiet, bounded};
use super::store::QueueStats;
use crate::Shutdown;

const EVERY: Duration = Duration::from_secs(5);

/// Sets the gauges of all queues every few seconds until the process stops. Every process does it and all set the same
/// numbers (take the maximum): so they are there as well while a pool has no worker.
pub async fn publish(queue: Queue, shutdown: Shutdown) {
    let mut quiet = Quiet::default();
    loop {
        for pool in Pool::ALL {
            match bounded(queue.stats(pool)).await {
                Ok(stats) => gauge(pool, &stats),
                Err(error) => quiet.warn("a queue could not be measured", pool, &error),
            }
        }
        if tokio::time::timeout(EVERY, shutdown.stopped()).await.is_ok() {
            return;
        }
    }
}

fn gauge(pool: Pool, stats: &QueueStats) {
    let name = pool.as_str();
    for priority in Priority::ALL {
        metrics::gauge!("skein_queue_depth", "pool" => name, "priority" => priority.as_str())
            .set(stats.waiting(priority) as f64);
    }
    metrics::gauge!("skein_queue_scheduled", "pool" => name).set(stats.scheduled as f64);
    metrics::gauge!("skein_queue_running", "pool" => name).set(stats.running as f64);
    metrics::gauge!("skein_queue_oldest_seconds", "pool" => name).set(stats.oldest_ms as f64 / 1e3);
    metrics::gauge!("skein_queue_starts_per_second", "pool" => name).set(stats.starts_per_s);
    metrics::gauge!("skein_jobs_dead", "pool" => name).set(stats.dead as f64);
}
