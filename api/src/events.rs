//! From the log to readers: one way to follow a topic, written as server-sent events or as WebSocket frames.
//!
//! A reader names the last event it has and gets the rest, on any node. What the log has lost is told from SQL.

mod follow;
mod frame;

use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream;
use shared::Context;
use shared::events::EventId;

use crate::metrics::OpenStream;

pub(crate) use self::follow::{Follow, follow_run, follow_user};
pub(crate) use self::frame::{sse, ws};

/// One thing that a reader is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The cursor after this event; none for what is told of the moment and never again.
    pub(crate) id: Option<EventId>,
    pub(crate) name: std::borrow::Cow<'static, str>,
    /// JSON on one line.
    pub(crate) data: Bytes,
}

impl Told {
    /// True for the last event of a run.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(&*self.name, "completed" | "failed" | "cancelled")
    }
}

/// The events of a reader as bytes of `text/event-stream`, with a comment when it is quiet.
pub(crate) fn sse_bytes(
    ctx: &Context,
    open: OpenStream,
    follow: Follow,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
    let quiet = Duration::from_secs(ctx.config.stream.keep_alive_s);
    // The comment tells the browser at once that the stream stands, and proxies that it moves.
    stream::unfold((follow, open, true), move |(mut follow, open, first)| async move {
        if first {
            return Some((Ok(Bytes::from_static(b": open\nretry: 1000\n\n")), (follow, open, false)));
        }
        let bytes = match tokio::time::timeout(quiet, follow.next()).await {
            Ok(Some(told)) => sse(&told),
            Ok(None) => return None,
            Err(_) => Bytes::from_static(b": keep-alive\n\n"),
        };
        Some((Ok(bytes), (follow, open, false)))
    })
}
