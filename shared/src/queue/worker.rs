//! The worker: apalis runs the jobs, this module brings them to it and carries away what became of them.
//!
//! Four things run side by side. The *claimer* takes jobs from the store, never more than can start at once. *apalis*
//! runs each in a task of its own, catching panics. The *renewer* keeps the leases of all of them. The *settler* tells
//! the store how each one ended. A job reaches apalis with its slot and its lease in hand, so there is no moment at
//! which a drain, a dropped future or a panic could lose one.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::layers::catch_panic::{CatchPanicLayer, PanicError};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::error::BoxDynError;
use apalis_core::layers::Identity;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::into_response::IntoResponse;
use apalis_core::task::task_fn::task_fn;
use apalis_core::task::{ExecutionContext, Task};
use apalis_core::worker::builder::WorkerBuilder;
use apalis_core::worker::context::WorkerContext;
use apalis_core::worker::ext::ack::{Acknowledge, AcknowledgeLayer};
use apalis_core::worker::ext::parallelize::ParallelizeLayer;
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use super::Queue;
use super::claimer::Claimer;
use super::job::{AttemptError, Envelope, History, Job, Pool};
use super::lease::{Leases, Running};
use super::store::Verdict;
use crate::{Clock, Error, Kind, Shutdown};

/// How long a handler may take to give back what it holds when the process stops.
pub(super) const GIVE_BACK: Duration = Duration::from_secs(3);

