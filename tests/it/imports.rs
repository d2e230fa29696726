//! `/api/v1/imports` and `/api/v1/chats/export`: chats from elsewhere, and out and in again.

use reqwest::Method;
use serde_json::{Value, json};
use skein_tests::client::{Answer, Client, EventStream};

use crate::stand::Stand;

async fn upload(client: &Client, name: &str, file: impl Into<Vec<u8>>) -> Answer {
    let request = client
        .request(Method::POST, &format!("/api/v1/imports?name={name}"))
        .header("content-type", "application/octet-stream")
        .body(file.into());
    client.send_request(request).await
}

/// Waits until an import is in one of these states.
async fn until(events: &mut EventStream, id: &str, states: &[&str]) -> Value {
    let there = |data: &Value| {
        data["import"]["id"] == id && states.iter().any(|state| data["import"]["state"] == *state)
    };
    events.wait_for("import_changed", there).await["import"].clone()
}

/// Takes the file all the way in; gives what was announced and what came of it.
async fn import(client: &Client, file: impl Into<Vec<u8>>) -> (Value, Value) {
    let mut events = client.user_events().await;
    let accepted: Value = upload(client, "file.json", file).await.expect(202);
    let id = accepted["id"].as_str().expect("an id").to_owned();
    let ready = until(&mut events, &id, &["ready", "failed"]).await;
    if ready["state"] == "failed" {
        return (ready.clone(), ready);
    }
    client.post(&format!("/api/v1/imports/{id}/start"), &json!({})).await.expect::<Value>(202);
    let done = until(&mut events, &id, &["completed", "failed"]).await;
    (ready, done)
}

async fn chats(client: &Client, query: &str) -> Vec<Value> {
    let page: Value = client.get(&format!("/api/v1/chats?limit=100&{query}")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

fn counts(import: &Value) -> (u64, u64, u64) {
    let of = |name: &str| import["report"][name].as_u64().expect("a count");
    (of("chats"), of("messages"), of("already"))
}

fn problems(import: &Value) -> Vec<(String, u64)> {
    let problems = import["report"]["problems"].as_array().expect("problems");
    problems
        .iter()
        .map(|problem| {
            (problem["code"].as_str().unwrap_or_default().to_owned(), problem["count"].as_u64().unwrap_or(0))
        })
        .collect()
}

/// An Open WebUI export: a sound chat with two answers, one with all that can be wrong, and one that is no chat.
fn open_webui() -> Value {
    let message = |id: &str, parent: Value, role: &str, content: &str, at: i64| json!({"id": id, "parentId": parent, "role": role, "content": content, "timestamp": at, "childrenIds": []});
    json!([
        {"id": "one", "title": "Wild geese", "created_at": 1_700_000_000, "updated_at": 1_700_000_500, "pinned": true,
         "meta": {"tags": ["Birds"]}, "folder_id": "f", "share_id": "public",
         "chat": {"models": ["mock"], "history": {"currentId": "b", "messages": {
            "q": message("q", Value::Null, "user", "Why do geese fly in a line?", 1_700_000_001),
            "a": message("a", json!("q"), "assistant", "First answer", 1_700_000_002),
            "b": message("b", json!("q"), "assistant", "Second answer", 1_700_000_003)}}}},
        {"id": "two", "title": "Torn", "created_at": 1_700_000_000, "archived": true,
         "chat": {"history": {"messages": {
            "x": message("x", json!("y"), "user", "round", 1_700_000_001),
            "y": message("y", json!("x"), "assistant", "and round", 1_700_000_002),
            "z": message("z", json!("lost"), "user", "without a parent", 1_700_000_003)}}}},
        {"id": "three", "title": "Empty", "chat": {"history": {"messages": {}}, "messages": []}},
        "not a chat"
    ])
}

#[tokio::test]
async fn an_open_webui_export_comes_whole_and_only_once() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let file = open_webui().to_string();
    let (ready, done) = import(me, file.clone()).await;
    assert_eq!((counts(&ready), &ready["report"]["source"]), ((2, 6, 0), &json!("open_webui")));
    assert_eq!(counts(&done), (2, 6, 0));
    let said = [("orphan", 1), ("cycle", 1), ("empty_chat", 1), ("broken_chat", 1)];
    let mut told = problems(&done);
    told.sort();
    let mut expected: Vec<(String, u64)> = said.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect();
    expected.sort();
    assert_eq!(told, expected);

    let listed = chats(me, "").await;
    assert_eq!(listed.len(), 1);
    let chat = &listed[0];
    assert_eq!(
        (&chat["title"], &chat["pinned"], &chat["tags"]),
        (&json!("Wild geese"), &json!(true), &json!(["birds"]))
    );
    assert_eq!(chat["updated_at"], "2023-11-14T22:21:40.000Z");
    let messages = me.messages(chat["id"].as_str().expect("an id")).await;
    assert_eq!(
        messages.iter().map(|m| m.content.as_str()).collect::<Vec<_>>(),
        ["Why do geese fly in a line?", "Second answer"]
    );
    assert_eq!((messages[1].siblings.len(), &messages[1].siblings[1]), (2, &messages[1].id));
    let torn = &chats(me, "archived=true").await[0];
    let branch = me.messages(torn["id"].as_str().expect("an id")).await;
    assert_eq!(branch.last().map(|m| m.content.as_str()), Some("without a parent"));
    let shares: Value = me.get("/api/v1/shares").await.expect(200);
    assert_eq!(shares["items"], json!([]), "what was public elsewhere is not public here");
    let found: Value = me.get("/api/v1/chats/search?query=geese+line").await.expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "and it is found");

    let (again, done) = import(me, file).await;
    assert_eq!((counts(&again), counts(&done)), ((0, 0, 2), (0, 0, 2)));
    assert_eq!(chats(me, "").await.len() + chats(me, "archived=true").await.len(), 2);
    // A chat that came from elsewhere goes on like any other.
    me.turn(chat["id"].as_str().expect("an id"), "go [[tokens=2]]").await;
}

