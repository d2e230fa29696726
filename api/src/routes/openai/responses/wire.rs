//! Answers in the form of OpenAI's responses: items, and the events that build them up.

use bytes::Bytes;
use serde_json::{Value, json};
use shared::Error;
use shared::providers::{FinishReason, ToolCall, ToolCallDelta};
use uuid::Uuid;

use super::request::Echo;
use crate::error::Fault;
use crate::routes::openai::reply::{Completed, News, Reply};
use crate::routes::openai::sse::Wire;

/// Writes one answer.
pub(super) struct Writer {
    id: String,
    /// Unix time in seconds.
    created: i64,
    model: String,
    echo: Echo,
    sequence: u64,
    /// Items in the order in which they began.
    items: Vec<Item>,
    /// The item that grows. Only one does at a time.
    open: Option<usize>,
}

/// One item of the output, as far as it has come.
struct Item {
    id: String,
    kind: Kind,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Message,
    Reasoning,
    Call { index: u32, call_id: String, name: String },
}

impl Writer {
    pub(super) fn new(id: Uuid, created: i64, model: String, echo: Echo) -> Self {
        Self {
            id: format!("resp_{}", id.simple()),
            created,
            model,
            echo,
            sequence: 0,
            items: Vec::new(),
            open: None,
        }
    }

    /// The answer as one object.
    pub(super) fn whole(mut self, reply: &Reply, end: &Completed) -> Value {
        if !reply.reasoning().is_empty() {
            self.push(Kind::Reasoning, reply.reasoning());
        }
        if !reply.text().is_empty() || reply.calls().is_empty() {
            self.push(Kind::Message, reply.text());
        }
        for (index, call) in reply.calls().iter().enumerate() {
            self.push(call_kind(u32::try_from(index).unwrap_or(u32::MAX), call), &call.function.arguments);
        }
        self.ended(end)
    }

    fn push(&mut self, kind: Kind, text: &str) {
        let id = format!("{}_{}", kind.prefix(), Uuid::now_v7().simple());
        self.items.push(Item { id, kind, text: text.to_owned() });
    }

    /// The response object, with the parameters that were given.
    fn response(&self, status: &str, output: &[Value]) -> Value {
        let mut response = json!({
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "background": false,
            "error": null,
            "incomplete_details": null,
            "instructions": null,
            "max_output_tokens": null,
            "metadata": {},
            "model": self.model,
            "output": output,
            "parallel_tool_calls": true,
            "previous_response_id": null,
            "reasoning": {"effort": null, "summary": null},
            "store": false,
            "temperature": null,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": null,
            "truncation": "disabled",
            "usage": null,
            "user": null,
        });
        for (name, value) in &self.echo.0 {
            response[name] = value.clone();
        }
        response
    }

