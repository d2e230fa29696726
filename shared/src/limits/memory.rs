//! Limits within one process.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Decision, Reservation, Rule};

/// Full buckets that one call clears away, so that none waits for a long sweep.
const SWEEP: usize = 4;
/// How long a settlement is remembered, to refuse it the second time.
pub(super) const SETTLED_LIFE: Duration = Duration::from_secs(3600);

/// Cheap to clone; all clones are the same limits.
#[derive(Clone)]
pub(super) struct MemoryLimits {
    buckets: Arc<Mutex<Buckets>>,
    start: Instant,
}

#[derive(Default)]
struct Buckets {
    /// When each bucket is full again, in microseconds since the start. One that isn't here is full.
    full_at: HashMap<Arc<str>, f64>,
    /// When to look whether a bucket can go; in whole microseconds. Each bucket is here once.
    due: BinaryHeap<Reverse<(u64, Arc<str>)>>,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self { buckets: Arc::default(), start: Instant::now() }
    }
}

impl MemoryLimits {
    pub(super) fn check(&self, keys: &[(Rule, String)], cost: u32) -> Decision {
        let now = self.now();
        let mut buckets = self.lock();
        let before: Vec<f64> = keys.iter().map(|(rule, key)| buckets.used(&rule.cell(key), now)).collect();
        let after: Vec<f64> =
            keys.iter().zip(&before).map(|((rule, _), used)| used + f64::from(cost) * rule.unit()).collect();
        // A microsecond of grace for what rounding does to the sum.
        let allowed = keys.iter().zip(&after).all(|((rule, _), used)| *used <= rule.capacity() + 1.0);
        if allowed {
            for ((rule, key), used) in keys.iter().zip(&after) {
                buckets.set(&rule.cell(key), now, *used);
            }
        }
        buckets.sweep(now);
        Decision::of_all(keys, cost, allowed, if allowed { &after } else { &before })
    }

    /// Takes units that were allowed elsewhere.
    pub(super) fn charge(&self, keys: &[(Rule, String)], cost: u32) {
        let now = self.now();
        let mut buckets = self.lock();
        for (rule, key) in keys {
            let cell = rule.cell(key);
            let used = (buckets.used(&cell, now) + f64::from(cost) * rule.unit()).min(rule.capacity());
            buckets.set(&cell, now, used);
        }
        buckets.sweep(now);
    }

    pub(super) fn settle(&self, reservation: &Reservation, actual: u32) {
        let now = self.now();
        let mut buckets = self.lock();
        let settled = format!("settled:{}", reservation.id);
        if buckets.used(&settled, now) > 0.0 {
            return;
        }
        buckets.set(&settled, now, SETTLED_LIFE.as_secs_f64() * 1e6);
        for (cell, us) in reservation.corrections(actual) {
            let used = buckets.used(cell, now) + us;
            buckets.set(cell, now, used);
        }
    }

    fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1e6
    }

    fn lock(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buckets {
    fn used(&self, cell: &str, now: f64) -> f64 {
        self.full_at.get(cell).map_or(0.0, |full_at| (full_at - now).max(0.0))
    }

    fn set(&mut self, cell: &str, now: f64, used: f64) {
        let full_at = now + used.max(0.0);
        if let Some(known) = self.full_at.get_mut(cell) {
            *known = full_at;
        } else if used > 0.0 {
            let cell: Arc<str> = cell.into();
            self.due.push(Reverse((full_at as u64, cell.clone())));
            self.full_at.insert(cell, full_at);
        }
    }

    fn sweep(&mut self, now: f64) {
        for _ in 0..SWEEP {
            if self.due.peek().is_none_or(|Reverse((due, _))| *due as f64 > now) {
                return;
            }
            let Some(Reverse((_, cell))) = self.due.pop() else { return };
            match self.full_at.get(&cell).copied() {
                Some(full_at) if full_at > now => self.due.push(Reverse((full_at as u64 + 1, cell))),
                _ => {
                    self.full_at.remove(&cell);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn full_buckets_leave_nothing_behind() {
        let limits = MemoryLimits::default();
        let rule = Rule::new("r", 1000, Duration::from_millis(100));
        for n in 0..2000 {
            limits.check(&[(rule, format!("k{n}"))], 10);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        for _ in 0..1000 {
            limits.check(&[(rule, "other".into())], 1);
        }
        let buckets = limits.lock();
        assert!(buckets.full_at.len() <= 2, "{}", buckets.full_at.len());
        assert_eq!(buckets.full_at.len(), buckets.due.len());
    }
}
