//! The way to a provider: one client with kept connections, time limits, and bounded retries before the first delta.

use std::future::Future;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rand::Rng;
use reqwest::{Client, RequestBuilder, Response};
use tokio::time::{sleep, timeout};

use super::faults::{self, Failure};
use crate::config;
use crate::error::{Error, Result};

/// Longest line, event or error that is read from a provider.
pub(super) const EVENT_LIMIT: usize = 4 << 20;
/// Largest body of an answer that is not a stream; a batch of embeddings is the largest of them.
pub(super) const BODY_LIMIT: usize = 64 << 20;
const ERROR_LIMIT: usize = 64 << 10;
/// A provider that asks for a longer wait is believed, but waited for by the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(4);

/// How long to wait for a provider, and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// From sending a request to the first delta of its answer.
    pub first_token: Duration,
    /// Between two deltas. Comments that only keep the connection open do not count.
    pub idle: Duration,
    /// For everything that is not a stream, retries included.
    pub total: Duration,
    /// Tries after the first one.
    pub retries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: Duration::from_secs(300),
            idle: Duration::from_secs(120),
            total: Duration::from_secs(120),
            retries: 2,
        }
    }
}

impl From<&config::Providers> for Patience {
    fn from(settings: &config::Providers) -> Self {
        Self {
            connect: Duration::from_millis(settings.connect_timeout_ms),
            first_token: Duration::from_millis(settings.first_token_timeout_ms),
            idle: Duration::from_millis(settings.idle_timeout_ms),
            total: Duration::from_millis(settings.total_timeout_ms),
            retries: settings.retries,
        }
    }
}

/// A client for all providers. It keeps idle connections, so one for the process is the right number.
///
/// # Errors
/// When the system's certificates cannot be read.
pub(super) fn client(patience: Patience) -> Result<Client> {
    // rustls asks for one provider in the process; that another one of ours was quicker is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(patience.connect)
        .pool_idle_timeout(Duration::from_secs(90))
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(30))
        .user_agent(concat!("skein/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Error::internal("The client for model providers could not be made.").source(error))
}

/// Sends requests with patience.
#[derive(Clone)]
pub(super) struct Transport {
    pub(super) client: Client,
    pub(super) patience: Patience,
}

impl Transport {
    /// Runs attempts until one succeeds, one fails for good, or there have been enough.
    pub(super) async fn attempts<T, F, Fut>(&self, mut attempt: F) -> Result<T>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut tried = 0;
        loop {
            let failure = match attempt().await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let wait = failure.error.retry_after.unwrap_or_else(|| backoff(tried));
            if !failure.retry || tried >= self.patience.retries || wait > LONGEST_WAIT {
                return Err(failure.error);
            }
            tried += 1;
            tracing::debug!(
                code = failure.error.code,
                tried,
                wait_ms = wait.as_millis(),
                "trying a provider again"
            );
            metrics::counter!("skein_provider_retries_total", "code" => failure.error.code).increment(1);
            sleep(wait).await;
        }
    }

    /// Sends one request; anything but a success is a failure with the reason that the body gives.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(faults::transport)?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        // Whatever of the reason comes in time is enough.
        let body = timeout(Duration::from_secs(5), read(response, ERROR_LIMIT)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        Err(faults::status(status, &headers, &body))
    }

    /// Limits a call that is not a stream, retries included.
    pub(super) async fn in_time<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        match timeout(self.patience.total, call).await {
            Ok(result) => result,
            Err(_) => Err(faults::timed_out("The model provider did not answer in time.")),
        }
    }
}

/// Reads a whole body of at most `limit` bytes.
pub(super) async fn read(mut response: Response, limit: usize) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(faults::transport)? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::fatal(faults::bad_response("The model provider's answer is too large.")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Doubles with each try; the jitter keeps many runs from coming back at the same moment.
fn backoff(tried: u32) -> Duration {
    let full = FIRST_BACKOFF.saturating_mul(1 << tried.min(10)).min(LONGEST_BACKOFF);
    full.mul_f64(rand::rng().random_range(0.5..1.0))
}
