//! A chat request in Ollama's words.

use std::collections::HashMap;

use ollama_rs::generation::chat::request::ChatMessageRequest;
use ollama_rs::generation::chat::{ChatMessage as WireMessage, MessageRole};
use ollama_rs::generation::images::Image;
use ollama_rs::generation::parameters::FormatType;
use ollama_rs::generation::tools::{ToolCall as WireCall, ToolCallFunction, ToolInfo};
use ollama_rs::models::ModelOptions;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::providers::{ChatMessage, ChatRequest, Role};

/// Unknown parameters that Ollama takes beside the messages; the others are options of the model.
const BESIDE: [&str; 6] = ["keep_alive", "think", "logprobs", "top_logprobs", "truncate", "shift"];
/// OpenAI's parameters that mean nothing to Ollama, or are said in another way.
const NOT_OURS: [&str; 12] = [
    "stream",
    "stream_options",
    "n",
    "max_completion_tokens",
    "user",
    "metadata",
    "store",
    "service_tier",
    "parallel_tool_calls",
    "logit_bias",
    "prompt_cache_key",
    "safety_identifier",
];

/// A body for `/api/chat`.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Body(Value);

impl Body {
    /// # Errors
    /// `provider_refused` for what Ollama has no words for: images that are not data URLs.
    pub(super) fn new(mut request: ChatRequest) -> Result<Self> {
        let names = tool_names(&request.messages);
        let messages = request.messages.iter().map(message).collect::<Result<Vec<_>>>()?;
        let mut wire = ChatMessageRequest::new(std::mem::take(&mut request.model), messages);
        wire.tools = request.tools.iter().map(tool).collect::<Result<Vec<_>>>()?;
        wire.format = request.response_format.as_ref().and_then(format);
        wire.options = Some(options(&request));

        let mut body = serde_json::to_value(&wire)?;
        // What follows has no place in ollama-rs: its own stream flag is private, tool results carry no name, and
        // thinking and keep-alive know only some of the values.
        body["stream"] = true.into();
        if let Some(effort) = &request.reasoning_effort {
            body["think"] = match effort.as_str() {
                "none" => false.into(),
                "low" | "medium" | "high" => effort.as_str().into(),
                "minimal" => "low".into(),
                "xhigh" | "max" => "high".into(),
                _ => true.into(),
            };
        }
        for (name, value) in request.extra {
            if BESIDE.contains(&name.as_str()) {
                body[name] = value;
            }
        }
        if let Some(messages) = body["messages"].as_array_mut() {
            for (message, name) in messages.iter_mut().zip(names) {
                if let Some(name) = name {
                    message["tool_name"] = name.into();
                }
            }
        }
        Ok(Self(body))
    }

    /// Leaves it to the model whether it thinks.
    pub(super) fn without_thinking(&mut self) {
        if let Some(fields) = self.0.as_object_mut() {
            fields.remove("think");
        }
    }
}

fn message(message: &ChatMessage) -> Result<WireMessage> {
    let role = match message.role {
        Role::System | Role::Developer => MessageRole::System,
        Role::User => MessageRole::User,
        Role::Assistant => MessageRole::Assistant,
        Role::Tool => MessageRole::Tool,
    };
    let mut wire = WireMessage::new(role, message.plain());
    let images =
        message.content.iter().filter_map(|part| part.as_image()).map(image).collect::<Result<Vec<_>>>()?;
    wire.images = (!images.is_empty()).then_some(images);
    wire.thinking.clone_from(&message.reasoning);
    wire.tool_calls = message
        .tool_calls
        .iter()
        .map(|call| WireCall {
            function: ToolCallFunction {
                name: call.function.name.clone(),
                // Ollama wants an object; what a model wrote may be none.
                arguments: serde_json::from_str(&call.function.arguments)
                    .ok()
                    .filter(Value::is_object)
                    .unwrap_or_else(|| Map::new().into()),
            },
        })
        .collect();
    Ok(wire)
}

/// The pixels of a data URL. We fetch no addresses: they could lead anywhere in our network.
fn image(url: &str) -> Result<Image> {
    let data = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).map(|(_, data)| data);
    data.map(Image::from_base64).ok_or_else(|| {
        Error::invalid(
            "provider_refused",
            "This provider takes images only inside the message (as data URLs).",
        )
    })
}