    fn ended(&self, end: &Completed) -> Value {
        let cut = match end.finish() {
            FinishReason::Length => Some("max_output_tokens"),
            FinishReason::ContentFilter => Some("content_filter"),
            _ => None,
        };
        let status = if cut.is_some() { "incomplete" } else { "completed" };
        let items: Vec<Value> = self.items.iter().map(|item| item.as_json(status)).collect();
        let mut response = self.response(status, &items);
        if let Some(reason) = cut {
            response["incomplete_details"] = json!({"reason": reason});
        }
        let usage = end.usage();
        response["usage"] = json!({
            "input_tokens": usage.prompt_tokens,
            "input_tokens_details": {"cached_tokens": usage.cached_tokens.unwrap_or_default()},
            "output_tokens": usage.completion_tokens,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens.unwrap_or_default()},
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        });
        response
    }

    fn event(&mut self, out: &mut Vec<u8>, name: &str, mut data: Value) {
        data["type"] = name.into();
        data["sequence_number"] = self.sequence.into();
        self.sequence += 1;
        out.extend_from_slice(format!("event: {name}\ndata: {data}\n\n").as_bytes());
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if self.sequence == 0 {
            for name in ["response.created", "response.in_progress"] {
                let response = self.response("in_progress", &[]);
                self.event(out, name, json!({ "response": response }));
            }
        }
    }

    /// Opens an item of this kind unless it is the one that grows.
    fn open(&mut self, out: &mut Vec<u8>, kind: Kind) -> usize {
        if let Some(at) = self.open.filter(|at| self.items[*at].kind.is_same(&kind)) {
            return at;
        }
        self.close(out, "completed");
        self.push(kind, "");
        let at = self.items.len() - 1;
        self.open = Some(at);
        let item = self.items[at].begun();
        self.event(out, "response.output_item.added", json!({"output_index": at, "item": item}));
        if let Some(part) = self.items[at].part() {
            let data =
                json!({"item_id": self.items[at].id, "output_index": at, "content_index": 0, "part": part});
            self.event(out, "response.content_part.added", data);
        }
        at
    }

    fn close(&mut self, out: &mut Vec<u8>, status: &str) {
        let Some(at) = self.open.take() else { return };
        let (id, text) = (self.items[at].id.clone(), self.items[at].text.clone());
        let place = json!({"item_id": id, "output_index": at, "content_index": 0});
        match self.items[at].kind.clone() {
            Kind::Message => {
                let mut done = place.clone();
                done["text"] = text.into();
                done["logprobs"] = json!([]);
                self.event(out, "response.output_text.done", done);
            }
            Kind::Reasoning => {
                let mut done = place.clone();
                done["text"] = text.into();
                self.event(out, "response.reasoning_text.done", done);
            }
            Kind::Call { name, .. } => {
                let done = json!({"item_id": id, "output_index": at, "name": name, "arguments": text});
                self.event(out, "response.function_call_arguments.done", done);
            }
        }
        if let Some(part) = self.items[at].part() {
            let mut done = place;
            done["part"] = part;
            self.event(out, "response.content_part.done", done);
        }
        let item = self.items[at].as_json(status);
        self.event(out, "response.output_item.done", json!({"output_index": at, "item": item}));
    }

    fn grow(&mut self, out: &mut Vec<u8>, kind: Kind, text: &str) {
        let at = self.open(out, kind);
        let item = &mut self.items[at];
        item.text.push_str(text);
        if text.is_empty() {
            return;
        }
        let mut data = json!({"item_id": item.id, "output_index": at, "delta": text});
        let name = match item.kind {
            Kind::Message => {
                data["content_index"] = 0.into();
                data["logprobs"] = json!([]);
                "response.output_text.delta"
            }
            Kind::Reasoning => {
                data["content_index"] = 0.into();
                "response.reasoning_text.delta"
            }
            Kind::Call { .. } => "response.function_call_arguments.delta",
        };
        self.event(out, name, data);
    }
}

impl Wire for Writer {
    fn news(&mut self, news: &[News]) -> Bytes {
        let mut out = Vec::new();
        for item in news {
            self.begin(&mut out);
            match item {
                News::Text(text) => self.grow(&mut out, Kind::Message, text),
                News::Reasoning(text) => self.grow(&mut out, Kind::Reasoning, text),
                News::ToolCall(call) => self.grow(&mut out, delta_kind(call), &call.arguments),
            }
        }
        out.into()
    }

    fn end(&mut self, _reply: &Reply, end: &Completed) -> Bytes {
        let mut out = Vec::new();
        self.begin(&mut out);
        if self.items.is_empty() {
            self.open(&mut out, Kind::Message);
        }
        let response = self.ended(end);
        let status = response["status"].as_str().unwrap_or("completed").to_owned();
        self.close(&mut out, &status);
        self.event(&mut out, &format!("response.{status}"), json!({ "response": response }));
        out.into()
    }

    fn fail(&mut self, _reply: &Reply, error: &Error) -> Bytes {
        let mut out = Vec::new();
        self.begin(&mut out);
        let items: Vec<Value> = self.items.iter().map(|item| item.as_json("incomplete")).collect();
        let mut response = self.response("failed", &items);
        response["error"] = json!({"code": error.code, "message": Fault::new(error).detail()});
        self.event(&mut out, "response.failed", json!({ "response": response }));
        out.into()
    }
}

impl Item {
    fn as_json(&self, status: &str) -> Value {
        match &self.kind {
            Kind::Message => json!({
                "id": self.id, "type": "message", "role": "assistant", "status": status, "content": [self.part()],
            }),
            Kind::Reasoning => json!({
                "id": self.id, "type": "reasoning", "summary": [], "content": [self.part()],
            }),
            Kind::Call { call_id, name, .. } => json!({
                "id": self.id, "type": "function_call", "status": status,
                "call_id": call_id, "name": name, "arguments": self.text,
            }),
        }
    }

