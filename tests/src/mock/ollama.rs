use bytes::BytesMut;
use serde_json::{Value, json};

use super::body::{Wire, push_number};
use super::embeddings::{embed, texts};
use super::reply::{Ask, Piece, Reply};
use super::script::LISTED;

/// Ollama's stream: one JSON object a line.
pub(crate) struct OllamaWire {
    model: String,
    head: Vec<u8>,
}

/// A fixed time: no client reads it, and answers stay comparable.
const CREATED_AT: &str = "2026-01-01T00:00:00.000000Z";
const TAIL: &[u8] = b"},\"done\":false}\n";

impl OllamaWire {
    pub(crate) fn new(ask: &Ask) -> Self {
        let head = format!(
            r#"{{"model":{},"created_at":"{CREATED_AT}","message":{{"role":"assistant","content":""#,
            json!(ask.model)
        );
        Self { model: ask.model.clone(), head: head.into_bytes() }
    }

    /// A line whose message has this (already escaped) content and these further fields.
    fn line(&self, content: &[u8], fields: &[u8], out: &mut BytesMut) {
        out.extend_from_slice(&self.head);
        out.extend_from_slice(content);
        out.extend_from_slice(b"\"");
        out.extend_from_slice(fields);
        out.extend_from_slice(TAIL);
    }
}

impl Wire for OllamaWire {
    fn begin(&mut self, _: &mut BytesMut) {}

    fn piece(&mut self, piece: &Piece<'_>, out: &mut BytesMut) {
        match piece {
            Piece::Token { number, pad } => {
                out.extend_from_slice(&self.head);
                out.extend_from_slice(b"t");
                push_number(out, *number);
                out.extend((0..*pad).map(|_| b'.'));
                out.extend_from_slice(b" \"");
                out.extend_from_slice(TAIL);
            }
            Piece::Reasoning(number) => {
                self.line(b"", format!(r#","thinking":"r{number} ""#).as_bytes(), out);
            }
            Piece::Prefix(text) | Piece::Word(text) => {
                let quoted = json!(text).to_string();
                self.line(&quoted.as_bytes()[1..quoted.len() - 1], b"", out);
            }
            Piece::ToolWhole { name, arguments } => {
                let calls = json!([{"function": {"name": name, "arguments": arguments}}]);
                self.line(b"", format!(r#","tool_calls":{calls}"#).as_bytes(), out);
            }
            Piece::ToolName { .. } | Piece::ToolArguments { .. } => {}
        }
    }

    fn garbage(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(b"{\"message\": oops\n");
    }

    fn end(&mut self, reply: &Reply, out: &mut BytesMut) {
        let last = last(&self.model, &json!({"role": "assistant", "content": ""}), reply);
        out.extend_from_slice(format!("{last}\n").as_bytes());
    }
}

fn last(model: &str, message: &Value, reply: &Reply) -> Value {
    // Ollama itself reports "stop" after tool calls.
    let reason = if reply.finish == "tool_calls" { "stop" } else { &reply.finish };
    json!({"model": model, "created_at": CREATED_AT, "message": message, "done": true, "done_reason": reason,
        "total_duration": 5_000_000, "load_duration": 1_000_000, "prompt_eval_count": reply.prompt_tokens,
        "prompt_eval_duration": 1_000_000, "eval_count": reply.completion_tokens(), "eval_duration": 3_000_000})
}

/// The answer of `/api/chat` without streaming.
pub(crate) fn chat(ask: &Ask) -> Value {
    let mut message = json!({"role": "assistant", "content": ask.reply.whole_text()});
    if let Some(thinking) = ask.reply.whole_reasoning() {
        message["thinking"] = json!(thinking);
    }
    let calls: Vec<Value> = ask
        .reply
        .tool_calls()
        .map(|(name, arguments)| json!({"function": {"name": name, "arguments": arguments}}))
        .collect();
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
    }
    last(&ask.model, &message, &ask.reply)
}

/// The answer of `/api/tags`.
pub(crate) fn tags(more: &[String]) -> Value {
    let model = |name: &str| {
        json!({"name": name, "model": name, "modified_at": CREATED_AT, "size": 1, "digest": "0".repeat(64),
            "details": details()})
    };
    let all = LISTED.iter().copied().chain(more.iter().map(String::as_str)).map(model);
    json!({"models": all.collect::<Vec<_>>()})
}

/// The answer of `/api/show`.
pub(crate) fn show() -> Value {
    json!({"license": "", "modelfile": "FROM mock", "parameters": "", "template": "{{ .Prompt }}",
        "details": details(), "model_info": {"general.architecture": "mock", "mock.context_length": 8192},
        "capabilities": ["completion", "tools", "vision", "thinking"], "modified_at": CREATED_AT})
}

fn details() -> Value {
    json!({"parent_model": "", "format": "gguf", "family": "mock", "families": ["mock"], "parameter_size": "1B",
        "quantization_level": "Q4_0"})
}

/// The answer of `/api/embed`.
pub(crate) fn embeddings(body: &Value, dimensions: usize) -> Value {
    let texts = texts(&body["input"]);
    let vectors: Vec<_> = texts.iter().map(|text| embed(text, dimensions)).collect();
    let tokens: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    json!({"model": body["model"], "embeddings": vectors, "total_duration": 1_000_000, "load_duration": 0,
        "prompt_eval_count": tokens})
}
