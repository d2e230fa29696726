//! Messages that are sent while an answer runs.

use std::time::Duration;

use serde_json::{Value, json};
use skein_tests::client::{Client, Message, Send};
use skein_tests::cluster::Single;
use skein_tests::reply::numbered;

use crate::stand::Stand;

fn queued() -> Send {
    Send { queue: true, ..Send::default() }
}

/// Sends a message that must have to wait; gives its id.
async fn wait_in_line(client: &Client, chat: &str, content: &str) -> String {
    let body: Value = client.try_send(chat, content, &queued()).await.expect(202);
    assert_eq!(body["state"], "waiting", "{body}");
    assert_eq!(body["waiting_message"]["content"], content, "{body}");
    body["waiting_message"]["id"].as_str().expect("an id").to_owned()
}

async fn waiting(client: &Client, chat: &str) -> Vec<String> {
    let page: Value = client.get(&format!("/api/v1/chats/{chat}/waiting-messages")).await.expect(200);
    let items = page["items"].as_array().expect("a list");
    items.iter().map(|item| item["content"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The branch once it has so many messages and every answer in it has ended.
pub(crate) async fn settled(client: &Client, chat: &str, count: usize) -> Vec<Message> {
    let settling = async {
        loop {
            let mut events = client.user_events().await;
            let messages = client.messages(chat).await;
            let ended = |message: &Message| {
                message
                    .generation
                    .as_ref()
                    .is_none_or(|run| matches!(run.state.as_str(), "completed" | "failed" | "cancelled"))
            };
            if messages.len() >= count && messages.iter().all(ended) {
                return messages;
            }
            // Looked at again when something has happened, or after a moment: an event may have come before the look.
            drop(tokio::time::timeout(Duration::from_millis(500), events.next()).await);
        }
    };
    tokio::time::timeout(Duration::from_secs(60), settling).await.expect("all answers within a minute")
}

fn said(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter(|message| message.role == "user").map(|message| message.content.as_str()).collect()
}

#[tokio::test]
async fn what_is_sent_while_an_answer_runs_starts_by_itself_in_order() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let chat = user.create_chat("mock").await;
    let first = user.send(&chat.id, "go one [[tokens=3000 rate=50]]").await;
    user.try_send(&chat.id, "go now", &Send::default()).await.refuses(409, "message_running");
    let second = wait_in_line(user, &chat.id, "go two [[tokens=3]]").await;
    let third = wait_in_line(user, &chat.id, "go three [[tokens=4]]").await;
    assert_eq!(waiting(user, &chat.id).await, ["go two [[tokens=3]]", "go three [[tokens=4]]"]);
    assert_eq!(user.messages(&chat.id).await.len(), 2, "they are no part of the conversation yet");
    // Nobody looks on: the page is closed. A stop is an end like any other.
    user.cancel(&first.generation.id).await;
    let messages = settled(user, &chat.id, 6).await;
    assert_eq!(
        said(&messages),
        ["go one [[tokens=3000 rate=50]]", "go two [[tokens=3]]", "go three [[tokens=4]]"]
    );
    assert_eq!(messages[1].id, first.assistant_message.id);
    assert_eq!((&messages[2].id, &messages[4].id), (&second, &third), "a waiting message keeps its id");
    assert_eq!(messages[3].content, numbered(0, 3));
    assert_eq!(messages[5].content, numbered(0, 4));
    assert!(waiting(user, &chat.id).await.is_empty());
}

#[tokio::test]
async fn where_nothing_runs_nothing_has_to_wait() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send_with(&chat.id, "go [[tokens=3]]", &queued()).await;
    assert_eq!(stand.admin.reader(&turn.generation.id).to_end().await.text, numbered(0, 3));
}

#[tokio::test]
async fn a_waiting_message_can_be_changed_and_taken_back_until_its_turn_comes() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let chat = user.create_chat("mock").await;
    let turn = user.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    let kept = wait_in_line(user, &chat.id, "go wrong [[tokens=9]]").await;
    let dropped = wait_in_line(user, &chat.id, "go never").await;
    let path = format!("/api/v1/waiting-messages/{kept}");
    let changed: Value = user.patch(&path, &json!({"content": "go right [[tokens=2]]"})).await.expect(200);
    assert_eq!((&changed["id"], &changed["content"]), (&json!(kept), &json!("go right [[tokens=2]]")));
    user.patch(&path, &json!({"content": "  "})).await.refuses(400, "invalid_request");
    user.patch(&path, &json!({"model": "none such"})).await.refuses(404, "model_not_found");
    assert_eq!(user.delete(&format!("/api/v1/waiting-messages/{dropped}")).await.status, 204);
    user.delete(&format!("/api/v1/waiting-messages/{dropped}")).await.refuses(404, "not_found");
    user.cancel(&turn.generation.id).await;
    let messages = settled(user, &chat.id, 4).await;
    assert_eq!(said(&messages), ["go [[tokens=3000 rate=50]]", "go right [[tokens=2]]"]);
    assert_eq!(messages[3].content, numbered(0, 2));
    user.patch(&path, &json!({"content": "late"})).await.refuses(409, "already_started");
    user.delete(&path).await.refuses(409, "already_started");
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_the_same_message_before_and_after_its_turn() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let chat = user.create_chat("mock").await;
    let turn = user.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    let once = Send { idempotency_key: Some("once".into()), ..queued() };
    let sending = (0..6).map(|_| user.try_send(&chat.id, "go twice [[tokens=2]]", &once));
    let mut ids: Vec<Value> = futures_util::future::join_all(sending)
        .await
        .into_iter()
        .map(|answer| answer.expect::<Value>(202)["waiting_message"]["id"].clone())
        .collect();
    ids.dedup();
    assert!(ids.len() == 1 && ids[0].is_string(), "{ids:?}");
    assert_eq!(waiting(user, &chat.id).await.len(), 1);
    user.try_send(&chat.id, "another", &once).await.refuses(409, "idempotency_key_reused");
    user.cancel(&turn.generation.id).await;
    let messages = settled(user, &chat.id, 4).await;
    let again = user.send_with(&chat.id, "go twice [[tokens=2]]", &once).await;
    assert_eq!(again.user_message.id, messages[2].id);
    assert_eq!(settled(user, &chat.id, 4).await.len(), 4);
}

