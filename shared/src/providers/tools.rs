//! Increments of tool calls, put in order for servers that number them each in their own way.

use serde_json::Value;

use super::ToolCallDelta;

/// The calls of one answer so far.
#[derive(Default)]
pub(super) struct ToolCalls {
    calls: Vec<Call>,
}

struct Call {
    wire_index: Option<u32>,
    id: String,
    named: bool,
}

impl ToolCalls {
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Turns what a server sent into an increment of the right call: id and name once, the index always.
    pub(super) fn push(
        &mut self,
        wire_index: Option<u32>,
        id: Option<String>,
        name: Option<String>,
        arguments: Option<Value>,
    ) -> ToolCallDelta {
        let id = id.filter(|id| !id.is_empty());
        let name = name.filter(|name| !name.is_empty());
        let at = self.find(wire_index, id.as_deref());
        let first = at.is_none();
        let at = at.unwrap_or_else(|| self.add(wire_index, id));
        let call = &mut self.calls[at];
        // Some servers repeat the name with every increment.
        let name = name.filter(|_| !call.named);
        call.named |= name.is_some();
        ToolCallDelta {
            index: u32::try_from(at).unwrap_or(u32::MAX),
            id: first.then(|| call.id.clone()),
            name,
            arguments: match arguments {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text,
                Some(value) => value.to_string(),
            },
        }
    }

    /// A call that comes in one piece, from a server that sends no increments.
    pub(super) fn push_whole(
        &mut self,
        id: Option<String>,
        name: String,
        arguments: &Value,
    ) -> ToolCallDelta {
        let at = self.add(None, id.filter(|id| !id.is_empty()));
        let call = &mut self.calls[at];
        call.named = true;
        ToolCallDelta {
            index: u32::try_from(at).unwrap_or(u32::MAX),
            id: Some(call.id.clone()),
            name: Some(name),
            arguments: arguments.to_string(),
        }
    }

    fn add(&mut self, wire_index: Option<u32>, id: Option<String>) -> usize {
        // Without an id nobody could answer the call.
        let id = id.unwrap_or_else(|| format!("call_{}", uuid::Uuid::now_v7().simple()));
        self.calls.push(Call { wire_index, id, named: false });
        self.calls.len() - 1
    }

    /// An id names a call; without one the server's index does; without either it is the last one.
    fn find(&self, wire_index: Option<u32>, id: Option<&str>) -> Option<usize> {
        match (id, wire_index) {
            (Some(id), _) => self.calls.iter().rposition(|call| call.id == id),
            (None, Some(index)) => self.calls.iter().rposition(|call| call.wire_index == Some(index)),
            (None, None) => self.calls.len().checked_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Value> {
        Some(Value::String(text.into()))
    }

    #[test]
    fn increments_join_their_call_by_index() {
        let mut calls = ToolCalls::default();
        let first = calls.push(Some(0), Some("a".into()), Some("f".into()), text(""));
        assert_eq!((first.index, first.id.as_deref(), first.name.as_deref()), (0, Some("a"), Some("f")));
        let second = calls.push(Some(1), Some("b".into()), Some("g".into()), text("{"));
        assert_eq!(second.index, 1);
        let more = calls.push(Some(0), None, None, text("{\"x\""));
        assert_eq!((more.index, more.id, more.name, more.arguments.as_str()), (0, None, None, "{\"x\""));
    }

    #[test]
    fn two_calls_under_one_index_stay_two() {
        let mut calls = ToolCalls::default();
        assert_eq!(calls.push(Some(0), Some("a".into()), Some("f".into()), text("{}")).index, 0);
        assert_eq!(calls.push(Some(0), Some("b".into()), Some("f".into()), text("{}")).index, 1);
        assert_eq!(calls.push(Some(0), Some(String::new()), Some("f".into()), text("x")).index, 1);
    }

    #[test]
    fn a_call_without_id_gets_one_and_keeps_it() {
        let mut calls = ToolCalls::default();
        let first = calls.push(None, None, Some("f".into()), Some(serde_json::json!({"a": 1})));
        assert!(first.id.unwrap().starts_with("call_"));
        assert_eq!(first.arguments, "{\"a\":1}");
        let more = calls.push(None, None, Some("f".into()), text("y"));
        assert_eq!((more.index, more.id, more.name), (0, None, None));
    }
}
