//! Calls to the store that may take their time or fail for a while: bounded, and logged now and then.

use std::future::Future;
use std::time::{Duration, Instant};

use super::job::Pool;
use crate::{Error, Result};

/// Longer than any answer of a healthy store, shorter than anybody's patience.
const LIMIT: Duration = Duration::from_secs(10);

/// The answer, or an error once it has taken too long.
pub(super) async fn bounded<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(LIMIT, call)
        .await
        .unwrap_or_else(|_| Err(Error::unavailable("The queue did not answer in time.")))
}

/// Logs something that fails over and over, at most every few seconds.
#[derive(Default)]
pub(super) struct Quiet {
    last: Option<Instant>,
    unsaid: u32,
}

impl Quiet {
    const EVERY: Duration = Duration::from_secs(5);

    pub(super) fn warn(&mut self, what: &'static str, pool: Pool, error: &Error) {
        if self.last.is_some_and(|last| last.elapsed() < Self::EVERY) {
            self.unsaid += 1;
            return;
        }
        tracing::warn!(%pool, ?error, unsaid = self.unsaid, "{what}; trying again");
        self.last = Some(Instant::now());
        self.unsaid = 0;
    }
}
