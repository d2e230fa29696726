//! The queue of a cluster. Every change is one script, so it happens whole or not at all; the Lua lies beside this file.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ::redis::{FromRedisValue, ParsingError, Value, from_redis_value};
use async_trait::async_trait;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::job::{Cap, History, Pool, Priority};
use super::store::{
    Ahead, Batch, Bell, Death, Entry, JobState, Lease, Listed, Pushed, QueueStats, Settings, Settlement,
    Standing, Store, Taken, Verdict,
};
use crate::redis::{Invocation, Redis, Script};
use crate::{Error, Result};

macro_rules! script {
    ($name:literal) => {
        LazyLock::new(|| {
            Script::new(concat!(include_str!("lua/prelude.lua"), include_str!(concat!("lua/", $name))))
        })
    };
    ($name:literal, repeatable) => {
        LazyLock::new(|| {
            Script::new(concat!(include_str!("lua/prelude.lua"), include_str!(concat!("lua/", $name))))
                .repeatable()
        })
    };
}

// A push knows the ids that it has brought before; what a token no longer holds is not changed again.
static PUSH: LazyLock<Script> = script!("push.lua", repeatable);
static CLAIM: LazyLock<Script> = script!("claim.lua");
static RENEW: LazyLock<Script> = script!("renew.lua", repeatable);
static SETTLE: LazyLock<Script> = script!("settle.lua", repeatable);
static DISOWN: LazyLock<Script> = script!("disown.lua", repeatable);
static STATS: LazyLock<Script> = script!("stats.lua", repeatable);
static AHEAD: LazyLock<Script> = script!("ahead.lua", repeatable);
static CANCEL: LazyLock<Script> = script!("cancel.lua");
static LIST: LazyLock<Script> = script!("list.lua", repeatable);
static EXHUME: LazyLock<Script> = script!("exhume.lua");

/// How long to wait for a bell's channel before looking without it; it goes on opening, and then rings.
const OPEN: Duration = Duration::from_secs(5);

pub(super) struct OverRedis {
    redis: Redis,
    settings: Settings,
    /// What the keys of each pool begin with, by `Pool::ALL`.
    prefixes: [String; 4],
}

impl OverRedis {
    pub(super) fn new(redis: Redis, settings: Settings) -> Self {
        let prefixes = Pool::ALL.map(|pool| redis.key(&format!("{{queue:{pool}}}:")));
        Self { redis, settings, prefixes }
    }

