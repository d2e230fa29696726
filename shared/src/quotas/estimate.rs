//! What a run may cost, guessed before it begins.
//!
//! Only the provider knows its tokenizer; four characters for a token is near enough, as what was really used is written
//! in the end.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::context::Context;
use crate::entity::generation::{Column, Entity};
use crate::error::Result;
use crate::providers::ChatRequest;

const CHARS_PER_TOKEN: usize = 4;
/// What models take for one image, within a factor of two.
const IMAGE_TOKENS: u64 = 800;

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// A turn of a chat: new text, and what was said before.
    Turn {
        chat_id: Uuid,
        text: &'a str,
        images: usize,
        parameters: &'a Map<String, Value>,
    },
    /// A chat completion through a compatible door.
    Call(&'a Value),
    Embedding(&'a Value),
}

/// Tokens that are reserved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Estimate {
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
}

impl Estimate {
    pub(super) async fn of(ctx: &Context, work: Work<'_>) -> Result<Self> {
        let answer = ctx.config.limits.assumed_answer;
        Ok(match work {
            Work::Turn { chat_id, text, images, parameters } => Self {
                prompt_tokens: said_before(ctx, chat_id).await?
                    + tokens_of(text.len())
                    + images as u64 * IMAGE_TOKENS,
                completion_tokens: answer.min(most(|name| parameters.get(name))),
            },
            Work::Call(request) => Self {
                prompt_tokens: text_tokens(request),
                completion_tokens: answer.min(most(|name| request.get(name))),
            },
            Work::Embedding(request) => Self { prompt_tokens: text_tokens(request), completion_tokens: 0 },
        })
    }
}

/// Tokens of a text with so many bytes.
pub fn tokens_of(length: usize) -> u64 {
    length.div_ceil(CHARS_PER_TOKEN) as u64
}

/// Tokens of a request that goes to a provider.
pub fn request_tokens(request: &ChatRequest) -> u64 {
    let parts = request.messages.iter().flat_map(|message| &message.content);
    parts
        .map(|part| match (part.as_text(), part.as_image()) {
            (Some(text), _) => tokens_of(text.len()),
            (None, Some(_)) => IMAGE_TOKENS,
            (None, None) => 0,
        })
        .sum()
}

/// Tokens of all texts in a request. An image counts as an image, however long its data URL is.
fn text_tokens(value: &Value) -> u64 {
    match value {
        Value::String(text) if text.starts_with("data:") => IMAGE_TOKENS,
        Value::String(text) => tokens_of(text.len()),
        Value::Array(items) => items.iter().map(text_tokens).sum(),
        Value::Object(fields) => fields.values().map(text_tokens).sum(),
        _ => 0,
    }
}

/// How much the caller lets the model say.
fn most<'a>(parameter: impl Fn(&str) -> Option<&'a Value>) -> u64 {
    ["max_completion_tokens", "max_tokens"]
        .into_iter()
        .find_map(|name| parameter(name).and_then(Value::as_u64))
        .unwrap_or(u64::MAX)
}

/// Tokens of the conversation so far, as its last run counted them.
async fn said_before(ctx: &Context, chat_id: Uuid) -> Result<u64> {
    let last = Entity::find()
        .filter(Column::ChatId.eq(chat_id))
        .filter(Column::PromptTokens.is_not_null())
        .order_by_desc(Column::Id)
        .one(&ctx.db)
        .await?;
    Ok(last.map_or(0, |row| {
        u64::from(row.prompt_tokens.unwrap_or_default().unsigned_abs())
            + u64::from(row.completion_tokens.unwrap_or_default().unsigned_abs())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_image_is_no_text() {
        let image = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
        let request = json!({ "model": "abcd", "messages": [{ "content": ["12345678", { "url": image }] }] });
        assert_eq!(text_tokens(&request), 1 + 2 + IMAGE_TOKENS);
    }

    #[test]
    fn the_caller_s_own_bound_is_taken() {
        let request = json!({ "max_tokens": 5, "max_completion_tokens": 7 });
        assert_eq!(most(|name| request.get(name)), 7);
        assert_eq!(most(|_| None), u64::MAX);
    }
}
