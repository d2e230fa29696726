use base64::Engine as _;
use bytes::BytesMut;
use serde_json::{Value, json};

use super::body::{Wire, push_number};
use super::embeddings::{embed, texts};
use super::reply::{Ask, Piece, Reply};
use super::script::LISTED;
use super::stats::unix_ms;

/// Server-sent events of `chat.completion.chunk` objects.
pub(crate) struct OpenAiWire {
    id: String,
    created: u64,
    model: String,
    /// Everything before the delta's fields.
    head: Vec<u8>,
    include_usage: bool,
}

const TAIL: &[u8] = b"},\"finish_reason\":null}]}\n\n";

impl OpenAiWire {
    pub(crate) fn new(ask: &Ask, number: u64) -> Self {
        let (id, created) = (format!("chatcmpl-mock{number}"), unix_ms() / 1000);
        let head = format!(
            r#"data: {{"id":"{id}","object":"chat.completion.chunk","created":{created},"model":{},"choices":[{{"index":0,"delta":{{"#,
            json!(ask.model)
        );
        Self {
            id,
            created,
            model: ask.model.clone(),
            head: head.into_bytes(),
            include_usage: ask.include_usage,
        }
    }

    fn event(&self, choices: &Value, usage: Option<Value>, out: &mut BytesMut) {
        let mut chunk = json!({"id": self.id, "object": "chat.completion.chunk", "created": self.created,
            "model": self.model, "choices": choices});
        if let Some(usage) = usage {
            chunk["usage"] = usage;
        }
        out.extend_from_slice(format!("data: {chunk}\n\n").as_bytes());
    }

    fn delta(&self, fields: &[u8], out: &mut BytesMut) {
        out.extend_from_slice(&self.head);
        out.extend_from_slice(fields);
        out.extend_from_slice(TAIL);
    }
}

impl Wire for OpenAiWire {
    fn begin(&mut self, out: &mut BytesMut) {
        self.delta(br#""role":"assistant","content":"""#, out);
    }

    fn piece(&mut self, piece: &Piece<'_>, out: &mut BytesMut) {
        match piece {
            Piece::Token { number, pad } => {
                out.extend_from_slice(&self.head);
                out.extend_from_slice(b"\"content\":\"t");
                push_number(out, *number);
                out.extend((0..*pad).map(|_| b'.'));
                out.extend_from_slice(b" \"");
                out.extend_from_slice(TAIL);
            }
            Piece::Reasoning(number) => {
                out.extend_from_slice(&self.head);
                out.extend_from_slice(b"\"reasoning_content\":\"r");
                push_number(out, *number);
                out.extend_from_slice(b" \"");
                out.extend_from_slice(TAIL);
            }
            Piece::Prefix(text) | Piece::Word(text) => {
                self.delta(format!("\"content\":{}", json!(text)).as_bytes(), out);
            }
            Piece::ToolName { index, name } => {
                let call = json!([{"index": index, "id": format!("call_{}_{index}", self.id), "type": "function",
                    "function": {"name": name, "arguments": ""}}]);
                self.delta(format!("\"tool_calls\":{call}").as_bytes(), out);
            }
            Piece::ToolArguments { index, part } => {
                let call = json!([{"index": index, "function": {"arguments": part}}]);
                self.delta(format!("\"tool_calls\":{call}").as_bytes(), out);
            }
            Piece::ToolWhole { .. } => {}
        }
    }

    fn garbage(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(b"data: {\"choices\": [oops\n\n");
    }

    fn end(&mut self, reply: &Reply, out: &mut BytesMut) {
        let last = json!([{"index": 0, "delta": {}, "finish_reason": reply.finish}]);
        self.event(&last, None, out);
        if self.include_usage {
            self.event(&json!([]), Some(usage(reply)), out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }
}

fn usage(reply: &Reply) -> Value {
    let completion = reply.completion_tokens();
    json!({"prompt_tokens": reply.prompt_tokens, "completion_tokens": completion,
        "total_tokens": reply.prompt_tokens + completion})
}

/// The answer of `/v1/chat/completions` without streaming.
pub(crate) fn completion(ask: &Ask, number: u64) -> Value {
    let reply = &ask.reply;
    let calls: Vec<Value> = reply
        .tool_calls()
        .enumerate()
        .map(|(index, (name, arguments))| {
            json!({"id": format!("call_mock{number}_{index}"), "type": "function",
                "function": {"name": name, "arguments": arguments.to_string()}})
        })
        .collect();
    let mut message = json!({"role": "assistant", "content": reply.whole_text()});
    if let Some(reasoning) = reply.whole_reasoning() {
        message["reasoning_content"] = json!(reasoning);
    }
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
    }
    let mut answer = json!({"id": format!("chatcmpl-mock{number}"), "object": "chat.completion",
        "created": unix_ms() / 1000, "model": ask.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}]});
    if ask.script.usage {
        answer["usage"] = usage(reply);
    }
    answer
}

/// The answer of `/v1/models`.
pub(crate) fn models(more: &[String]) -> Value {
    let model = |id: &str| json!({"id": id, "object": "model", "created": 1_700_000_000, "owned_by": "mock"});
    let all = LISTED.iter().copied().chain(more.iter().map(String::as_str)).map(model);
    json!({"object": "list", "data": all.collect::<Vec<_>>()})
}

/// The answer of `/v1/embeddings`; the Python client asks for base64 by itself.
pub(crate) fn embeddings(body: &Value, dimensions: usize) -> Value {
    let texts = texts(&body["input"]);
    let dimensions = body["dimensions"]
        .as_u64()
        .and_then(|wanted| usize::try_from(wanted).ok())
        .unwrap_or(dimensions)
        .clamp(1, 4096);
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let vector = embed(text, dimensions);
            let embedding = if body["encoding_format"] == "base64" {
                let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
                json!(base64::engine::general_purpose::STANDARD.encode(bytes))
            } else {
                json!(vector)
            };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let tokens: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    json!({"object": "list", "model": body["model"], "data": data,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens}})
}

/// An error body in OpenAI's shape.
pub(crate) fn error(status: u16, message: &str) -> Value {
    let (kind, code) = match status {
        401 => ("invalid_request_error", json!("invalid_api_key")),
        404 => ("invalid_request_error", json!("model_not_found")),
        429 => ("rate_limit_error", json!("rate_limit_exceeded")),
        400..=499 => ("invalid_request_error", Value::Null),
        _ => ("server_error", Value::Null),
    };
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}
