//! A request to `/v1/responses` as a request to a model.
//!
//! The subset that needs no memory of earlier responses: text, images, functions and structured output.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::providers::{ChatMessage, ChatRequest, FunctionCall, ImageUrl, Part, Role, ToolCall};
use shared::{Error, Result};

/// What a body asks for, with what the answer repeats of it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: ChatRequest,
    pub(super) stream: bool,
    pub(super) echo: Echo,
}

/// Parameters that an answer repeats as they were given.
#[derive(Clone, Debug, Default)]
pub(super) struct Echo(pub(super) Map<String, Value>);

#[derive(Deserialize)]
struct Body {
    model: String,
    #[serde(default)]
    input: Value,
    #[serde(default)]
    instructions: Option<String>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    tools: Option<Vec<Value>>,
    #[serde(default)]
    tool_choice: Option<Value>,
    #[serde(default)]
    text: Option<Value>,
    #[serde(default)]
    reasoning: Option<Value>,
    #[serde(default)]
    max_output_tokens: Option<u32>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(default)]
    top_p: Option<f64>,
    #[serde(default)]
    metadata: Option<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What only a server that keeps responses could do.
const NOT_KEPT: [&str; 3] = ["previous_response_id", "conversation", "prompt"];
/// Parameters about the keeping or the delivery of a response. They change nothing here, and no model knows them.
const NOT_PASSED: [&str; 8] = [
    "store",
    "include",
    "truncation",
    "background",
    "stream_options",
    "max_tool_calls",
    "context_management",
    "top_logprobs",
];

/// # Errors
/// By the name of the parameter, for what is wrong and for what cannot be kept.
pub(super) fn read(body: &[u8]) -> Result<Asked> {
    let mut body: Body = super::super::read_json(body)?;
    if body.model.is_empty() {
        return Err(Error::field("model", "must name a model"));
    }
    for name in NOT_KEPT {
        if body.rest.get(name).is_some_and(|value| !value.is_null()) {
            return Err(unsupported(
                name,
                "responses are not kept here: send the whole conversation as \"input\"",
            ));
        }
    }
    if body.rest.get("background").is_some_and(|value| value == true) {
        return Err(unsupported("background", "responses are not kept here, so none can be asked for later"));
    }
    for name in NOT_PASSED {
        body.rest.remove(name);
    }
    let echo = echo(&body);
    let mut messages = Vec::new();
    if let Some(instructions) = body.instructions.filter(|text| !text.is_empty()) {
        messages.push(ChatMessage::text(Role::System, instructions));
    }
    input(body.input, &mut messages)?;
    let effort =
        body.reasoning.as_ref().and_then(|reasoning| reasoning["effort"].as_str().map(str::to_owned));
    let request = ChatRequest {
        model: body.model,
        messages,
        tools: body.tools.unwrap_or_default().iter().map(tool).collect::<Result<_>>()?,
        tool_choice: body.tool_choice.map(tool_choice).transpose()?,
        response_format: body
            .text
            .as_ref()
            .and_then(|text| text.get("format"))
            .map(format)
            .transpose()?
            .flatten(),
        temperature: body.temperature,
        top_p: body.top_p,
        max_tokens: body.max_output_tokens,
        reasoning_effort: effort,
        extra: body.rest,
        ..ChatRequest::default()
    };
    Ok(Asked { request, stream: body.stream.unwrap_or_default(), echo })
}

