//! The queue of a single process. Nothing survives a restart: the rows refill it.
//!
//! The same order and the same rules as the Lua beside it; the conformance suite holds the two together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

use super::job::{History, Pool};
use super::store::{
    Ahead, Batch, Bell, Entry, JobState, Lease, Listed, Pushed, QueueStats, Settings, Settlement, Standing,
    Store, Taken, Verdict,
};
use crate::{Clock, Result};
use line::{Line, Record, State};

mod line;

pub(super) struct Memory {
    settings: Settings,
    clock: Clock,
    started: Instant,
    lines: [Mutex<Line>; 4],
}

impl Memory {
    pub(super) fn new(settings: Settings, clock: Clock) -> Self {
        Self { settings, clock, started: Instant::now(), lines: Default::default() }
    }

    fn line(&self, pool: Pool) -> MutexGuard<'_, Line> {
        // A panic while the lock is held leaves no half-made change that later calls could not bear.
        self.lines[pool.index()].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        micros(self.started.elapsed())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[async_trait]
impl Store for Memory {
    async fn push(&self, pool: Pool, entries: Vec<Entry>) -> Result<Pushed> {
        let now = self.now();
        let mut line = self.line(pool);
        let new: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.envelope.key.as_ref().is_none_or(|key| !line.keys.contains_key(key)))
            .collect();
        let depth = line.depth();
        let bound = self.settings.bound[pool.index()];
        if bound > 0 && !new.is_empty() && depth + new.len() as u64 > bound {
            return Ok(Pushed::Full { depth, ends_per_s: line.ends_per_s(now) });
        }
        let mut accepted = 0;
        for entry in new {
            if let Some(key) = &entry.envelope.key {
                if line.keys.contains_key(key) {
                    continue;
                }
                line.keys.insert(key.clone(), entry.envelope.id);
            }
            let id = entry.envelope.id;
            let stride = entry.stride();
            let delay = micros(entry.delay);
            line.jobs.insert(
                id,
                Record {
                    envelope: entry.envelope,
                    stride,
                    history: History::default(),
                    state: State::Due { at: now + delay },
                },
            );
            if delay == 0 {
                line.ready(id, now);
            } else {
                line.due.insert((now + delay, id));
            }
            accepted += 1;
        }
        // Also for what is not ready yet: workers then know when to look again.
        if accepted > 0 {
            line.ring();
        }
        Ok(Pushed::Accepted(accepted))
    }

    async fn claim(&self, pool: Pool, limit: usize, token: Uuid) -> Result<Batch> {
        let now = self.now();
        let mut line = self.line(pool);
        let lapsed = line.rescue(now, &self.settings, self.clock.now_ms());
        line.promote(now);
        let until = now + micros(self.settings.lease);
        let mut batch = Batch { lapsed, ..Batch::default() };
        let idle = line.leases.is_empty();
        while batch.taken.len() < limit {
            let Some((tag, since, id)) = line.next() else { break };
            let line = &mut *line;
            let Some(record) = line.jobs.get_mut(&id) else { continue };
            record.history.deliveries += 1;
            record.state = State::Leased { token, until, tag };
            line.since.remove(&(since, id));
            line.leases.insert((until, id));
            if let Some(key) = &record.envelope.key {
                line.keys.remove(key);
            }
            batch.taken.push(Taken {
                id,
                body: serde_json::to_string(&record.envelope)?,
                history: record.history.clone(),
                waited: Duration::from_micros(now.saturating_sub(since)),
            });
        }
        line.count_starts(now, batch.taken.len());
        if idle && !batch.taken.is_empty() {
            line.begin_work(now);
        }
        batch.more = line.classes.iter().any(|class| !class.waiting.is_empty())
            || line.due.first().is_some_and(|(at, _)| *at <= now);
        batch.next_due = line.due.first().map(|(at, _)| Duration::from_micros(at.saturating_sub(now)));
        Ok(batch)
    }

    async fn renew(&self, pool: Pool, leases: &[Lease]) -> Result<Vec<Standing>> {
        let now = self.now();
        let until = now + micros(self.settings.lease);
        let mut line = self.line(pool);
        line.heartbeat(now, &self.settings);
        Ok(leases
            .iter()
            .map(|lease| {
                let standing = line.standing(lease);
                if standing == Standing::Held {
                    line.prolong(lease.id, until);
                }
                standing
            })
            .collect())
    }

    async fn settle(&self, pool: Pool, settlements: &[Settlement]) -> Result<Vec<Standing>> {
        let now = self.now();
        let now_ms = self.clock.now_ms();
        let mut line = self.line(pool);
        let mut changed = false;
        let standings: Vec<Standing> = settlements
            .iter()
            .map(|settlement| {
                let id = settlement.lease.id;
                let standing = line.standing(&settlement.lease);
                if standing != Standing::Held {
                    return standing;
                }
                match &settlement.verdict {
                    Verdict::Done => {
                        changed |= line.frees_another(id);
                        line.remove(id);
                    }
                    Verdict::Again { delay, errors } => {
                        line.fail(id, errors.as_deref());
                        changed = true;
                        line.again(id, now, micros(*delay));
                    }
                    Verdict::Bury { code, reason, errors } => {
                        changed |= line.frees_another(id);
                        line.fail(id, errors.as_deref());
                        line.bury(id, code, reason, now_ms, self.settings.dead_letters);
                    }
                    Verdict::Release => {
                        line.give_back(id, now);
                        changed = true;
                    }
                }
                standing
            })
            .collect();
        line.count_ends(now, standings.iter().filter(|standing| **standing == Standing::Held).count());
        if changed {
            line.ring();
        }
        Ok(standings)
    }

