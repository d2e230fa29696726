//! `/api/v1/chats`: the tree of messages, and how chats are kept in order.

mod order;
mod search;
mod shares;
mod temporary;

pub(crate) mod waiting;

use serde_json::{Value, json};
use skein_tests::client::Send;
use skein_tests::reply::numbered;
use std::time::Duration;

use crate::stand::Stand;

#[tokio::test]
async fn the_same_idempotency_key_is_the_same_turn() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let options = Send { idempotency_key: Some("once".into()), ..Send::default() };
    let sending = (0..8).map(|_| stand.admin.try_send(&chat.id, "go [[tokens=5]]", &options));
    let answers = futures_util::future::join_all(sending).await;
    let mut turns: Vec<(Value, Value, Value)> = answers
        .into_iter()
        .map(|answer| {
            let body: Value = answer.expect(202);
            (
                body["user_message"]["id"].clone(),
                body["assistant_message"]["id"].clone(),
                body["generation"]["id"].clone(),
            )
        })
        .collect();
    turns.dedup();
    assert_eq!(turns.len(), 1, "{turns:?}");
    stand.admin.reader(turns[0].2.as_str().expect("an id")).to_end().await;
    assert_eq!(stand.admin.messages(&chat.id).await.len(), 2);
    assert_eq!(stand.mock.stats().requests.iter().filter(|request| is_turn(&request.body)).count(), 1);
}

/// Not the making of a title.
fn is_turn(body: &Value) -> bool {
    let last = body["messages"].as_array().and_then(|messages| messages.last());
    last.is_some_and(|message| message["content"].as_str().is_some_and(|content| content.starts_with("go ")))
}

#[tokio::test]
async fn the_model_is_asked_with_the_whole_branch() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    stand.admin.turn(&chat.id, "go one [[tokens=2]]").await;
    stand.admin.turn(&chat.id, "go two [[tokens=2]]").await;
    let stats = stand.mock.stats();
    let last = stats.requests.iter().rev().find(|request| is_turn(&request.body)).expect("a turn");
    let said: Vec<(&str, &str)> = last.body["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|message| message["role"] != "system")
        .map(|message| (message["role"].as_str().unwrap_or(""), message["content"].as_str().unwrap_or("")))
        .collect();
    let expected =
        [("user", "go one [[tokens=2]]"), ("assistant", "t0 t1 "), ("user", "go two [[tokens=2]]")];
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_complete_is_never_read_empty() {
    let stand = Stand::start().await;
    let user = &stand.admin;
    // Each looks again and again while its answers end.
    let looking = (0..8).map(|_| async {
        for _ in 0..15 {
            let chat = user.create_chat("mock").await;
            user.send(&chat.id, "go [[tokens=3]]").await;
            loop {
                let messages = user.messages(&chat.id).await;
                let run = messages[1].generation.as_ref().expect("a run");
                if run.state == "completed" {
                    assert_eq!(messages[1].content, numbered(0, 3));
                    break;
                }
            }
        }
    });
    tokio::time::timeout(Duration::from_secs(60), futures_util::future::join_all(looking))
        .await
        .expect("all answers within a minute");
}

#[tokio::test]
async fn regenerate_adds_a_sibling_and_keeps_the_first() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (first, _) = stand.admin.turn(&chat.id, "go [[tokens=4]]").await;
    let path = format!("/api/v1/messages/{}/regenerate", first.assistant_message.id);
    let second: skein_tests::client::Again = stand.admin.post(&path, &json!({})).await.expect(202);
    let reply = stand.admin.reader(&second.generation.id).to_end().await;
    assert_eq!(reply.text, numbered(0, 4));
    assert_ne!(second.assistant_message.id, first.assistant_message.id);
    let active = stand.admin.messages(&chat.id).await;
    assert_eq!((active.len(), &active[1].id), (2, &second.assistant_message.id));
    assert_eq!(active[1].siblings, [first.assistant_message.id.clone(), second.assistant_message.id.clone()]);
    assert_eq!(second.assistant_message.siblings, active[1].siblings, "told at once");
    let old = stand.admin.branch(&chat.id, Some(&first.assistant_message.id)).await;
    assert_eq!(
        (old.len(), &old[1].id, old[1].content.clone()),
        (2, &first.assistant_message.id, numbered(0, 4))
    );
}

#[tokio::test]
async fn an_edited_question_is_a_branch() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (first, _) = stand.admin.turn(&chat.id, "go one [[tokens=2]]").await;
    let (second, _) = stand.admin.turn(&chat.id, "go two [[tokens=2]]").await;
    let parent = Some(Some(first.assistant_message.id.clone()));
    let edited =
        stand.admin.send_with(&chat.id, "go three [[tokens=3]]", &Send { parent, ..Send::default() }).await;
    stand.admin.reader(&edited.generation.id).to_end().await;
    let texts = |messages: Vec<skein_tests::client::Message>| {
        messages
            .into_iter()
            .filter(|message| message.role == "user")
            .map(|message| message.content)
            .collect::<Vec<_>>()
    };
    let active = stand.admin.messages(&chat.id).await;
    assert_eq!(active[2].siblings, [second.user_message.id.clone(), edited.user_message.id.clone()]);
    assert_eq!(edited.user_message.siblings, active[2].siblings, "told at once");
    assert_eq!(texts(active), ["go one [[tokens=2]]", "go three [[tokens=3]]"]);
    let other = stand.admin.branch(&chat.id, Some(&second.user_message.id)).await;
    assert_eq!(
        other.last().map(|message| &message.id),
        Some(&second.assistant_message.id),
        "down to its newest leaf"
    );
    assert_eq!(texts(other), ["go one [[tokens=2]]", "go two [[tokens=2]]"]);

    let parent = Some(None);
    let root =
        stand.admin.send_with(&chat.id, "go four [[tokens=1]]", &Send { parent, ..Send::default() }).await;
    assert_eq!(root.user_message.parent_id, None);
    stand.admin.reader(&root.generation.id).to_end().await;
    assert_eq!(texts(stand.admin.messages(&chat.id).await), ["go four [[tokens=1]]"]);
}

