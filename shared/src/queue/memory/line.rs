//! The jobs of one pool in memory, and every way in which one changes its state.

use std::collections::{BTreeSet, HashMap};
use std::sync::Weak;

use tokio::sync::Notify;
use uuid::Uuid;

use super::super::job::{AttemptError, Cap, Envelope, History, Priority};
use super::super::store::{Death, Lease, Listed, Settings, Standing};
use super::super::{CRASHED, CRASHED_REASON};
use super::micros;

/// Most jobs rescued, or readied, by one claim.
const SWEEP: usize = 200;
/// The start rate is a mean over about this many seconds.
const RATE_WINDOW_S: f64 = 10.0;

/// One pool. Times are microseconds since the start of the store.
#[derive(Default)]
pub(super) struct Line {
    pub jobs: HashMap<Uuid, Record>,
    pub classes: [Class; 4],
    /// Ready jobs by the time they became ready.
    pub since: BTreeSet<(u64, Uuid)>,
    pub due: BTreeSet<(u64, Uuid)>,
    pub leases: BTreeSet<(u64, Uuid)>,
    pub dead: BTreeSet<(i64, Uuid)>,
    pub keys: HashMap<String, Uuid>,
    /// How many jobs of each cap run, and which wait for a slot of it, by class.
    pub slots: HashMap<String, u32>,
    pub held: HashMap<String, [BTreeSet<(u64, Uuid)>; 4]>,
    pub rate: f64,
    pub rate_at: u64,
    /// The same of ends, and since when jobs run without a pause.
    pub ends: f64,
    pub ends_at: u64,
    pub busy: u64,
    /// When anybody last looked after leases, and until when lapsed ones are spared.
    pub beat: u64,
    pub grace: u64,
    pub bells: Vec<Weak<Notify>>,
}

/// The ready jobs of one priority, in the order of start-time fair queueing.
#[derive(Default)]
pub(super) struct Class {
    pub waiting: BTreeSet<(u64, Uuid)>,
    /// The tag that the next job of an owner gets at least.
    pub owners: HashMap<Uuid, u64>,
    /// The tag of the last job handed out.
    pub now: u64,
    pub passed_over: u32,
    /// Jobs that wait for a cap.
    pub held: usize,
}

pub(super) struct Record {
    pub envelope: Envelope,
    pub stride: u64,
    pub history: History,
    pub state: State,
}

pub(super) enum State {
    /// `via` is the cap whose free slot let it back into line.
    Ready {
        tag: u64,
        since: u64,
        via: Option<String>,
    },
    /// Ready, but for the cap.
    Held {
        tag: u64,
        since: u64,
        cap: String,
    },
    Due {
        at: u64,
    },
    Leased {
        token: Uuid,
        until: u64,
        tag: u64,
    },
    Dead {
        code: String,
        reason: String,
        at_ms: i64,
    },
}

impl Line {
    pub(super) fn depth(&self) -> u64 {
        (self.since.len() + self.due.len()) as u64
    }

    pub(super) fn ring(&self) {
        for bell in self.bells.iter().filter_map(Weak::upgrade) {
            bell.notify_one();
        }
    }

    pub(super) fn starts_per_s(&self, now: u64) -> f64 {
        let age_s = now.saturating_sub(self.rate_at) as f64 / 1e6;
        self.rate * (-age_s / RATE_WINDOW_S).exp() / RATE_WINDOW_S
    }

    pub(super) fn count_starts(&mut self, now: u64, started: usize) {
        if started > 0 {
            self.rate = self.starts_per_s(now) * RATE_WINDOW_S + started as f64;
            self.rate_at = now;
        }
    }

    /// A pool that stood still begins to work.
    pub(super) fn begin_work(&mut self, now: u64) {
        (self.busy, self.ends) = (now, 0.0);
    }

    pub(super) fn count_ends(&mut self, now: u64, ended: usize) {
        if ended > 0 {
            self.ends = self.ends_left(now) + ended as f64;
            self.ends_at = now;
        }
    }

