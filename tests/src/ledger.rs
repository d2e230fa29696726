//! Notes what was accepted and received, and holds it against what is stored.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use futures_util::StreamExt as _;

use crate::client::{Client, Generation, Message, Turn};
use crate::reply::{Reply, numbered};

/// Every 202 of a test and what its readers got.
#[derive(Debug, Default)]
pub struct Ledger {
    promises: Mutex<Vec<Promise>>,
}

#[derive(Clone, Debug)]
struct Promise {
    turn: Turn,
    content: String,
    /// Numbered tokens that a completed answer consists of, when the mock makes it.
    tokens: Option<u32>,
    received: Vec<Reply>,
}

/// The outcome of an audit.
#[derive(Debug, Default)]
pub struct Audit {
    pub accepted: usize,
    pub completed: usize,
    pub failed: usize,
    pub cancelled: usize,
    /// Readers that saw a restart.
    pub restarted: usize,
    pub problems: Vec<String>,
}

impl Audit {
    /// Panics with the problems, at most twenty of them.
    #[track_caller]
    pub fn assert_clean(&self) {
        let shown: Vec<_> = self.problems.iter().take(20).collect();
        assert!(self.problems.is_empty(), "{} problems in {self}: {shown:#?}", self.problems.len());
    }
}

impl std::fmt::Display for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { accepted, completed, failed, cancelled, restarted, .. } = self;
        write!(
            f,
            "{accepted} accepted, {completed} completed, {failed} failed, {cancelled} cancelled, {restarted} restarted"
        )
    }
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Vec<Promise>> {
        self.promises.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Notes an accepted message. `tokens` is how many numbered tokens its answer must have.
    pub fn accepted(&self, turn: &Turn, content: &str, tokens: Option<u32>) {
        let promise =
            Promise { turn: turn.clone(), content: content.to_owned(), tokens, received: Vec::new() };
        self.lock().push(promise);
    }

    /// Notes what a reader of the generation has at the end.
    pub fn received(&self, generation: &str, reply: Reply) {
        let mut promises = self.lock();
        let promise = promises.iter_mut().find(|promise| promise.turn.generation.id == generation);
        promise.expect("accepted before received").received.push(reply);
    }

    /// Holds every promise against what is stored, after waiting this long at most for each generation to end.
    pub async fn audit(&self, client: &Client, patience: Duration) -> Audit {
        let promises = self.lock().clone();
        let mut audit = Audit { accepted: promises.len(), ..Audit::default() };
        let mut stored = futures_util::stream::iter(promises)
            .map(|promise| async move {
                let generation = wait_for_end(client, &promise.turn.generation.id, patience).await;
                let branch = client
                    .branch(&promise.turn.user_message.chat_id, Some(&promise.turn.assistant_message.id))
                    .await;
                (promise, generation, branch)
            })
            .buffer_unordered(8);
        while let Some((promise, generation, branch)) = stored.next().await {
            match generation.state.as_str() {
                "completed" => audit.completed += 1,
                "failed" => audit.failed += 1,
                "cancelled" => audit.cancelled += 1,
                _ => {}
            }
            audit.restarted += usize::from(promise.received.iter().any(|reply| reply.restarts > 0));
            let id = &promise.turn.generation.id;
            audit.problems.extend(
                check(&promise, &generation, &branch).into_iter().map(|what| format!("{id}: {what}")),
            );
        }
        audit
    }
}

