//! Chats that are not kept, on each kind of database.

use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, Db};
use skein_tests::mock::Mock;
use skein_tests::or_skip;

use super::order::titled;
use crate::stand::Stand;

async fn temporary(client: &Client) -> String {
    let chat: Value =
        client.post("/api/v1/chats", &json!({"model": "mock", "temporary": true})).await.expect(201);
    assert_eq!(chat["temporary"], true);
    chat["id"].as_str().expect("an id").to_owned()
}

/// What the server knows of chats in a list, a search, tags and an export, as text.
async fn told(client: &Client) -> String {
    let paths = ["chats", "chats?archived=true", "chats?folder=none", "chats/search?query=heron", "tags"];
    let mut told = String::new();
    for path in paths.into_iter().chain(["chats/export", "chats/export?format=markdown"]) {
        let answer = client.get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        told.push_str(&answer.text);
    }
    told
}

/// The whole promise; `url` is the database's own.
async fn a_temporary_chat_is_not_kept(me: &Client, other: &Client, url: &str) {
    let mut events = me.user_events().await;
    let id = temporary(me).await;
    let path = format!("/api/v1/chats/{id}");
    let (turn, reply) = me.turn(&id, "Of a heron. go [[tokens=3]]").await;
    assert_eq!(reply.text, "t0 t1 t2 ");
    let kept = titled(me, "Kept").await;
    let first = events.wait_for("chat_created", |_| true).await;
    assert_eq!(first["chat"]["id"], json!(kept), "no page is told of a chat that it must not list");

    // It is there, at its own address and for its owner alone.
    let chat: Value = me.get(&path).await.expect(200);
    assert_eq!((&chat["title"], &chat["temporary"]), (&json!(""), &json!(true)));
    assert_eq!(me.messages(&id).await.len(), 2);
    other.get(&path).await.refuses(404, "not_found");
    let told = told(me).await;
    assert!(told.contains(&kept) && !told.contains(&id) && !told.contains("heron"), "{told}");

    // Whatever would keep it is refused, and says why.
    me.get(&format!("{path}/export")).await.refuses(409, "temporary_chat");
    me.post(&format!("{path}/shares"), &json!({})).await.refuses(409, "temporary_chat");
    me.post(&format!("{path}/duplicate"), &json!({})).await.refuses(409, "temporary_chat");
    for change in [
        json!({"pinned": true}),
        json!({"archived": true}),
        json!({"tags": ["x"]}),
        json!({"title": "A name"}),
        json!({"folder_id": null}),
    ] {
        me.patch(&path, &change).await.refuses(409, "temporary_chat");
    }
    let titled = json!({"temporary": true, "title": "A name"});
    me.post("/api/v1/chats", &titled).await.refuses(400, "invalid_request");
    let branch = json!({"current_message_id": turn.user_message.id});
    me.patch(&path, &branch).await.expect::<Value>(200);

    // A day after its last message it goes with all that is in it; one that was used since stays.
    let used = temporary(me).await;
    let db = Database::connect(url).await.expect("the database");
    for change in ["+ 60000 WHERE current_message_id IS NULL", "- 86400000 WHERE model = 'mock'"] {
        let sql = format!("UPDATE chats SET updated_at = updated_at {change}");
        db.execute_unprepared(&sql).await.expect("another time");
    }
    let _ = db.close().await;
    events.wait_for("chat_deleted", |data| data["id"] == json!(id)).await;
    me.get(&path).await.refuses(404, "not_found");
    for id in [&used, &kept] {
        me.get(&format!("/api/v1/chats/{id}")).await.expect::<Value>(200);
    }

    // Or at once, when its owner is done with it.
    assert_eq!(me.delete(&format!("/api/v1/chats/{used}")).await.status, 204);
}

#[tokio::test]
async fn a_temporary_chat_is_not_kept_in_one_process() {
    let stand = Stand::start().await;
    let other = stand.user("other").await;
    a_temporary_chat_is_not_kept(&stand.admin, &other, &stand.skein.database_url()).await;
}

async fn on_a_server(database: Db) -> Result<(), skein_tests::services::Missing> {
    let mock = Mock::start().await;
    let cluster = Cluster::builder().database(database).apis(1).workers(1).start().await?;
    let admin = cluster.client().sign_up("admin").await;
    admin.connect("openai", &mock.openai_url(), json!({})).await;
    let other = cluster.client().sign_up("other").await;
    a_temporary_chat_is_not_kept(&admin, &other, &cluster.settings()["SKEIN_DATABASE__URL"]).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_temporary_chat_is_not_kept_on_postgresql() {
    or_skip!(on_a_server(Db::Postgres).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_temporary_chat_is_not_kept_on_mariadb() {
    or_skip!(on_a_server(Db::MariaDb).await);
}