    fn ends_left(&self, now: u64) -> f64 {
        self.ends * (-(now.saturating_sub(self.ends_at) as f64) / 1e6 / RATE_WINDOW_S).exp()
    }

    /// A mean over the window, or over the time since the pool began to work if that is less: so the first ends say how
    /// quickly it goes on.
    pub(super) fn ends_per_s(&self, now: u64) -> f64 {
        let busy_s = now.saturating_sub(self.busy).max(1) as f64 / 1e6;
        let seen = 1.0 - (-busy_s / RATE_WINDOW_S).exp();
        self.ends_left(now) / (RATE_WINDOW_S * seen)
    }

    /// A job as an admin sees it.
    pub(super) fn listed(&self, id: Uuid, order: i64, at_ms: i64) -> Option<Listed> {
        let record = self.jobs.get(&id)?;
        let held = match &record.state {
            State::Held { cap, .. } => Some(cap.clone()),
            _ => None,
        };
        let death = match &record.state {
            State::Dead { code, reason, .. } => Some(Death { code: code.clone(), reason: reason.clone() }),
            _ => None,
        };
        let (history, envelope) = (record.history.clone(), Some(record.envelope.clone()));
        Some(Listed { id, at_ms, history, envelope, held, death, order })
    }

    /// Puts a job at the end of its owner's turns.
    pub(super) fn ready(&mut self, id: Uuid, since: u64) {
        let Some(record) = self.jobs.get_mut(&id) else { return };
        let class = &mut self.classes[record.envelope.priority.index()];
        let last = class.owners.entry(record.envelope.owner).or_default();
        let tag = class.now.max(*last);
        *last = tag + record.stride;
        class.waiting.insert((tag, id));
        record.state = State::Ready { tag, since, via: None };
        self.since.insert((since, id));
    }

    /// Takes the next job that may start off its class: the order of the whole queue is decided here.
    pub(super) fn next(&mut self) -> Option<(u64, u64, Uuid)> {
        loop {
            let chosen = self.choose()?;
            let (tag, id) = self.classes[chosen].waiting.pop_first()?;
            let Some(Record { state: State::Ready { since, via, .. }, envelope, .. }) = self.jobs.get(&id)
            else {
                continue;
            };
            let (since, via, caps) = (*since, via.clone(), envelope.caps.clone());
            let used = |cap: &Cap| self.slots.get(&cap.key).copied().unwrap_or_default();
            if let Some(full) = caps.iter().find(|cap| used(cap) >= cap.limit) {
                self.hold(id, chosen, tag, since, &full.key);
                if let Some(via) = via.filter(|via| *via != full.key) {
                    self.unhold(&via);
                }
                continue;
            }
            for class in &mut self.classes[chosen + 1..] {
                if !class.waiting.is_empty() {
                    class.passed_over += 1;
                }
            }
            let class = &mut self.classes[chosen];
            class.passed_over = 0;
            class.now = class.now.max(tag);
            for cap in &caps {
                let slots = self.slots.entry(cap.key.clone()).or_default();
                *slots += 1;
                if *slots < cap.limit {
                    self.unhold(&cap.key);
                }
            }
            self.classes[chosen].tidy();
            return Some((tag, since, id));
        }
    }

    pub(super) fn choose(&self) -> Option<usize> {
        let waits = |class: &usize| !self.classes[*class].waiting.is_empty();
        let due = |class: &usize| self.classes[*class].passed_over >= Priority::ALL[*class].patience();
        (1..4).rev().find(|class| waits(class) && due(class)).or_else(|| (0..4).find(waits))
    }

    /// Puts a job out of the line until a slot of `cap` is free.
    pub(super) fn hold(&mut self, id: Uuid, class: usize, tag: u64, since: u64, cap: &str) {
        self.held.entry(cap.to_owned()).or_default()[class].insert((tag, id));
        self.classes[class].held += 1;
        if let Some(record) = self.jobs.get_mut(&id) {
            record.state = State::Held { tag, since, cap: cap.to_owned() };
        }
    }

