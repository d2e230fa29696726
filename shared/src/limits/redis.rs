//! Limits of all processes at one Redis.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::memory::{MemoryLimits, SETTLED_LIFE};
use super::{Decision, OnOutage, Reservation, Rule};
use crate::redis::{Redis, Script};
use crate::{Error, Result};

static CHECK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("check.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle.lua")).repeatable());

/// How long a refusal is given again without asking: not longer, as a settlement or a new limit may lift it.
const REFUSAL_LIFE: Duration = Duration::from_secs(1);
const REFUSALS: usize = 10_000;
/// Calls that ask Redis at a time. Of a herd the first few are refused, and the others hear that without asking: all
/// at once they would wait for each other beyond the budget.
const ASKING: usize = 32;
/// An outage is logged this often, in seconds.
const LOG_EVERY: u64 = 60;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct RedisLimits {
    redis: Redis,
    nodes: u32,
    /// A request must not wait for its limit longer than this.
    wait: Duration,
    local: Arc<Local>,
}

enum Answer {
    /// Whether it is allowed, and what is in use of each bucket.
    Asked(bool, Vec<f64>),
    /// Refused a moment ago.
    Known(Decision),
    /// Redis is away or too slow.
    Nothing,
}

struct Local {
    /// This node's share. What Redis allows is charged here too, so that the share is right when Redis goes away.
    share: MemoryLimits,
    refusals: Mutex<HashMap<String, Refusal>>,
    asking: Semaphore,
    start: Instant,
    /// When an outage was logged, in seconds since the start, plus [`LOG_EVERY`]; zero for never.
    logged: AtomicU64,
}

struct Refusal {
    at: Instant,
    /// A call that costs less may be allowed.
    cost: u32,
    rule: Rule,
    decision: Decision,
}

impl RedisLimits {
    pub(super) fn new(redis: Redis, nodes: u32, wait: Duration) -> Self {
        let local = Local {
            share: MemoryLimits::default(),
            refusals: Mutex::default(),
            asking: Semaphore::new(ASKING),
            start: Instant::now(),
            logged: AtomicU64::new(0),
        };
        Self { redis, nodes: nodes.max(1), wait, local: Arc::new(local) }
    }

    pub(super) async fn check(&self, keys: &[(Rule, String)], cost: u32) -> Result<Decision> {
        match tokio::time::timeout(self.wait, self.ask(keys, cost)).await.unwrap_or(Answer::Nothing) {
            Answer::Asked(allowed, used) => {
                if allowed {
                    self.local.share.charge(&self.shares(keys), cost);
                }
                Ok(Decision::of_all(keys, cost, allowed, &used))
            }
            Answer::Known(decision) => Ok(decision),
            Answer::Nothing => self.alone(keys, cost),
        }
    }

    pub(super) async fn settle(&self, reservation: &Reservation, actual: u32) -> Result<()> {
        let corrections = reservation.corrections(actual);
        let mut keys = vec![self.key(&format!("settled:{}", reservation.id))];
        keys.extend(corrections.iter().map(|(cell, _)| self.key(cell)));
        let mut call = SETTLE.keys(&keys).arg(u64::try_from(SETTLED_LIFE.as_millis()).unwrap_or(u64::MAX));
        for (_, us) in &corrections {
            call = call.arg(us.round());
        }
        self.redis.script::<i64>(&call).await?;
        Ok(())
    }

