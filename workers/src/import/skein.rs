//! Chats that this program has exported (`docs/chats.md`).

use serde_json::Value;
use shared::exports::{FORMAT, VERSION};
use shared::{Error, Result};

use super::draft::{Draft, Said, is_image, text, texts, time};

/// Refuses a file of a later version than this program knows.
pub(super) fn check(head: &[u8]) -> Result<()> {
    // What stands before the list is an object that is not closed yet: `{"format": .., "chats":`.
    let head = String::from_utf8_lossy(head);
    let before = head.rfind("\"chats\"").map_or("", |at| &head[..at]);
    let whole = format!("{}}}", before.trim_end().trim_end_matches(','));
    let head: Value = serde_json::from_str(&whole).unwrap_or_default();
    if head["format"] == FORMAT && head["version"].as_u64().is_none_or(|version| version > VERSION) {
        return Err(Error::invalid(
            "import_version",
            "The file was written by a newer version of Skein. Update this server first.",
        ));
    }
    Ok(())
}

/// True for a chat in our form.
pub(super) fn is_ours(chat: &Value) -> bool {
    let first = &chat["messages"][0];
    chat["messages"].is_array()
        && chat["id"].is_string()
        && (first.is_null() || first.get("parent_id").is_some())
}

pub(super) fn draft(chat: &Value) -> Option<Draft> {
    let messages = chat["messages"].as_array()?;
    Some(Draft {
        key: format!("skein:{}", chat["id"].as_str()?),
        title: text(&chat["title"]).unwrap_or_default(),
        model: text(&chat["model"]),
        created_at: time(&chat["created_at"]),
        updated_at: time(&chat["updated_at"]),
        pinned: chat["pinned"] == true,
        archived: chat["archived"] == true,
        tags: texts(&chat["tags"]),
        folder: texts(&chat["folder"]),
        current: text(&chat["current_message_id"]),
        messages: messages.iter().enumerate().map(|(rank, message)| said(message, rank)).collect(),
    })
}

fn said(message: &Value, rank: usize) -> Said {
    let role = match message["role"].as_str() {
        Some("user") => Some("user"),
        Some("assistant") => Some("assistant"),
        Some("system") => Some("system"),
        Some("tool") => Some("tool"),
        _ => None,
    };
    Said {
        id: text(&message["id"]).unwrap_or_else(|| format!("unnamed-{rank}")),
        parent: text(&message["parent_id"]),
        role,
        content: text(&message["content"]).unwrap_or_default(),
        images: texts(&message["images"]).into_iter().filter(|image| is_image(image)).collect(),
        reasoning: text(&message["reasoning"]),
        tool_calls: message.get("tool_calls").filter(|calls| calls.is_array()).cloned(),
        model: text(&message["model"]),
        finish_reason: text(&message["finish_reason"]).map(|reason| reason.chars().take(32).collect()),
        created_at: time(&message["created_at"]),
        rank,
    }
}