    async fn disown(&self, pool: Pool, token: Uuid) -> Result<()> {
        let now = self.now();
        let mut line = self.line(pool);
        let lost: Vec<Uuid> = line
            .leases
            .iter()
            .map(|(_, id)| *id)
            .filter(|id| line.standing(&Lease { id: *id, token }) == Standing::Held)
            .collect();
        for id in &lost {
            line.give_back(*id, now);
        }
        if !lost.is_empty() {
            line.ring();
        }
        Ok(())
    }

    fn bell(&self, pool: Pool) -> Bell {
        let notify = Arc::new(Notify::new());
        let mut line = self.line(pool);
        line.bells.retain(|bell| bell.strong_count() > 0);
        line.bells.push(Arc::downgrade(&notify));
        Bell { notify, _guard: None }
    }

    async fn stats(&self, pool: Pool) -> Result<QueueStats> {
        let now = self.now();
        let line = self.line(pool);
        Ok(QueueStats {
            waiting: std::array::from_fn(|class| {
                (line.classes[class].waiting.len() + line.classes[class].held) as u64
            }),
            scheduled: line.due.len() as u64,
            running: line.leases.len() as u64,
            dead: line.dead.len() as u64,
            oldest_ms: line.since.first().map_or(0, |(since, _)| now.saturating_sub(*since) / 1_000),
            starts_per_s: line.starts_per_s(now),
            ends_per_s: line.ends_per_s(now),
        })
    }

    async fn ahead(&self, pool: Pool, key: &str) -> Result<Option<Ahead>> {
        let line = self.line(pool);
        let Some(record) = line.keys.get(key).and_then(|id| line.jobs.get(id)) else { return Ok(None) };
        let held = matches!(record.state, State::Held { .. });
        let (tag, lines) = match &record.state {
            State::Ready { tag, .. } => (*tag, line.classes.each_ref().map(|class| &class.waiting)),
            State::Held { tag, cap, .. } => match line.held.get(cap) {
                Some(held) => (*tag, held.each_ref()),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let class = record.envelope.priority.index();
        let before: usize = lines[..class].iter().map(|line| line.len()).sum();
        let within = lines[class].range(..(tag, record.envelope.id)).count();
        Ok(Some(Ahead { jobs: (before + within) as u64, held }))
    }

    async fn cancel(&self, pool: Pool, key: &str) -> Result<bool> {
        let mut line = self.line(pool);
        let Some(id) = line.keys.get(key).copied() else { return Ok(false) };
        line.remove(id);
        // Another may have its slot.
        line.ring();
        Ok(true)
    }

    async fn list(
        &self,
        pool: Pool,
        state: JobState,
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Listed>> {
        let (now, now_ms) = (self.now(), self.clock.now_ms());
        let line = self.line(pool);
        let wall = |at: u64| now_ms + (signed(at) - signed(now)) / 1_000;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if state == JobState::Dead {
            let dead = line.dead.iter().rev().filter(|at| after.is_none_or(|after| **at < after));
            return Ok(dead.take(limit).filter_map(|(at, id)| line.listed(*id, *at, *at)).collect());
        }
        let list = match state {
            JobState::Waiting => &line.since,
            JobState::Scheduled => &line.due,
            JobState::Running | JobState::Dead => &line.leases,
        };
        let later = list.iter().filter(|(at, id)| after.is_none_or(|after| (signed(*at), *id) > after));
        Ok(later.take(limit).filter_map(|(at, id)| line.listed(*id, signed(*at), wall(*at))).collect())
    }

    async fn find_dead(&self, pool: Pool, id: Uuid) -> Result<Option<Listed>> {
        let line = self.line(pool);
        let Some(State::Dead { at_ms, .. }) = line.jobs.get(&id).map(|record| &record.state) else {
            return Ok(None);
        };
        Ok(line.listed(id, *at_ms, *at_ms))
    }

    async fn replay(&self, pool: Pool, ids: &[Uuid]) -> Result<u64> {
        let now = self.now();
        let mut line = self.line(pool);
        let mut replayed = 0;
        for id in ids {
            if line.unbury(*id) {
                if let Some(record) = line.jobs.get_mut(id) {
                    record.history = History::default();
                }
                line.again(*id, now, 0);
                replayed += 1;
            }
        }
        if replayed > 0 {
            line.ring();
        }
        Ok(replayed)
    }

    async fn discard(&self, pool: Pool, ids: &[Uuid]) -> Result<u64> {
        let mut line = self.line(pool);
        let mut discarded = 0;
        for id in ids {
            if line.unbury(*id) {
                line.jobs.remove(id);
                discarded += 1;
            }
        }
        Ok(discarded)
    }
}

fn signed(micros: u64) -> i64 {
    i64::try_from(micros).unwrap_or(i64::MAX)
}
