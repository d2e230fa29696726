//! When runs write what has come: all of a process at the same moments.
//!
//! Each run could count its own pause. But then a busy process writes at every moment for one run, and worker, Redis and
//! API nodes wake for one event at a time. In step, the events of all runs travel in few packets.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The moments at which a process writes: multiples of `generation.coalesce_ms` since it began.
#[derive(Clone, Copy)]
pub(crate) struct Beat {
    began: Instant,
    every: Duration,
}

impl Beat {
    pub(crate) fn every(every: Duration) -> Self {
        Self { began: Instant::now(), every: every.max(Duration::from_millis(1)) }
    }

    pub(super) async fn next(self) {
        sleep_until(after(self.began, Instant::now(), self.every)).await;
    }
}

/// The first beat after `now`.
fn after(began: Instant, now: Instant, beat: Duration) -> Instant {
    let past = (now - began).as_micros() / beat.as_micros();
    began + beat * u32::try_from(past + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_begin_at_different_moments_write_at_the_same() {
        let (began, beat) = (Instant::now(), Duration::from_millis(40));
        let at = |millis| after(began, began + Duration::from_millis(millis), beat) - began;
        assert_eq!(at(0).as_millis(), 40);
        assert_eq!(at(39).as_millis(), 40);
        assert_eq!(at(40).as_millis(), 80);
        assert_eq!(at(86_400_001).as_millis(), 86_400_040);
    }
}
