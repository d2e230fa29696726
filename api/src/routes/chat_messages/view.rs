//! A message as the API shows it.

use poem_openapi::{Enum, Object};
use serde_json::Value;
use shared::chats::Sibling;
use shared::citations;
use shared::entity::message;
use shared::generations::Sources;
use uuid::Uuid;

use crate::routes::generations::Generation;
use crate::time::Time;

/// One message of a chat.
#[derive(Clone, Debug, Object)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) chat_id: Uuid,
    /// The message that this one answers; absent at a root.
    pub(crate) parent_id: Option<Uuid>,
    /// `system`, `user`, `assistant` or `tool`.
    pub(crate) role: String,
    /// Empty while an answer is being written: follow its generation.
    pub(crate) content: String,
    /// Addresses of images, mostly data URLs.
    pub(crate) images: Vec<String>,
    /// What the model thought before it answered, where it says so.
    pub(crate) reasoning: Option<String>,
    /// Tool calls in OpenAI's form.
    pub(crate) tool_calls: Option<Vec<Value>>,
    /// What the answer to this message may draw on.
    pub(crate) sources: Option<MessageSources>,
    /// The passages that an answer was given: `[1]` in its text is the first.
    pub(crate) citations: Option<Vec<Citation>>,
    pub(crate) model: Option<String>,
    /// `stop`, `length`, `tool_calls`, `content_filter` or a word of the provider's.
    pub(crate) finish_reason: Option<String>,
    pub(crate) created_at: Time,
    /// The newest run that made or continued this message.
    pub(crate) generation: Option<Generation>,
    /// The ids of all messages with the same parent, oldest first, this one among them.
    pub(crate) siblings: Vec<Uuid>,
    /// Those of `siblings` that belong to one turn, when several models were asked at once; empty otherwise.
    pub(crate) together: Vec<Uuid>,
    /// What the reader thinks of this answer.
    pub(crate) rating: Option<Rating>,
}

/// What a reader thinks of an answer.
#[derive(Clone, Debug, Object)]
pub(crate) struct Rating {
    pub(crate) value: RatingValue,
    /// Why, in the reader's words.
    #[oai(validator(max_length = 1000))]
    pub(crate) note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum RatingValue {
    Good,
    Bad,
}

impl From<message::Rating> for RatingValue {
    fn from(value: message::Rating) -> Self {
        match value {
            message::Rating::Good => Self::Good,
            message::Rating::Bad => Self::Bad,
        }
    }
}

impl From<RatingValue> for message::Rating {
    fn from(value: RatingValue) -> Self {
        match value {
            RatingValue::Good => Self::Good,
            RatingValue::Bad => Self::Bad,
        }
    }
}

/// What an answer may draw on.
#[derive(Clone, Debug, Object)]
pub(crate) struct MessageSources {
    /// Collections.
    collections: Vec<Uuid>,
    /// Single files.
    files: Vec<Uuid>,
}

impl From<Sources> for MessageSources {
    fn from(sources: Sources) -> Self {
        Self { collections: sources.collections, files: sources.files }
    }
}

/// A passage that an answer was given.
#[derive(Clone, Debug, Object)]
pub(crate) struct Citation {
    /// The number in brackets by which the answer names it.
    number: u32,
    file_id: Uuid,
    file_name: String,
    /// Counted from 1; absent where the kind of file has no pages.
    page: Option<i32>,
    /// The headings above it, outermost first.
    heading: Option<String>,
    /// Where it begins, in characters of its page, or of the text where there are no pages.
    from: i32,
    /// Where it ends.
    to: i32,
    text: String,
}

impl From<citations::Citation> for Citation {
    fn from(citation: citations::Citation) -> Self {
        let citations::Citation { number, file_id, file_name, page, heading, from, to, text } = citation;
        Self { number, file_id, file_name, page, heading, from, to, text }
    }
}

/// A message as its row has it; the callers add what is in other rows.
pub(crate) fn view(row: message::Model, generation: Option<Generation>, siblings: &[Sibling]) -> Message {
    let list = |value: Option<Value>| value.and_then(|v| serde_json::from_value(v).ok());
    let answers = siblings.iter().filter(|_| row.role == "assistant");
    let together: Vec<Uuid> = answers.filter(|s| s.created_at == row.created_at).map(|s| s.id).collect();
    Message {
        id: row.id,
        chat_id: row.chat_id,
        parent_id: row.parent_id,
        role: row.role,
        content: row.content,
        images: row.images.and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default(),
        reasoning: row.reasoning,
        tool_calls: list(row.tool_calls),
        sources: row.sources.and_then(|v| serde_json::from_value::<Sources>(v).ok()).map(Into::into),
        citations: row
            .citations
            .and_then(|v| serde_json::from_value::<Vec<citations::Citation>>(v).ok())
            .map(|list| list.into_iter().map(Into::into).collect()),
        model: row.model,
        finish_reason: row.finish_reason,
        created_at: Time(row.created_at),
        generation,
        siblings: siblings.iter().map(|sibling| sibling.id).collect(),
        together: if together.len() > 1 { together } else { Vec::new() },
        rating: row.rating.map(|value| Rating { value: value.into(), note: row.rating_note }),
    }
}

pub(super) fn alone(row: message::Model, generation: Option<Generation>) -> Message {
    let beside = [Sibling::from(&row)];
    view(row, generation, &beside)
}
