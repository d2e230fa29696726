//! Answers in the form of OpenAI's chat completions.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::Error;
use shared::providers::{FinishReason, ToolCallDelta, Usage};
use uuid::Uuid;

use crate::error::Fault;
use crate::routes::openai::reply::{Completed, News, Reply};
use crate::routes::openai::sse::{self, Wire};

/// Writes one answer.
pub(super) struct Writer {
    id: String,
    /// Unix time in seconds.
    created: i64,
    model: String,
    include_usage: bool,
    begun: bool,
}

impl Writer {
    pub(super) fn new(id: Uuid, created: i64, model: &str, include_usage: bool) -> Self {
        Self {
            id: format!("chatcmpl-{}", id.simple()),
            created,
            model: model.to_owned(),
            include_usage,
            begun: false,
        }
    }

    /// The answer as one object.
    pub(super) fn whole(&self, reply: &Reply, end: &Completed) -> Value {
        let calls = reply.calls();
        let mut message = Map::new();
        message.insert("role".into(), "assistant".into());
        let silent = reply.text().is_empty() && !calls.is_empty();
        message.insert("content".into(), if silent { Value::Null } else { reply.text().into() });
        message.insert("refusal".into(), Value::Null);
        if !reply.reasoning().is_empty() {
            message.insert("reasoning_content".into(), reply.reasoning().into());
        }
        if !calls.is_empty() {
            message.insert("tool_calls".into(), json!(calls));
        }
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": end.finish()}],
            "usage": usage(end.usage()),
        })
    }

    fn chunk(&self, delta: &Delta<'_>, finish: Option<&FinishReason>) -> Vec<u8> {
        self.write(&[Choice { index: 0, delta, logprobs: None, finish_reason: finish }], None)
    }

    fn write(&self, choices: &[Choice<'_>], usage: Option<Value>) -> Vec<u8> {
        sse::data(&Chunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            choices,
            usage: self.include_usage.then_some(usage),
        })
    }

    /// The first chunk says who speaks.
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.begun, true) {
            let delta = Delta { role: Some("assistant"), content: Some(""), ..Delta::default() };
            out.extend(self.chunk(&delta, None));
        }
    }
}

impl Wire for Writer {
    fn news(&mut self, news: &[News]) -> Bytes {
        let mut out = Vec::new();
        for item in news {
            self.begin(&mut out);
            let mut delta = Delta::default();
            match item {
                News::Text(text) => delta.content = Some(text),
                News::Reasoning(text) => delta.reasoning_content = Some(text),
                News::ToolCall(call) => delta.tool_calls = Some([WireCall::from(call)]),
            }
            out.extend(self.chunk(&delta, None));
        }
        out.into()
    }

    fn end(&mut self, _reply: &Reply, end: &Completed) -> Bytes {
        let mut out = Vec::new();
        self.begin(&mut out);
        out.extend(self.chunk(&Delta::default(), Some(&end.finish())));
        if self.include_usage {
            out.extend(self.write(&[], Some(usage(end.usage()))));
        }
        out.extend_from_slice(sse::DONE);
        out.into()
    }

    fn fail(&mut self, _reply: &Reply, error: &Error) -> Bytes {
        sse::data(&Fault::new(error).openai()).into()
    }
}

/// Tokens in the words of chat completions.
fn usage(usage: Usage) -> Value {
    let mut wire = json!({
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    });
    if let Some(cached) = usage.cached_tokens {
        wire["prompt_tokens_details"] = json!({"cached_tokens": cached});
    }
    if let Some(reasoning) = usage.reasoning_tokens {
        wire["completion_tokens_details"] = json!({"reasoning_tokens": reasoning});
    }
    wire
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    /// Null in every chunk but the last when usage was asked for, absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<Value>>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: &'a Delta<'a>,
    logprobs: Option<()>,
    finish_reason: Option<&'a FinishReason>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[WireCall<'a>; 1]>,
}

#[derive(Serialize)]
struct WireCall<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    function: WireFunction<'a>,
}

#[derive(Serialize)]
struct WireFunction<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

impl<'a> From<&'a ToolCallDelta> for WireCall<'a> {
    fn from(call: &'a ToolCallDelta) -> Self {
        Self {
            index: call.index,
            id: call.id.as_deref(),
            kind: call.id.is_some().then_some("function"),
            function: WireFunction { name: call.name.as_deref(), arguments: &call.arguments },
        }
    }
}
