//! What a reader has of one generation: the same reduction that the page does, and it notices broken promises.

use serde_json::{Value, json};

use crate::sse::SseEvent;

/// The state after the events so far. `problems` must stay empty.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub text: String,
    pub reasoning: String,
    pub tool_calls: Vec<Value>,
    /// Name and data of the event that ended it.
    pub end: Option<(String, Value)>,
    /// Id of the last event, to go on after.
    pub last_id: Option<String>,
    pub restarts: usize,
    pub snapshots: usize,
    pub queued: usize,
    pub events: usize,
    pub problems: Vec<String>,
}

impl Reply {
    /// Takes the next event of the stream.
    pub fn apply(&mut self, event: &SseEvent) {
        let data: Value = match event.data.parse() {
            Ok(data) => data,
            Err(error) => {
                self.problems.push(format!("{} carries no JSON ({error}): {:?}", event.name, event.data));
                return;
            }
        };
        self.check_id(event);
        if let Some((end, _)) = &self.end {
            self.problems.push(format!("{} came after {end}", event.name));
        }
        self.events += 1;
        if matches!(event.name.as_str(), "delta" | "reasoning" | "snapshot") && !data["text"].is_string() {
            self.problems.push(format!("{} without text", event.name));
        }
        let text = data["text"].as_str().unwrap_or_default();
        match event.name.as_str() {
            "delta" => self.text.push_str(text),
            "reasoning" => self.reasoning.push_str(text),
            "tool_call" => self.tool_call(&data),
            "queued" => self.queued += 1,
            "restarted" => {
                self.restarts += 1;
                self.forget();
            }
            "snapshot" => {
                self.snapshots += 1;
                self.forget();
                self.text = text.to_owned();
                self.reasoning = data["reasoning"].as_str().unwrap_or_default().to_owned();
                self.tool_calls = data["tool_calls"].as_array().cloned().unwrap_or_default();
            }
            "completed" | "failed" | "cancelled" => self.end = Some((event.name.clone(), data)),
            other => self.problems.push(format!("unknown event {other}")),
        }
    }

    /// The name of the event that ended it.
    pub fn ended(&self) -> Option<&str> {
        self.end.as_ref().map(|(name, _)| name.as_str())
    }

    /// Data of the event that ended it; null before.
    pub fn end_data(&self) -> &Value {
        self.end.as_ref().map_or(&Value::Null, |(_, data)| data)
    }

    fn forget(&mut self) {
        self.text.clear();
        self.reasoning.clear();
        self.tool_calls.clear();
    }

    fn tool_call(&mut self, data: &Value) {
        let Some(index) =
            data["index"].as_u64().and_then(|index| usize::try_from(index).ok()).filter(|i| *i < 1000)
        else {
            self.problems.push(format!("tool_call without an index: {data}"));
            return;
        };
        while self.tool_calls.len() <= index {
            self.tool_calls.push(json!({"id": null, "name": null, "arguments": ""}));
        }
        let call = &mut self.tool_calls[index];
        for field in ["id", "name"] {
            if data[field].is_string() {
                call[field] = data[field].clone();
            }
        }
        let arguments = format!(
            "{}{}",
            call["arguments"].as_str().unwrap_or_default(),
            data["arguments"].as_str().unwrap_or_default()
        );
        call["arguments"] = json!(arguments);
    }

    fn check_id(&mut self, event: &SseEvent) {
        let Some(id) = parse_id(&event.id) else {
            // What the answering node makes up by itself (a place in the queue, a snapshot) need not be in the log.
            if !matches!(event.name.as_str(), "queued" | "snapshot") {
                self.problems.push(format!("{} has the id {:?}", event.name, event.id));
            }
            return;
        };
        let last = self.last_id.as_deref().and_then(parse_id);
        let repeats = event.name == "queued" || event.name == "snapshot";
        if last.is_some_and(|last| id < last || (id == last && !repeats)) && event.name != "snapshot" {
            self.problems.push(format!(
                "{} {} came after {}",
                event.name,
                event.id,
                self.last_id.as_deref().unwrap_or("")
            ));
        }
        self.last_id = Some(event.id.clone());
    }
}

/// Attempt and number of an event's id.
pub fn parse_id(id: &str) -> Option<(u64, u64)> {
    let (attempt, number) = id.split_once('-')?;
    Some((attempt.parse().ok()?, number.parse().ok()?))
}

/// The text that the mock sends for so many tokens from this number on.
pub fn numbered(first: u32, count: u32) -> String {
    padded(first, count, 0)
}

/// The same with so many dots after each number.
pub fn padded(first: u32, count: u32, pad: u32) -> String {
    let dots = ".".repeat(pad as usize);
    (first..first + count).map(|number| format!("t{number}{dots} ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduce(events: &[(&str, &str, Value)]) -> Reply {
        let mut reply = Reply::default();
        for (id, name, data) in events {
            reply.apply(&SseEvent { id: (*id).into(), name: (*name).into(), data: data.to_string() });
        }
        reply
    }

    #[test]
    fn a_restart_throws_away_what_was_shown() {
        let reply = reduce(&[
            ("1-1", "delta", json!({"text": "t0 "})),
            ("2-1", "restarted", json!({})),
            ("2-2", "delta", json!({"text": "t0 t1 "})),
            ("2-3", "completed", json!({"usage": null, "finish_reason": "stop"})),
        ]);
        assert_eq!((reply.text.as_str(), reply.restarts, reply.ended()), ("t0 t1 ", 1, Some("completed")));
        assert_eq!(reply.problems, Vec::<String>::new());
    }

    #[test]
    fn doubled_late_and_unknown_events_are_noticed() {
        let doubled =
            reduce(&[("1-1", "delta", json!({"text": "a"})), ("1-1", "delta", json!({"text": "a"}))]);
        assert_eq!(doubled.problems, ["delta 1-1 came after 1-1"]);
        let late = reduce(&[("1-1", "cancelled", json!({})), ("1-2", "delta", json!({"text": "a"}))]);
        assert_eq!(late.problems, ["delta came after cancelled"]);
        assert_eq!(reduce(&[("1-1", "hello", json!({}))]).problems, ["unknown event hello"]);
    }

    #[test]
    fn tool_calls_grow_by_increments() {
        let reply = reduce(&[
            ("1-1", "tool_call", json!({"index": 0, "id": "c", "name": "get_weather", "arguments": "{\"ci"})),
            ("1-2", "tool_call", json!({"index": 0, "arguments": "ty\":1}"})),
        ]);
        assert_eq!(
            reply.tool_calls,
            [json!({"id": "c", "name": "get_weather", "arguments": "{\"city\":1}"})]
        );
    }
}