    async fn ask(&self, keys: &[(Rule, String)], cost: u32) -> Answer {
        if let Some(decision) = self.local.refused(keys, cost) {
            return Answer::Known(decision);
        }
        if !self.redis.is_up() {
            return Answer::Nothing;
        }
        let Ok(_turn) = self.local.asking.acquire().await else { return Answer::Nothing };
        // While this call waited for its turn, others have heard the answer.
        if let Some(decision) = self.local.refused(keys, cost) {
            return Answer::Known(decision);
        }
        let cells: Vec<String> = keys.iter().map(|(rule, key)| self.key(&rule.cell(key))).collect();
        let mut call = CHECK.keys(&cells);
        for (rule, _) in keys {
            call = call.arg((f64::from(cost) * rule.unit()).round()).arg(rule.capacity().round());
        }
        match self.redis.script::<Vec<i64>>(&call).await {
            Ok(answer) if answer.len() == keys.len() + 1 => {
                let (allowed, used) =
                    (answer[0] == 1, answer[1..].iter().map(|us| *us as f64).collect::<Vec<_>>());
                if !allowed {
                    self.local.remember(keys, cost, &used);
                }
                Answer::Asked(allowed, used)
            }
            Ok(_) => Answer::Nothing,
            Err(error) => {
                tracing::debug!(?error, "limits cannot be asked for");
                Answer::Nothing
            }
        }
    }

    /// Redis is away: this node decides by itself.
    fn alone(&self, keys: &[(Rule, String)], cost: u32) -> Result<Decision> {
        metrics::counter!("skein_limits_without_redis_total").increment(1);
        let now = self.local.start.elapsed().as_secs() + LOG_EVERY;
        let logged = self.local.logged.load(Ordering::Relaxed);
        if now >= logged + LOG_EVERY
            && self.local.logged.compare_exchange(logged, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            tracing::warn!(nodes = self.nodes, "Redis is away: limits are this node's share of them");
        }
        if keys.iter().any(|(rule, _)| rule.on_outage == OnOutage::Refuse) {
            return Err(Error::unavailable(
                "This cannot be checked at the moment. Please try again in a few seconds.",
            )
            .retry_after(Duration::from_secs(5)));
        }
        Ok(self.local.share.check(&self.shares(keys), cost))
    }

    fn shares(&self, keys: &[(Rule, String)]) -> Vec<(Rule, String)> {
        let share = |whole: u32| whole.div_ceil(self.nodes).max(1);
        keys.iter()
            .map(|(rule, key)| {
                (Rule { limit: share(rule.limit), burst: share(rule.burst), ..*rule }, key.clone())
            })
            .collect()
    }

    /// All under one hash tag, as one call may need any of them together. They are small, and a call takes a few
    /// microseconds: one server of a cluster is enough for them.
    fn key(&self, cell: &str) -> String {
        self.redis.key(&format!("{{limits}}:{cell}"))
    }
}

impl Local {
    fn refused(&self, keys: &[(Rule, String)], cost: u32) -> Option<Decision> {
        let refusals = self.refusals();
        if refusals.is_empty() {
            return None;
        }
        keys.iter().find_map(|(rule, key)| {
            let refusal = refusals.get(&rule.cell(key))?;
            let age = refusal.at.elapsed();
            let retry_after = refusal.decision.retry_after?;
            let stands = refusal.rule == *rule && cost >= refusal.cost && age < retry_after.min(REFUSAL_LIFE);
            stands.then(|| Decision {
                retry_after: Some(retry_after.saturating_sub(age)),
                reset_after: refusal.decision.reset_after.saturating_sub(age),
                ..refusal.decision
            })
        })
    }

    fn remember(&self, keys: &[(Rule, String)], cost: u32, used: &[f64]) {
        let mut refusals = self.refusals();
        if refusals.len() >= REFUSALS {
            refusals.retain(|_, refusal| refusal.at.elapsed() < REFUSAL_LIFE);
        }
        if refusals.len() >= REFUSALS {
            refusals.clear();
        }
        for ((rule, key), used) in keys.iter().zip(used) {
            let decision = Decision { allowed: false, ..Decision::of(rule, cost, *used) };
            if decision.retry_after.is_some_and(|after| after > Duration::ZERO) {
                refusals.insert(rule.cell(key), Refusal { at: Instant::now(), cost, rule: *rule, decision });
            }
        }
    }

    fn refusals(&self) -> MutexGuard<'_, HashMap<String, Refusal>> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
