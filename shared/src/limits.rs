//! How much of something is allowed in a time: requests of a user, tokens of a model, attempts to sign in.
//!
//! The algorithm is GCRA (a bucket that refills continuously, kept as one number: when it will be full again), once
//! within the process and once in Lua inside Redis, with the same answers. Redis's own clock counts there, so that
//! nodes with different clocks agree.
//!
//! [`Flood`] is something else: a guard per node and address in front of everything, which asks nobody.

mod flood;
mod memory;
mod redis;

#[cfg(test)]
mod conformance;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::flood::Flood;
use self::memory::MemoryLimits;
use self::redis::RedisLimits;
use crate::Result;
use crate::redis::Redis;

/// `limit` units in each `per`, of which `burst` may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// A word: part of the key, and a label in metrics.
    pub name: &'static str,
    pub per: Duration,
    /// At least 1.
    pub limit: u32,
    /// At least 1. A single call that costs more is never allowed.
    pub burst: u32,
    pub on_outage: OnOutage,
}

/// What counts while Redis is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnOutage {
    /// Each node allows its share: the limit divided by the nodes one expects.
    LocalShare,
    /// Nothing is allowed: `unavailable`. For attempts to sign in.
    Refuse,
}

impl Rule {
    /// `limit` in each `per`, all of which may come at once.
    pub const fn new(name: &'static str, limit: u32, per: Duration) -> Self {
        Self { name, per, limit, burst: limit, on_outage: OnOutage::LocalShare }
    }

    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    #[must_use]
    pub const fn refuse_on_outage(mut self) -> Self {
        self.on_outage = OnOutage::Refuse;
        self
    }

    /// What one unit takes to come back, in microseconds.
    fn unit(&self) -> f64 {
        self.per.as_secs_f64() * 1e6 / f64::from(self.limit.max(1))
    }

    /// What the whole bucket takes to come back, in microseconds.
    fn capacity(&self) -> f64 {
        self.unit() * f64::from(self.burst.max(1))
    }

    fn cell(&self, key: &str) -> String {
        format!("{}:{key}", self.name)
    }
}

/// What a limit says to one call. Of several rules it is the one that matters most: that refuses longest, or has the
/// least left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    pub allowed: bool,
    /// The rule that this is about.
    pub rule: &'static str,
    /// Units that may come at once.
    pub limit: u32,
    /// Units that may still come at once.
    pub remaining: u32,
    /// Until the whole limit is there again.
    pub reset_after: Duration,
    /// When the same call can be allowed. `None` if it was, or never will be: it costs more than the burst.
    pub retry_after: Option<Duration>,
}

impl Decision {
    /// From how much of the bucket is used after the decision, in microseconds.
    fn of(rule: &Rule, cost: u32, used: f64) -> Self {
        let (unit, capacity) = (rule.unit(), rule.capacity());
        let remaining = ((capacity - used).max(0.0) / unit + 1e-6).floor();
        Self {
            allowed: true,
            rule: rule.name,
            limit: rule.burst.max(1),
            remaining: (remaining as u32).min(rule.burst.max(1)),
            reset_after: micros(used),
            retry_after: (cost <= rule.burst.max(1))
                .then(|| micros(used + f64::from(cost) * unit - capacity)),
        }
    }

    /// Folds what several rules say about one call: `used` in microseconds after the decision, one for each.
    fn of_all(keys: &[(Rule, String)], cost: u32, allowed: bool, used: &[f64]) -> Self {
        let all = keys.iter().zip(used).map(|((rule, _), used)| Self::of(rule, cost, *used));
        let mut decision = if allowed {
            all.min_by_key(|decision| decision.remaining)
        } else {
            all.max_by_key(|decision| decision.retry_after.unwrap_or(Duration::MAX))
        }
        .unwrap_or(Self::UNLIMITED);
        decision.allowed = allowed;
        if allowed {
            decision.retry_after = None;
        }
        decision
    }

