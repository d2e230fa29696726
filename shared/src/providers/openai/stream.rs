//! A streamed answer, read leniently: servers differ in what they leave out.

use std::borrow::Cow;
use std::fmt;

use http::header::CONTENT_TYPE;
use reqwest::Response;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::NOT_OPENAI;
use crate::providers::answer::{Said, Wire};
use crate::providers::faults::{self, Failure};
use crate::providers::http::{EVENT_LIMIT, read};
use crate::providers::lines::Events;
use crate::providers::{FinishReason, Usage};

/// The reader of OpenAI's chat completion chunks.
pub(super) enum Chunks {
    Events(Events),
    /// A server that does not stream answers with one JSON object.
    Whole(Option<Response>),
}

impl Wire for Chunks {
    fn new(response: Response) -> Result<Self, Failure> {
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/html") {
            return Err(Failure::fatal(faults::bad_response(NOT_OPENAI)));
        }
        if kind.starts_with("application/json") {
            return Ok(Self::Whole(Some(response)));
        }
        Ok(Self::Events(Events::new(response)))
    }

    async fn step(&mut self, said: &mut Said) -> Result<(), Failure> {
        match self {
            Self::Events(events) => match events.next().await? {
                Some(data) if data.trim_ascii() == b"[DONE]" => {
                    said.finish.get_or_insert_default();
                    said.complete = true;
                    Ok(())
                }
                Some(data) => take(data, said),
                None if said.finish.is_some() => {
                    said.complete = true;
                    Ok(())
                }
                None => Err(Failure::passing(faults::cut())),
            },
            Self::Whole(response) => {
                let Some(response) = response.take() else { return Err(Failure::passing(faults::cut())) };
                take(&read(response, EVENT_LIMIT).await?, said)?;
                said.finish.get_or_insert_default();
                said.complete = true;
                Ok(())
            }
        }
    }

    async fn drain(&mut self) {
        if let Self::Events(events) = self {
            events.drain().await;
        }
    }
}

fn take(data: &[u8], said: &mut Said) -> Result<(), Failure> {
    // Servers that end their events with one line break instead of two put several objects into one.
    for chunk in serde_json::Deserializer::from_slice(data).into_iter::<Chunk<'_>>() {
        let chunk = chunk.map_err(|error| {
            Failure::fatal(
                faults::bad_response("The model provider sent something that is not JSON.").source(error),
            )
        })?;
        take_chunk(chunk, said)?;
    }
    Ok(())
}

fn take_chunk(chunk: Chunk<'_>, said: &mut Said) -> Result<(), Failure> {
    if let Some(error) = chunk.error {
        return Err(faults::in_stream(&json!({ "error": error })));
    }
    if chunk.object.as_deref() == Some("error") {
        return Err(faults::in_stream(&json!({ "message": chunk.message, "code": chunk.code })));
    }
    if let Some(usage) = chunk.usage.as_ref().filter(|usage| usage.is_object()) {
        said.usage = Some(read_usage(usage));
    }
    for choice in chunk.choices.into_iter().flatten() {
        if choice.index.is_some_and(|index| index != 0) {
            continue;
        }
        if let Some(delta) = choice.delta.or(choice.message) {
            take_delta(delta, said);
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            said.finish = Some(FinishReason::from(&*reason));
        }
    }
    Ok(())
}

fn take_delta(delta: WireDelta, said: &mut Said) {
    let content = delta.content.unwrap_or_default();
    said.reasoning(content.reasoning);
    // The same thoughts under two names are still thought once.
    if let Some(thoughts) = delta.reasoning_content.or(delta.reasoning) {
        said.reasoning(thoughts.text);
    }
    said.text(content.text);
    said.text(delta.refusal.unwrap_or_default());
    for call in delta.tool_calls.into_iter().flatten() {
        let function = call.function.unwrap_or_default();
        let call = said.tools.push(call.index, call.id, function.name, function.arguments);
        said.tool_call(call);
    }
}

fn read_usage(usage: &Value) -> Usage {
    // Some servers count in floating point.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = |value: &Value| value.as_u64().or_else(|| value.as_f64().map(|count| count as u64));
    Usage {
        prompt_tokens: count(&usage["prompt_tokens"]).unwrap_or_default(),
        completion_tokens: count(&usage["completion_tokens"]).unwrap_or_default(),
        cached_tokens: count(&usage["prompt_tokens_details"]["cached_tokens"]),
        reasoning_tokens: count(&usage["completion_tokens_details"]["reasoning_tokens"]),
    }
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    usage: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(borrow, default)]
    object: Option<Cow<'a, str>>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    code: Option<Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: Option<u32>,
    #[serde(default)]
    delta: Option<WireDelta>,
    #[serde(default)]
    message: Option<WireDelta>,
    #[serde(borrow, default)]
    finish_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct WireDelta {
    #[serde(default)]
    content: Option<Content>,
    #[serde(default)]
    reasoning_content: Option<Content>,
    #[serde(default)]
    reasoning: Option<Content>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<WireCall>>,
}

#[derive(Deserialize)]
struct WireCall {
    #[serde(default)]
    index: Option<u32>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    function: Option<WireFunction>,
}

#[derive(Default, Deserialize)]
struct WireFunction {
    #[serde(default)]
    name: Option<String>,
    /// JSON as text, or, from some servers, JSON.
    #[serde(default)]
    arguments: Option<Value>,
}

/// Content as text, or as a list of parts in which thoughts have a type of their own.
#[derive(Default)]
struct Content {
    text: String,
    reasoning: String,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a list of parts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Content, E> {
                Ok(Content { text: text.to_owned(), ..Content::default() })
            }

            fn visit_string<E: de::Error>(self, text: String) -> std::result::Result<Content, E> {
                Ok(Content { text, ..Content::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> std::result::Result<Content, A::Error> {
                let mut content = Content::default();
                while let Some(part) = parts.next_element::<Value>()? {
                    if part["type"] == "thinking" {
                        append(&part["thinking"], &mut content.reasoning);
                    } else {
                        append(&part, &mut content.text);
                    }
                }
                Ok(content)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

fn append(part: &Value, to: &mut String) {
    match part {
        Value::String(text) => to.push_str(text),
        Value::Array(parts) => parts.iter().for_each(|part| append(part, to)),
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get("text") {
                to.push_str(text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
