use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Longest time that nothing may come, beside the time in which a part was away that nobody can do without.
const PATIENCE: Duration = Duration::from_secs(20);

/// What happened when, printed as it happens, and what went wrong.
pub(crate) struct Timeline {
    began: Instant,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// When a part was away that nobody can do without; the last one may go on.
    outages: Vec<(Instant, Option<Instant>)>,
    problems: Vec<String>,
}

impl Timeline {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note(&self, what: &str) {
        println!("{:7.1} s  {what}", self.began.elapsed().as_secs_f64());
    }

    /// A promise was broken.
    pub(crate) fn broken(&self, what: String) {
        self.note(&format!("BROKEN: {what}"));
        self.lock().problems.push(what);
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        self.lock().problems.clone()
    }

    pub(crate) fn outage_begins(&self) {
        self.lock().outages.push((Instant::now(), None));
    }

    pub(crate) fn outage_ends(&self) {
        if let Some((_, until)) = self.lock().outages.last_mut() {
            until.get_or_insert_with(Instant::now);
        }
    }

    /// Nothing came from then until now; says so where that is longer than it may be.
    pub(crate) fn silence(&self, who: &str, from: Instant) {
        let now = Instant::now();
        let away: Duration = {
            let inner = self.lock();
            let overlap = |(begin, end): &(Instant, Option<Instant>)| {
                end.unwrap_or(now).min(now).saturating_duration_since((*begin).max(from))
            };
            inner.outages.iter().map(overlap).sum()
        };
        let silent = now - from;
        if silent > PATIENCE + away {
            self.broken(format!("{who}: nothing for {silent:.1?}, of which a part was away for {away:.1?}"));
        }
    }
}
