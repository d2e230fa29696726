//! One suite for every store: what the queue promises, in memory and over Redis.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::store::{Lease, Settlement, Standing, Taken, Verdict};
use super::*;
use crate::Shutdown;
use crate::redis::{Redis, RedisSettings};
use crate::testing::{RedisServer, redis_is_installed};

mod agreement;
mod caps;
mod order;
mod rescue;
mod running;
mod server;

/// Longer than anything here takes on a busy machine; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Short leases, and no look at the store without a ring: what starts was rung for.
fn settings() -> Settings {
    Settings {
        lease: Duration::from_millis(1_000),
        renew: Duration::from_millis(200),
        poll: Duration::from_secs(60),
        newer: Duration::from_millis(50),
        ..Settings::default()
    }
}

/// For tests in which nobody rings: rescue and what is due.
fn polling() -> Settings {
    Settings { poll: Duration::from_millis(50), ..settings() }
}

/// Makes a test of each function for each store.
macro_rules! conformance {
    ($settings:expr => $($test:ident),+ $(,)?) => {
        mod memory {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::in_memory($settings)).await;
            })+
        }

        mod redis {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let Some(redis) = super::PrivateRedis::start().await else { return };
                super::$test(redis.queue($settings)).await;
                redis.shutdown.stop();
            })+
        }
    };
}
pub(super) use conformance;

fn in_memory(settings: Settings) -> Queue {
    Queue::memory(settings, Clock::system())
}

/// A Redis for one test, and a connection to it.
struct PrivateRedis {
    server: RedisServer,
    redis: Redis,
    shutdown: Shutdown,
}

impl PrivateRedis {
    async fn start() -> Option<Self> {
        if !redis_is_installed() {
            return None;
        }
        let server = RedisServer::start();
        let shutdown = Shutdown::new();
        let redis = Redis::connect(RedisSettings::new(server.url()), &shutdown).await.unwrap();
        Some(Self { server, redis, shutdown })
    }

    fn queue(&self, settings: Settings) -> Queue {
        Queue::redis(self.redis.clone(), settings, Clock::system())
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
struct Work {
    owner: u128,
    number: u32,
    priority: Priority,
    key: Option<String>,
    weight: u32,
    caps: Vec<Cap>,
}

impl Job for Work {
    const NAME: &'static str = "work";
    const POOL: Pool = Pool::Chat;
    const PRIORITY: Priority = Priority::Interactive;
    const RETRY: RetryPolicy = RetryPolicy::new(3, Duration::from_millis(20), Duration::from_millis(40));

    fn owner(&self) -> Uuid {
        Uuid::from_u128(self.owner)
    }

    fn key(&self) -> Option<String> {
        self.key.clone()
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn weight(&self) -> u32 {
        self.weight
    }

    fn caps(&self) -> Vec<Cap> {
        self.caps.clone()
    }
}

fn work(owner: u128, number: u32) -> Work {
    Work { owner, number, priority: Priority::Interactive, key: None, weight: 1, caps: Vec::new() }
}

fn batch(owner: u128, number: u32) -> Work {
    Work { priority: Priority::Batch, ..work(owner, number) }
}

fn keyed(owner: u128, number: u32, key: &str) -> Work {
    Work { key: Some(key.into()), ..work(owner, number) }
}

fn capped(owner: u128, number: u32, caps: &[(&str, u32)]) -> Work {
    let caps = caps.iter().map(|(key, limit)| Cap { key: (*key).into(), limit: *limit }).collect();
    Work { caps, ..work(owner, number) }
}

/// Claims by hand, as a worker would that then does nothing about its jobs.
async fn claim(queue: &Queue, limit: usize) -> (Uuid, Vec<Taken>) {
    let token = Uuid::new_v4();
    (token, queue.store.claim(Pool::Chat, limit, token).await.unwrap().taken)
}

fn number(taken: &Taken) -> u32 {
    let envelope: Envelope = serde_json::from_str(&taken.body).unwrap();
    serde_json::from_value::<Work>(envelope.payload).unwrap().number
}

async fn numbers(queue: &Queue, limit: usize) -> Vec<u32> {
    claim(queue, limit).await.1.iter().map(number).collect()
}

async fn settle(queue: &Queue, id: Uuid, token: Uuid, verdict: Verdict) -> Standing {
    let settlement = Settlement { lease: Lease { id, token }, verdict };
    queue.store.settle(Pool::Chat, &[settlement]).await.unwrap()[0]
}

async fn letters(queue: &Queue, limit: u64) -> Vec<Listed> {
    queue.jobs(Pool::Chat, JobState::Dead, &Slice::new(limit, None)).await.unwrap().items
}

fn code(letter: &Listed) -> &str {
    letter.death.as_ref().map_or("", |death| &death.code)
}

/// Claims until something comes: what is due or lapsed needs its time.
async fn claim_soon(queue: &Queue) -> (Uuid, Taken) {
    let started = Instant::now();
    loop {
        let (token, mut taken) = claim(queue, 1).await;
        if let Some(taken) = taken.pop() {
            return (token, taken);
        }
        assert!(started.elapsed() < PATIENCE, "nothing came");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits for a state of the store that a running worker brings about.
async fn until(queue: &Queue, what: &str, reached: impl Fn(&QueueStats) -> bool) -> QueueStats {
    let started = Instant::now();
    loop {
        let stats = queue.stats(Pool::Chat).await.unwrap();
        if reached(&stats) {
            return stats;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: {stats:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn empty(stats: &QueueStats) -> bool {
    stats.depth() == 0 && stats.running == 0
}

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

/// A worker whose jobs report their start and end as told.
fn spawn<H, F>(
    queue: &Queue,
    concurrency: usize,
    shutdown: &Shutdown,
    handler: H,
) -> tokio::task::JoinHandle<()>
where
    H: Fn(Claimed) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    tokio::spawn(worker(queue, Pool::Chat, concurrency, "test".into(), shutdown, handler))
}

async fn drain(shutdown: &Shutdown, worker: tokio::task::JoinHandle<()>) {
    shutdown.drain();
    soon("the end of the worker", worker).await.unwrap();
    assert!(shutdown.wait(PATIENCE).await, "a task of the worker went on");
}
