//! Bytes of a response as lines and as server-sent events, with a bound on each.
//!
//! Lenient where servers differ: CRLF or LF, comments, a last line without an end. A letter whose bytes are split
//! between two chunks is whole again in its line. Every token of every model passes here, so nothing is allocated for
//! one: lines are given out where they lie.

use std::ops::Range;

use reqwest::Response;

use super::faults::{self, Failure};
use super::http::EVENT_LIMIT;

/// A response read line by line. Dropping it closes the connection unless the body was read to its end.
pub(super) struct Lines {
    response: Response,
    buffer: Buffer,
    ended: bool,
}

impl Lines {
    pub(super) fn new(response: Response) -> Self {
        Self { response, buffer: Buffer::default(), ended: false }
    }

    /// The next line without its end. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        Ok(self.advance().await?.map(|line| &self.buffer.bytes[line]))
    }

    async fn advance(&mut self) -> Result<Option<Range<usize>>, Failure> {
        loop {
            if let Some(line) = self.buffer.line() {
                return Ok(Some(line));
            }
            if self.buffer.waiting() > EVENT_LIMIT {
                return Err(Failure::fatal(faults::bad_response(
                    "The model provider sent a line without end.",
                )));
            }
            if self.ended {
                return Ok(self.buffer.rest());
            }
            match self.response.chunk().await.map_err(faults::transport)? {
                Some(chunk) => self.buffer.add(&chunk),
                None => self.ended = true,
            }
        }
    }
}

/// What has come and was not given out yet.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    /// Bytes at the front that were given out.
    given: usize,
    /// Bytes at the front, those given out among them, that hold no further line end.
    scanned: usize,
}

impl Buffer {
    fn add(&mut self, chunk: &[u8]) {
        // What is left is less than a line, so this moves little.
        self.bytes.drain(..self.given);
        self.scanned -= self.given;
        self.given = 0;
        self.bytes.extend_from_slice(chunk);
    }

    fn waiting(&self) -> usize {
        self.bytes.len() - self.given
    }

    /// The next whole line.
    fn line(&mut self) -> Option<Range<usize>> {
        let Some(at) = self.bytes[self.scanned..].iter().position(|byte| *byte == b'\n') else {
            self.scanned = self.bytes.len();
            return None;
        };
        let (from, end) = (self.given, self.scanned + at);
        self.given = end + 1;
        self.scanned = self.given;
        let carriage = end > from && self.bytes[end - 1] == b'\r';
        Some(from..end - usize::from(carriage))
    }

    /// A last line that has no end.
    fn rest(&mut self) -> Option<Range<usize>> {
        let rest = self.given..self.bytes.len();
        self.given = rest.end;
        self.scanned = rest.end;
        (!rest.is_empty()).then_some(rest)
    }
}

/// A response read as server-sent events (WHATWG HTML, 9.2), of which only the data is of use here.
pub(super) struct Events {
    lines: Lines,
    data: Vec<u8>,
    /// The data was given out and is over with the next call.
    told: bool,
}

impl Events {
    pub(super) fn new(response: Response) -> Self {
        Self { lines: Lines::new(response), data: Vec::new(), told: false }
    }

    /// The data of the next event. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        if std::mem::take(&mut self.told) {
            self.data.clear();
        }
        loop {
            let line = self.lines.next().await?;
            let ends = match line {
                None => true,
                Some([]) => !self.data.is_empty(),
                Some(line) => {
                    if let Some(data) = line.strip_prefix(b"data:") {
                        let data = data.strip_prefix(b" ").unwrap_or(data);
                        if self.data.len() + data.len() > EVENT_LIMIT {
                            return Err(Failure::fatal(faults::bad_response(
                                "The model provider sent an event without end.",
                            )));
                        }
                        if !self.data.is_empty() {
                            self.data.push(b'\n');
                        }
                        self.data.extend_from_slice(data);
                    }
                    false
                }
            };
            if ends {
                self.told = true;
                return Ok((!self.data.is_empty()).then_some(self.data.as_slice()));
            }
        }
    }

    /// Reads what is left behind the last event, so that the connection can be used again.
    pub(super) async fn drain(&mut self) {
        while let Ok(Some(_)) = self.lines.next().await {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(buffer: &mut Buffer) -> Vec<String> {
        let mut out = Vec::new();
        while let Some(line) = buffer.line() {
            out.push(String::from_utf8(buffer.bytes[line].to_vec()).unwrap());
        }
        out
    }

    #[test]
    fn lines_are_whole_wherever_the_chunks_are_cut() {
        let text = "one\r\n\ntwo \u{1F9F6}\n\r\nlast".as_bytes();
        for cut in 0..text.len() {
            let mut buffer = Buffer::default();
            let mut got = Vec::new();
            for part in [&text[..cut], &text[cut..]] {
                buffer.add(part);
                got.append(&mut lines(&mut buffer));
            }
            assert_eq!(got, ["one", "", "two \u{1F9F6}", ""], "cut at {cut}");
            let rest = buffer.rest().unwrap();
            assert_eq!(&buffer.bytes[rest], b"last");
            assert_eq!(buffer.rest(), None);
        }
    }

    #[test]
    fn what_was_given_out_takes_no_room() {
        let mut buffer = Buffer::default();
        for _ in 0..1000 {
            buffer.add(b"data: x\n\nda");
            lines(&mut buffer);
            buffer.add(b"ta: y\n\n");
            lines(&mut buffer);
        }
        assert!(buffer.bytes.len() < 64, "{}", buffer.bytes.len());
    }
}