#[tokio::test]
async fn a_single_chat_and_a_flat_one_are_taken_too() {
    let stand = Stand::start().await;
    let single = open_webui()[0]["chat"].to_string();
    let (_, done) = import(&stand.admin, single.clone()).await;
    assert_eq!(counts(&done), (1, 3, 0));
    assert_eq!(counts(&import(&stand.admin, single).await.1), (0, 0, 1), "known by its content");
    let flat = json!({"id": "flat", "title": "Flat", "messages": [
        {"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]});
    assert_eq!(counts(&import(&stand.admin, flat.to_string()).await.1), (1, 2, 0));
}

#[tokio::test]
async fn a_chatgpt_export_comes_in_as_its_page_showed_it() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let node = |id: &str, parent: Value, role: &str, text: &str| {
        json!({"id": id, "parent": parent, "children": [], "message": {"id": id, "author": {"role": role},
            "create_time": 1_700_000_000.25, "content": {"content_type": "text", "parts": [text]}, "metadata": {"model_slug": "gpt-4o"}}})
    };
    let file = json!([{"id": "c", "title": "Old times", "create_time": 1_700_000_000.0, "update_time": 1_700_000_009.0,
        "current_node": "a", "mapping": {
            "root": {"id": "root", "message": null, "parent": null, "children": ["s"]},
            "s": node("s", json!("root"), "system", ""),
            "q": node("q", json!("s"), "user", "Hello there"),
            "a": node("a", json!("q"), "assistant", "General")}}]);
    let (ready, done) = import(me, file.to_string()).await;
    assert_eq!((counts(&done), &ready["report"]["source"]), ((1, 2, 0), &json!("chatgpt")));
    let chat = &chats(me, "").await[0];
    let messages = me.messages(chat["id"].as_str().expect("an id")).await;
    let said: Vec<(&str, &str)> = messages.iter().map(|m| (m.role.as_str(), m.content.as_str())).collect();
    assert_eq!(said, [("user", "Hello there"), ("assistant", "General")]);
    assert_eq!((messages[1].model.as_deref(), &chat["title"]), (Some("gpt-4o"), &json!("Old times")));
}

#[tokio::test]
async fn what_was_exported_comes_back_without_loss() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let chat = me.create_chat("mock").await;
    let (first, _) = me.turn(&chat.id, "go one [[tokens=2]]").await;
    let path = format!("/api/v1/messages/{}/regenerate", first.assistant_message.id);
    let second: skein_tests::client::Again = me.post(&path, &json!({})).await.expect(202);
    me.reader(&second.generation.id).to_end().await;
    let outer: Value = me.post("/api/v1/folders", &json!({"name": "Outer"})).await.expect(201);
    let inner: Value =
        me.post("/api/v1/folders", &json!({"name": "Inner", "parent_id": outer["id"]})).await.expect(201);
    let change = json!({"title": "Kept", "tags": ["b", "a"], "folder_id": inner["id"], "pinned": true});
    me.patch(&format!("/api/v1/chats/{}", chat.id), &change).await.expect::<Value>(200);
    let away: Value = me.post("/api/v1/chats", &json!({"title": "Away"})).await.expect(201);
    let path = format!("/api/v1/chats/{}", away["id"].as_str().expect("an id"));
    me.patch(&path, &json!({"archived": true})).await.expect::<Value>(200);

    let answer = me.get("/api/v1/chats/export").await;
    assert_eq!(answer.status, 200);
    let name = answer.headers["content-disposition"].to_str().expect("a name");
    assert!(name.starts_with("attachment; filename=\"skein-chats-2"), "{name}");
    let file = answer.body.clone();
    assert_eq!((&file["format"], &file["version"]), (&json!("skein-chats"), &json!(1)));
    let exported = file["chats"].as_array().expect("chats");
    assert_eq!(exported.len(), 2);
    assert_eq!(exported[0]["folder"], json!(["Outer", "Inner"]));
    assert_eq!(exported[0]["messages"].as_array().map(Vec::len), Some(3));

    // One's own chats are here already; to somebody else they are new. A chat without messages is nothing to import.
    assert_eq!(counts(&import(me, answer.text.clone()).await.1), (0, 0, 1));
    let other = stand.user("other").await;
    assert_eq!(counts(&import(&other, answer.text).await.1), (1, 3, 0));
    let theirs: Value = other.get("/api/v1/chats/export").await.expect(200);
    let bare = |chat: &Value| {
        let mut chat = chat.clone();
        for message in chat["messages"].as_array_mut().expect("messages") {
            for name in ["id", "parent_id"] {
                message.as_object_mut().expect("a message").remove(name);
            }
        }
        for name in ["id", "current_message_id"] {
            chat.as_object_mut().expect("a chat").remove(name);
        }
        chat
    };
    assert_eq!(bare(&theirs["chats"][0]), bare(&exported[0]));
    let one = other.get(&format!("/api/v1/chats/{}/export", chat.id)).await;
    one.refuses(404, "not_found");

    let path = format!("/api/v1/chats/{}/export?format=markdown", chat.id);
    let markdown = me.get(&path).await;
    assert!(markdown.headers["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/markdown")));
    assert!(markdown.headers["content-disposition"].to_str().is_ok_and(|name| name.contains("Kept.md")));
    assert!(markdown.text.starts_with("# Kept\n"), "{}", markdown.text);
    assert!(
        markdown.text.contains("## You\n") && markdown.text.contains("go one [[tokens=2]]"),
        "{}",
        markdown.text
    );
    assert_eq!(markdown.text.matches("t0 t1").count(), 1, "the active branch alone");
}

#[tokio::test]
async fn a_file_that_is_none_says_so_and_leaves_nothing() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    for file in [&b"hello"[..], b"PK\x03\x04 broken", b"", b"\x00\xff"] {
        let (failed, _) = import(me, file).await;
        assert_eq!(
            (&failed["state"], &failed["error"]["code"]),
            (&json!("failed"), &json!("import_unreadable"))
        );
        let path = format!("/api/v1/imports/{}/start", failed["id"].as_str().expect("an id"));
        me.post(&path, &json!({})).await.refuses(409, "import_failed");
    }
    let newer = br#"{"format":"skein-chats","version":99,"chats":[]}"#;
    assert_eq!(import(me, newer).await.0["error"]["code"], "import_version");
    assert!(chats(me, "").await.is_empty());
}

#[tokio::test]
async fn an_import_ends_with_its_user_or_by_their_word() {
    let stand = Stand::start().await;
    let me = stand.user("me").await;
    let mut events = me.user_events().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let accepted: Value = upload(&me, "f.json", open_webui().to_string()).await.expect(202);
        let id = accepted["id"].as_str().expect("an id").to_owned();
        until(&mut events, &id, &["ready"]).await;
        ids.push(id);
    }
    upload(&me, "f.json", "[]").await.refuses(409, "too_many_imports");
    assert_eq!(me.delete(&format!("/api/v1/imports/{}", ids[0])).await.status, 204);
    let listed: Value = me.get("/api/v1/imports").await.expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    assert!(chats(&me, "").await.is_empty(), "reading through imports nothing");
    me.get(&format!("/api/v1/imports/{}", ids[0])).await.refuses(404, "not_found");
}
