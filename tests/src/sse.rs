//! Server-sent events as the HTML standard parses them, from blocks of bytes cut anywhere.

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The last id seen, which later events without one keep.
    pub id: String,
    /// `message` when the stream names none.
    pub name: String,
    pub data: String,
}

/// Keeps what has arrived of a line that is not whole yet.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    /// The last block ended in CR: a LF that comes next belongs to it.
    after_cr: bool,
    begun: bool,
    last_id: String,
    name: String,
    data: Option<String>,
    comments: usize,
}

impl SseParser {
    /// Takes the next bytes and gives the events that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            match byte {
                b'\n' if std::mem::take(&mut self.after_cr) => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.take_line(&String::from_utf8_lossy(&line)));
                }
                _ => {
                    self.after_cr = false;
                    self.line.push(byte);
                }
            }
        }
        events
    }

    /// Comment lines seen so far (keep-alives).
    pub fn comments(&self) -> usize {
        self.comments
    }

    fn take_line(&mut self, line: &str) -> Option<SseEvent> {
        let line =
            if std::mem::replace(&mut self.begun, true) { line } else { line.trim_start_matches('\u{feff}') };
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = self.data.take()?;
            let name = if name.is_empty() { "message".to_owned() } else { name };
            return Some(SseEvent { id: self.last_id.clone(), name, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => self.comments += 1,
            "event" => value.clone_into(&mut self.name),
            "id" if !value.contains('\0') => value.clone_into(&mut self.last_id),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "\u{feff}: hello\nid: 1-1\nevent: delta\ndata: {\"text\":\"grün 🪿\"}\n\n\
        event:delta\r\ndata:a\r\ndata: b\r\n\r\nretry: 5\rid\rdata\r\r: end\n\ndata: unfinished\n";

    fn expected() -> Vec<SseEvent> {
        let event = |id: &str, name: &str, data: &str| SseEvent {
            id: id.into(),
            name: name.into(),
            data: data.into(),
        };
        vec![
            event("1-1", "delta", "{\"text\":\"grün 🪿\"}"),
            event("1-1", "delta", "a\nb"),
            event("", "message", ""),
        ]
    }

    #[test]
    fn events_survive_every_cut() {
        let bytes = STREAM.as_bytes();
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let mut parser = SseParser::default();
                let parts = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                let events: Vec<_> = parts.iter().flat_map(|part| parser.push(part)).collect();
                assert_eq!(events, expected(), "cut at {first} and {second}");
                assert_eq!(parser.comments(), 2);
            }
        }
    }

    #[test]
    fn single_bytes_are_enough() {
        let mut parser = SseParser::default();
        let events: Vec<_> = STREAM.bytes().flat_map(|byte| parser.push(&[byte])).collect();
        assert_eq!(events, expected());
    }
}