/// How a handler says that its job goes on.
#[derive(Debug)]
pub enum Outcome {
    /// Done, or nothing left to do.
    Done,
    /// Not now; that is nobody's fault and counts as no attempt. The reason is for logs.
    RetryIn(Duration, &'static str),
    /// The attempt failed and counts; after the last one the job becomes a dead letter with this error's code.
    Retry(Error),
    /// Will never succeed: a dead letter at once. The reason is shown to admins and holds no content.
    Bury { code: &'static str, reason: String },
    /// Was cut short by a shutdown: back in the queue at once, for another worker.
    Released,
}

impl From<Result<Self, Error>> for Outcome {
    /// Errors that may pass are tried again; those that will not are a dead letter at once.
    fn from(result: Result<Self, Error>) -> Self {
        result.unwrap_or_else(|error| match error.kind {
            Kind::Invalid | Kind::Unauthenticated | Kind::Forbidden | Kind::NotFound | Kind::TooLarge => {
                Self::Bury { code: error.code, reason: error.message.into_owned() }
            }
            _ => Self::Retry(error),
        })
    }
}

impl IntoResponse for Outcome {
    type Output = Self;

    fn into_response(self) -> Result<Self, BoxDynError> {
        Ok(self)
    }
}

/// A job that has been handed to this worker. Shared between the handler and what settles its end.
pub(super) struct Delivery {
    pub envelope: Envelope,
    pub history: History,
    pub running: Arc<Running>,
}

/// A job that has been handed to this worker, with its slot and its lease.
pub struct Claimed {
    delivery: Arc<Delivery>,
    newer: Duration,
    slot: Option<OwnedSemaphorePermit>,
}

impl Claimed {
    pub(super) fn new(delivery: Delivery, newer: Duration, slot: OwnedSemaphorePermit) -> Self {
        Self { delivery: Arc::new(delivery), newer, slot: Some(slot) }
    }

    pub fn envelope(&self) -> &Envelope {
        &self.delivery.envelope
    }

    pub fn history(&self) -> &History {
        &self.delivery.history
    }

    /// Resolves when the queue has taken this worker for dead. The job may run elsewhere by then; what this one may
    /// still write is for the row to say.
    pub async fn lost(&self) {
        self.delivery.running.lost().cancelled().await;
    }

    /// The job itself, or the outcome if this program cannot run it: a newer form is left for newer workers, what
    /// cannot be read is buried.
    pub fn decode<J: Job>(&self) -> Result<J, Outcome> {
        let envelope = self.envelope();
        if envelope.name != J::NAME {
            return Err(self.unknown());
        }
        if envelope.version > J::VERSION {
            return Err(Outcome::RetryIn(self.newer, "made for a newer worker"));
        }
        J::deserialize(&envelope.payload).map_err(|_| Outcome::Bury {
            code: "undecodable",
            // The error of the decoder may quote the payload.
            reason: format!(
                "version {} of {} cannot be read by version {}",
                envelope.version,
                J::NAME,
                J::VERSION
            ),
        })
    }

    pub(super) fn unknown(&self) -> Outcome {
        let envelope = self.envelope();
        let reason = format!("no handler for {} in the pool {}", envelope.name, envelope.pool);
        Outcome::Bury { code: "unknown_job", reason }
    }
}

/// Runs the jobs of `pool`, at most `concurrency` at a time, until the shutdown drains; returns when the last job of
/// its own has ended. On `stop` running handlers get some seconds, then they are dropped and their jobs given back.
///
/// `name` is for logs; two workers of one name do not harm each other.
pub fn worker<H, F>(
    queue: &Queue,
    pool: Pool,
    concurrency: usize,
    name: String,
    shutdown: &Shutdown,
    handler: H,
) -> impl Future<Output = ()> + Send + 'static + use<H, F>
where
    H: Fn(Claimed) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let (queue, shutdown) = (queue.clone(), shutdown.clone());
    let handler = Arc::new(handler);
    async move {
        let store = queue.store.clone();
        let settings = queue.settings.clone();
        let leases = Leases::new(pool, queue.work.clone());
        let _slots = queue.work.open(pool, concurrency.max(1));
        let (verdicts, settled) = mpsc::unbounded_channel();
        let settler = shutdown.spawn(leases.clone().settle(store.clone(), settled, shutdown.clone()));
        let settled = CancellationToken::new();
        shutdown.spawn(leases.clone().renew(store.clone(), settings.renew, settled.clone()));
        // The leases outlive this future if jobs still run when it is dropped.
        let settler = shutdown.spawn(async move {
            let _ = settler.await;
            settled.cancel();
        });

        let (jobs, ready) = mpsc::unbounded_channel();
        let claimer = Claimer {
            store,
            pool,
            settings: settings.clone(),
            leases,
            verdicts: verdicts.clone(),
            slots: Arc::new(Semaphore::new(concurrency.max(1))),
            jobs,
            shutdown: shutdown.clone(),
        };
        shutdown.spawn(claimer.run());

        let end = Ending { pool, clock: queue.clock.clone() };
        let run = move |claimed: Claimed| run(claimed, handler.clone(), shutdown.clone());
        let worker = WorkerBuilder::new(name.as_str())
            .backend(Claims { ready })
            .layer(ParallelizeLayer::new(spawn))
            .layer(AcknowledgeLayer::new(end))
            .layer(CatchPanicLayer::with_panic_handler(panicked))
            .build(task_fn::<_, Claimed, ()>(run));
        if let Err(error) = worker.run().await {
            tracing::error!(%pool, worker = %name, %error, "the worker ended with an error");
        }
        drop(verdicts);
        let _ = settler.await;
    }
}

/// Runs one handler, in a span of its own, cut short by `stop`.
async fn run<H, F>(mut claimed: Claimed, handler: Arc<H>, shutdown: Shutdown) -> Outcome
where
    H: Fn(Claimed) -> F,
    F: Future<Output = Outcome>,
{
    // Not left to the handler, which may drop what it does not need.
    let _slot = claimed.slot.take();
    let envelope = claimed.envelope();
    let span = tracing::info_span!(
        "job", pool = %envelope.pool, name = %envelope.name, id = %envelope.id, delivery = claimed.history().deliveries
    );
    tokio::select! {
        biased;
        outcome = handler(claimed).instrument(span) => outcome,
        () = given_up(&shutdown) => Outcome::Released,
    }
}

/// A handler that hears of the stop gives back what it holds, which takes a few statements.
async fn given_up(shutdown: &Shutdown) {
    shutdown.stopped().await;
    tokio::time::sleep(GIVE_BACK).await;
}

/// The jobs as apalis sees them.
struct Claims {
    ready: mpsc::UnboundedReceiver<Claimed>,
}

impl Backend for Claims {
    type Task = Task<Claimed>;
    type Error = std::convert::Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Self::Error>>> {
        self.ready.poll_recv(cx).map(|job| {
            if job.is_none() {
                // The claimer has ended. Without this apalis would wait for a stop that never comes.
                let _ = worker.stop();
            }
            job.map(|claimed| {
                let delivery = claimed.delivery.clone();
                Ok(TaskBuilder::new(claimed).data(delivery).build())
            })
        })
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        // Whatever was not started goes back as it is dropped.
        self.ready.close();
        while self.ready.try_recv().is_ok() {}
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Claims {
    type Args = Claimed;
    type Id = Uuid;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &Self::Config {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        Identity::new()
    }
}

/// Turns outcomes, errors and panics into verdicts.
#[derive(Clone)]
struct Ending {
    pool: Pool,
    clock: Clock,
}

impl Acknowledge<Outcome> for Ending {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<(), Self::Error>>;

    fn ack(&mut self, result: &Result<Outcome, BoxDynError>, context: &ExecutionContext) -> Self::Future {
        if let Some(delivery) = context.data().get::<Arc<Delivery>>() {
            let (verdict, outcome) = self.verdict(result, delivery);
            delivery.running.settle(verdict, outcome);
        }
        std::future::ready(Ok(()))
    }
}

impl Ending {
    fn verdict(&self, result: &Result<Outcome, BoxDynError>, delivery: &Delivery) -> (Verdict, &'static str) {
        let (pool, name, id) = (self.pool, &delivery.envelope.name, delivery.envelope.id);
        match result {
            Ok(Outcome::Done) => (Verdict::Done, "done"),
            Ok(Outcome::Released) => (Verdict::Release, "released"),
            Ok(Outcome::RetryIn(delay, reason)) => {
                tracing::debug!(%pool, %name, %id, reason, "a job was put back");
                (Verdict::Again { delay: *delay, errors: None }, "put_back")
            }
            Ok(Outcome::Bury { code, reason }) => {
                tracing::error!(%pool, %name, %id, code, "a job was buried");
                let errors = None;
                (Verdict::Bury { code: (*code).into(), reason: reason.clone(), errors }, "buried")
            }
            Ok(Outcome::Retry(error)) => self.failed(delivery, error, "retried"),
            Err(error) if error.is::<PanicError>() => self.failed(
                delivery,
                &Error::new(Kind::Internal, "panicked", "The handler panicked."),
                "panicked",
            ),
            Err(_) => self.failed(delivery, &Error::internal("The worker failed."), "retried"),
        }
    }

    fn failed(&self, delivery: &Delivery, error: &Error, outcome: &'static str) -> (Verdict, &'static str) {
        let Envelope { name, id, retry, .. } = &delivery.envelope;
        let pool = self.pool;
        let attempts = delivery.history.attempts + 1;
        let failure = AttemptError {
            at_ms: self.clock.now_ms(),
            code: error.code.into(),
            message: error.message.to_string(),
        };
        // A list of strings and numbers: it can always be written.
        let errors = serde_json::to_string(&delivery.history.errors_with(failure)).ok();
        if attempts >= retry.max_attempts {
            tracing::error!(%pool, %name, %id, attempts, ?error, "a job failed for the last time and was buried");
            return (
                Verdict::Bury { code: error.code.into(), reason: error.message.to_string(), errors },
                "buried",
            );
        }
        let delay = retry.delay(attempts).max(error.retry_after.unwrap_or_default());
        tracing::warn!(%pool, %name, %id, attempts, ?error, delay_ms = delay.as_millis(), "a job failed and will run again");
        (Verdict::Again { delay, errors }, outcome)
    }
}

/// The message of a panic may hold content, so nothing is kept of it.
fn panicked(_: &Box<dyn Any + Send>) -> PanicError {
    PanicError(String::new())
}

type Started = BoxFuture<'static, Result<Outcome, BoxDynError>>;

fn spawn(job: Started) -> JoinHandle<Result<Outcome, BoxDynError>> {
    tokio::spawn(job)
}
