//! Chats that Open WebUI has exported: `{id, title, ..., chat: {history: {messages, currentId}, messages}}`, or what is
//! in `chat` alone. Its tree is the truth; the flat list is read where there is no tree.

use std::collections::HashMap;

use serde_json::Value;
use shared::imports::{Report, Trouble};

use super::draft::{Draft, Said, is_image, text, texts, time};

pub(super) fn draft(value: &Value, key: &str, report: &mut Report) -> Option<Draft> {
    let chat = if value["chat"].is_object() { &value["chat"] } else { value };
    let id = text(&value["id"]).or_else(|| text(&chat["id"]));
    let mut draft = Draft {
        key: format!("open_webui:{}", id.as_deref().unwrap_or(key)),
        title: text(&value["title"]).or_else(|| text(&chat["title"])).unwrap_or_default(),
        model: texts(&chat["models"]).into_iter().find(|model| !model.is_empty()),
        created_at: time(&value["created_at"]).or_else(|| time(&chat["timestamp"])),
        updated_at: time(&value["updated_at"]),
        pinned: value["pinned"] == true,
        archived: value["archived"] == true,
        tags: tags(&value["meta"]["tags"]).or_else(|| tags(&chat["tags"])).unwrap_or_default(),
        folder: Vec::new(),
        current: text(&chat["history"]["currentId"]).or_else(|| text(&value["current_message_id"])),
        messages: Vec::new(),
    };
    let mut told = Told::default();
    match (&chat["history"]["messages"], &chat["messages"]) {
        (Value::Object(tree), _) if !tree.is_empty() => {
            let ranks = ranks(tree);
            for (id, message) in tree {
                let rank = ranks.get(id.as_str()).copied().unwrap_or_default();
                draft.messages.push(Said { id: id.clone(), rank, ..said(message, id, &mut told) });
            }
        }
        (_, Value::Array(list)) => {
            let mut before: Option<String> = None;
            for (rank, message) in list.iter().enumerate() {
                let mut said = said(message, &format!("flat-{rank}"), &mut told);
                said.parent = said.parent.or_else(|| before.clone());
                said.rank = rank;
                before = Some(said.id.clone());
                draft.messages.push(said);
            }
        }
        _ => return None,
    }
    report.note(Trouble::FileMissing, told.missing, &draft.title);
    report.note(Trouble::Unfinished, told.unfinished, &draft.title);
    Some(draft)
}

#[derive(Default)]
struct Told {
    missing: u32,
    unfinished: u32,
}

/// Where each message stands among its siblings.
fn ranks(tree: &serde_json::Map<String, Value>) -> HashMap<&str, usize> {
    let children = tree.values().filter_map(|message| message["childrenIds"].as_array());
    children
        .flat_map(|ids| ids.iter().filter_map(Value::as_str).enumerate().map(|(at, id)| (id, at)))
        .collect()
}

/// Names, or objects with a name.
fn tags(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array()?;
    Some(list.iter().filter_map(|tag| text(tag).or_else(|| text(&tag["name"]))).collect())
}

fn said(message: &Value, id: &str, told: &mut Told) -> Said {
    let mut content = content(&message["content"]);
    let mut reasoning = None;
    if content.trim().is_empty() {
        (content, reasoning) = output(&message["output"]);
    }
    if let Some((thoughts, rest)) = folded_reasoning(&content) {
        (reasoning, content) = (Some(thoughts), rest);
    }
    let mut images = Vec::new();
    for file in message["files"].as_array().into_iter().flatten() {
        match file["url"].as_str().filter(|url| file["type"] == "image" && is_image(url)) {
            Some(url) => images.push(url.to_owned()),
            None => told.missing += 1,
        }
    }
    let role = match message["role"].as_str() {
        Some("user") => Some("user"),
        Some("assistant") => Some("assistant"),
        Some("system") => Some("system"),
        _ => None,
    };
    let unfinished = message["done"] == false;
    told.unfinished += u32::from(unfinished && role == Some("assistant"));
    let empty = content.trim().is_empty() && images.is_empty();
    Said {
        id: text(&message["id"]).unwrap_or_else(|| id.to_owned()),
        parent: text(&message["parentId"]),
        role: role.filter(|_| !empty),
        content,
        images,
        reasoning,
        model: text(&message["model"]).or_else(|| text(&message["modelName"])),
        finish_reason: None,
        created_at: time(&message["timestamp"]),
        ..Said::default()
    }
}