#[tokio::test]
async fn continue_goes_on_in_the_same_message() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let options = Send { parameters: Some(json!({"max_tokens": 3})), ..Send::default() };
    let first = stand.admin.send_with(&chat.id, "go [[tokens=10]]", &options).await;
    let reply = stand.admin.reader(&first.generation.id).to_end().await;
    assert_eq!(
        (reply.text.clone(), reply.end_data()["finish_reason"].as_str()),
        (numbered(0, 3), Some("length"))
    );
    let path = format!("/api/v1/messages/{}/continue", first.assistant_message.id);
    let second: skein_tests::client::Again = stand.admin.post(&path, &json!({})).await.expect(202);
    assert_eq!(second.assistant_message.id, first.assistant_message.id);
    let more = stand.admin.reader(&second.generation.id).to_end().await;
    assert_eq!(more.ended(), Some("completed"));
    assert!(!more.text.is_empty());
    let stored = stand.admin.messages(&chat.id).await;
    assert_eq!((stored.len(), stored[1].content.clone()), (2, format!("{}{}", reply.text, more.text)));
    assert!(more.text.starts_with("t3 "), "{}", more.text);
}

#[tokio::test]
async fn a_running_message_cannot_be_continued() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=500 rate=20]]").await;
    let path = format!("/api/v1/messages/{}/continue", turn.assistant_message.id);
    stand.admin.post(&path, &json!({})).await.refuses(409, "message_running");
    stand.admin.cancel(&turn.generation.id).await;
}

#[tokio::test]
async fn a_chat_gets_a_title_after_its_first_answer() {
    let stand = Stand::start().await;
    let mut events = stand.admin.user_events().await;
    let chat = stand.admin.create_chat("mock").await;
    stand.admin.turn(&chat.id, "go [[tokens=5]]").await;
    let titled = |data: &Value| {
        data["chat"]["id"] == chat.id.as_str()
            && data["chat"]["title"].as_str().is_some_and(|title| !title.is_empty())
    };
    let updated = events.wait_for("chat_updated", titled).await;
    assert_eq!(stand.admin.chat(&chat.id).await.title.as_deref(), updated["chat"]["title"].as_str());
}

#[tokio::test]
async fn a_title_of_ones_own_is_kept() {
    let stand = Stand::start().await;
    let chat: Value =
        stand.admin.post("/api/v1/chats", &json!({"model": "mock", "title": "Mine"})).await.expect(201);
    let id = chat["id"].as_str().expect("an id");
    stand.admin.turn(id, "go [[tokens=5]]").await;
    stand.admin.turn(id, "go [[tokens=5]]").await;
    assert_eq!(stand.admin.chat(id).await.title.as_deref(), Some("Mine"));
}

#[tokio::test]
async fn an_unknown_model_is_refused_before_anything_is_stored() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let options = Send { model: Some("no-such-model".into()), ..Send::default() };
    stand.admin.try_send(&chat.id, "go", &options).await.refuses(404, "model_not_found");
    assert!(stand.admin.messages(&chat.id).await.is_empty());
}

#[tokio::test]
async fn an_image_reaches_the_model() {
    const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let options = Send { images: vec![PIXEL.into()], ..Send::default() };
    let turn = stand.admin.send_with(&chat.id, "go [[tokens=1]]", &options).await;
    assert_eq!(stand.admin.reader(&turn.generation.id).to_end().await.text, "images=1 t0 ");
}

#[tokio::test]
async fn a_long_conversation_is_read_page_by_page() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    for number in 0..6 {
        stand.admin.turn(&chat.id, &format!("go {number} [[tokens=1]]")).await;
    }
    let path = format!("/api/v1/chats/{}/messages?limit=5", chat.id);
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page: Value = stand.admin.get(&format!("{path}{before}")).await.expect(200);
        let ids: Vec<Value> =
            page["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect();
        assert!(ids.len() <= 5);
        seen.splice(0..0, ids);
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    let whole: Vec<Value> =
        stand.admin.messages(&chat.id).await.into_iter().map(|message| json!(message.id)).collect();
    assert_eq!((seen.len(), seen), (12, whole));
}

#[tokio::test]
async fn chats_are_listed_newest_first_and_only_to_their_owner() {
    let stand = Stand::start().await;
    let (mut mine, other) = (Vec::new(), stand.user("other").await);
    for _ in 0..5 {
        mine.push(stand.admin.create_chat("mock").await.id);
    }
    mine.reverse();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page: Value = stand.admin.get(&format!("/api/v1/chats?limit=2{after}")).await.expect(200);
        seen.extend(
            page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|chat| chat["id"].as_str().unwrap_or("").to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, mine);
    let theirs: Value = other.get("/api/v1/chats").await.expect(200);
    assert_eq!(theirs["items"], json!([]));
}

#[tokio::test]
async fn a_deleted_chat_is_gone_and_its_run_ends() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    stand.admin.send(&chat.id, "go [[tokens=5000 rate=50]]").await;
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open >= 1).await;
    assert_eq!(stand.admin.delete(&format!("/api/v1/chats/{}", chat.id)).await.status, 204);
    assert_eq!(stand.admin.get(&format!("/api/v1/chats/{}", chat.id)).await.status, 404);
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 0).await;
}
