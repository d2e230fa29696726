//! Which handler runs which kind of job.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::job::Job;
use super::worker::{Claimed, Outcome};

type Handler = Box<dyn Fn(Claimed) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// Handlers by the name of their job. A job that this program is too old for is left for newer workers; one that
/// nobody knows or can read is buried.
#[derive(Default)]
pub struct Routes {
    handlers: HashMap<&'static str, Handler>,
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs jobs of the kind `J` with `handler`; `Claimed` carries the history and the lease.
    #[must_use]
    pub fn on<J, H, F, O>(mut self, handler: H) -> Self
    where
        J: Job,
        H: Fn(J, Claimed) -> F + Send + Sync + 'static,
        F: Future<Output = O> + Send + 'static,
        O: Into<Outcome>,
    {
        let handler = Arc::new(handler);
        let run: Handler = Box::new(move |claimed| {
            let handler = handler.clone();
            Box::pin(async move {
                match claimed.decode::<J>() {
                    Ok(job) => handler(job, claimed).await.into(),
                    Err(outcome) => outcome,
                }
            })
        });
        self.handlers.insert(J::NAME, run);
        self
    }

    /// The handler for [`super::worker`].
    pub fn into_handler(self) -> impl Fn(Claimed) -> BoxFuture<'static, Outcome> + Send + Sync + 'static {
        move |claimed| match self.handlers.get(claimed.envelope().name.as_str()) {
            Some(handler) => handler(claimed),
            None => Box::pin(std::future::ready(claimed.unknown())),
        }
    }
}
