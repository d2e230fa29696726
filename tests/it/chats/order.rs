//! Pinned, archived, folders, tags, copies.

use serde_json::{Value, json};
use skein_tests::client::Client;

use crate::stand::Stand;

/// A chat with this title.
pub(super) async fn titled(client: &Client, title: &str) -> String {
    let chat: Value =
        client.post("/api/v1/chats", &json!({"model": "mock", "title": title})).await.expect(201);
    chat["id"].as_str().expect("an id").to_owned()
}

async fn folder(client: &Client, name: &str, parent: Option<&str>) -> String {
    let folder: Value =
        client.post("/api/v1/folders", &json!({"name": name, "parent_id": parent})).await.expect(201);
    folder["id"].as_str().expect("an id").to_owned()
}

async fn change(client: &Client, chat: &str, change: Value) -> Value {
    client.patch(&format!("/api/v1/chats/{chat}"), &change).await.expect(200)
}

/// The titles that a list with these parameters has, page by page.
async fn titles(client: &Client, query: &str) -> Vec<String> {
    let (mut titles, mut after) = (Vec::new(), String::new());
    loop {
        let page: Value = client.get(&format!("/api/v1/chats?limit=2&{query}{after}")).await.expect(200);
        let items = page["items"].as_array().expect("items");
        titles.extend(items.iter().map(|chat| chat["title"].as_str().expect("a title").to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return titles,
        }
    }
}

#[tokio::test]
async fn lists_show_what_is_pinned_archived_filed_and_tagged() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "d", "e"] {
        ids.push(titled(me, title).await);
    }
    let work = folder(me, "  Work \n things ", None).await;
    change(me, &ids[0], json!({"pinned": true, "tags": [" Geese ", "geese", "Two  words"]})).await;
    change(me, &ids[1], json!({"folder_id": work, "tags": ["geese"]})).await;
    change(me, &ids[2], json!({"archived": true})).await;
    assert_eq!(titles(me, "").await, ["e", "d", "b", "a"]);
    assert_eq!(titles(me, "pinned=true").await, ["a"]);
    assert_eq!(titles(me, "pinned=false&folder=none").await, ["e", "d"]);
    assert_eq!(titles(me, &format!("folder={work}")).await, ["b"]);
    assert_eq!(titles(me, "archived=true").await, ["c"]);
    assert_eq!(titles(me, "tag=GEESE").await, ["b", "a"]);
    let tags: Value = me.get("/api/v1/tags").await.expect(200);
    assert_eq!(tags["items"], json!([{"name": "geese", "chats": 2}, {"name": "two words", "chats": 1}]));

    let back = change(me, &ids[2], json!({"pinned": true})).await;
    assert_eq!((&back["pinned"], &back["archived"]), (&json!(true), &json!(false)), "pinned means in use");
    let away = change(me, &ids[2], json!({"archived": true})).await;
    assert_eq!((&away["pinned"], &away["archived"]), (&json!(false), &json!(true)));
    let bare = change(me, &ids[0], json!({"tags": [], "folder_id": null})).await;
    assert_eq!((&bare["tags"], &bare["folder_id"]), (&json!([]), &Value::Null));
    assert_eq!(titles(me, "tag=geese").await, ["b"]);
    assert_eq!(me.delete(&format!("/api/v1/chats/{}", ids[1])).await.status, 204);
    let tags: Value = me.get("/api/v1/tags").await.expect(200);
    assert_eq!(tags["items"], json!([]), "a tag goes with its last chat");
}

#[tokio::test]
async fn other_pages_hear_where_a_chat_went() {
    let stand = Stand::start().await;
    let mut events = stand.admin.user_events().await;
    let id = titled(&stand.admin, "moving").await;
    let home = folder(&stand.admin, "Home", None).await;
    change(&stand.admin, &id, json!({"folder_id": home, "pinned": true, "tags": ["x"]})).await;
    events.wait_for("folders_changed", |_| true).await;
    let moved = events.wait_for("chat_updated", |data| data["chat"]["pinned"] == true).await;
    assert_eq!((&moved["chat"]["folder_id"], &moved["chat"]["tags"]), (&json!(home), &json!(["x"])));
}

