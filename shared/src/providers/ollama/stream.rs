//! A streamed answer of Ollama: one JSON object a line.

use http::header::CONTENT_TYPE;
use reqwest::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::NOT_OLLAMA;
use crate::providers::answer::{Said, Wire};
use crate::providers::faults::{self, Failure};
use crate::providers::lines::Lines;
use crate::providers::{FinishReason, Usage};

/// The reader of `/api/chat`.
pub(super) struct Objects(Lines);

impl Wire for Objects {
    fn new(response: Response) -> Result<Self, Failure> {
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/html") {
            return Err(Failure::fatal(faults::bad_response(NOT_OLLAMA)));
        }
        Ok(Self(Lines::new(response)))
    }

    async fn step(&mut self, said: &mut Said) -> Result<(), Failure> {
        let Some(line) = self.0.next().await? else {
            return Err(Failure::passing(faults::cut()));
        };
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let object: Object = serde_json::from_slice(line).map_err(|error| {
            Failure::fatal(
                faults::bad_response("The model provider sent something that is not JSON.").source(error),
            )
        })?;
        take(object, said)
    }

    async fn drain(&mut self) {
        while let Ok(Some(_)) = self.0.next().await {}
    }
}

fn take(object: Object, said: &mut Said) -> Result<(), Failure> {
    if let Some(error) = object.error {
        return Err(faults::in_stream(&json!({ "error": error })));
    }
    let message = object.message.unwrap_or_default();
    said.reasoning(message.thinking.unwrap_or_default());
    said.text(message.content.unwrap_or_default());
    for call in message.tool_calls.into_iter().flatten() {
        let call = said.tools.push_whole(call.id, call.function.name, &call.function.arguments);
        said.tool_call(call);
    }
    if object.done {
        said.usage = Some(Usage {
            prompt_tokens: object.prompt_eval_count.unwrap_or_default(),
            completion_tokens: object.eval_count.unwrap_or_default(),
            ..Usage::default()
        });
        said.finish = Some(object.done_reason.as_deref().map(FinishReason::from).unwrap_or_default());
        said.complete = true;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    message: Option<Message>,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    done_reason: Option<String>,
    #[serde(default)]
    prompt_eval_count: Option<u64>,
    #[serde(default)]
    eval_count: Option<u64>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Default, Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    thinking: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Call>>,
}

#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    id: Option<String>,
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    #[serde(default)]
    arguments: Value,
}
