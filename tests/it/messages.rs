//! `/api/v1/messages`: what a reader can do with one message.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use skein_tests::client::{Client, Send};
use skein_tests::reply::numbered;

use crate::stand::Stand;

async fn items(client: &Client, chat: &str) -> Vec<Value> {
    let page: Value = client.get(&format!("/api/v1/chats/{chat}/messages")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

async fn rate(client: &Client, message: &str, body: &Value) -> u16 {
    let path = format!("/api/v1/messages/{message}/rating");
    client.send_request(client.request(Method::PUT, &path).json(body)).await.status
}

#[tokio::test]
async fn several_models_answer_one_message_side_by_side() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let options =
        Send { others: vec!["mock-slow".into()], idempotency_key: Some("both".into()), ..Send::default() };
    let turn: Value = stand.admin.try_send(&chat.id, "go [[tokens=4 rate=500]]", &options).await.expect(202);
    let again: Value = stand.admin.try_send(&chat.id, "go [[tokens=4 rate=500]]", &options).await.expect(202);
    assert_eq!(again["others"][0]["id"], turn["others"][0]["id"]);
    for message in [&turn["assistant_message"], &turn["others"][0]] {
        let run = message["generation"]["id"].as_str().expect("a run");
        assert_eq!(stand.admin.reader(run).to_end().await.text, numbered(0, 4));
    }
    let shown = items(&stand.admin, &chat.id).await;
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[1]["model"], "mock");
    let both = json!([turn["assistant_message"]["id"], turn["others"][0]["id"]]);
    assert_eq!((&shown[1]["siblings"], &shown[1]["together"]), (&both, &both));

    let path = format!("/api/v1/messages/{}/regenerate", turn["others"][0]["id"].as_str().expect("an id"));
    let third: Value = stand.admin.post(&path, &json!({})).await.expect(202);
    stand.admin.reader(third["generation"]["id"].as_str().expect("a run")).to_end().await;
    let shown = items(&stand.admin, &chat.id).await;
    assert_eq!(shown[1]["siblings"].as_array().map(Vec::len), Some(3));
    assert_eq!(shown[1]["together"], json!([]), "a later answer is none of that turn");
}

#[tokio::test]
async fn nothing_is_asked_when_one_of_several_models_is_not_there() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let options = Send { others: vec!["no-such-model".into()], ..Send::default() };
    stand.admin.try_send(&chat.id, "go", &options).await.refuses(404, "model_not_found");
    assert!(stand.admin.messages(&chat.id).await.is_empty());
}

#[tokio::test]
async fn a_rating_is_kept_until_it_is_taken_back() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (turn, _) = stand.admin.turn(&chat.id, "go [[tokens=1]]").await;
    let answer = &turn.assistant_message.id;
    assert_eq!(rate(&stand.admin, answer, &json!({"value": "bad", "note": " too short "})).await, 204);
    let shown = items(&stand.admin, &chat.id).await;
    assert_eq!(shown[1]["rating"], json!({"value": "bad", "note": "too short"}));
    assert_eq!(rate(&stand.admin, answer, &json!({"value": "good"})).await, 204);
    assert_eq!(items(&stand.admin, &chat.id).await[1]["rating"]["value"], "good");
    assert_eq!(stand.admin.delete(&format!("/api/v1/messages/{answer}/rating")).await.status, 204);
    assert!(items(&stand.admin, &chat.id).await[1]["rating"].is_null());
    assert_eq!(rate(&stand.admin, &turn.user_message.id, &json!({"value": "good"})).await, 400);
    assert_eq!(rate(&stand.admin, answer, &json!({"value": "splendid"})).await, 400);
}

#[tokio::test]
async fn a_deleted_message_takes_what_follows_along() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    stand.admin.turn(&chat.id, "go one [[tokens=1]]").await;
    let (second, _) = stand.admin.turn(&chat.id, "go two [[tokens=1]]").await;
    stand.admin.send(&chat.id, "go three [[tokens=5000 rate=50]]").await;
    stand.mock.wait_for(Duration::from_secs(10), |stats| stats.open >= 1).await;
    let path = format!("/api/v1/messages/{}", second.user_message.id);
    assert_eq!(stand.admin.delete(&path).await.status, 204);
    stand.mock.wait_for(Duration::from_secs(10), |stats| stats.open == 0).await;
    let left = stand.admin.messages(&chat.id).await;
    assert_eq!(left.iter().map(|message| message.role.as_str()).collect::<Vec<_>>(), ["user", "assistant"]);
    assert_eq!(stand.admin.delete(&path).await.status, 404);
    let (next, _) = stand.admin.turn(&chat.id, "go on [[tokens=1]]").await;
    assert_eq!(next.user_message.parent_id, Some(left[1].id.clone()));
}

#[tokio::test]
async fn another_version_becomes_active_when_the_shown_one_is_deleted() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (first, _) = stand.admin.turn(&chat.id, "go one [[tokens=1]]").await;
    stand.admin.turn(&chat.id, "go two [[tokens=1]]").await;
    let edited = Send { parent: Some(None), ..Send::default() };
    let edited = stand.admin.send_with(&chat.id, "go three [[tokens=1]]", &edited).await;
    stand.admin.reader(&edited.generation.id).to_end().await;
    let path = format!("/api/v1/messages/{}", edited.user_message.id);
    assert_eq!(stand.admin.delete(&path).await.status, 204);
    let shown = stand.admin.messages(&chat.id).await;
    assert_eq!((shown.len(), &shown[0].id), (4, &first.user_message.id));

    assert_eq!(stand.admin.delete(&format!("/api/v1/messages/{}", first.user_message.id)).await.status, 204);
    assert!(stand.admin.messages(&chat.id).await.is_empty());
    let (again, _) = stand.admin.turn(&chat.id, "go anew [[tokens=1]]").await;
    assert_eq!(again.user_message.parent_id, None);
}