async fn wait_for_end(client: &Client, generation: &str, patience: Duration) -> Generation {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let generation = client.generation(generation).await;
        if generation.has_ended() || tokio::time::Instant::now() > deadline {
            return generation;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What is wrong with one promise, given what is stored.
fn check(promise: &Promise, generation: &Generation, branch: &[Message]) -> Vec<String> {
    let mut problems = Vec::new();
    if !generation.has_ended() {
        problems.push(format!("accepted but still {}", generation.state));
    }
    let (asked, answered) = (&promise.turn.user_message.id, &promise.turn.assistant_message.id);
    match branch.iter().filter(|message| message.id == *asked).collect::<Vec<_>>()[..] {
        [message] if message.content == promise.content => {}
        [message] => problems.push(format!("the question is stored as {:?}", message.content)),
        ref found => problems.push(format!("the question is stored {} times", found.len())),
    }
    let children = branch
        .iter()
        .filter(|message| message.parent_id.as_ref() == Some(asked) && message.role == "assistant");
    if children.count() != 1 {
        problems.push("the question has not exactly one answer on its branch".to_owned());
    }
    let Some(answer) = branch.iter().find(|message| message.id == *answered) else {
        problems.push("the answer is not stored".to_owned());
        return problems;
    };
    if generation.state == "completed"
        && let Some(tokens) = promise.tokens
        && let Some(difference) = difference(&answer.content, &numbered(0, tokens))
    {
        problems.push(format!("the stored answer is not {tokens} tokens in order: {difference}"));
    }
    for reply in &promise.received {
        problems.extend(reply.problems.iter().cloned());
        if reply.ended() != Some(generation.state.as_str()) {
            problems.push(format!("a reader saw {:?}, stored is {}", reply.ended(), generation.state));
        }
        if let Some(difference) = difference(&reply.text, &answer.content) {
            problems.push(format!("a reader's text is not the stored text: {difference}"));
        }
        if reply.reasoning != answer.reasoning.as_deref().unwrap_or_default() {
            problems.push("a reader's reasoning is not the stored one".to_owned());
        }
    }
    problems
}

/// Where two texts part, None when they are the same.
fn difference(is: &str, should: &str) -> Option<String> {
    if is == should {
        return None;
    }
    let at = is.bytes().zip(should.bytes()).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(12);
    let part = |text: &str| {
        let bytes: Vec<u8> = text.bytes().skip(from).take(40).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Some(format!(
        "{} bytes for {}, from byte {at}: {:?} for {:?}",
        is.len(),
        should.len(),
        part(is),
        part(should)
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: &str, parent: Option<&str>, role: &str, content: &str) -> Message {
        serde_json::from_value(
            json!({"id": id, "chat_id": "c", "parent_id": parent, "role": role, "content": content,
            "model": null, "finish_reason": null, "generation": null}),
        )
        .unwrap()
    }

    fn generation(state: &str) -> Generation {
        serde_json::from_value(json!({"id": "g", "state": state, "attempt": 1})).unwrap()
    }

    fn promise(received: Vec<Reply>) -> Promise {
        let turn = Turn {
            user_message: message("u", None, "user", "go"),
            assistant_message: message("a", Some("u"), "assistant", ""),
            generation: generation("queued"),
            events_url: String::new(),
        };
        Promise { turn, content: "go".into(), tokens: Some(3), received }
    }

    fn reply(text: &str) -> Reply {
        Reply { text: text.into(), end: Some(("completed".into(), json!({}))), ..Reply::default() }
    }

    fn branch(answer: &str) -> Vec<Message> {
        vec![message("u", None, "user", "go"), message("a", Some("u"), "assistant", answer)]
    }

    #[test]
    fn a_kept_promise_is_clean() {
        let problems =
            check(&promise(vec![reply("t0 t1 t2 ")]), &generation("completed"), &branch("t0 t1 t2 "));
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn broken_promises_are_found() {
        let found = |promise: &Promise, state: &str, branch: &[Message]| {
            check(promise, &generation(state), branch).join("; ")
        };
        assert!(found(&promise(vec![]), "running", &branch("")).contains("still running"));
        assert!(found(&promise(vec![]), "completed", &branch("t0 t2 ")).contains("not 3 tokens in order"));
        assert!(
            found(&promise(vec![]), "completed", &branch("t0 t1 t1 t2 ")).contains("not 3 tokens in order")
        );
        assert!(
            found(&promise(vec![reply("t0 t1 ")]), "completed", &branch("t0 t1 t2 "))
                .contains("reader's text")
        );
        assert!(
            found(&promise(vec![reply("t0 t1 t2 ")]), "failed", &branch("t0 t1 t2 "))
                .contains("a reader saw")
        );
        assert!(found(&promise(vec![]), "completed", &branch("t0 t1 t2 ")[..1]).contains("not stored"));
        let mut twice = branch("t0 t1 t2 ");
        twice.push(message("b", Some("u"), "assistant", "t0 t1 t2 "));
        assert!(found(&promise(vec![]), "completed", &twice).contains("exactly one answer"));
    }
}