/// A text, or parts of which some are texts.
fn content(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| text(part).or_else(|| text(&part["text"])))
            .collect::<Vec<_>>()
            .join("\n\n"),
        _ => String::new(),
    }
}

/// The text and the thoughts in a list of items in the manner of OpenAI's Responses.
fn output(items: &Value) -> (String, Option<String>) {
    let (mut said, mut thought) = (Vec::new(), Vec::new());
    for item in items.as_array().into_iter().flatten() {
        let texts = |field: &str| content(&item[field]);
        match item["type"].as_str() {
            Some("message") => said.push(texts("content")),
            Some("reasoning") => {
                let summary = texts("summary");
                thought.push(if summary.is_empty() { texts("content") } else { summary });
            }
            _ => {}
        }
    }
    let thoughts = thought.join("\n\n");
    (said.join("\n\n"), (!thoughts.trim().is_empty()).then_some(thoughts))
}

/// Thoughts that stand at the beginning of a text in a `<details type="reasoning">`, and the text without them.
fn folded_reasoning(content: &str) -> Option<(String, String)> {
    let inner = content.trim_start().strip_prefix("<details type=\"reasoning\"")?;
    let (head, rest) = inner.split_once("</details>")?;
    let body = head.split_once('>')?.1;
    let body = body.split_once("</summary>").map_or(body, |(_, body)| body);
    let lines: Vec<&str> = body
        .trim()
        .lines()
        .map(|line| line.strip_prefix("> ").or(line.strip_prefix("&gt; ")).unwrap_or(line))
        .collect();
    Some((lines.join("\n"), rest.trim_start().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tree_is_read_with_what_belongs_to_it() {
        let chat = json!({
            "id": "c1", "title": "Geese", "created_at": 1_700_000_000, "updated_at": 1_700_000_100_000_i64,
            "archived": true, "pinned": null, "meta": {"tags": ["birds", {"name": "sky"}]},
            "chat": {"models": ["", "m1"], "history": {"currentId": "b2", "messages": {
                "a": {"id": "a", "parentId": null, "childrenIds": ["b2", "b1"], "role": "user", "content": "hi",
                      "files": [{"type": "image", "url": "data:image/png;base64,AA"}, {"type": "file", "id": "f"}]},
                "b1": {"id": "b1", "parentId": "a", "role": "assistant", "content": "cut", "done": false},
                "b2": {"id": "b2", "parentId": "a", "role": "assistant", "model": "m1", "timestamp": 1_700_000_001,
                       "content": "<details type=\"reasoning\" done=\"true\">\n<summary>Thought</summary>\n> so\n> it is\n</details>\nyes"}
            }}}
        });
        let mut report = Report::default();
        let draft = draft(&chat, "hash", &mut report).unwrap();
        assert_eq!((draft.key.as_str(), draft.model.as_deref()), ("open_webui:c1", Some("m1")));
        assert_eq!((draft.archived, draft.pinned, draft.tags.len()), (true, false, 2));
        assert_eq!(draft.current.as_deref(), Some("b2"));
        let of = |id: &str| draft.messages.iter().find(|said| said.id == id).unwrap();
        assert_eq!((of("b2").content.as_str(), of("b2").reasoning.as_deref()), ("yes", Some("so\nit is")));
        assert_eq!((of("b2").rank, of("b1").rank, of("a").images.len()), (0, 1, 1));
        let problems: Vec<(Trouble, u32)> = report.problems.iter().map(|p| (p.code, p.count)).collect();
        assert_eq!(problems, [(Trouble::FileMissing, 1), (Trouble::Unfinished, 1)]);
    }

    #[test]
    fn a_flat_list_becomes_one_branch() {
        let chat = json!({"title": "Flat", "messages": [
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": "", "output": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
                {"type": "message", "content": [{"type": "output_text", "text": "two"}]}]},
            {"role": "assistant", "content": ""}
        ]});
        let draft = draft(&chat, "hash", &mut Report::default()).unwrap();
        assert_eq!(draft.key, "open_webui:hash");
        assert_eq!(draft.messages[1].parent.as_deref(), Some(draft.messages[0].id.as_str()));
        assert_eq!(
            (draft.messages[1].content.as_str(), draft.messages[1].reasoning.as_deref()),
            ("two", Some("hm"))
        );
        assert_eq!(draft.messages[2].role, None, "an empty answer says nothing");
    }
}
