//! The events of a run, put together for clients whose protocol can take nothing back.
//!
//! Our own page forgets what it showed when an answer is written anew. OpenAI's clients cannot: so what a second
//! attempt repeats is not sent again, and where it says something else the answer ends with an error.

use std::time::Duration;

use serde::Deserialize;
use shared::providers::{FinishReason, FunctionCall, ToolCall, ToolCallDelta, Usage};
use shared::{Error, Kind, Result};

/// What came with one event.
#[derive(Debug)]
pub(super) enum Step {
    /// What is new, in order; nothing for events that only matter to us.
    News(Vec<News>),
    Completed(Completed),
}

/// An increment that the client has not been sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum News {
    Text(String),
    Reasoning(String),
    ToolCall(ToolCallDelta),
}

/// How an answer ended.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Completed {
    #[serde(default)]
    pub(super) usage: Option<Usage>,
    #[serde(default)]
    pub(super) finish_reason: Option<FinishReason>,
}

impl Completed {
    pub(super) fn usage(&self) -> Usage {
        self.usage.unwrap_or_default()
    }

    pub(super) fn finish(&self) -> FinishReason {
        self.finish_reason.clone().unwrap_or_default()
    }
}

/// An answer so far.
#[derive(Debug, Default)]
pub(super) struct Reply {
    text: Track,
    reasoning: Track,
    calls: Vec<ToolCall>,
    /// Increments are sent on as they come, so they cannot be taken back.
    streamed: bool,
}

impl Reply {
    /// An answer that is sent when it is whole.
    pub(super) fn whole() -> Self {
        Self::default()
    }

    /// An answer whose increments are sent on.
    pub(super) fn streamed() -> Self {
        Self { streamed: true, ..Self::default() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text.said
    }

    pub(super) fn reasoning(&self) -> &str {
        &self.reasoning.said
    }

    pub(super) fn calls(&self) -> &[ToolCall] {
        &self.calls
    }

    /// Takes the next event of the run.
    ///
    /// # Errors
    /// That of the run when it failed or was stopped, and `answer_restarted` when a new attempt says something else
    /// than what was sent.
    pub(super) fn take(&mut self, name: &str, data: &[u8]) -> Result<Step> {
        let mut news = Vec::new();
        match name {
            "delta" => news.extend(self.text.add(&read::<Text>(data)?.text)?.map(News::Text)),
            "reasoning" => news.extend(self.reasoning.add(&read::<Text>(data)?.text)?.map(News::Reasoning)),
            "tool_call" => {
                let call = read::<ToolCallDelta>(data)?;
                self.add_call(&call);
                news.push(News::ToolCall(call));
            }
            "restarted" => self.restart()?,
            "snapshot" => {
                let snapshot = read::<Snapshot>(data)?;
                self.text.restart(self.streamed);
                self.reasoning.restart(self.streamed);
                news.extend(
                    self.reasoning.add(&snapshot.reasoning.unwrap_or_default())?.map(News::Reasoning),
                );
                news.extend(self.text.add(&snapshot.text)?.map(News::Text));
                self.replace_calls(snapshot.tool_calls.unwrap_or_default(), &mut news)?;
            }
            "completed" => {
                if !(self.text.is_level() && self.reasoning.is_level()) {
                    return Err(restarted());
                }
                return Ok(Step::Completed(read(data)?));
            }
            "failed" => return Err(read::<Failed>(data)?.into()),
            "cancelled" => {
                return Err(Error::conflict("cancelled", "The run was stopped before it was finished."));
            }
            _ => {}
        }
        Ok(Step::News(news))
    }

    fn restart(&mut self) -> Result<()> {
        if self.streamed && !self.calls.is_empty() {
            // The ids of calls are made anew, so another attempt never repeats them.
            return Err(restarted());
        }
        self.calls.clear();
        self.text.restart(self.streamed);
        self.reasoning.restart(self.streamed);
        Ok(())
    }

    fn add_call(&mut self, delta: &ToolCallDelta) {
        let index = delta.index as usize;
        // Workers bound the number of calls.
        while self.calls.len() <= index {
            self.calls.push(ToolCall {
                id: String::new(),
                kind: "function".into(),
                function: FunctionCall::default(),
                extra: serde_json::Map::new(),
            });
        }
        let call = &mut self.calls[index];
        if let Some(id) = &delta.id {
            call.id.clone_from(id);
        }
        if let Some(name) = &delta.name {
            call.function.name.clone_from(name);
        }
        call.function.arguments.push_str(&delta.arguments);
    }

    fn replace_calls(&mut self, calls: Vec<ToolCall>, news: &mut Vec<News>) -> Result<()> {
        if !self.streamed {
            self.calls.clear();
        }
        if calls.len() < self.calls.len() {
            return Err(restarted());
        }
        for (index, call) in calls.into_iter().enumerate() {
            let delta_index = u32::try_from(index).unwrap_or(u32::MAX);
            let delta = match self.calls.get(index) {
                None => ToolCallDelta {
                    index: delta_index,
                    id: Some(call.id),
                    name: Some(call.function.name),
                    arguments: call.function.arguments,
                },
                Some(known) if known.id == call.id => {
                    let rest = call.function.arguments.strip_prefix(&known.function.arguments);
                    let arguments = rest.ok_or_else(restarted)?.to_owned();
                    if arguments.is_empty() {
                        continue;
                    }
                    ToolCallDelta { index: delta_index, arguments, ..ToolCallDelta::default() }
                }
                Some(_) => return Err(restarted()),
            };
            self.add_call(&delta);
            news.push(News::ToolCall(delta));
        }
        Ok(())
    }
}

/// One text of an answer: what was sent, and how much of it the present attempt has said again.
#[derive(Debug, Default)]
struct Track {
    said: String,
    level: usize,
}

impl Track {
    /// Adds what the present attempt says; gives what of it is new.
    fn add(&mut self, text: &str) -> Result<Option<String>> {
        let ahead = &self.said[self.level..];
        let new = if let Some(new) = text.strip_prefix(ahead) {
            new
        } else if ahead.starts_with(text) {
            self.level += text.len();
            return Ok(None);
        } else {
            return Err(restarted());
        };
        self.said.push_str(new);
        self.level = self.said.len();
        Ok((!new.is_empty()).then(|| new.to_owned()))
    }