fn tool(tool: &Value) -> Result<ToolInfo> {
    let function = &tool["function"];
    let info = json!({
        "type": "function",
        "function": {
            "name": function["name"],
            "description": function["description"].as_str().unwrap_or_default(),
            "parameters": match &function["parameters"] {
                Value::Null => json!({"type": "object", "properties": {}}),
                parameters => parameters.clone(),
            },
        },
    });
    serde_json::from_value(info).map_err(|_| {
        Error::invalid("provider_refused", "A tool is not a function with a name and parameters.")
    })
}

fn format(wanted: &Value) -> Option<FormatType> {
    match wanted["type"].as_str()? {
        "json_object" => Some(FormatType::Json),
        "json_schema" => serde_json::from_value(wanted["json_schema"]["schema"].clone()).ok(),
        _ => None,
    }
}

fn options(request: &ChatRequest) -> ModelOptions {
    let mut options: HashMap<String, Value> = HashMap::new();
    for (name, value) in &request.extra {
        match (name.as_str(), value) {
            ("options", Value::Object(given)) => {
                options.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            (name, _) if BESIDE.contains(&name) || NOT_OURS.contains(&name) => {}
            (name, value) => {
                options.insert(name.to_owned(), value.clone());
            }
        }
    }
    // As JSON and not through the setters, which narrow the numbers (a seed to 32 bits).
    let known = [
        ("temperature", request.temperature.map(Value::from)),
        ("top_p", request.top_p.map(Value::from)),
        ("num_predict", request.token_limit().map(Value::from)),
        ("seed", request.seed.map(Value::from)),
        ("stop", (!request.stop.is_empty()).then(|| Value::from(request.stop.clone()))),
    ];
    options.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    ModelOptions::default().extras(options)
}

/// For each message the name of the tool whose result it is: Ollama knows results by name, not by id.
fn tool_names(messages: &[ChatMessage]) -> Vec<Option<String>> {
    let mut called: HashMap<&str, &str> = HashMap::new();
    messages
        .iter()
        .map(|message| {
            called.extend(message.tool_calls.iter().map(|call| (&*call.id, &*call.function.name)));
            if message.role != Role::Tool {
                return None;
            }
            let by_id = message.tool_call_id.as_deref().and_then(|id| called.get(id).copied());
            message.name.as_deref().or(by_id).map(str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(request: Value) -> Value {
        Body::new(serde_json::from_value(request).unwrap()).unwrap().0
    }

    #[test]
    fn parameters_become_options() {
        let body = body(json!({
            "model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 0.7, "max_completion_tokens": 9,
            "stop": "END", "seed": 5_000_000_000_i64, "user": "u", "num_ctx": 8192, "keep_alive": "10m",
            "options": {"mirostat": 1}, "reasoning_effort": "high", "response_format": {"type": "json_object"}
        }));
        assert_eq!(
            body["options"],
            json!({"temperature": 0.7, "num_predict": 9, "stop": ["END"], "seed": 5_000_000_000_i64, "num_ctx": 8192, "mirostat": 1})
        );
        assert_eq!(
            (&body["keep_alive"], &body["think"], &body["format"]),
            (&json!("10m"), &json!("high"), &json!("json"))
        );
        assert_eq!((&body["stream"], &body["messages"][0]["content"]), (&json!(true), &json!("hi")));
    }

    #[test]
    fn images_tools_and_their_results_are_carried() {
        let body = body(json!({
            "model": "m",
            "messages": [
                {"role": "user", "content": [
                    {"type": "text", "text": "look"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
                ]},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c9", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}
                ]},
                {"role": "tool", "tool_call_id": "c9", "content": "sun"}
            ],
            "tools": [{"type": "function", "function": {"name": "weather", "strict": true}}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
        }));
        assert_eq!(body["messages"][0]["images"], json!(["AAAA"]));
        assert_eq!(body["messages"][1]["tool_calls"][0]["function"]["arguments"], json!({"city": "Bern"}));
        assert_eq!(body["messages"][2]["tool_name"], json!("weather"));
        assert_eq!(body["tools"][0]["function"]["name"], json!("weather"));
        assert_eq!(body["format"], json!({"type": "object"}));
    }

    #[test]
    fn an_image_by_address_is_refused() {
        let request = serde_json::from_value(json!({"model": "m", "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}}]}
        ]}));
        assert_eq!(Body::new(request.unwrap()).err().unwrap().code, "provider_refused");
    }
}