    /// Lets the first job of each class that waits for `cap` back into its place: whose turn it is, the line knows. While
    /// the cap has a free slot and jobs wait for it, one of them is on its way so; if it can't take the slot it passes it
    /// on.
    pub(super) fn unhold(&mut self, cap: &str) {
        let Some(held) = self.held.get_mut(cap) else { return };
        for (class, held) in held.iter_mut().enumerate() {
            let Some((tag, id)) = held.pop_first() else { continue };
            self.classes[class].held -= 1;
            self.classes[class].waiting.insert((tag, id));
            if let Some(record) = self.jobs.get_mut(&id)
                && let State::Held { since, .. } = record.state
            {
                record.state = State::Ready { tag, since, via: Some(cap.to_owned()) };
            }
        }
        if held.iter().all(BTreeSet::is_empty) {
            self.held.remove(cap);
        }
    }

    pub(super) fn promote(&mut self, now: u64) {
        for _ in 0..SWEEP {
            let Some(&(at, id)) = self.due.first().filter(|(at, _)| *at <= now) else { break };
            self.due.remove(&(at, id));
            self.ready(id, at);
        }
    }

    /// If everybody stood still, leases ran out that their holders could not renew: they get a moment to do so.
    pub(super) fn heartbeat(&mut self, now: u64, settings: &Settings) {
        let lease = micros(settings.lease);
        if now.saturating_sub(self.beat) > lease / 2 {
            self.grace = now + lease / 5;
        }
        self.beat = now;
    }

    /// Takes lapsed leases away; says how many.
    pub(super) fn rescue(&mut self, now: u64, settings: &Settings, now_ms: i64) -> u64 {
        self.heartbeat(now, settings);
        let mut lapsed = 0;
        if now < self.grace {
            return lapsed;
        }
        for _ in 0..SWEEP {
            let Some(&(_, id)) = self.leases.first().filter(|(until, _)| *until <= now) else { break };
            let Some(record) = self.jobs.get_mut(&id) else { break };
            record.history.lapses += 1;
            lapsed += 1;
            if record.history.lapses >= settings.crashes {
                self.bury(id, CRASHED, CRASHED_REASON, now_ms, settings.dead_letters);
            } else {
                self.give_back(id, now);
            }
        }
        lapsed
    }

    /// Ends the lease of a job and frees its slots; says the tag it had. The one way by which a lease ends.
    pub(super) fn unlease(&mut self, id: Uuid) -> u64 {
        let Some(record) = self.jobs.get(&id) else { return 0 };
        let State::Leased { until, tag, .. } = record.state else { return 0 };
        self.leases.remove(&(until, id));
        for cap in record.envelope.caps.clone() {
            if let Some(slots) = self.slots.get_mut(&cap.key) {
                *slots -= 1;
                if *slots == 0 {
                    self.slots.remove(&cap.key);
                }
            }
            self.unhold(&cap.key);
        }
        tag
    }

    /// Back to the place it had: it was not its owner's fault that it did not run.
    pub(super) fn give_back(&mut self, id: Uuid, now: u64) {
        let tag = self.unlease(id);
        self.take_key(id);
        let Some(record) = self.jobs.get_mut(&id) else { return };
        let class = &mut self.classes[record.envelope.priority.index()];
        let tag = tag.min(class.now);
        class.waiting.insert((tag, id));
        record.state = State::Ready { tag, since: now, via: None };
        self.since.insert((now, id));
    }

    pub(super) fn again(&mut self, id: Uuid, now: u64, delay: u64) {
        self.unlease(id);
        self.take_key(id);
        if delay == 0 {
            return self.ready(id, now);
        }
        if let Some(record) = self.jobs.get_mut(&id) {
            record.state = State::Due { at: now + delay };
            self.due.insert((now + delay, id));
        }
    }