    fn call(&self, script: &'static Script, pool: Pool) -> Invocation<'static> {
        script.keys(&[&self.prefixes[pool.index()]])
    }

    async fn exhume(&self, pool: Pool, ids: &[Uuid], how: &str) -> Result<u64> {
        let call = self.call(&EXHUME, pool).arg(how);
        let call = ids.iter().fold(call, |call, id| call.arg(id.to_string()));
        self.redis.script(&call).await
    }

    async fn read_list(&self, call: Invocation<'static>) -> Result<Vec<Listed>> {
        let jobs: Vec<Value> = self.redis.script(&call).await?;
        jobs.into_iter()
            .map(|job| {
                let (id, body, order, deliveries, attempts, lapses, errors, held, code, reason) =
                    read::<(String, String, i64, u32, u32, u32, String, String, String, String)>(job)?;
                Ok(Listed {
                    id: parse_id(&id)?,
                    at_ms: order / 1_000,
                    history: history(deliveries, attempts, lapses, &errors),
                    envelope: serde_json::from_str(&body).ok(),
                    held: Some(held).filter(|held| !held.is_empty()),
                    death: (!code.is_empty()).then_some(Death { code, reason }),
                    order,
                })
            })
            .collect()
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[async_trait]
impl Store for OverRedis {
    async fn push(&self, pool: Pool, entries: Vec<Entry>) -> Result<Pushed> {
        let mut call = self.call(&PUSH, pool).arg(self.settings.bound[pool.index()]);
        for entry in entries {
            let envelope = &entry.envelope;
            call = call
                .arg(envelope.id.to_string())
                .arg(envelope.priority.index())
                .arg(envelope.owner.simple().to_string())
                .arg(envelope.key.as_deref().unwrap_or_default())
                .arg(entry.stride())
                .arg(micros(entry.delay))
                .arg(caps(&envelope.caps))
                .arg(serde_json::to_string(envelope)?);
        }
        let answer: Vec<Value> = self.redis.script(&call).await?;
        let mut answer = answer.into_iter();
        if next::<u8>(&mut answer)? == 1 {
            return Ok(Pushed::Accepted(next(&mut answer)?));
        }
        Ok(Pushed::Full { depth: next(&mut answer)?, ends_per_s: next(&mut answer)? })
    }

    async fn claim(&self, pool: Pool, limit: usize, token: Uuid) -> Result<Batch> {
        let settings = &self.settings;
        let mut call = self
            .call(&CLAIM, pool)
            .arg(limit)
            .arg(token.simple().to_string())
            .arg(micros(settings.lease))
            .arg(settings.crashes)
            .arg(super::CRASHED)
            .arg(super::CRASHED_REASON)
            .arg(settings.dead_letters);
        for priority in &Priority::ALL[1..] {
            call = call.arg(priority.patience());
        }
        let answer: Vec<Value> = self.redis.script(&call).await?;
        let mut answer = answer.into_iter();
        let next_due: i64 = next(&mut answer)?;
        let more: bool = next(&mut answer)?;
        let lapsed: u64 = next(&mut answer)?;
        let taken = answer
            .map(|taken| {
                let (id, body, deliveries, attempts, lapses, errors, waited) =
                    read::<(String, String, u32, u32, u32, String, u64)>(taken)?;
                Ok(Taken {
                    id: parse_id(&id)?,
                    body,
                    history: history(deliveries, attempts, lapses, &errors),
                    waited: Duration::from_micros(waited),
                })
            })
            .collect::<Result<_>>()?;
        let next_due = u64::try_from(next_due).ok().map(Duration::from_micros);
        Ok(Batch { taken, next_due, more, lapsed })
    }

    async fn renew(&self, pool: Pool, leases: &[Lease]) -> Result<Vec<Standing>> {
        let mut call = self.call(&RENEW, pool).arg(micros(self.settings.lease));
        for lease in leases {
            call = call.arg(lease.id.to_string()).arg(lease.token.simple().to_string());
        }
        Ok(standings(&self.redis.script::<Vec<i64>>(&call).await?))
    }

    async fn settle(&self, pool: Pool, settlements: &[Settlement]) -> Result<Vec<Standing>> {
        let mut call = self.call(&SETTLE, pool).arg(self.settings.dead_letters);
        for Settlement { lease, verdict } in settlements {
            let (verdict, delay, code, reason, errors) = match verdict {
                Verdict::Done => ("done", 0, "", "", ""),
                Verdict::Release => ("release", 0, "", "", ""),
                Verdict::Again { delay, errors } => {
                    ("again", micros(*delay), "", "", errors.as_deref().unwrap_or_default())
                }
                Verdict::Bury { code, reason, errors } => {
                    ("bury", 0, code.as_str(), reason.as_str(), errors.as_deref().unwrap_or_default())
                }
            };
            call = call
                .arg(lease.id.to_string())
                .arg(lease.token.simple().to_string())
                .arg(verdict)
                .arg(delay)
                .arg(code)
                .arg(reason)
                .arg(errors);
        }
        Ok(standings(&self.redis.script::<Vec<i64>>(&call).await?))
    }

    async fn disown(&self, pool: Pool, token: Uuid) -> Result<()> {
        self.redis.script(&self.call(&DISOWN, pool).arg(token.simple().to_string())).await
    }

    fn bell(&self, pool: Pool) -> Bell {
        let notify = Arc::new(Notify::new());
        let ended = CancellationToken::new();
        let mut heard = self.redis.subscribe(&format!("{}bell", self.prefixes[pool.index()]));
        let (ring, end) = (notify.clone(), ended.clone());
        tokio::spawn(async move {
            // What was pushed before the channel stood open was not heard.
            let _ = end.run_until_cancelled(heard.ready(OPEN)).await;
            ring.notify_one();
            // A gap may hide a ring, so it counts as one.
            while let Some(Some(_)) = end.run_until_cancelled(heard.next()).await {
                ring.notify_one();
            }
        });
        Bell { notify, _guard: Some(ended.drop_guard()) }
    }

    async fn stats(&self, pool: Pool) -> Result<QueueStats> {
        let answer: Vec<Value> = self.redis.script(&self.call(&STATS, pool)).await?;
        let mut answer = answer.into_iter();
        let mut count = || next::<u64>(&mut answer);
        Ok(QueueStats {
            waiting: [count()?, count()?, count()?, count()?],
            scheduled: count()?,
            running: count()?,
            dead: count()?,
            oldest_ms: count()? / 1_000,
            starts_per_s: next(&mut answer)?,
            ends_per_s: next(&mut answer)?,
        })
    }

    async fn ahead(&self, pool: Pool, key: &str) -> Result<Option<Ahead>> {
        let (jobs, held): (i64, bool) = self.redis.script(&self.call(&AHEAD, pool).arg(key)).await?;
        Ok(u64::try_from(jobs).ok().map(|jobs| Ahead { jobs, held }))
    }

    async fn cancel(&self, pool: Pool, key: &str) -> Result<bool> {
        self.redis.script(&self.call(&CANCEL, pool).arg(key)).await
    }

    async fn list(
        &self,
        pool: Pool,
        state: JobState,
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Listed>> {
        let (order, id) = after.unzip();
        let call = self
            .call(&LIST, pool)
            .arg(state.as_str())
            .arg(limit)
            .arg(order.unwrap_or_default())
            .arg(id.map(|id| id.to_string()).unwrap_or_default());
        self.read_list(call).await
    }

    async fn find_dead(&self, pool: Pool, id: Uuid) -> Result<Option<Listed>> {
        let call = self.call(&LIST, pool).arg("one").arg(id.to_string());
        Ok(self.read_list(call).await?.pop())
    }

    async fn replay(&self, pool: Pool, ids: &[Uuid]) -> Result<u64> {
        self.exhume(pool, ids, "replay").await
    }

    async fn discard(&self, pool: Pool, ids: &[Uuid]) -> Result<u64> {
        self.exhume(pool, ids, "discard").await
    }
}

/// A line for each.
fn caps(caps: &[Cap]) -> String {
    let lines: Vec<String> =
        caps.iter().map(|cap| format!("{} {}", cap.limit, cap.key.replace('\n', " "))).collect();
    lines.join("\n")
}

fn history(deliveries: u32, attempts: u32, lapses: u32, errors: &str) -> History {
    History { deliveries, attempts, lapses, errors: serde_json::from_str(errors).unwrap_or_default() }
}

fn standings(answer: &[i64]) -> Vec<Standing> {
    let standing = |standing: &i64| match standing {
        1 => Standing::Held,
        0 => Standing::Lost,
        _ => Standing::Gone,
    };
    answer.iter().map(standing).collect()
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::internal("The queue gave an answer that cannot be read.").source(error)
}

fn read<T: FromRedisValue>(value: Value) -> Result<T> {
    from_redis_value(value).map_err(|error: ParsingError| unreadable(error))
}

fn next<T: FromRedisValue>(answer: &mut impl Iterator<Item = Value>) -> Result<T> {
    read(answer.next().unwrap_or(Value::Nil))
}

fn parse_id(id: &str) -> Result<Uuid> {
    Uuid::parse_str(id).map_err(unreadable)
}
