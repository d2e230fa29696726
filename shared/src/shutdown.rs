//! One shutdown for a process: it tells every loop to end and waits for every task it started.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Cheap to clone; all clones are the same shutdown.
///
/// Two steps: `draining` (take no new work, finish what runs) and `stopped` (end now).
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    draining: CancellationToken,
    stopped: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts the drain: readiness fails, streams end, no new jobs are claimed.
    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// Ends everything that still runs.
    pub fn stop(&self) {
        self.draining.cancel();
        self.stopped.cancel();
    }

    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.is_cancelled()
    }

    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }

    /// Runs a task that [`Shutdown::wait`] waits for. The task must watch `draining` or `stopped` itself.
    pub fn spawn<F>(&self, task: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(task)
    }

    /// Waits until all spawned tasks have ended, `limit` at most; says whether they have.
    pub async fn wait(&self, limit: Duration) -> bool {
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait()).await.is_ok()
    }
}