    /// A job that waits again takes its key back; one that came meanwhile has nothing to add, and no history.
    pub(super) fn take_key(&mut self, id: Uuid) {
        let Some(key) = self.jobs.get(&id).and_then(|record| record.envelope.key.clone()) else { return };
        if let Some(other) = self.keys.get(&key).copied().filter(|other| *other != id) {
            self.remove(other);
        }
        self.keys.insert(key, id);
    }

    pub(super) fn fail(&mut self, id: Uuid, errors: Option<&str>) {
        if let (Some(record), Some(errors)) = (self.jobs.get_mut(&id), errors) {
            record.history.attempts += 1;
            record.history.errors = serde_json::from_str::<Vec<AttemptError>>(errors).unwrap_or_default();
        }
    }

    pub(super) fn bury(&mut self, id: Uuid, code: &str, reason: &str, now_ms: i64, kept: u64) {
        self.unlease(id);
        let Some(record) = self.jobs.get_mut(&id) else { return };
        record.state = State::Dead { code: code.into(), reason: reason.into(), at_ms: now_ms };
        self.dead.insert((now_ms, id));
        while self.dead.len() as u64 > kept {
            if let Some((_, oldest)) = self.dead.pop_first() {
                self.jobs.remove(&oldest);
            }
        }
    }

    pub(super) fn unbury(&mut self, id: Uuid) -> bool {
        let Some(Record { state: State::Dead { at_ms, .. }, .. }) = self.jobs.get(&id) else { return false };
        let at_ms = *at_ms;
        self.dead.remove(&(at_ms, id))
    }

    /// Forgets a job wherever it stands.
    pub(super) fn remove(&mut self, id: Uuid) {
        self.unlease(id);
        let Some(record) = self.jobs.remove(&id) else { return };
        match record.state {
            State::Ready { tag, since, via } => {
                let class = record.envelope.priority.index();
                self.classes[class].waiting.remove(&(tag, id));
                self.since.remove(&(since, id));
                if let Some(via) = via {
                    self.unhold(&via);
                }
                self.classes[class].tidy();
            }
            State::Due { at } => {
                self.due.remove(&(at, id));
            }
            State::Held { tag, since, cap } => {
                let class = record.envelope.priority.index();
                if let Some(held) = self.held.get_mut(&cap) {
                    held[class].remove(&(tag, id));
                }
                self.classes[class].held -= 1;
                self.classes[class].tidy();
                self.since.remove(&(since, id));
            }
            State::Leased { .. } => {}
            State::Dead { at_ms, .. } => {
                self.dead.remove(&(at_ms, id));
            }
        }
        if let Some(key) = record.envelope.key.filter(|key| self.keys.get(key) == Some(&id)) {
            self.keys.remove(&key);
        }
    }

    pub(super) fn standing(&self, lease: &Lease) -> Standing {
        match self.jobs.get(&lease.id).map(|record| &record.state) {
            Some(State::Leased { token, .. }) if *token == lease.token => Standing::Held,
            Some(_) => Standing::Lost,
            None => Standing::Gone,
        }
    }

    /// Whether the end of this job lets one go on that waits for its cap.
    pub(super) fn frees_another(&self, id: Uuid) -> bool {
        self.jobs
            .get(&id)
            .is_some_and(|job| job.envelope.caps.iter().any(|cap| self.held.contains_key(&cap.key)))
    }

    pub(super) fn prolong(&mut self, id: Uuid, to: u64) {
        if let Some(Record { state: State::Leased { until, .. }, .. }) = self.jobs.get_mut(&id) {
            self.leases.remove(&(*until, id));
            *until = to;
            self.leases.insert((to, id));
        }
    }
}

impl Class {
    /// Keeps only owners whose next tag lies ahead; the others start at `now` in any case.
    pub(super) fn tidy(&mut self) {
        if self.waiting.is_empty() && self.held == 0 {
            self.owners.clear();
            self.now = 0;
            self.passed_over = 0;
        } else if self.owners.len() > 64 + 2 * (self.waiting.len() + self.held) {
            let now = self.now;
            self.owners.retain(|_, next| *next > now);
        }
    }
}
