//! `/api/v1/chats/search`, on each kind of database.

use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, Db};
use skein_tests::mock::Mock;
use skein_tests::or_skip;

use super::order::titled;
use crate::stand::Stand;

async fn search(client: &Client, query: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page: Value =
            client.get(&format!("/api/v1/chats/search?limit=2&query={query}{after}")).await.expect(200);
        found.extend(page["items"].as_array().expect("items").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let found = search(client, query).await;
    found.iter().map(|one| one["chat"]["title"].as_str().expect("a title").to_owned()).collect()
}

/// A text with the words that were found in brackets.
fn marked(parts: &Value) -> String {
    let parts = parts.as_array().expect("parts");
    parts
        .iter()
        .map(|part| match part["hit"] == true {
            true => format!("[{}]", part["text"].as_str().expect("a text")),
            false => part["text"].as_str().expect("a text").to_owned(),
        })
        .collect()
}

/// The whole promise, for an account that may do anything and one that is another's.
async fn what_was_said_is_found(me: &Client, other: &Client) {
    let mut chats = Vec::new();
    for title in ["Plans for Geese", "Bread", "Quiet", "Notes"] {
        chats.push(titled(me, title).await);
    }
    me.turn(&chats[1], "My geese/ducks ate the sourdough. go [[tokens=2]]").await;
    me.turn(&chats[1], "And geese again: über_alles v1.2 go [[tokens=3]]").await;
    me.turn(&chats[2], "Nothing of the kind go [[tokens=1]]").await;
    let theirs = titled(other, "Their geese").await;
    other.turn(&theirs, "geese that are theirs go [[tokens=1]]").await;

    // In titles and messages, the beginning of a word is enough, capitals do not matter.
    assert_eq!(found(me, "geese").await, ["Bread", "Plans for Geese"]);
    assert_eq!(found(me, "GEE").await, ["Bread", "Plans for Geese"]);
    assert_eq!(found(me, "eese").await, [""; 0]);
    assert_eq!(found(me, "sourdough+geese").await, ["Bread"], "all words are in one message");
    assert_eq!(found(me, "sourdough+again").await, [""; 0]);
    assert_eq!(found(me, "%C3%BCber").await, ["Bread"]);
    assert_eq!(found(me, "ducks").await, ["Bread"], "a slash ends a word");
    // What a model said: `t2` is in the second answer alone, and two letters are a word too.
    assert_eq!(found(me, "t2").await, ["Bread"]);
    assert_eq!(found(other, "geese").await, ["Their geese"]);
    // What a database's own search language would read something into.
    for odd in ["geese%22+OR+*", "geese%27)+%7C+(%27a", "%2Bgeese+-bread+%3C", "geese%3A*+%26+!x", "geese%5C"]
    {
        let answer = me.get(&format!("/api/v1/chats/search?query={odd}")).await;
        assert_eq!(answer.status, 200, "{odd}: {}", answer.text);
    }
    me.get("/api/v1/chats/search?query=%22*%22").await.refuses(400, "invalid_request");

    let bread = &search(me, "geese").await[0];
    let hits = bread["hits"].as_array().expect("hits");
    let excerpts: Vec<String> = hits.iter().map(|hit| marked(&hit["excerpt"])).collect();
    assert_eq!(
        excerpts,
        [
            "And [geese] again: über_alles v1.2 go [[tokens=3]]",
            "My [geese]/ducks ate the sourdough. go [[tokens=2]]"
        ]
    );
    assert_eq!(hits[0]["role"], "user");
    let branch = me.branch(&chats[1], hits[1]["message_id"].as_str()).await;
    assert!(branch.iter().any(|message| message.content.contains("ducks")), "a hit leads to its message");
    assert_eq!(marked(&search(me, "gees").await[1]["title"]), "Plans for [Geese]");

    // The index follows what changes.
    let path = |at: usize| format!("/api/v1/chats/{}", chats[at]);
    me.patch(&path(0), &json!({"title": "Plans for Swans"})).await.expect::<Value>(200);
    assert_eq!(found(me, "geese").await, ["Bread"]);
    assert_eq!(found(me, "swans").await, ["Plans for Swans"]);
    me.patch(&path(1), &json!({"archived": true})).await.expect::<Value>(200);
    assert_eq!(found(me, "geese").await, [""; 0]);
    assert_eq!(found(me, "geese&archived=true").await, ["Bread"]);
    assert_eq!(me.delete(&path(1)).await.status, 204);
    assert_eq!(found(me, "geese&archived=true").await, [""; 0]);
    assert_eq!(found(me, "sourdough").await, [""; 0]);
}

#[tokio::test]
async fn what_was_said_is_found_in_one_process() {
    let stand = Stand::start().await;
    let other = stand.user("other").await;
    what_was_said_is_found(&stand.admin, &other).await;
}

async fn on_a_server(database: Db) -> Result<(), skein_tests::services::Missing> {
    let mock = Mock::start().await;
    let cluster = Cluster::builder().database(database).apis(1).workers(1).start().await?;
    let admin = cluster.client().sign_up("admin").await;
    admin.connect("openai", &mock.openai_url(), json!({})).await;
    let other = cluster.client().sign_up("other").await;
    what_was_said_is_found(&admin, &other).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_is_found_on_postgresql() {
    or_skip!(on_a_server(Db::Postgres).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_is_found_on_mariadb() {
    or_skip!(on_a_server(Db::MariaDb).await);
}
