//! The processes that make up the system, as each says of itself every few seconds.
//!
//! In a cluster a process writes one key that lives for a few seconds, and its name into a list by time; whoever asks
//! reads the list. A process that dies is gone from the picture when its key is. Nothing depends on any of this.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ::redis::{cmd, pipe};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::error::Result;
use crate::page::{Page, Slice};
use crate::queue::{self, Pool};
use crate::redis::Redis;

const EVERY: Duration = Duration::from_secs(2);
/// A process that has said nothing for this long is not shown any more.
const TTL_MS: i64 = 10_000;

/// What a process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Api,
    Worker,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// As in leases and logs.
    pub name: String,
    pub version: String,
    pub roles: Vec<Role>,
    /// Unix milliseconds by its own clock.
    pub started_at_ms: i64,
    /// Takes no new work any more.
    pub draining: bool,
    /// Streams and sockets that it serves.
    pub open_streams: usize,
    /// Pieces of text per second that its models have said, about a token each.
    pub tokens_per_s: f64,
    /// Memory that it holds, in bytes; none where the system does not say.
    pub memory_bytes: Option<u64>,
    pub pools: Vec<PoolWork>,
}

/// What a process does in one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolWork {
    pub pool: Pool,
    /// Jobs that it runs at once, at most.
    pub slots: usize,
    pub running: usize,
}

/// What happens in this process, counted where it happens.
#[derive(Debug, Default)]
pub struct Activity {
    tokens: AtomicU64,
    /// The bits of a float.
    tokens_per_s: AtomicU64,
    roles: std::sync::OnceLock<(&'static [Role], i64)>,
}

impl Activity {
    /// A model has said a piece of text.
    pub fn wrote(&self) {
        self.tokens.fetch_add(1, Ordering::Relaxed);
    }
}

/// Says every few seconds what this process does, until it stops. Also measures the queues.
pub async fn announce(ctx: Context, roles: &'static [Role]) {
    // Set once: a process has one set of roles.
    let _ = ctx.activity.roles.set((roles, ctx.clock.now_ms()));
    ctx.shutdown.spawn(queue::publish(ctx.queue.clone(), ctx.shutdown.clone()));
    let (mut before, mut at) = (0, Instant::now());
    loop {
        let tokens = ctx.activity.tokens.load(Ordering::Relaxed);
        let rate = (tokens - before) as f64 / at.elapsed().as_secs_f64().max(0.001);
        (before, at) = (tokens, Instant::now());
        ctx.activity.tokens_per_s.store(rate.to_bits(), Ordering::Relaxed);
        metrics::counter!("skein_model_pieces_total").absolute(tokens);
        if let Some(redis) = &ctx.redis
            && let Err(error) = write(redis, &own(&ctx), ctx.clock.now_ms()).await
        {
            tracing::debug!(code = error.code, "this process is not in the picture for a moment");
        }
        if tokio::time::timeout(EVERY, ctx.shutdown.stopped()).await.is_ok() {
            break;
        }
    }
    if let Some(redis) = &ctx.redis {
        let mut leave = pipe();
        leave.cmd("DEL").arg(key(redis, &ctx.process)).ignore();
        leave.cmd("ZREM").arg(list_key(redis)).arg(&ctx.process).ignore();
        // Otherwise it goes by itself in a few seconds.
        drop(redis.pipe::<()>(&leave).await);
    }
}

/// The processes by name.
pub async fn list(ctx: &Context, slice: &Slice) -> Result<Page<Process>> {
    let mut processes = all(ctx).await?;
    if let Some(after) = &slice.after {
        processes.retain(|process| process.name > *after);
    }
    Ok(Page::cut(processes, slice.limit, |process: &Process| process.name.clone()))
}

/// Every process that has lately said something, by name.
pub async fn all(ctx: &Context) -> Result<Vec<Process>> {
    let Some(redis) = &ctx.redis else { return Ok(vec![own(ctx)]) };
    let names: Vec<String> = redis.cmd(cmd("ZRANGE").arg(list_key(redis)).arg(0).arg(-1)).await?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<String> = names.iter().map(|name| key(redis, name)).collect();
    let found: Vec<Option<String>> = redis.cmd(cmd("MGET").arg(keys)).await?;
    // One of another version may say it in a form that this one cannot read.
    let mut processes: Vec<Process> =
        found.into_iter().flatten().filter_map(|text| serde_json::from_str(&text).ok()).collect();
    processes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(processes)
}

fn own(ctx: &Context) -> Process {
    let (roles, started_at_ms) = ctx.activity.roles.get().copied().unwrap_or_default();
    let work = ctx.queue.work();
    let pools = Pool::ALL
        .into_iter()
        .map(|pool| PoolWork { pool, slots: work.slots(pool), running: work.running(pool) })
        .filter(|work| work.slots > 0)
        .collect();
    Process {
        name: ctx.process.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        roles: roles.to_vec(),
        started_at_ms,
        draining: ctx.shutdown.is_draining(),
        open_streams: ctx.streams.open(),
        tokens_per_s: f64::from_bits(ctx.activity.tokens_per_s.load(Ordering::Relaxed)),
        memory_bytes: memory_bytes(),
        pools,
    }
}

async fn write(redis: &Redis, process: &Process, now_ms: i64) -> Result<()> {
    let mut pipeline = pipe();
    pipeline
        .cmd("SET")
        .arg(key(redis, &process.name))
        .arg(serde_json::to_string(process)?)
        .arg("PX")
        .arg(TTL_MS)
        .ignore();
    let list = list_key(redis);
    pipeline.cmd("ZADD").arg(&list).arg(now_ms).arg(&process.name).ignore();
    // Those that died without a word; clocks may differ by some of the time to live, the keys say who is there.
    pipeline.cmd("ZREMRANGEBYSCORE").arg(&list).arg("-inf").arg(now_ms - 6 * TTL_MS).ignore();
    pipeline.cmd("PEXPIRE").arg(&list).arg(6 * TTL_MS).ignore();
    redis.pipe::<()>(&pipeline).await
}

fn key(redis: &Redis, name: &str) -> String {
    redis.key(&format!("{{processes}}:{name}"))
}

fn list_key(redis: &Redis) -> String {
    redis.key("{processes}")
}

/// What Linux says: the second number of statm is resident pages, of 4 KiB on every machine that we run on.
fn memory_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}
