//! What the readers of a run had seen of it when its worker went, for a run that ends without another.

use std::time::Duration;

use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::finish::Ended;
use crate::Context;
use crate::entity::generation::{Kind, Model};
use crate::entity::message;
use crate::error::Result;
use crate::events::{Event, EventId, Topic};

/// How long the log is asked: whoever stops a run waits for the answer.
const LIMIT: Duration = Duration::from_secs(2);
/// Events in one read.
const PAGE: usize = 500;

/// Text and thoughts that an earlier attempt showed. Nothing when there was none, or when its log is lost.
pub(super) async fn shown(ctx: &Context, row: &Model) -> Ended {
    if row.attempt == 0 {
        return Ended::default();
    }
    match tokio::time::timeout(LIMIT, read(ctx, row)).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(error)) => {
            tracing::warn!(generation = %row.id, code = error.code, "what was shown of a run could not be read");
            Ended::default()
        }
        Err(_) => {
            tracing::warn!(generation = %row.id, "what was shown of a run could not be read in time");
            Ended::default()
        }
    }
}

async fn read(ctx: &Context, row: &Model) -> Result<Ended> {
    let topic = Topic::generation(row.id);
    let (mut so_far, mut cursor) = (SoFar::default(), EventId::ZERO);
    loop {
        let page = ctx.events.read_after(&topic, cursor, PAGE).await?;
        page.iter().for_each(|event| so_far.apply(event));
        match page.last() {
            Some(last) => cursor = last.id,
            None => break,
        }
    }
    if so_far == SoFar::default() {
        return Ok(Ended::default());
    }
    let SoFar { text, reasoning, .. } = so_far;
    let Some(message_id) = row.message_id.filter(|_| row.kind == Kind::Chat) else {
        let output = json!({ "text": text, "reasoning": reasoning, "tool_calls": null });
        return Ok(Ended { output: Some(output), ..Ended::default() });
    };
    let message = message::Entity::find_by_id(message_id).one(&ctx.db).await?;
    let before = message.map(|message| message.content).unwrap_or_default();
    let base: String = before.chars().take(row.base_length.unsigned_abs() as usize).collect();
    Ok(Ended { content: Some(base + &text), reasoning: Some(reasoning), ..Ended::default() })
}

/// The reduction that readers do, of what a stopped answer keeps. Half a tool call is of no use to anybody.
#[derive(Debug, Default, PartialEq)]
struct SoFar {
    text: String,
    reasoning: String,
    /// The beginning was seen: a trimmed log is read from its first snapshot on.
    begun: bool,
}

impl SoFar {
    fn apply(&mut self, event: &Event) {
        let anew = matches!(&*event.name, "snapshot" | "restarted");
        self.begun |= anew || event.id.seq == 1;
        if !self.begun {
            return;
        }
        let data: Value = serde_json::from_slice(&event.data).unwrap_or_default();
        let field = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        match &*event.name {
            "delta" => self.text.push_str(&field("text")),
            "reasoning" => self.reasoning.push_str(&field("text")),
            "snapshot" => (self.text, self.reasoning) = (field("text"), field("reasoning")),
            "restarted" => (self.text, self.reasoning) = (String::new(), String::new()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduce(events: &[(u64, u64, &'static str, Value)]) -> SoFar {
        let mut so_far = SoFar::default();
        for (attempt, seq, name, data) in events {
            so_far.apply(&Event::new(EventId::new(*attempt, *seq), *name, data.to_string()));
        }
        so_far
    }

    #[test]
    fn what_was_shown_is_what_readers_have() {
        let so_far = reduce(&[
            (1, 1, "delta", json!({ "text": "lost" })),
            (2, 1, "restarted", json!({})),
            (2, 2, "reasoning", json!({ "text": "hm" })),
            (2, 3, "delta", json!({ "text": "Hel" })),
            (2, 4, "delta", json!({ "text": "lo" })),
        ]);
        assert_eq!((so_far.text.as_str(), so_far.reasoning.as_str()), ("Hello", "hm"));
    }

    #[test]
    fn a_trimmed_log_counts_from_its_first_snapshot() {
        let so_far = reduce(&[
            (1, 700, "delta", json!({ "text": "middle" })),
            (1, 701, "snapshot", json!({ "text": "from the start" })),
            (1, 702, "delta", json!({ "text": " on" })),
        ]);
        assert_eq!(so_far.text, "from the start on");
    }
}
