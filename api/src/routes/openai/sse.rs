//! A call as a stream of server-sent events.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use poem::http::header;
use poem::{Body, Response};
use serde::Serialize;
use shared::{Context, Error, Result};
use tokio::time::timeout;

use super::call::Call;
use super::reply::{Completed, News, Reply, Step};
use crate::metrics::OpenStream;

/// Until then a failure is still told with its own status; afterwards the stream has begun, so that proxies see life.
const STATUS_WAIT: Duration = Duration::from_secs(10);

pub(super) const DONE: &[u8] = b"data: [DONE]\n\n";

/// How a protocol writes an answer.
pub(super) trait Wire: Send + 'static {
    /// What is new. Empty when the protocol does not tell it.
    fn news(&mut self, news: &[News]) -> Bytes;

    /// The end of a whole answer.
    fn end(&mut self, reply: &Reply, end: &Completed) -> Bytes;

    /// The end of one that failed after it had begun.
    fn fail(&mut self, reply: &Reply, error: &Error) -> Bytes;
}

/// One event with JSON as its data.
pub(super) fn data(value: &impl Serialize) -> Vec<u8> {
    let mut out = b"data: ".to_vec();
    // Our own types have string keys and no failing parts, so this cannot go wrong.
    if let Err(error) = serde_json::to_writer(&mut out, value) {
        tracing::error!(%error, "an event could not be written as JSON");
        out.truncate(6);
        out.extend_from_slice(b"{}");
    }
    out.extend_from_slice(b"\n\n");
    out
}

/// Answers with the stream once the first words are there, or some seconds have gone by.
///
/// # Errors
/// Those of a call that fails before that.
pub(super) async fn stream(ctx: &Context, mut call: Call, mut wire: impl Wire) -> Result<Response> {
    let open = OpenStream::new(ctx, call.user_id(), "openai")?;
    let first = timeout(STATUS_WAIT, first(&mut call, &mut wire)).await;
    let (first, over) = match first {
        Ok(said) => said?,
        Err(_) => (KEEP_ALIVE, false),
    };
    let quiet = Duration::from_secs(ctx.config.stream.keep_alive_s);
    let state = Streaming { call, wire, quiet, over, _open: open };
    let rest = stream::unfold((state, Some(first)), |(mut state, first)| async move {
        let bytes = match first {
            Some(first) => first,
            None => state.next().await?,
        };
        Some((Ok::<_, std::io::Error>(bytes), (state, None)))
    });
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-cache, no-transform")
        .header("x-accel-buffering", "no")
        .body(Body::from_bytes_stream(rest)))
}

const KEEP_ALIVE: Bytes = Bytes::from_static(b": keep-alive\n\n");

async fn first(call: &mut Call, wire: &mut impl Wire) -> Result<(Bytes, bool)> {
    loop {
        match call.next().await? {
            Step::News(news) => {
                let bytes = wire.news(&news);
                if !bytes.is_empty() {
                    return Ok((bytes, false));
                }
            }
            Step::Completed(end) => return Ok((wire.end(call.reply(), &end), true)),
        }
    }
}

struct Streaming<W> {
    call: Call,
    wire: W,
    quiet: Duration,
    over: bool,
    _open: OpenStream,
}

impl<W: Wire> Streaming<W> {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.over {
                return None;
            }
            let bytes = match timeout(self.quiet, self.call.next()).await {
                Err(_) => return Some(KEEP_ALIVE),
                Ok(Ok(Step::News(news))) => self.wire.news(&news),
                Ok(Ok(Step::Completed(end))) => {
                    self.over = true;
                    self.wire.end(self.call.reply(), &end)
                }
                Ok(Err(error)) => {
                    self.over = true;
                    tracing::info!(generation = %self.call.id(), code = error.code, "a stream ended with an error");
                    self.wire.fail(self.call.reply(), &error)
                }
            };
            if !bytes.is_empty() {
                return Some(bytes);
            }
        }
    }
}