    fn restart(&mut self, sent: bool) {
        if !sent {
            self.said.clear();
        }
        self.level = 0;
    }

    /// True when all that was sent has been said by the present attempt.
    fn is_level(&self) -> bool {
        self.level == self.said.len()
    }
}

fn restarted() -> Error {
    Error::new(
        Kind::Unavailable,
        "answer_restarted",
        "The answer had to be begun anew and is now another one. Send the request again.",
    )
}

fn read<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T> {
    serde_json::from_slice(data).map_err(|error| Error::internal("An event could not be read.").source(error))
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
struct Snapshot {
    #[serde(default)]
    text: String,
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct Failed {
    code: String,
    message: String,
    #[serde(default)]
    retry_after_s: Option<u64>,
}

/// When to come back where the provider did not say it.
const RETRY_AFTER_S: u64 = 5;

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        let error = shared::providers::told(&failed.code, failed.message);
        match error.kind {
            Kind::RateLimited | Kind::Unavailable => {
                error.retry_after(Duration::from_secs(failed.retry_after_s.unwrap_or(RETRY_AFTER_S)))
            }
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(reply: &mut Reply, name: &str, data: &str) -> Vec<News> {
        match reply.take(name, data.as_bytes()).unwrap() {
            Step::News(news) => news,
            Step::Completed(_) => panic!("ended"),
        }
    }

    #[test]
    fn what_a_second_attempt_repeats_is_sent_once() {
        let mut reply = Reply::streamed();
        assert_eq!(news(&mut reply, "delta", r#"{"text":"t0 t1 t2 "}"#), [News::Text("t0 t1 t2 ".into())]);
        assert_eq!(news(&mut reply, "restarted", "{}"), []);
        assert_eq!(news(&mut reply, "delta", r#"{"text":"t0 "}"#), []);
        assert_eq!(news(&mut reply, "delta", r#"{"text":"t1 t2 t3 "}"#), [News::Text("t3 ".into())]);
        assert_eq!(news(&mut reply, "delta", r#"{"text":"t4 "}"#), [News::Text("t4 ".into())]);
        assert_eq!(reply.text(), "t0 t1 t2 t3 t4 ");
    }

    #[test]
    fn a_second_attempt_that_says_something_else_ends_the_answer() {
        let mut reply = Reply::streamed();
        news(&mut reply, "delta", r#"{"text":"one"}"#);
        news(&mut reply, "restarted", "{}");
        assert_eq!(reply.take("delta", br#"{"text":"two"}"#).unwrap_err().code, "answer_restarted");

        let mut shorter = Reply::streamed();
        news(&mut shorter, "delta", r#"{"text":"one two"}"#);
        news(&mut shorter, "restarted", "{}");
        news(&mut shorter, "delta", r#"{"text":"one"}"#);
        assert_eq!(shorter.take("completed", b"{}").unwrap_err().code, "answer_restarted");
    }

    #[test]
    fn an_answer_that_is_sent_whole_is_that_of_the_last_attempt() {
        let mut reply = Reply::whole();
        news(&mut reply, "delta", r#"{"text":"one"}"#);
        news(&mut reply, "tool_call", r#"{"index":0,"id":"a","name":"f","arguments":"{}"}"#);
        news(&mut reply, "restarted", "{}");
        news(&mut reply, "delta", r#"{"text":"two"}"#);
        assert_eq!((reply.text(), reply.calls().len()), ("two", 0));
        let end = reply.take(
            "completed",
            br#"{"usage":{"prompt_tokens":1,"completion_tokens":2},"finish_reason":"length"}"#,
        );
        let Step::Completed(end) = end.unwrap() else { panic!() };
        assert_eq!((end.usage().completion_tokens, end.finish()), (2, FinishReason::Length));
    }

    #[test]
    fn a_snapshot_gives_what_was_missed() {
        let mut reply = Reply::streamed();
        news(&mut reply, "delta", r#"{"text":"Hel"}"#);
        news(&mut reply, "tool_call", r#"{"index":0,"id":"a","name":"f","arguments":"{\"x"}"#);
        let snapshot = r#"{"text":"Hello","reasoning":"hm","tool_calls":[
            {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
            {"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]}"#;
        let missed = news(&mut reply, "snapshot", snapshot);
        assert_eq!(missed[..2], [News::Reasoning("hm".into()), News::Text("lo".into())]);
        assert_eq!(missed.len(), 4);
        assert_eq!(reply.calls()[0].function.arguments, "{\"x\":1}");
        assert_eq!(reply.calls()[1].id, "b");
        assert_eq!(news(&mut reply, "snapshot", snapshot), []);
    }

    #[test]
    fn a_failed_run_is_its_error() {
        let error = Reply::whole()
            .take("failed", br#"{"code":"provider_rate_limited","message":"Busy.","retry_after_s":70}"#)
            .unwrap_err();
        assert_eq!(error.retry_after, Some(Duration::from_secs(70)));
        assert_eq!(
            (error.kind, error.code, &*error.message),
            (Kind::RateLimited, "provider_rate_limited", "Busy.")
        );
        assert_eq!(Reply::whole().take("cancelled", b"{}").unwrap_err().code, "cancelled");
    }
}
