//! A chat as a text that people read.

use std::fmt::Write as _;

use chrono::DateTime;

use crate::entity::{chat, message};

/// The title, and when it was.
pub(super) fn head(chat: &chat::Model) -> String {
    let title = if chat.title.is_empty() { "Chat" } else { &chat.title };
    format!("# {title}\n\n*{}*\n\n", moment(chat.created_at))
}

/// One message under a heading that says who and when.
pub(super) fn message(row: &message::Model) -> String {
    let who = match row.role.as_str() {
        "user" => "You".to_owned(),
        "assistant" => row.model.clone().unwrap_or_else(|| "Assistant".to_owned()),
        "system" => "System".to_owned(),
        other => other.to_owned(),
    };
    let mut text = format!("## {who}\n\n*{}*\n\n", moment(row.created_at));
    if let Some(reasoning) = &row.reasoning {
        for line in reasoning.trim().lines() {
            let _ = writeln!(text, "> {line}");
        }
        text.push('\n');
    }
    let images: Vec<String> =
        row.images.clone().and_then(|images| serde_json::from_value(images).ok()).unwrap_or_default();
    for image in images {
        let _ = writeln!(text, "![]({image})\n");
    }
    text.push_str(row.content.trim_end());
    text.push_str("\n\n");
    text
}

fn moment(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).unwrap_or_default().format("%Y-%m-%d %H:%M UTC").to_string()
}
