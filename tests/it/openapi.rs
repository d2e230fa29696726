//! `/api/openapi.json`: every operation, asked by people who may not.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use skein_tests::client::{Answer, Client};
use skein_tests::schema::{Operation, operations};

use crate::stand::Stand;

/// What nobody has to sign in for.
const PUBLIC: [&str; 8] = [
    "GET /api/v1/info",
    "POST /api/v1/auth/sign-up",
    "POST /api/v1/auth/sign-in",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /api/openapi.json",
    "GET /api/docs",
];

/// What ends the caller's own session.
const LAST: [&str; 1] = ["POST /api/v1/auth/sign-out"];

async fn call(client: &Client, operation: &Operation, path: &str) -> Answer {
    let method: Method = operation.method.parse().expect("a method");
    let query: Vec<String> = operation.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    let mut request = client.request(method, &format!("{path}{mark}{}", query.join("&")));
    if let Some(body) = &operation.body {
        request = request.json(body);
    }
    client.send_request(request).await
}

async fn document(stand: &Stand) -> Vec<(String, Operation)> {
    let document: Value = stand.skein.client().get("/api/openapi.json").await.expect(200);
    let base = document["servers"][0]["url"].as_str().unwrap_or_default();
    let base = base
        .find("://")
        .map_or(base, |at| base[at + 3..].find('/').map_or("", |slash| &base[at + 3 + slash..]));
    let base = base.trim_end_matches('/').to_owned();
    let found = operations(&document);
    assert!(found.len() > 20, "the document has {} operations", found.len());
    found.into_iter().map(|operation| (format!("{base}{}", operation.path), operation)).collect()
}

#[tokio::test]
async fn a_stranger_is_refused_everywhere() {
    let stand = Stand::start().await;
    let stranger = stand.skein.client();
    let mut wrong = Vec::new();
    for (path, operation) in document(&stand).await {
        if PUBLIC.contains(&format!("{} {path}", operation.method).as_str()) {
            continue;
        }
        let filled = fill(&path, &BTreeMap::new());
        for client in
            [stranger.clone(), stranger.with_token(Some("sk-wrong")), stranger.with_token(Some("a.b.c"))]
        {
            let answer = call(&client, &operation, &filled).await;
            if answer.status != 401 {
                wrong.push(format!("{} {path}: {} {}", operation.method, answer.status, answer.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn another_user_finds_nothing() {
    let stand = Stand::start().await;
    let owner = stand.user("owner").await;
    let chat = owner.create_chat("mock").await;
    let (turn, _) = owner.turn(&chat.id, "go [[tokens=2]]").await;
    let folder: Value = owner.post("/api/v1/folders", &json!({"name": "mine"})).await.expect(201);
    let share: Value = owner.post(&format!("/api/v1/chats/{}/shares", chat.id), &json!({})).await.expect(201);
    let prompt = json!({"command": "mine", "content": "Mine"});
    let prompt: Value = owner.post("/api/v1/prompts", &prompt).await.expect(201);
    let file =
        owner.request(Method::POST, "/api/v1/imports").header("content-type", "application/octet-stream");
    let import: Value = owner.send_request(file.body("[]")).await.expect(202);
    let key: Value = owner.post("/api/v1/api-keys", &json!({"name": "mine"})).await.expect(201);
    let sessions: Value = owner.get("/api/v1/sessions").await.expect(200);
    let connections: Value = stand.admin.get("/api/v1/connections").await.expect(200);
    let me: Value = owner.get("/api/v1/me").await.expect(200);
    let group: Value = stand.admin.post("/api/v1/admin/groups", &json!({"name": "theirs"})).await.expect(201);
    let limits = json!({"scope": "everyone", "tokens_per_day": 1_000_000});
    let limits: Value = stand.admin.post("/api/v1/admin/limits", &limits).await.expect(200);
    let file = owner.upload("mine.txt", b"mine alone".to_vec()).await;
    let collection = owner.collect("mine", &[&file.id]).await;
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let mut theirs = BTreeMap::from([
        ("chats", chat.id.clone()),
        ("messages", turn.assistant_message.id.clone()),
        ("generations", turn.generation.id.clone()),
        ("folders", text(&folder["id"])),
        ("prompts", text(&prompt["id"])),
        ("imports", text(&import["id"])),
        ("shares", text(&share["id"])),
        // Not the owner's: whoever is signed in may open a link, and nobody can guess one.
        ("shared", "0".repeat(40)),
        ("api-keys", text(&key["id"])),
        ("sessions", text(&sessions["items"][0]["id"])),
        ("connections", text(&connections["items"][0]["id"])),
        ("users", text(&me["id"])),
        ("groups", text(&group["id"])),
        ("members", text(&me["id"])),
        ("limits", text(&limits["id"])),
        // The path of a model is its name.
        ("model-terms", "mock".to_owned()),
        ("queues", "chat".to_owned()),
        ("dead-letters", text(&me["id"])),
        ("files", file.id),
        ("collections", collection),
    ]);
    let busy = owner.create_chat("mock").await;
    owner.send(&busy.id, "go [[tokens=3000 rate=10]]").await;
    let queue = skein_tests::client::Send { queue: true, ..Default::default() };
    let waiting: Value = owner.try_send(&busy.id, "go on", &queue).await.expect(202);
    theirs.insert("waiting-messages", text(&waiting["waiting_message"]["id"]));
    let before = owner.messages(&chat.id).await.len();
    let other = stand.user("other").await;
    let mut wrong = Vec::new();
    for (path, operation) in document(&stand).await {
        let name = format!("{} {path}", operation.method);
        let admin_only = path.starts_with("/api/v1/admin/") || path.starts_with("/api/v1/connections");
        let owned = path.contains('{') && !path.starts_with("/v1/");
        if !(owned || admin_only) || LAST.contains(&name.as_str()) {
            continue;
        }
        let answer = call(&other, &operation, &fill(&path, &theirs)).await;
        let expected = if admin_only { 403 } else { 404 };
        if answer.status != expected {
            wrong.push(format!("{name}: {} instead of {expected}: {}", answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(owner.messages(&chat.id).await.len(), before);
    assert_eq!(owner.get("/api/v1/me").await.status, 200);
}

/// The path with each parameter filled: the id of the owner's object for the noun before it, or some id.
fn fill(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let filled = parts.iter().enumerate().map(|(at, part)| {
        if !(part.starts_with('{') || part.starts_with(':')) {
            return (*part).to_owned();
        }
        let noun = at.checked_sub(1).map_or("", |before| parts[before]);
        match ids.get(noun) {
            Some(id) => id.clone(),
            None if ids.is_empty() || path.starts_with("/v1/") => {
                "01890000-0000-7000-8000-000000000000".to_owned()
            }
            None => panic!("this test does not know whose {noun} stands in {path}; teach it"),
        }
    });
    filled.collect::<Vec<_>>().join("/")
}
