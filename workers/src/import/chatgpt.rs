//! Chats of a ChatGPT export: `conversations.json` is a list of `{title, mapping: {<id>: {message, parent, children}},
//! current_node}`. Times are in seconds. Images and files are elsewhere in the zip or not at all; they are counted.

use serde_json::Value;
use shared::imports::{Report, Trouble};

use super::draft::{Draft, Said, text, time};

pub(super) fn draft(chat: &Value, key: &str, report: &mut Report) -> Option<Draft> {
    let mapping = chat["mapping"].as_object()?;
    let id = text(&chat["conversation_id"]).or_else(|| text(&chat["id"]));
    let mut told = Told::default();
    let messages: Vec<Said> = mapping.iter().map(|(id, node)| said(id, node, &mut told)).collect();
    let title = text(&chat["title"]).unwrap_or_default();
    report.note(Trouble::FileMissing, told.missing, &title);
    report.note(Trouble::LeftOut, told.left_out, &title);
    Some(Draft {
        key: format!("chatgpt:{}", id.as_deref().unwrap_or(key)),
        title,
        model: text(&chat["default_model_slug"]),
        created_at: time(&chat["create_time"]),
        updated_at: time(&chat["update_time"]),
        pinned: chat["is_starred"] == true,
        archived: chat["is_archived"] == true,
        current: text(&chat["current_node"]),
        messages,
        ..Draft::default()
    })
}

#[derive(Default)]
struct Told {
    missing: u32,
    left_out: u32,
}

fn said(id: &str, node: &Value, told: &mut Told) -> Said {
    let message = &node["message"];
    let metadata = &message["metadata"];
    let mut said = Said {
        id: id.to_owned(),
        parent: text(&node["parent"]),
        model: text(&metadata["model_slug"]),
        created_at: time(&message["create_time"]),
        ..Said::default()
    };
    let author = message["author"]["role"].as_str().unwrap_or_default();
    // Notes of the system to the model, which its page does not show either.
    if message.is_null() || author == "system" || metadata["is_visually_hidden_from_conversation"] == true {
        return said;
    }
    told.missing += u32::try_from(metadata["attachments"].as_array().map_or(0, Vec::len)).unwrap_or(0);
    let content = &message["content"];
    let kind = content["content_type"].as_str().unwrap_or_default();
    if kind == "thoughts" {
        said.reasoning = thoughts(content);
        return said;
    }
    let to_all = message["recipient"].as_str().is_none_or(|recipient| recipient == "all");
    let role = match author {
        "user" => Some("user"),
        "assistant" if to_all => Some("assistant"),
        _ => None,
    };
    said.content = match kind {
        "text" | "multimodal_text" => parts(&content["parts"], told),
        "code" => {
            let language = content["language"].as_str().filter(|name| *name != "unknown").unwrap_or_default();
            format!("```{language}\n{}\n```", content["text"].as_str().unwrap_or_default())
        }
        _ => String::new(),
    };
    if !said.content.trim().is_empty() {
        said.role = role;
    }
    // A recap says in a line how long the model thought; nothing is lost with it.
    let something =
        !said.content.trim().is_empty() || !matches!(kind, "text" | "multimodal_text" | "reasoning_recap");
    told.left_out += u32::from(said.role.is_none() && something && kind != "user_editable_context");
    said
}

fn parts(parts: &Value, told: &mut Told) -> String {
    let mut texts = Vec::new();
    for part in parts.as_array().into_iter().flatten() {
        match part {
            Value::String(text) if !text.is_empty() => texts.push(without_marks(text)),
            Value::Object(_) => match text(&part["text"]) {
                Some(text) => texts.push(text),
                None => told.missing += 1,
            },
            _ => {}
        }
    }
    texts.join("\n\n")
}

/// Citations stand between two letters of the private use area and mean nothing outside of ChatGPT.
fn without_marks(text: &str) -> String {
    const OPEN: char = '\u{e200}';
    const CLOSE: char = '\u{e201}';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        kept.push_str(before);
        match after.split_once(CLOSE) {
            Some((_, after)) => rest = after,
            None => rest = after,
        }
    }
    kept.push_str(rest);
    kept
}

fn thoughts(content: &Value) -> Option<String> {
    let each = content["thoughts"].as_array()?.iter().filter_map(|thought| {
        let (summary, body) = (thought["summary"].as_str()?, thought["content"].as_str().unwrap_or_default());
        Some(if summary.is_empty() { body.to_owned() } else { format!("**{summary}**\n\n{body}") })
    });
    let all = each.collect::<Vec<_>>().join("\n\n");
    (!all.trim().is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::draft::place;
    use serde_json::json;

    #[test]
    fn a_mapping_becomes_what_its_page_showed() {
        let node = |parent: Option<&str>, message: Value| json!({"parent": parent, "children": [], "message": message});
        let said = |role: &str, content: Value| json!({"author": {"role": role}, "create_time": 1_700_000_000.5, "content": content, "metadata": {"model_slug": "gpt"}});
        let text = |text: &str| json!({"content_type": "text", "parts": [text]});
        let chat = json!({
            "title": "Geese", "conversation_id": "c", "create_time": 1_700_000_000.0, "is_archived": true,
            "current_node": "e",
            "mapping": {
                "root": node(None, Value::Null),
                "sys": node(Some("root"), said("system", text(""))),
                "a": node(Some("sys"), said("user", json!({"content_type": "multimodal_text", "parts": [
                    {"content_type": "image_asset_pointer", "asset_pointer": "x"}, "look"]}))),
                "t": node(Some("a"), said("assistant", json!({"content_type": "thoughts", "thoughts": [{"summary": "Hm", "content": "deep"}]}))),
                "call": node(Some("t"), {
                    let mut call = said("assistant", json!({"content_type": "code", "language": "unknown", "text": "search()"}));
                    call["recipient"] = json!("web");
                    call
                }),
                "tool": node(Some("call"), said("tool", text("results"))),
                "e": node(Some("tool"), said("assistant", text("A goose\u{e200}cite\u{e202}turn0\u{e201}.")))
            }
        });
        let mut report = Report::default();
        let mut draft = draft(&chat, "hash", &mut report).unwrap();
        assert_eq!((draft.key.as_str(), draft.archived), ("chatgpt:c", true));
        let tree = place(&mut draft, &mut report);
        let texts: Vec<&str> = tree.messages.iter().map(|message| message.said.content.as_str()).collect();
        assert_eq!(texts, ["look", "A goose."]);
        assert_eq!((tree.messages[1].parent, tree.current), (Some(0), Some(1)));
        assert_eq!(tree.messages[1].said.reasoning.as_deref(), Some("**Hm**\n\ndeep"));
        let problems: Vec<(Trouble, u32)> = report.problems.iter().map(|p| (p.code, p.count)).collect();
        assert_eq!(problems, [(Trouble::FileMissing, 1), (Trouble::LeftOut, 2)]);
    }
}