#[tokio::test]
async fn a_deleted_folder_lets_go_of_what_is_in_it() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let outer = folder(me, "Outer", None).await;
    let inner = folder(me, "Inner", Some(&outer)).await;
    let id = titled(me, "kept").await;
    change(me, &id, json!({"folder_id": outer})).await;
    assert_eq!(me.delete(&format!("/api/v1/folders/{outer}")).await.status, 204);
    let folders: Value = me.get("/api/v1/folders").await.expect(200);
    assert_eq!(folders["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&folders["items"][0]["id"], &folders["items"][0]["parent_id"]),
        (&json!(inner), &Value::Null)
    );
    assert_eq!(titles(me, "folder=none").await, ["kept"]);
}

#[tokio::test]
async fn folders_are_two_levels_deep_and_ones_own() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let (outer, other) = (folder(me, "Outer", None).await, folder(me, "Other", None).await);
    let inner = folder(me, "Inner", Some(&outer)).await;
    let deeper = json!({"name": "Deeper", "parent_id": inner});
    me.post("/api/v1/folders", &deeper).await.refuses(400, "invalid_request");
    for (id, parent) in [(&outer, &other), (&other, &inner), (&other, &other)] {
        let into = json!({"parent_id": parent});
        me.patch(&format!("/api/v1/folders/{id}"), &into).await.refuses(400, "invalid_request");
    }
    me.post("/api/v1/folders", &json!({"name": " \n "})).await.refuses(400, "invalid_request");

    let stranger = stand.user("stranger").await;
    let theirs = titled(&stranger, "theirs").await;
    let into_mine = json!({"folder_id": outer});
    stranger.patch(&format!("/api/v1/chats/{theirs}"), &into_mine).await.refuses(400, "invalid_request");
    let below_mine = json!({"name": "Spy", "parent_id": outer});
    stranger.post("/api/v1/folders", &below_mine).await.refuses(400, "invalid_request");
    assert_eq!(titles(&stranger, &format!("folder={outer}")).await, [""; 0]);
}

#[tokio::test]
async fn a_copy_has_the_whole_tree_or_one_branch() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    let chat = me.create_chat("mock").await;
    let (first, _) = me.turn(&chat.id, "go one [[tokens=2]]").await;
    let path = format!("/api/v1/messages/{}/regenerate", first.assistant_message.id);
    let second: skein_tests::client::Again = me.post(&path, &json!({})).await.expect(202);
    me.reader(&second.generation.id).to_end().await;
    me.turn(&chat.id, "go two [[tokens=3]]").await;
    let shape = |messages: &[skein_tests::client::Message]| -> Vec<(String, String, usize)> {
        messages.iter().map(|m| (m.role.clone(), m.content.clone(), m.siblings.len())).collect()
    };
    let original = me.messages(&chat.id).await;
    let copy_path = format!("/api/v1/chats/{}/duplicate", chat.id);

    let whole: Value = me.post(&copy_path, &json!({"title": "Copy"})).await.expect(201);
    let whole_id = whole["id"].as_str().expect("an id");
    assert_eq!(whole["title"], "Copy");
    let copied = me.messages(whole_id).await;
    assert_eq!(shape(&copied), shape(&original));
    let mine: Vec<&String> = original.iter().map(|m| &m.id).collect();
    assert!(copied.iter().all(|m| !mine.contains(&&m.id) && m.chat_id == whole_id));
    let other_branch = me.branch(whole_id, Some(&copied[1].siblings[0])).await;
    assert_eq!(other_branch.len(), 2, "the branch that was not active came along");

    let branch: Value =
        me.post(&copy_path, &json!({"message_id": first.assistant_message.id})).await.expect(201);
    let messages = me.messages(branch["id"].as_str().expect("an id")).await;
    assert_eq!(
        messages.iter().map(|m| (m.content.as_str(), m.siblings.len())).collect::<Vec<_>>(),
        [("go one [[tokens=2]]", 1), ("t0 t1 ", 1)]
    );
    // The copy is a chat like any other.
    me.turn(whole_id, "go three [[tokens=1]]").await;
    assert_eq!(me.messages(&chat.id).await.len(), original.len());
    let absent = json!({"message_id": "01890000-0000-7000-8000-000000000000"});
    me.post(&copy_path, &absent).await.refuses(404, "not_found");
}
