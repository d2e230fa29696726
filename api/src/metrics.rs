//! Figures about HTTP.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use poem::http::{Method, StatusCode};
use shared::slots::{Full, Slot};
use shared::{Context, Error, Kind, Result};
use uuid::Uuid;

/// When a user with too many streams may try again: browsers close those of pages that are gone by then.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// One request that was answered. `operation` is its id in the OpenAPI document.
pub(crate) fn request(method: &Method, operation: Option<&'static str>, status: StatusCode, taken: Duration) {
    let method = match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        // Any word can be a method; each would be a series of its own.
        _ => "other",
    };
    let status = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let route = operation.unwrap_or("other");
    counter!("skein_http_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
    histogram!("skein_http_request_duration_seconds", "method" => method, "route" => route)
        .record(taken.as_secs_f64());
}

/// Counts as an open stream of its user for as long as it lives.
#[derive(Debug)]
pub(crate) struct OpenStream {
    kind: &'static str,
    _slot: Slot,
}

impl OpenStream {
    /// `kind` is a short fixed word: `sse`, `openai`, `websocket`.
    ///
    /// # Errors
    /// `too_many_streams` when the user has too many open on this node, `unavailable` when the node has.
    pub(crate) fn new(ctx: &Context, user_id: Uuid, kind: &'static str) -> Result<Self> {
        let slot = ctx.streams.take(user_id).map_err(|full| match full {
            Full::All => Error::unavailable("This node serves as many streams as it can."),
            Full::Owner => {
                Error::new(Kind::RateLimited, "too_many_streams", "Too many streams are open. Close some.")
                    .retry_after(RETRY_AFTER)
            }
        })?;
        gauge!("skein_http_open_streams", "kind" => kind).increment(1);
        Ok(Self { kind, _slot: slot })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        gauge!("skein_http_open_streams", "kind" => self.kind).decrement(1);
    }
}
