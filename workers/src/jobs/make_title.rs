//! Names a chat by its first exchange.

use std::time::Duration;

use futures_util::StreamExt as _;
use shared::entity::chat::TitleSource;
use shared::jobs::MakeTitle;
use shared::providers::{ChatMessage, ChatRequest, Delta, Role, Usage};
use shared::queue::Outcome;
use shared::quotas::{self, Payer, request_tokens, tokens_of};
use shared::{Context, Error, Kind, Result, chats, generations, models};

use crate::Worker;

/// Longer answers are cut: a title is a line.
const MAX_TOKENS: u32 = 40;
/// Characters of each message that the model sees.
const EXCERPT: usize = 1500;
const LIMIT: Duration = Duration::from_secs(60);
/// How long a title waits while as many runs of its model go on as may.
const FULL: Duration = Duration::from_secs(2);

const PROMPT: &str = "Give this conversation a title of two to six words in the language of the conversation. \
    Answer with the title alone, without quotation marks and without a full stop.";

pub(crate) async fn run(worker: Worker, job: MakeTitle) -> Result<Outcome> {
    let ctx = &worker.ctx;
    let chat = match chats::find_for(ctx, job.user_id, job.chat_id).await {
        Ok(chat) => chat,
        Err(error) if error.kind == Kind::NotFound => return Ok(Outcome::Done),
        Err(error) => return Err(error),
    };
    if chat.title_source != TitleSource::None {
        // Somebody has named it: a model is asked for nothing that is thrown away.
        return Ok(Outcome::Done);
    }
    let (Some(leaf), Some(model)) = (chat.current_message_id, chat.model.clone()) else {
        return Ok(Outcome::Done);
    };
    let messages = chats::path(ctx, chat.id, leaf, 4).await?;
    let entry = match models::find(ctx, &model).await {
        Ok(entry) => entry,
        Err(error) if error.kind == Kind::NotFound => return Ok(Outcome::Done),
        Err(error) => return Err(error),
    };
    // The loopback cannot name anything; the first words of the question stay.
    if entry.connection.is_none() {
        return Ok(Outcome::Done);
    }
    let excerpt: String = messages
        .iter()
        .map(|m| format!("{}: {}\n\n", m.role, m.content.chars().take(EXCERPT).collect::<String>()))
        .collect();
    let Some(hold) = generations::hold_model(ctx, &entry.id, 2 * LIMIT.as_millis() as u64).await? else {
        return Ok(Outcome::RetryIn(FULL, "its cap is used up"));
    };
    let asked = tokio::time::timeout(LIMIT, ask(ctx, &entry, excerpt)).await;
    hold.end(ctx).await;
    let (title, usage) = asked
        .map_err(|_| Error::new(Kind::Upstream, "provider_timeout", "The model did not answer in time."))??;
    let payer = Payer { user_id: job.user_id, api_key: None };
    if let Err(error) = quotas::charge(ctx, payer, &entry.id, usage).await {
        tracing::warn!(chat = %chat.id, code = error.code, "the tokens of a title were not charged");
    }
    chats::set_made_title(ctx, &chat, &tidy(&title)).await?;
    Ok(Outcome::Done)
}

async fn ask(ctx: &Context, entry: &models::Entry, excerpt: String) -> Result<(String, Usage)> {
    let request = ChatRequest {
        model: entry.provider_id.clone(),
        messages: vec![ChatMessage::text(Role::System, PROMPT), ChatMessage::text(Role::User, excerpt)],
        max_tokens: Some(MAX_TOKENS),
        ..ChatRequest::default()
    };
    let prompt_tokens = request_tokens(&request);
    let mut stream = models::provider(ctx, entry).await?.chat(request).await?;
    let (mut title, mut usage) = (String::new(), None);
    while let Some(delta) = stream.next().await {
        match delta? {
            Delta::Text(text) => title.push_str(&text),
            Delta::Usage(said) => usage = Some(said),
            _ => {}
        }
        if title.len() > 4 * chats::TITLE_LIMIT {
            break;
        }
    }
    let near = Usage { prompt_tokens, completion_tokens: tokens_of(title.len()), ..Usage::default() };
    Ok((title, usage.unwrap_or(near)))
}

/// Small models wrap titles in quotation marks, headings and explanations.
fn tidy(title: &str) -> String {
    let line = title.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = line.trim_start_matches(['#', '*', ' ']).trim_end_matches(['*', '.', ' ']);
    let line = line.strip_prefix("Title:").unwrap_or(line).trim();
    line.trim_matches(['"', '\'', '“', '”', '„', '«', '»']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn a_title_is_one_bare_line() {
        assert_eq!(tidy("\n\"Baking bread at home.\"\nBecause ..."), "Baking bread at home.");
        assert_eq!(tidy("# Title: Planning a garden."), "Planning a garden");
        assert_eq!(tidy("**Reise nach Rom**"), "Reise nach Rom");
        assert_eq!(tidy(""), "");
    }
}
