//! Chats shared by a link: `/api/v1/shares` and `/api/v1/shared`.

use serde_json::{Value, json};
use skein_tests::client::Client;

use crate::stand::Stand;

/// Shares the chat; gives the link as its owner sees it, and where programs read it.
async fn share(owner: &Client, chat: &str) -> (Value, String) {
    let share: Value = owner.post(&format!("/api/v1/chats/{chat}/shares"), &json!({})).await.expect(201);
    let token =
        share["path"].as_str().and_then(|path| path.strip_prefix("/share/")).expect("a path").to_owned();
    (share, format!("/api/v1/shared/{token}"))
}

async fn shown(reader: &Client, path: &str) -> Vec<Value> {
    let (mut messages, mut after) = (Vec::new(), String::new());
    loop {
        let page: Value = reader.get(&format!("{path}/messages?limit=3{after}")).await.expect(200);
        messages.extend(page["items"].as_array().expect("items").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return messages,
        }
    }
}

#[tokio::test]
async fn a_link_shows_the_branch_as_it_was() {
    let stand = Stand::start().await;
    let owner = stand.user("owner").await;
    let reader = stand.user("reader").await;
    let chat = owner.create_chat("mock").await;
    let path = format!("/api/v1/chats/{}/shares", chat.id);
    owner.post(&path, &json!({})).await.refuses(409, "chat_empty");
    let (first, _) = owner.turn(&chat.id, "go one [[tokens=2]]").await;
    owner.turn(&chat.id, "go two [[tokens=1]]").await;
    let (link, shared) = share(&owner, &chat.id).await;
    owner.turn(&chat.id, "go three, later").await;
    owner.patch(&format!("/api/v1/chats/{}", chat.id), &json!({"title": "Later"})).await.expect::<Value>(200);

    let opened: Value = reader.get(&shared).await.expect(200);
    assert_eq!((&opened["messages"], opened["title"] == "Later"), (&json!(4), false));
    let messages = shown(&reader, &shared).await;
    let said: Vec<&str> = messages.iter().filter_map(|message| message["content"].as_str()).collect();
    assert_eq!(said, ["go one [[tokens=2]]", "t0 t1 ", "go two [[tokens=1]]", "t0 "]);

    // Nothing of the owner or of what could be looked up elsewhere.
    let me: Value = owner.get("/api/v1/me").await.expect(200);
    let told = format!("{opened} {}", json!(messages));
    for secret in [&chat.id, &first.user_message.id, &first.generation.id, &text(&link["id"])] {
        assert!(!told.contains(secret.as_str()), "{told}");
    }
    for secret in [&me["id"], &me["email"], &me["name"]] {
        assert!(!told.contains(secret.as_str().expect("a text")), "{told}");
    }
    let answer = reader.get(&shared).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_link_that_is_taken_back_leads_nowhere() {
    let stand = Stand::start().await;
    let owner = stand.user("owner").await;
    let other = stand.user("other").await;
    let chat = owner.create_chat("mock").await;
    owner.turn(&chat.id, "go [[tokens=1]]").await;
    let (one, shared_one) = share(&owner, &chat.id).await;
    let (two, shared_two) = share(&owner, &chat.id).await;
    assert_ne!(shared_one, shared_two);
    let listed: Value = owner.get("/api/v1/shares").await.expect(200);
    let ids: Vec<&Value> =
        listed["items"].as_array().expect("items").iter().map(|share| &share["id"]).collect();
    assert_eq!(ids, [&two["id"], &one["id"]]);

    let path = format!("/api/v1/shares/{}", text(&one["id"]));
    other.delete(&path).await.refuses(404, "not_found");
    assert_eq!(owner.delete(&path).await.status, 204);
    for gone in [shared_one.clone(), format!("{shared_one}/messages")] {
        other.get(&gone).await.refuses(404, "not_found");
    }
    assert_eq!(shown(&other, &shared_two).await.len(), 2);
    // And with the chat.
    assert_eq!(owner.delete(&format!("/api/v1/chats/{}", chat.id)).await.status, 204);
    other.get(&shared_two).await.refuses(404, "not_found");
}

#[tokio::test]
async fn strangers_read_links_only_where_an_admin_allows_it() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    stand.admin.turn(&chat.id, "go [[tokens=1]]").await;
    let (_, shared) = share(&stand.admin, &chat.id).await;
    let stranger = stand.skein.client();
    let wrong = format!("/api/v1/shared/{}", "0".repeat(40));
    stranger.get(&shared).await.refuses(401, "unauthenticated");
    stranger.get(&wrong).await.refuses(401, "unauthenticated");
    let allow = json!({"public_shares": true});
    stand.admin.patch("/api/v1/admin/settings", &allow).await.expect::<Value>(200);
    assert_eq!(shown(&stranger, &shared).await.len(), 2);
    stranger.get(&wrong).await.refuses(404, "not_found");
    stranger
        .get(&shared.to_uppercase().replace("/API/V1/SHARED", "/api/v1/shared"))
        .await
        .refuses(404, "not_found");
    stranger.get("/api/v1/shares").await.refuses(401, "unauthenticated");
    let deny = json!({"public_shares": false});
    stand.admin.patch("/api/v1/admin/settings", &deny).await.expect::<Value>(200);
    stranger.get(&shared).await.refuses(401, "unauthenticated");
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
