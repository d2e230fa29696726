//! A streamed answer, whatever the protocol: time limits, order of the last deltas, and what counts as its end.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::{RequestBuilder, Response};
use tokio::time::{Instant, Sleep, sleep_until, timeout, timeout_at};

use super::faults::{self, Failure};
use super::http::Transport;
use super::tools::ToolCalls;
use super::{Delta, DeltaStream, FinishReason, ToolCallDelta, Usage};
use crate::error::Result;

/// Between the finish reason and what may follow it (usage, an end mark): some servers send nothing more.
const TAIL: Duration = Duration::from_secs(3);
/// To read the end of a body whose last event has been seen.
const DRAIN: Duration = Duration::from_millis(200);

/// The reader of one protocol over one response. Dropping it closes the connection.
pub(super) trait Wire: Send + Sized + 'static {
    /// Takes over a response whose status was a success.
    fn new(response: Response) -> Result<Self, Failure>;

    /// Reads one event into `said`. Cancel-safe.
    ///
    /// The end of the body before [`Said::finish`] is `provider_stream_cut`.
    fn step(&mut self, said: &mut Said) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Reads what is left behind the last event, so that the connection can be used again.
    fn drain(&mut self) -> impl Future<Output = ()> + Send;
}

/// Sends a request, again if that helps, and gives the answer once its first delta is there.
pub(super) async fn start<W: Wire>(
    transport: &Transport,
    request: impl Fn() -> RequestBuilder + Send + Sync,
) -> Result<DeltaStream> {
    let answer = transport.attempts(|| open::<W>(transport, request())).await?;
    Ok(stream::unfold(answer, |mut answer| async move { Some((answer.next().await?, answer)) }).boxed())
}

async fn open<W: Wire>(transport: &Transport, request: RequestBuilder) -> Result<Answer<W>, Failure> {
    let limit = transport.patience.first_token;
    let begun = timeout_at(Instant::now() + limit, async {
        let wire = W::new(transport.send(request).await?)?;
        let mut answer = Answer {
            wire: Some(wire),
            said: Said::default(),
            silence: Silence::new(transport.patience.idle),
            ended: false,
        };
        answer.begin().await?;
        Ok(answer)
    });
    begun.await.unwrap_or_else(|_| {
        // A provider that is slow under load would only be slower for being asked again.
        Err(Failure::fatal(faults::timed_out(format!(
            "The model provider did not begin to answer within {} s.",
            limit.as_secs_f64()
        ))))
    })
}

struct Answer<W> {
    wire: Option<W>,
    said: Said,
    silence: Silence,
    ended: bool,
}

impl<W: Wire> Answer<W> {
    async fn begin(&mut self) -> Result<(), Failure> {
        let Some(wire) = &mut self.wire else { return Ok(()) };
        while self.said.ready.is_empty() && self.said.finish.is_none() {
            wire.step(&mut self.said).await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Option<Result<Delta>> {
        loop {
            if let Some(delta) = self.said.ready.pop_front() {
                return Some(Ok(delta));
            }
            let wire = self.wire.as_mut()?;
            if self.ended {
                let _ = timeout(DRAIN, wire.drain()).await;
                self.wire = None;
                return None;
            }
            if self.said.complete {
                self.end();
                continue;
            }
            let finished = self.said.finish.is_some();
            let step = wire.step(&mut self.said);
            let stepped = match finished {
                true => timeout(TAIL, step).await.ok(),
                false => self.silence.bound(step).await,
            };
            let error = match stepped {
                Some(Ok(())) => continue,
                Some(Err(failure)) => failure.error,
                None => faults::timed_out(format!(
                    "The model provider fell silent for {} s in the middle of its answer.",
                    self.silence.limit.as_secs_f64()
                )),
            };
            if finished {
                // The answer was whole; only what may follow it was lost.
                self.end();
                continue;
            }
            self.wire = None;
            return Some(Err(error));
        }
    }

    /// Usage and finish go out last and in this order, wherever the server put them.
    fn end(&mut self) {
        self.ended = true;
        let said = &mut self.said;
        if let Some(usage) = said.usage.take() {
            said.ready.push_back(Delta::Usage(usage));
        }
        let finish = match said.finish.take().unwrap_or_default() {
            // Several servers say "stop" when they mean this.
            FinishReason::Stop if !said.tools.is_empty() => FinishReason::ToolCalls,
            finish => finish,
        };
        said.ready.push_back(Delta::Finish(finish));
    }
}

/// A time limit for each of many steps with one timer, which is set anew only when it fires: a timer for each token
/// would cost more than reading it.
struct Silence {
    limit: Duration,
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Silence {
    fn new(limit: Duration) -> Self {
        let now = Instant::now();
        Self { limit, since: now, timer: Box::pin(sleep_until(now + limit)) }
    }

    /// `None` when the step takes longer than the limit.
    async fn bound<T>(&mut self, step: impl Future<Output = T>) -> Option<T> {
        self.since = Instant::now();
        tokio::pin!(step);
        loop {
            tokio::select! {
                biased;
                done = &mut step => return Some(done),
                () = &mut self.timer => {
                    let due = self.since + self.limit;
                    if Instant::now() >= due {
                        return None;
                    }
                    self.timer.as_mut().reset(due);
                }
            }
        }
    }
}

/// What a provider has said so far and nobody has read yet.
#[derive(Default)]
pub(super) struct Said {
    ready: VecDeque<Delta>,
    pub(super) tools: ToolCalls,
    pub(super) usage: Option<Usage>,
    pub(super) finish: Option<FinishReason>,
    /// Nothing more will come.
    pub(super) complete: bool,
}

impl Said {
    pub(super) fn text(&mut self, text: String) {
        if !text.is_empty() {
            self.ready.push_back(Delta::Text(text));
        }
    }

    pub(super) fn reasoning(&mut self, text: String) {
        if !text.is_empty() {
            self.ready.push_back(Delta::Reasoning(text));
        }
    }

    pub(super) fn tool_call(&mut self, call: ToolCallDelta) {
        self.ready.push_back(Delta::ToolCall(call));
    }
}