    /// As it is before it has grown.
    fn begun(&self) -> Value {
        let mut item = self.as_json("in_progress");
        if item.get("content").is_some() {
            item["content"] = json!([]);
        }
        item
    }

    /// Its one part; calls have none.
    fn part(&self) -> Option<Value> {
        match self.kind {
            Kind::Message => {
                Some(json!({"type": "output_text", "text": self.text, "annotations": [], "logprobs": []}))
            }
            Kind::Reasoning => Some(json!({"type": "reasoning_text", "text": self.text})),
            Kind::Call { .. } => None,
        }
    }
}

impl Kind {
    fn prefix(&self) -> &'static str {
        match self {
            Self::Message => "msg",
            Self::Reasoning => "rs",
            Self::Call { .. } => "fc",
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Call { index, .. }, Self::Call { index: other, .. }) => index == other,
            _ => self == other,
        }
    }
}

fn call_kind(index: u32, call: &ToolCall) -> Kind {
    Kind::Call { index, call_id: call.id.clone(), name: call.function.name.clone() }
}

/// Id and name come with the first increment of a call, which opens the item.
fn delta_kind(call: &ToolCallDelta) -> Kind {
    Kind::Call {
        index: call.index,
        call_id: call.id.clone().unwrap_or_default(),
        name: call.name.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &Bytes) -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines().filter_map(|line| line.strip_prefix("event: response.")).map(str::to_owned).collect()
    }

    fn data(bytes: &Bytes) -> Vec<Value> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_text_is_built_up_in_the_order_that_clients_expect() {
        let mut writer = Writer::new(Uuid::nil(), 0, "m".into(), Echo::default());
        let mut all = writer.news(&[News::Text("Hel".into())]).to_vec();
        all.extend(writer.news(&[News::Text("lo".into())]));
        all.extend(writer.end(&Reply::whole(), &Completed::default()));
        let all = Bytes::from(all);
        let expected = [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ];
        assert_eq!(names(&all), expected);
        let data = data(&all);
        let numbers: Vec<u64> = data.iter().map(|event| event["sequence_number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
        assert_eq!(data[9]["response"]["output"][0]["content"][0]["text"], "Hello");
        assert_eq!(data[6]["text"], "Hello");
    }

    #[test]
    fn reasoning_text_and_calls_are_items_of_their_own() {
        let mut writer = Writer::new(Uuid::nil(), 0, "m".into(), Echo::default());
        let call = |id: Option<&str>, index, arguments: &str| {
            News::ToolCall(ToolCallDelta {
                index,
                id: id.map(str::to_owned),
                name: id.map(|_| "f".to_owned()),
                arguments: arguments.into(),
            })
        };
        writer.news(&[News::Reasoning("hm".into()), News::Text("One moment.".into())]);
        let calls = writer.news(&[call(Some("a"), 0, "{"), call(None, 0, "}"), call(Some("b"), 1, "{}")]);
        assert_eq!(names(&calls).iter().filter(|name| *name == "output_item.added").count(), 2);
        let end = data(&writer.end(
            &Reply::whole(),
            &Completed { finish_reason: Some(FinishReason::ToolCalls), ..Completed::default() },
        ));
        let output = end.last().unwrap()["response"]["output"].clone();
        let kinds: Vec<&str> =
            output.as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["reasoning", "message", "function_call", "function_call"]);
        assert_eq!((&output[2]["call_id"], &output[2]["arguments"]), (&json!("a"), &json!("{}")));
        assert_eq!(output[3]["call_id"], "b");
    }

    #[test]
    fn a_limit_makes_an_incomplete_response() {
        let writer = Writer::new(Uuid::nil(), 0, "m".into(), Echo::default());
        let end = Completed { finish_reason: Some(FinishReason::Length), ..Completed::default() };
        let response = writer.whole(&Reply::whole(), &end);
        assert_eq!(response["status"], "incomplete");
        assert_eq!(response["incomplete_details"]["reason"], "max_output_tokens");
        assert_eq!(response["output"][0]["type"], "message");
    }
}