fn echo(body: &Body) -> Echo {
    let given = [
        ("instructions", body.instructions.clone().map(Value::from)),
        ("tools", body.tools.clone().map(Value::from)),
        ("tool_choice", body.tool_choice.clone()),
        ("text", body.text.clone()),
        ("reasoning", body.reasoning.clone()),
        ("max_output_tokens", body.max_output_tokens.map(Value::from)),
        ("temperature", body.temperature.map(Value::from)),
        ("top_p", body.top_p.map(Value::from)),
        ("metadata", body.metadata.clone()),
        ("parallel_tool_calls", body.rest.get("parallel_tool_calls").cloned()),
        ("user", body.rest.get("user").cloned()),
    ];
    Echo(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn input(input: Value, messages: &mut Vec<ChatMessage>) -> Result<()> {
    let items = match input {
        Value::String(text) => {
            messages.push(ChatMessage::text(Role::User, text));
            return Ok(());
        }
        Value::Array(items) if !items.is_empty() => items,
        _ => return Err(Error::field("input", "must be text or a list of items")),
    };
    for item in items {
        match item["type"].as_str().unwrap_or("message") {
            "message" => messages.push(message(&item)?),
            "function_call" => add_call(&item, messages)?,
            "function_call_output" => messages.push(call_output(&item)?),
            // What a model thought earlier is for its provider alone, and this one may be another.
            "reasoning" => {}
            "item_reference" => {
                return Err(unsupported(
                    "input",
                    "responses are not kept here: send items and not references",
                ));
            }
            other => {
                return Err(unsupported("input", &format!("items of type {other:?} are not known here")));
            }
        }
    }
    Ok(())
}

fn message(item: &Value) -> Result<ChatMessage> {
    let role = match item["role"].as_str() {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("system") => Role::System,
        Some("developer") => Role::Developer,
        _ => return Err(Error::field("input", "a message's role is user, assistant, system or developer")),
    };
    let content = match &item["content"] {
        Value::String(text) => vec![Part::Text(text.clone())],
        Value::Array(parts) => parts.iter().map(part).collect::<Result<_>>()?,
        _ => return Err(Error::field("input", "a message's content is text or a list of parts")),
    };
    Ok(ChatMessage { role, content, ..ChatMessage::default() })
}

fn part(part: &Value) -> Result<Part> {
    let text = |field: &str| part[field].as_str().map(str::to_owned);
    let found = match part["type"].as_str() {
        Some("input_text" | "output_text" | "text") => text("text").map(Part::Text),
        Some("refusal") => text("refusal").map(Part::Text),
        Some("input_image") => text("image_url")
            .map(|url| Part::Image(ImageUrl { url, detail: text("detail").filter(|d| d != "auto") })),
        Some(other) => {
            return Err(unsupported("input", &format!("parts of type {other:?} are not known here")));
        }
        None => None,
    };
    found.ok_or_else(|| Error::field("input", "a part of a message has no content of its type"))
}

/// Calls that follow each other belong to one message of the assistant.
fn add_call(item: &Value, messages: &mut Vec<ChatMessage>) -> Result<()> {
    let (Some(id), Some(name)) = (item["call_id"].as_str(), item["name"].as_str()) else {
        return Err(Error::field("input", "a function_call has a call_id and a name"));
    };
    let call = ToolCall {
        id: id.to_owned(),
        kind: "function".into(),
        function: FunctionCall {
            name: name.to_owned(),
            arguments: item["arguments"].as_str().unwrap_or_default().to_owned(),
        },
        extra: Map::new(),
    };
    match messages.last_mut() {
        Some(last) if last.role == Role::Assistant => last.tool_calls.push(call),
        _ => messages.push(ChatMessage {
            role: Role::Assistant,
            tool_calls: vec![call],
            ..ChatMessage::default()
        }),
    }
    Ok(())
}

fn call_output(item: &Value) -> Result<ChatMessage> {
    let Some(id) = item["call_id"].as_str() else {
        return Err(Error::field("input", "a function_call_output has a call_id"));
    };
    let content = match &item["output"] {
        Value::String(text) => vec![Part::Text(text.clone())],
        Value::Array(parts) => parts.iter().map(part).collect::<Result<_>>()?,
        other => vec![Part::Text(other.to_string())],
    };
    Ok(ChatMessage { role: Role::Tool, content, tool_call_id: Some(id.to_owned()), ..ChatMessage::default() })
}

/// Functions are flat here and nested in chat completions.
fn tool(tool: &Value) -> Result<Value> {
    if tool["type"] != "function" {
        return Err(unsupported(
            "tools",
            "only tools of type \"function\" can be called through this server",
        ));
    }
    let mut function = tool.as_object().cloned().unwrap_or_default();
    function.remove("type");
    if !function.get("name").is_some_and(Value::is_string) {
        return Err(Error::field("tools", "a function has a name"));
    }
    function.retain(|_, value| !value.is_null());
    Ok(json!({"type": "function", "function": function}))
}

fn tool_choice(choice: Value) -> Result<Value> {
    match (&choice, choice["type"].as_str()) {
        (Value::String(_), _) => Ok(choice),
        (_, Some("function")) => Ok(json!({"type": "function", "function": {"name": choice["name"]}})),
        _ => Err(unsupported("tool_choice", "must be \"auto\", \"none\", \"required\" or a function")),
    }
}

fn format(format: &Value) -> Result<Option<Value>> {
    match format["type"].as_str() {
        None | Some("text") => Ok(None),
        Some("json_object") => Ok(Some(json!({"type": "json_object"}))),
        Some("json_schema") => {
            let mut schema = format.as_object().cloned().unwrap_or_default();
            schema.remove("type");
            Ok(Some(json!({"type": "json_schema", "json_schema": schema})))
        }
        Some(_) => Err(Error::field("text.format", "must be of type text, json_object or json_schema")),
    }
}

fn unsupported(parameter: &str, why: &str) -> Error {
    let mut error = Error::field(parameter, why);
    error.code = "unsupported_parameter";
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: &Value) -> Asked {
        read(body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_text_is_a_message_of_the_user() {
        let asked =
            asked(&json!({"model": "m", "input": "hi", "instructions": "Be brief.", "max_output_tokens": 9,
            "reasoning": {"effort": "low"}, "store": true, "user": "u", "stream": true}));
        assert!(asked.stream);
        let request = serde_json::to_value(&asked.request).unwrap();
        let expected = json!({"model": "m", "max_tokens": 9, "reasoning_effort": "low", "user": "u", "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]});
        assert_eq!(request, expected);
        assert_eq!(asked.echo.0["max_output_tokens"], 9);
    }

    #[test]
    fn items_become_messages_with_their_calls_and_results() {
        let asked = asked(&json!({"model": "m",
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "look"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "auto"}]},
                {"type": "reasoning", "id": "rs_1", "summary": []},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "One moment.", "annotations": []}]},
                {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}"},
                {"type": "function_call", "call_id": "c2", "name": "g", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c1", "output": "42"}
            ],
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": true, "description": null}],
            "tool_choice": {"type": "function", "name": "f"},
            "text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": true}}
        }));
        let request = serde_json::to_value(&asked.request).unwrap();
        assert_eq!(request["messages"][1]["content"], "One moment.");
        assert_eq!(request["messages"][1]["tool_calls"].as_array().unwrap().len(), 2);
        assert_eq!(request["messages"][2], json!({"role": "tool", "content": "42", "tool_call_id": "c1"}));
        assert_eq!(
            request["tools"][0],
            json!({"type": "function",
            "function": {"name": "f", "parameters": {"type": "object"}, "strict": true}})
        );
        assert_eq!(request["tool_choice"], json!({"type": "function", "function": {"name": "f"}}));
        assert_eq!(request["response_format"]["json_schema"]["name"], "n");
    }

    #[test]
    fn what_needs_a_memory_is_refused_by_its_name() {
        let cases = [
            (json!({"model": "m", "input": "hi", "previous_response_id": "resp_1"}), "previous_response_id"),
            (json!({"model": "m", "input": "hi", "conversation": "conv_1"}), "conversation"),
            (json!({"model": "m", "input": "hi", "background": true}), "background"),
            (json!({"model": "m", "input": [{"type": "item_reference", "id": "x"}]}), "input"),
            (json!({"model": "m", "input": "hi", "tools": [{"type": "web_search"}]}), "tools"),
        ];
        for (body, name) in cases {
            let error = read(body.to_string().as_bytes()).unwrap_err();
            assert_eq!((error.code, error.fields[0].field.as_str()), ("unsupported_parameter", name));
        }
        for body in
            [json!({"model": "m"}), json!({"model": "m", "input": []}), json!({"model": "", "input": "hi"})]
        {
            assert_eq!(read(body.to_string().as_bytes()).unwrap_err().code, "invalid_request");
        }
    }
}
