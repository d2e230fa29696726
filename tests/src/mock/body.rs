use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame};
use tokio::time::{Instant, Sleep, sleep_until};

use super::reply::{Piece, Reply};
use super::script::Script;
use super::stats::OpenAnswer;

/// How a protocol writes the parts of a streamed answer.
pub(crate) trait Wire: Send + Unpin + 'static {
    fn begin(&mut self, out: &mut BytesMut);
    fn piece(&mut self, piece: &Piece<'_>, out: &mut BytesMut);
    fn garbage(&mut self, out: &mut BytesMut);
    fn end(&mut self, reply: &Reply, out: &mut BytesMut);
}

/// A streamed answer at the script's pace. All pieces that are due at a wake-up go out in one frame, so that a fast
/// script costs little; a script slower than the timer sends each piece on its own.
pub(crate) struct PacedBody<W> {
    script: Script,
    reply: Reply,
    wire: W,
    answer: OpenAnswer,
    began: Instant,
    next: u32,
    pieces: u32,
    sleep: Pin<Box<Sleep>>,
    state: State,
    // Pieces leave the buffer as frames without copying; it is refilled in blocks.
    buffer: BytesMut,
}

enum State {
    Waiting,
    Streaming,
    Cut,
    Done,
}

/// A frame is handed on when it is this long even if more is due.
const FRAME: usize = 16 * 1024;

impl<W: Wire> PacedBody<W> {
    pub(crate) fn new(script: Script, reply: Reply, wire: W, answer: OpenAnswer) -> Self {
        let began = Instant::now();
        let sleep = Box::pin(sleep_until(began + Duration::from_millis(script.ttft_ms)));
        let pieces = reply.pieces();
        Self {
            script,
            reply,
            wire,
            answer,
            began,
            next: 0,
            pieces,
            sleep,
            state: State::Waiting,
            buffer: BytesMut::with_capacity(8 * 1024),
        }
    }

    /// Writes what is due. Returns the time of the next piece, None at the end.
    fn fill(&mut self) -> Option<Instant> {
        let elapsed = self.began.elapsed();
        while self.next < self.pieces {
            let due = self.script.due(self.next);
            if due > elapsed || self.buffer.len() >= FRAME {
                return Some(self.began + due);
            }
            if self.script.cut_after == Some(self.next) {
                self.state = State::Cut;
                return None;
            }
            if self.script.garbage_after == Some(self.next) {
                self.wire.garbage(&mut self.buffer);
            }
            if let Some(piece) = self.reply.piece(self.next) {
                self.wire.piece(&piece, &mut self.buffer);
            }
            self.next += 1;
            self.answer.sent = self.next;
        }
        if self.script.cut_after.is_some_and(|after| after >= self.pieces) {
            self.state = State::Cut;
        } else {
            self.wire.end(&self.reply, &mut self.buffer);
            self.state = State::Done;
        }
        None
    }
}

impl<W: Wire> Body for PacedBody<W> {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        loop {
            match this.state {
                State::Done if this.buffer.is_empty() => {
                    this.answer.end();
                    return Poll::Ready(None);
                }
                State::Cut if this.buffer.is_empty() => {
                    this.answer.end();
                    return Poll::Ready(Some(Err(std::io::Error::other("cut by the script"))));
                }
                State::Waiting => {
                    ready!(this.sleep.as_mut().poll(cx));
                    this.state = State::Streaming;
                    this.wire.begin(&mut this.buffer);
                }
                State::Streaming => {
                    if let Some(next) = this.fill()
                        && this.buffer.is_empty()
                    {
                        this.sleep.as_mut().reset(next);
                        ready!(this.sleep.as_mut().poll(cx));
                    }
                }
                State::Done | State::Cut => {}
            }
            if !this.buffer.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(this.buffer.split().freeze()))));
            }
        }
    }
}

/// Appends a number in decimal; the one thing per token that would otherwise go through the formatter.
pub(crate) fn push_number(out: &mut BytesMut, number: u32) {
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
