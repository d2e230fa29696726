//! `/api/v1/events`: what a user's other tabs hear.

use serde_json::{Value, json};

use crate::stand::Stand;

#[tokio::test]
async fn other_tabs_hear_of_chats_and_runs() {
    let stand = Stand::start().await;
    let mut other_tab = stand.admin.user_events().await;
    let mut stranger = stand.user("stranger").await.user_events().await;
    let chat = stand.admin.create_chat("mock").await;
    let of_chat = |data: &Value| data["chat"]["id"] == chat.id.as_str();
    other_tab.wait_for("chat_created", of_chat).await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=5]]").await;
    let of_run = |data: &Value| data["generation"]["id"] == turn.generation.id.as_str();
    other_tab.wait_for("generation_started", of_run).await;
    let ended = other_tab.wait_for("generation_ended", of_run).await;
    assert_eq!(ended["generation"]["state"], "completed");
    stand
        .admin
        .patch(&format!("/api/v1/chats/{}", chat.id), &json!({"title": "New"}))
        .await
        .expect::<Value>(200);
    other_tab.wait_for("chat_updated", |data| data["chat"]["title"] == "New").await;
    stand.admin.delete(&format!("/api/v1/chats/{}", chat.id)).await;
    other_tab.wait_for("chat_deleted", |data| data["id"] == chat.id.as_str()).await;

    // The stranger's first event is of the stranger's own making.
    let own = stand.skein.client().sign_in("stranger").await.create_chat("mock").await;
    let first = stranger.next().await.expect("an event");
    let data: Value = first.data.parse().expect("JSON");
    assert_eq!((first.name.as_str(), data["chat"]["id"].as_str()), ("chat_created", Some(own.id.as_str())));
}