#[tokio::test]
async fn a_waiting_message_is_answered_by_all_models_that_it_asks() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let chat = user.create_chat("mock").await;
    let turn = user.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    let nobody = Send { others: vec!["no-such-model".into()], ..queued() };
    user.try_send(&chat.id, "go two", &nobody).await.refuses(404, "model_not_found");
    let both = Send { others: vec!["mock-slow".into()], ..queued() };
    let sent = user.try_send(&chat.id, "go two [[tokens=4 rate=500]]", &both).await;
    assert_eq!(sent.expect::<Value>(202)["state"], "waiting");
    user.cancel(&turn.generation.id).await;
    let messages = settled(user, &chat.id, 4).await;
    assert_eq!(messages[3].siblings.len(), 2);
    assert_eq!(messages[3].content, numbered(0, 4));
}

#[tokio::test]
async fn a_waiting_message_is_charged_to_the_key_that_it_came_with() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let key: Value = user.post("/api/v1/api-keys", &json!({"name": "program"})).await.expect(201);
    let program = user.with_token(key["key"].as_str());
    let chat = user.create_chat("mock").await;
    let turn = user.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    wait_in_line(&program, &chat.id, "go two [[tokens=7]]").await;
    user.cancel(&turn.generation.id).await;
    settled(user, &chat.id, 4).await;
    let charged = async {
        loop {
            let page: Value = user.get("/api/v1/admin/usage?by=api_key").await.expect(200);
            let lines = page["items"].as_array().expect("a list");
            if let Some(line) = lines.iter().find(|line| line["key"] == key["id"]) {
                return line["totals"].clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let totals = tokio::time::timeout(Duration::from_secs(10), charged).await.expect("the key's own line");
    assert_eq!((&totals["requests"], &totals["completion_tokens"]), (&json!(1), &json!(7)), "{totals}");
}

#[tokio::test]
async fn other_tabs_hear_that_something_waits() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let chat = user.create_chat("mock").await;
    let turn = user.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    let mut tab = user.user_events().await;
    let of_chat = |data: &Value| data["chat_id"] == chat.id.as_str();
    let id = wait_in_line(user, &chat.id, "go on [[tokens=2]]").await;
    tab.wait_for("waiting_changed", of_chat).await;
    user.patch(&format!("/api/v1/waiting-messages/{id}"), &json!({"content": "go on [[tokens=3]]"})).await;
    tab.wait_for("waiting_changed", of_chat).await;
    user.cancel(&turn.generation.id).await;
    tab.wait_for("waiting_changed", of_chat).await;
    settled(user, &chat.id, 4).await;
}

#[tokio::test]
async fn a_chat_takes_only_so_many_and_goes_with_them() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    let chat = user.create_chat("mock").await;
    user.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    for number in 0..20 {
        wait_in_line(user, &chat.id, &format!("go {number}")).await;
    }
    user.try_send(&chat.id, "go 20", &queued()).await.refuses(409, "too_many_waiting");
    let path = format!("/api/v1/chats/{}/waiting-messages?limit=15", chat.id);
    let page: Value = user.get(&path).await.expect(200);
    let next = page["next"].as_str().expect("a second page");
    let rest: Value = user.get(&format!("{path}&after={next}")).await.expect(200);
    assert_eq!(
        (page["items"].as_array().map(Vec::len), rest["items"].as_array().map(Vec::len)),
        (Some(15), Some(5))
    );
    assert_eq!(user.delete(&format!("/api/v1/chats/{}", chat.id)).await.status, 204);
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 0).await;
    let asked = stand.mock.stats().requests.len();
    let other = user.create_chat("mock").await;
    user.turn(&other.id, "go [[tokens=2]]").await;
    let since = stand.mock.stats().requests.split_off(asked);
    assert!(
        since.iter().all(|request| !request.body.to_string().contains("go 0")),
        "nothing of it was asked"
    );
}

#[tokio::test]
async fn what_waits_survives_a_killed_process_and_starts_once() {
    let builder = Single::builder().setting("SKEIN_GENERATION__SWEEP_S", "1");
    let stand = Stand::with(builder).await;
    let user = stand.admin.clone();
    let chat = user.create_chat("mock").await;
    let first = user.send(&chat.id, "go one [[tokens=200 rate=25]]").await;
    wait_in_line(&user, &chat.id, "go two [[tokens=3]]").await;
    wait_in_line(&user, &chat.id, "go three [[tokens=4]]").await;
    user.reader(&first.generation.id).until(|reply| reply.text.contains("t10 ")).await;
    stand.skein.node.restart().await;
    let messages = settled(&user, &chat.id, 6).await;
    assert_eq!(
        said(&messages),
        ["go one [[tokens=200 rate=25]]", "go two [[tokens=3]]", "go three [[tokens=4]]"]
    );
    assert_eq!((messages.len(), messages[5].content.clone()), (6, numbered(0, 4)));
    assert!(messages.iter().all(|message| message.siblings.len() == 1), "each was begun once");
}