    /// No rule, no limit.
    const UNLIMITED: Self = Self {
        allowed: true,
        rule: "",
        limit: u32::MAX,
        remaining: u32::MAX,
        reset_after: Duration::ZERO,
        retry_after: None,
    };
}

/// What somebody may still use of one limit, for the headers of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// A word; the code of the refusal too.
    pub name: &'static str,
    pub limit: u64,
    pub remaining: u64,
    /// The time that the limit is for, in seconds.
    pub window_s: u64,
    /// Until the whole limit is there again.
    pub reset: Duration,
}

impl Left {
    /// The one of which the smaller part is left.
    pub fn nearest(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let part = |left: &Self| left.remaining as f64 / left.limit.max(1) as f64;
        match (one, other) {
            (Some(one), Some(other)) => Some(if part(&other) < part(&one) { other } else { one }),
            (one, other) => one.or(other),
        }
    }
}

/// Units taken in advance, to be settled by what was really used. It can be stored and settled by another process.
///
/// One that is never settled counts as used: it comes back with time, like everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    id: Uuid,
    cost: u32,
    cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Cell {
    key: String,
    /// Microseconds that one unit takes to come back.
    unit: f64,
}

impl Reservation {
    fn new(keys: &[(Rule, String)], cost: u32) -> Self {
        let cells = keys.iter().map(|(rule, key)| Cell { key: rule.cell(key), unit: rule.unit() }).collect();
        Self { id: Uuid::now_v7(), cost, cells }
    }

    /// What settling moves in each cell: its key and microseconds, less than zero to give back.
    fn corrections(&self, actual: u32) -> Vec<(&str, f64)> {
        let units = f64::from(actual) - f64::from(self.cost);
        self.cells.iter().map(|cell| (cell.key.as_str(), units * cell.unit)).collect()
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Limits(Way);

#[derive(Clone)]
enum Way {
    Memory(MemoryLimits),
    Redis(RedisLimits),
}

impl Limits {
    /// For a single process.
    pub fn memory() -> Self {
        Self(Way::Memory(MemoryLimits::default()))
    }

    /// For all processes at one Redis. `nodes` are those one expects, for each one's share while Redis is away; `wait` is
    /// how long a request waits for an answer.
    pub fn redis(redis: Redis, nodes: u32, wait: Duration) -> Self {
        Self(Way::Redis(RedisLimits::new(redis, nodes, wait)))
    }

    /// Takes `cost` units from each of several buckets, from all or from none.
    ///
    /// `unavailable` while Redis is away and a rule refuses then.
    pub async fn check(&self, keys: &[(Rule, String)], cost: u32) -> Result<Decision> {
        if keys.is_empty() {
            return Ok(Decision::UNLIMITED);
        }
        let decision = match &self.0 {
            Way::Memory(limits) => limits.check(keys, cost),
            Way::Redis(limits) => limits.check(keys, cost).await?,
        };
        if !decision.allowed {
            metrics::counter!("skein_limits_refused_total", "rule" => decision.rule).increment(1);
        }
        Ok(decision)
    }

    /// Takes an estimate in advance. `Err` holds the decision where it is refused.
    pub async fn reserve(&self, keys: &[(Rule, String)], cost: u32) -> Result<Result<Reservation, Decision>> {
        let decision = self.check(keys, cost).await?;
        Ok(if decision.allowed { Ok(Reservation::new(keys, cost)) } else { Err(decision) })
    }

    /// Gives back what of a reservation was not used, or takes what was used beyond it, which may put the bucket into
    /// debt. A second settlement of the same reservation changes nothing.
    pub async fn settle(&self, reservation: &Reservation, actual: u32) -> Result<()> {
        if reservation.cells.is_empty() {
            return Ok(());
        }
        match &self.0 {
            Way::Memory(limits) => {
                limits.settle(reservation, actual);
                Ok(())
            }
            Way::Redis(limits) => limits.settle(reservation, actual).await,
        }
    }
}

fn micros(us: f64) -> Duration {
    Duration::try_from_secs_f64(us.max(0.0) / 1e6).unwrap_or(Duration::MAX)
}
