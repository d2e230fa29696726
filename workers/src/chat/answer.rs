//! What a model has said so far: the reader adds, the writer takes what is new.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::entity::generation::{Kind, Model};
use shared::generations::Ended;
use shared::providers::{Delta, FinishReason, ToolCallDelta, Usage};
use shared::quotas::tokens_of;
use tokio::sync::Notify;

/// One answer as it grows. The lock is never held over an await.
#[derive(Default)]
pub(super) struct Answer {
    said: Mutex<Said>,
    news: Notify,
}

#[derive(Default)]
struct Said {
    text: String,
    reasoning: String,
    calls: Vec<CallSoFar>,
    usage: Option<Usage>,
    /// Tokens of the request, as near as its text tells, once the provider has taken it.
    asked: Option<u64>,
    finish: Option<FinishReason>,
    /// Bytes of `text` and `reasoning` that were taken.
    text_taken: usize,
    reasoning_taken: usize,
    calls_pending: Vec<ToolCallDelta>,
}

/// A tool call in OpenAI's form, as far as it has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct CallSoFar {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    function: FunctionSoFar,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct FunctionSoFar {
    name: String,
    arguments: String,
}

/// What came since the last look.
#[derive(Debug, Default, PartialEq)]
pub(super) struct News {
    pub(super) reasoning: String,
    pub(super) text: String,
    pub(super) calls: Vec<ToolCallDelta>,
}

/// Tool calls of one answer; more is a model that has lost its way.
const MAX_CALLS: u32 = 128;

impl Answer {
    pub(super) fn add(&self, delta: Delta) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match delta {
            Delta::Text(text) => said.text.push_str(&text),
            Delta::Reasoning(text) => said.reasoning.push_str(&text),
            Delta::ToolCall(call) => said.add_call(call),
            // Told with the end, so nobody is woken for them.
            Delta::Usage(usage) => {
                said.usage = Some(usage);
                return;
            }
            Delta::Finish(reason) => {
                said.finish = Some(reason);
                return;
            }
        }
        drop(said);
        self.news.notify_one();
    }

    /// The provider has taken a request of so many tokens: from now on it costs something, whatever comes of it.
    pub(super) fn asked(&self, tokens: u64) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).asked = Some(tokens);
    }

    /// Resolves when something was added since the last time.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    pub(super) fn take(&self) -> News {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let news = News {
            reasoning: said.reasoning[said.reasoning_taken..].to_owned(),
            text: said.text[said.text_taken..].to_owned(),
            calls: std::mem::take(&mut said.calls_pending),
        };
        said.reasoning_taken = said.reasoning.len();
        said.text_taken = said.text.len();
        news
    }

    /// All that was taken so far, as a `snapshot` event.
    pub(super) fn snapshot(&self) -> Value {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshot = json!({ "text": &said.text[..said.text_taken] });
        if said.reasoning_taken > 0 {
            snapshot["reasoning"] = said.reasoning[..said.reasoning_taken].into();
        }
        if !said.calls.is_empty() {
            snapshot["tool_calls"] = json!(said.calls);
        }
        snapshot
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).usage
    }

    pub(super) fn finish_reason(&self) -> Option<String> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.finish.as_ref().map(|reason| reason.as_str().to_owned())
    }

    /// What the rows keep. A continued message begins with what it had.
    pub(super) fn ended(&self, row: &Model, base: Option<String>) -> Ended {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = (!said.calls.is_empty()).then(|| json!(said.calls));
        let mut ended = Ended {
            finish_reason: said.finish.as_ref().map(|reason| reason.as_str().to_owned()),
            usage: said.usage,
            estimate: said.asked.map(|prompt_tokens| Usage {
                prompt_tokens,
                completion_tokens: tokens_of(said.text.len() + said.reasoning.len()),
                ..Usage::default()
            }),
            ..Ended::default()
        };
        if row.kind == Kind::Chat {
            // A message that was to go on keeps what it had, when its run ended before that was read.
            if base.is_some() || row.base_length == 0 {
                ended.content = Some(base.unwrap_or_default() + &said.text);
            }
            ended.reasoning = Some(said.reasoning.clone());
            ended.tool_calls = calls;
        } else {
            ended.output = Some(
                json!({ "text": said.text, "reasoning": said.reasoning, "tool_calls": calls.unwrap_or_default() }),
            );
        }
        ended
    }
}

impl Said {
    fn add_call(&mut self, call: ToolCallDelta) {
        if call.index >= MAX_CALLS {
            return;
        }
        let index = call.index as usize;
        while self.calls.len() <= index {
            self.calls.push(CallSoFar { kind: "function".into(), ..CallSoFar::default() });
        }
        let so_far = &mut self.calls[index];
        if let Some(id) = &call.id {
            so_far.id.clone_from(id);
        }
        if let Some(name) = &call.name {
            so_far.function.name.clone_from(name);
        }
        so_far.function.arguments.push_str(&call.arguments);
        self.calls_pending.push(call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_taken_once_and_all_is_kept() {
        let answer = Answer::default();
        answer.add(Delta::Text("Hel".into()));
        answer.add(Delta::Reasoning("hm".into()));
        assert_eq!(answer.take(), News { reasoning: "hm".into(), text: "Hel".into(), calls: vec![] });
        answer.add(Delta::Text("lo".into()));
        assert_eq!(answer.snapshot(), json!({ "text": "Hel", "reasoning": "hm" }));
        assert_eq!(answer.take().text, "lo");
        assert_eq!(answer.take(), News::default());
        assert_eq!(answer.snapshot(), json!({ "text": "Hello", "reasoning": "hm" }));
    }

    #[test]
    fn increments_of_a_tool_call_become_one_call() {
        let answer = Answer::default();
        let part = |id: Option<&str>, arguments: &str| {
            Delta::ToolCall(ToolCallDelta {
                index: 0,
                id: id.map(Into::into),
                name: id.map(|_| "weather".into()),
                arguments: arguments.into(),
            })
        };
        answer.add(part(Some("call_1"), "{\"city\":"));
        answer.add(part(None, "\"Oslo\"}"));
        assert_eq!(answer.take().calls.len(), 2);
        assert_eq!(
            answer.snapshot()["tool_calls"],
            json!([{ "id": "call_1", "type": "function", "function": { "name": "weather", "arguments": "{\"city\":\"Oslo\"}" } }])
        );
    }
}
