//! The queue by itself, over a Redis of its own: how soon a job starts, how many go through one worker process, what a
//! long backlog costs, and what is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use shared::queue::{Claimed, Job, Outcome, Pool, Priority, Queue, Routes, Settings};
use shared::redis::{Redis as Server, RedisSettings};
use shared::{Clock, Shutdown};
use skein_tests::services::Redis;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::report::{load, milliseconds, percentile};

/// Jobs at once, as a pool of calls that wait for the network has.
const SLOTS: usize = 400;
const OWNERS: u128 = 100;

/// Does nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Nothing {
    owner: Uuid,
}

impl Job for Nothing {
    const NAME: &'static str = "nothing";
    const POOL: Pool = Pool::Chat;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        self.owner
    }
}

fn nothing(number: u32) -> Nothing {
    Nothing { owner: Uuid::from_u128(u128::from(number) % OWNERS) }
}

struct Bench {
    redis: Redis,
    queue: Queue,
    shutdown: Shutdown,
    done: Arc<AtomicU64>,
}

pub(crate) async fn run(samples: u32, jobs: u32) {
    let redis = match Redis::start().await {
        Ok(redis) => redis,
        Err(missing) => return println!("skipped: {missing}"),
    };
    println!("\n## The queue, over Redis\n\nLoad before: {}.", load());
    let shutdown = Shutdown::new();
    let server = Server::connect(RedisSettings::new(redis.url()), &shutdown).await.expect("its own Redis");
    let settings = Settings { bound: [0; 4], ..Settings::default() };
    let queue = Queue::redis(server, settings, Clock::system());
    let bench = Bench { redis, queue, shutdown, done: Arc::default() };
    bench.start(samples).await;
    bench.backlog(jobs).await;
    bench.shutdown.drain();
    println!("\nLoad after: {}.", load());
}

impl Bench {
    /// One job at a time, nobody else there.
    async fn start(&self, samples: u32) {
        let (starts, mut started) = mpsc::unbounded_channel();
        let shutdown = Shutdown::new();
        let routes = Routes::new().on(move |_: Nothing, _: Claimed| {
            let _ = starts.send(Instant::now());
            async { Outcome::Done }
        });
        let worker = self.worker(&shutdown, routes);
        let mut waits = Vec::new();
        for number in 0..samples + 20 {
            let pushed = Instant::now();
            self.queue.push(&nothing(number)).await.expect("a push");
            let start = started.recv().await.expect("a start");
            // The first ones open connections and load scripts.
            if number >= 20 {
                waits.push(start.saturating_duration_since(pushed));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        println!(
            "\nPush to start, idle, {samples} jobs: p50 {}, p99 {} (promised: 2 ms, 10 ms).",
            milliseconds(percentile(&waits, 50)),
            milliseconds(percentile(&waits, 99)),
        );
        shutdown.drain();
        worker.await.expect("the end of the worker");
    }

    /// Many jobs pushed before anybody works, then worked off by one process.
    async fn backlog(&self, jobs: u32) {
        // What a queue that has worked needs by itself.
        self.push(1_000).await;
        self.work_off().await;
        let before = self.memory().await;
        let took = self.push(jobs).await;
        println!("\nPush of {jobs} jobs: {:.0} a second.", f64::from(jobs) / took.as_secs_f64());
        let full = self.memory().await;
        let mut pushes = Vec::new();
        for number in 0..200 {
            let began = Instant::now();
            self.queue.push(&nothing(number)).await.expect("a push");
            pushes.push(began.elapsed());
        }
        println!(
            "With {jobs} waiting: a push takes p50 {}, p99 {}; {:.0} bytes a job.",
            milliseconds(percentile(&pushes, 50)),
            milliseconds(percentile(&pushes, 99)),
            (full - before) / f64::from(jobs),
        );
        let took = self.work_off().await;
        let rate = f64::from(jobs + 200) / took.as_secs_f64();
        println!(
            "Worked off by one process with {SLOTS} slots, {OWNERS} owners: {rate:.0} jobs/s (promised: 5000)."
        );
        let after = self.memory().await;
        println!(
            "Redis after {} finished jobs: {:+.3} MB (promised: within 1 MB).",
            jobs + 1_200,
            (after - before) / 1e6
        );
    }

    async fn push(&self, jobs: u32) -> Duration {
        let jobs: Vec<Nothing> = (0..jobs).map(nothing).collect();
        let began = Instant::now();
        let pushed = self.queue.push_all(&jobs).await.expect("room");
        assert_eq!(pushed, jobs.len(), "all were new");
        began.elapsed()
    }

    /// Starts a worker and waits until nothing is left.
    async fn work_off(&self) -> Duration {
        let waiting = self.queue.stats(Pool::Chat).await.expect("numbers").depth();
        let target = self.done.load(Ordering::Relaxed) + waiting;
        let shutdown = Shutdown::new();
        let done = self.done.clone();
        let routes = Routes::new().on(move |_: Nothing, _: Claimed| {
            done.fetch_add(1, Ordering::Relaxed);
            async { Outcome::Done }
        });
        let began = Instant::now();
        let worker = self.worker(&shutdown, routes);
        while self.done.load(Ordering::Relaxed) < target {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let took = began.elapsed();
        shutdown.drain();
        // Returns when every end has been told to Redis.
        worker.await.expect("the end of the worker");
        took
    }

    fn worker(&self, shutdown: &Shutdown, routes: Routes) -> tokio::task::JoinHandle<()> {
        let handler = routes.into_handler();
        tokio::spawn(shared::queue::worker(&self.queue, Pool::Chat, SLOTS, "bench".into(), shutdown, handler))
    }

    /// Bytes that Redis uses for what it keeps.
    async fn memory(&self) -> f64 {
        let mut connection = self.redis.connection().await;
        // Connections come and go; their buffers are not what was kept.
        let info: String = redis::cmd("INFO").arg("memory").query_async(&mut connection).await.expect("INFO");
        let number = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|value| value.trim().parse::<f64>().ok()).unwrap_or(0.0)
        };
        number("used_memory") - number("mem_clients_normal")
    }
}
