//! A model that needs no provider, so that a deployment can be proved without spending tokens.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{
    ChatRequest, Delta, DeltaStream, EmbedOptions, Embeddings, FinishReason, ModelInfo, ModelProvider, Role,
    Usage, no_embeddings,
};
use crate::error::{Error, Kind, Result};

/// Answers with a short scripted text at the pace of a real model.
#[derive(Clone, Copy, Debug)]
pub struct Loopback {
    pace: Option<Duration>,
}

impl Loopback {
    pub const MODEL: &'static str = "loopback";
    pub const NAME: &'static str = "Loopback (no AI)";

    /// Pieces of text per second; 0 or less sends them as fast as they are read.
    pub fn new(pieces_per_second: f64) -> Self {
        let pace =
            (pieces_per_second > 0.0).then(|| Duration::from_secs_f64(1.0 / pieces_per_second.max(0.01)));
        Self { pace }
    }
}

impl Default for Loopback {
    fn default() -> Self {
        Self::new(60.0)
    }
}

#[async_trait]
impl ModelProvider for Loopback {
    async fn models(&self) -> Result<Vec<ModelInfo>> {
        Ok(vec![ModelInfo {
            id: Self::MODEL.into(),
            name: Some(Self::NAME.into()),
            created: None,
            context_length: None,
        }])
    }

    async fn chat(&self, request: ChatRequest) -> Result<DeltaStream> {
        if request.model != Self::MODEL {
            return Err(Error::new(
                Kind::NotFound,
                "model_not_found",
                "There is only one model here: loopback.",
            ));
        }
        let deltas = answer(&request);
        let Some(pace) = self.pace else {
            return Ok(stream::iter(deltas).map(Ok).boxed());
        };
        // The first piece goes out at once; the rest by the clock and not by the reader, as a real model would.
        let mut clock = interval_at(Instant::now(), pace);
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        Ok(stream::unfold((deltas.into_iter(), clock), |(mut deltas, mut clock)| async move {
            let delta = deltas.next()?;
            if matches!(delta, Delta::Text(_)) {
                clock.tick().await;
            }
            Some((Ok(delta), (deltas, clock)))
        })
        .boxed())
    }

    async fn embed(&self, _model: &str, _input: Vec<String>, _options: EmbedOptions) -> Result<Embeddings> {
        Err(no_embeddings())
    }
}

/// The whole answer as deltas: the same request always gives the same ones.
fn answer(request: &ChatRequest) -> Vec<Delta> {
    let asked = request.messages.iter().rev().find(|message| message.role == Role::User);
    let length = asked.map_or(0, |message| message.plain().chars().count());
    let text = script(length);
    let pieces: Vec<&str> = pieces(&text).collect();
    let limit = request.token_limit().map_or(usize::MAX, |limit| limit as usize);
    let finish = if pieces.len() > limit { FinishReason::Length } else { FinishReason::Stop };

    let prompt_chars: usize = request.messages.iter().map(|message| message.plain().chars().count()).sum();
    let mut deltas: Vec<Delta> =
        pieces.into_iter().take(limit).map(|piece| Delta::Text(piece.to_owned())).collect();
    deltas.push(Delta::Usage(Usage {
        // There is no tokenizer here: four characters a token is the usual guess.
        prompt_tokens: prompt_chars.div_ceil(4) as u64,
        completion_tokens: deltas.len() as u64,
        ..Usage::default()
    }));
    deltas.push(Delta::Finish(finish));
    deltas
}

/// Cuts behind each run of white space, so that the pieces are about as long as a model's tokens.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let space = rest[word..].find(|c: char| !c.is_whitespace()).unwrap_or(rest.len() - word);
        let (piece, later) = rest.split_at(word + space);
        rest = later;
        (!piece.is_empty()).then_some(piece)
    })
}

fn script(length: usize) -> String {
    format!(
        r#"## This is the loopback model

There is **no AI** behind this answer. Your message had {length} {characters}, and it went the whole way that a real one goes: it was saved, queued, taken by a worker, and this text is now streamed back to you piece by piece. If you can read this, your deployment works.

### Connect a real model

1. **In the page:** an administrator opens *Settings*, then *Connections*, and adds the address and key of any OpenAI-compatible server, or of an Ollama.
2. **By environment:** set `OPENAI_API_KEY` (and `OPENAI_BASE_URL` for a server other than OpenAI's) before the first start.
3. **By itself:** an Ollama on this machine at its usual port is found at the start.

By API, the same thing looks like this:

```bash
curl -X POST "$SKEIN/api/v1/connections" \
  -H "Authorization: Bearer $TOKEN" \
  -H "Content-Type: application/json" \
  -d '{{"kind": "ollama", "name": "Local", "base_url": "http://127.0.0.1:11434"}}'
```

### What an answer can show

| Kind | Example |
|---|---|
| Emphasis | *light*, **strong**, `code` |
| Link | [example.org](https://example.org) |

> A skein is a length of thread, and a flock of geese in flight:
> many moving as one.

And code is coloured:

```rust
fn main() {{
    println!("Hello from the other end of the queue");
}}
```

While this text was coming you could have pressed **Stop**, reloaded the page, or opened it in a second tab: it would have gone on where it was.
"#,
        characters = if length == 1 { "character" } else { "characters" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::ChatMessage;

    fn ask(text: &str) -> ChatRequest {
        ChatRequest {
            model: Loopback::MODEL.into(),
            messages: vec![ChatMessage::text(Role::User, text)],
            ..ChatRequest::default()
        }
    }

    #[test]
    fn the_pieces_are_the_text() {
        let text = script(3);
        assert_eq!(pieces(&text).collect::<String>(), text);
        assert!(pieces(&text).all(|piece| !piece.is_empty()));
        assert_eq!(pieces("").count(), 0);
    }

    #[tokio::test]
    async fn the_same_message_gets_the_same_answer() {
        let model = Loopback::new(0.0);
        let first: Vec<_> = model.chat(ask("Grüße")).await.unwrap().map(Result::unwrap).collect().await;
        let again: Vec<_> = model.chat(ask("Grüße")).await.unwrap().map(Result::unwrap).collect().await;
        assert_eq!(first, again);
        let text: String = first
            .iter()
            .filter_map(|d| if let Delta::Text(text) = d { Some(text.as_str()) } else { None })
            .collect();
        assert!(text.contains("Your message had 5 characters"));
        assert_eq!(first.last(), Some(&Delta::Finish(FinishReason::Stop)));
    }

    #[tokio::test]
    async fn a_token_limit_cuts_the_answer() {
        let request = ChatRequest { max_tokens: Some(4), ..ask("hi") };
        let deltas: Vec<_> =
            Loopback::new(0.0).chat(request).await.unwrap().map(Result::unwrap).collect().await;
        assert_eq!(deltas.iter().filter(|d| matches!(d, Delta::Text(_))).count(), 4);
        assert_eq!(deltas.last(), Some(&Delta::Finish(FinishReason::Length)));
    }

    #[tokio::test]
    async fn the_pace_is_that_of_a_model() {
        let request = ChatRequest { max_tokens: Some(13), ..ask("hi") };
        let start = Instant::now();
        let mut deltas = Loopback::default().chat(request).await.unwrap();
        while deltas.next().await.is_some() {}
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(195), "12 gaps of 1/60 s in {took:?}");
    }

    #[tokio::test]
    async fn another_model_is_not_found_here() {
        let request = ChatRequest { model: "gpt".into(), ..ask("hi") };
        assert_eq!(Loopback::default().chat(request).await.err().unwrap().code, "model_not_found");
    }
}
