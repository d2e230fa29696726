//! Jobs that go wrong in every way, and workers of the real queue that run them, in processes that may die of it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::AsyncCommands as _;
use serde::{Deserialize, Serialize};
use shared::queue::{Claimed, Job, Outcome, Pool, Priority, Queue, RetryPolicy, Routes, Settings};
use shared::redis::{Redis, RedisSettings};
use shared::{Clock, Shutdown};
use uuid::Uuid;

/// Where workers note which jobs they have begun, and how many milliseconds each had waited: `<number> <wait>`.
pub const BEGUN: &str = "fault:begun";

/// What becomes of whoever runs the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Ends well after so many milliseconds.
    Works(u64),
    /// The process dies at once.
    Aborts,
    Panics,
}

/// A job that goes as it says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    pub number: u32,
    pub owner: Uuid,
    pub how: How,
    /// Unix milliseconds.
    pub pushed_at: u64,
}

impl Fault {
    pub fn new(number: u32, how: How) -> Self {
        Self { number, owner: Uuid::from_u128(u128::from(number % 5)), how, pushed_at: now_ms() }
    }
}

impl Job for Fault {
    const NAME: &'static str = "fault";
    const POOL: Pool = Pool::Maintenance;
    const PRIORITY: Priority = Priority::Interactive;
    const RETRY: RetryPolicy = RetryPolicy::new(3, Duration::from_millis(50), Duration::from_millis(100));

    fn owner(&self) -> Uuid {
        self.owner
    }
}

/// The same kind in a form that only newer workers know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewFault {
    pub text: String,
}

impl Job for NewFault {
    const NAME: &'static str = Fault::NAME;
    const POOL: Pool = Fault::POOL;
    const VERSION: u16 = 2;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        Uuid::nil()
    }
}

/// The same kind and version, but nothing that can be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gibberish {
    pub secret: String,
}

impl Job for Gibberish {
    const NAME: &'static str = Fault::NAME;
    const POOL: Pool = Fault::POOL;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        Uuid::nil()
    }
}

pub fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// The queue over this Redis, with leases so short that a test need not wait long.
pub async fn queue(url: &str, shutdown: &Shutdown) -> shared::Result<Queue> {
    let redis = Redis::connect(RedisSettings::new(url), shutdown).await?;
    let settings = Settings {
        lease: Duration::from_millis(1_000),
        renew: Duration::from_millis(250),
        newer: Duration::from_millis(100),
        ..Settings::default()
    };
    Ok(Queue::redis(redis, settings, Clock::system()))
}

/// Runs faults until the process is told to stop, or dies of one. A `newer` one knows the newer form as well.
pub async fn work(url: &str, slots: usize, newer: bool) -> shared::Result<()> {
    let shutdown = Shutdown::new();
    let queue = queue(url, &shutdown).await?;
    let notes = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    let routes = if newer {
        Routes::new().on(move |job: NewFault, _: Claimed| {
            let mut notes = notes.clone();
            async move {
                note(&mut notes, &job.text).await;
                Outcome::Done
            }
        })
    } else {
        Routes::new().on(move |job: Fault, _: Claimed| {
            let mut notes = notes.clone();
            async move {
                note(&mut notes, &format!("{} {}", job.number, now_ms().saturating_sub(job.pushed_at))).await;
                match job.how {
                    How::Works(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                    How::Aborts => std::process::abort(),
                    How::Panics => panic!("told to"),
                }
                Outcome::Done
            }
        })
    };
    let name = format!("faulty-{}", std::process::id());
    let worker = shared::queue::worker(&queue, Fault::POOL, slots, name, &shutdown, routes.into_handler());
    let stop = shutdown.clone();
    tokio::spawn(async move {
        crate::services::stop_signal().await;
        stop.drain();
    });
    worker.await;
    shutdown.stop();
    Ok(())
}

async fn note(notes: &mut redis::aio::MultiplexedConnection, text: &str) {
    let noted: redis::RedisResult<()> = notes.rpush(BEGUN, text).await;
    noted.expect("the test's Redis answers");
}
