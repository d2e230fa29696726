//! What the model is asked: the active branch within its bounds, newest first to be kept.

use serde_json::{Map, Value};
use shared::config::Generation;
use shared::entity::generation::{Kind, Model};
use shared::entity::message;
use shared::generations::TurnRequest;
use shared::models::Entry;
use shared::providers::{ChatMessage, ChatRequest, ImageUrl, Part, Role, ToolCall};
use shared::{Context, Error, Result, chats, models};

use super::retrieve::{self, Retrieved};

/// Said after a partial answer that is to go on: many providers do not continue an assistant message by themselves.
const CONTINUE: &str =
    "Continue your last message exactly where it ends. Repeat nothing of it and add no introduction.";

pub(super) struct Prompt {
    pub(super) request: ChatRequest,
    pub(super) entry: Entry,
    /// What a continued message had already.
    pub(super) base: Option<String>,
    /// The first answer of its chat.
    pub(super) first: bool,
    /// What the model is given to read, where the user has chosen documents.
    pub(super) retrieved: Option<Retrieved>,
}

/// Reads the rows of a run and makes its request.
pub(super) async fn build(ctx: &Context, row: &Model) -> Result<Prompt> {
    let entry = models::find(ctx, &row.model).await?;
    if row.kind != Kind::Chat {
        let request =
            row.request.clone().ok_or_else(|| Error::internal("The request of this run is gone."))?;
        let mut request: ChatRequest = serde_json::from_value(request)?;
        request.model.clone_from(&entry.provider_id);
        return Ok(Prompt { request, entry, base: None, first: false, retrieved: None });
    }
    let (Some(chat_id), Some(answer_id)) = (row.chat_id, row.message_id) else {
        return Err(Error::internal("This run belongs to no message."));
    };
    let turn: TurnRequest = row.request.clone().map(serde_json::from_value).transpose()?.unwrap_or_default();
    let mut branch = chats::path(ctx, chat_id, answer_id, ctx.config.generation.max_messages.max(2)).await?;
    let answer = branch.pop().ok_or_else(|| Error::not_found("message"))?;
    let first = branch.len() == 1;
    let continued = row.base_length > 0;
    let base =
        continued.then(|| answer.content.chars().take(row.base_length.unsigned_abs() as usize).collect());
    if continued {
        branch.push(message::Model { content: base.clone().unwrap_or_default(), ..answer });
    }
    let retrieved = match turn.sources.is_empty() {
        true => None,
        false => {
            let question = branch.iter().rev().find(|row| row.role == "user");
            let question = question.map_or("", |row| row.content.as_str());
            Some(retrieve::retrieve(ctx, row.user_id, &turn.sources, question).await?)
        }
    };
    let set = entry.card.as_deref();
    let told = instructions(set.and_then(|set| set.system_prompt.as_deref()), turn.system.as_deref());
    let system: Vec<String> = told.into_iter().chain(retrieved.as_ref().map(Retrieved::prompt)).collect();
    let messages = assemble(&ctx.config.generation, Some(&system.join("\n\n")), &branch, continued);
    let mut parameters =
        set.and_then(|set| set.parameters.as_ref()?.as_object().cloned()).unwrap_or_default();
    parameters.extend(turn.parameters);
    let request = with_parameters(&entry.provider_id, messages, parameters)?;
    Ok(Prompt { request, entry, base, first, retrieved })
}

/// What admins tell a model, and then what this chat tells it.
fn instructions(of_model: Option<&str>, of_turn: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = of_model.into_iter().chain(of_turn).filter(|text| !text.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// The messages of a request. The newest is always in; older ones as far as the bound in characters goes.
fn assemble(
    bounds: &Generation,
    system: Option<&str>,
    branch: &[message::Model],
    continued: bool,
) -> Vec<ChatMessage> {
    let mut left = bounds.max_chars.saturating_sub(system.map_or(0, str::len));
    let mut kept: Vec<ChatMessage> = Vec::new();
    for row in branch.iter().rev() {
        // Answers that failed before their first word say nothing.
        if row.role == "assistant" && row.content.is_empty() && row.tool_calls.is_none() {
            continue;
        }
        if !kept.is_empty() && row.content.len() > left {
            break;
        }
        left = left.saturating_sub(row.content.len());
        kept.push(as_message(row));
    }
    kept.reverse();
    let mut messages: Vec<ChatMessage> =
        system.filter(|s| !s.is_empty()).map(|s| ChatMessage::text(Role::System, s)).into_iter().collect();
    messages.append(&mut kept);
    if continued {
        messages.push(ChatMessage::text(Role::User, CONTINUE));
    }
    messages
}

fn as_message(row: &message::Model) -> ChatMessage {
    let role = match row.role.as_str() {
        "assistant" => Role::Assistant,
        "system" => Role::System,
        "tool" => Role::Tool,
        _ => Role::User,
    };
    let mut message = ChatMessage::text(role, row.content.as_str());
    let images: Vec<String> =
        row.images.as_ref().and_then(|i| serde_json::from_value(i.clone()).ok()).unwrap_or_default();
    message.content.extend(images.into_iter().map(|url| Part::Image(ImageUrl { url, detail: None })));
    if let Some(calls) = &row.tool_calls {
        message.tool_calls = serde_json::from_value::<Vec<ToolCall>>(calls.clone()).unwrap_or_default();
    }
    message
}

fn with_parameters(
    model: &str,
    messages: Vec<ChatMessage>,
    mut parameters: Map<String, Value>,
) -> Result<ChatRequest> {
    parameters.insert("model".into(), model.into());
    parameters.insert("messages".into(), serde_json::to_value(messages)?);
    serde_json::from_value(parameters.into())
        .map_err(|e| Error::field("parameters", "are not those of a chat completion").source(e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn row(role: &str, content: &str) -> message::Model {
        message::Model {
            id: Uuid::nil(),
            chat_id: Uuid::nil(),
            parent_id: None,
            role: role.into(),
            content: content.into(),
            images: None,
            reasoning: None,
            tool_calls: None,
            sources: None,
            citations: None,
            model: None,
            finish_reason: None,
            generation_id: None,
            rating: None,
            rating_note: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn bounds(max_chars: usize) -> Generation {
        Generation { max_chars, ..shared::Config::defaults().unwrap().generation }
    }

    #[test]
    fn the_newest_messages_are_kept_and_the_last_one_always() {
        let branch = [row("user", "old"), row("assistant", "older answer"), row("user", &"x".repeat(50))];
        let messages = assemble(&bounds(10), Some("be brief"), &branch, false);
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].role, Role::System);
        assert_eq!(messages[1].plain().len(), 50);
    }

    #[test]
    fn an_answer_that_never_began_is_left_out() {
        let branch = [row("user", "a"), row("assistant", ""), row("user", "b")];
        let roles: Vec<Role> = assemble(&bounds(100), None, &branch, false).iter().map(|m| m.role).collect();
        assert_eq!(roles, [Role::User, Role::User]);
    }
}
