//! `/api/v1/connections`: providers and their faults.

use std::time::Duration;

use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::Single;
use skein_tests::mock::Mock;
use skein_tests::reply::{Reply, numbered};

use crate::stand::Stand;

async fn ask(client: &Client, content: &str) -> (Value, Reply) {
    let chat = client.create_chat("mock").await;
    let (turn, reply) = client.turn(&chat.id, content).await;
    assert_eq!(reply.problems, Vec::<String>::new());
    let generation: Value =
        client.get(&format!("/api/v1/generations/{}", turn.generation.id)).await.expect(200);
    let stored = &client.messages(&chat.id).await[1];
    assert_eq!(stored.content, reply.text);
    (generation, reply)
}

fn code(reply: &Reply) -> String {
    reply.end_data()["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_busy_provider_is_asked_again() {
    let stand = Stand::start().await;
    let (generation, reply) =
        ask(&stand.admin, "go [[tokens=5 status=429 retry_after=1 fail_first=1]]").await;
    assert_eq!((reply.ended(), &reply.text), (Some("completed"), &numbered(0, 5)), "{generation}");
    assert_eq!(stand.mock.stats().refused, 1);
}

#[tokio::test]
async fn a_broken_provider_is_a_failure_that_says_so() {
    let stand = Stand::start().await;
    let (generation, reply) = ask(&stand.admin, "go [[status=500]]").await;
    assert_eq!((reply.ended(), generation["state"].as_str()), (Some("failed"), Some("failed")));
    assert_eq!(generation["error"]["code"].as_str(), Some(code(&reply).as_str()));
    assert!(code(&reply).starts_with("provider"), "{}", reply.end_data());
    assert!(stand.mock.stats().refused <= 12, "it gives up: {}", stand.mock.stats().refused);
}

#[tokio::test]
async fn a_refused_request_is_not_tried_again() {
    let stand = Stand::start().await;
    let (_, reply) = ask(&stand.admin, "go [[status=400]]").await;
    assert_eq!((reply.ended(), stand.mock.stats().refused), (Some("failed"), 1));
}

#[tokio::test]
async fn an_answer_that_breaks_off_ends_in_one_way_or_the_other() {
    let stand = Stand::start().await;
    let (_, reply) = ask(&stand.admin, "go [[tokens=40 rate=100 cut_after=20]]").await;
    assert_eq!(reply.ended(), Some("failed"), "it breaks off every time");
    assert!(code(&reply).starts_with("provider"), "{}", reply.end_data());
}

#[tokio::test]
async fn a_provider_that_falls_silent_is_a_timeout() {
    let quick = Single::builder()
        .setting("SKEIN_PROVIDERS__IDLE_TIMEOUT_MS", "700")
        .setting("SKEIN_PROVIDERS__FIRST_TOKEN_TIMEOUT_MS", "700");
    let stand = Stand::with(quick).await;
    let asked = ask(&stand.admin, "go [[tokens=40 rate=100 stall_after=20 stall_ms=20000]]");
    let (_, reply) = tokio::time::timeout(Duration::from_secs(25), asked).await.expect("an end");
    assert_eq!(
        (reply.ended(), code(&reply).contains("timeout")),
        (Some("failed"), true),
        "{}",
        reply.end_data()
    );
    let asked = ask(&stand.admin, "go [[tokens=4 ttft_ms=20000]]");
    let (_, reply) = tokio::time::timeout(Duration::from_secs(25), asked).await.expect("an end");
    assert_eq!(
        (reply.ended(), code(&reply).contains("timeout")),
        (Some("failed"), true),
        "{}",
        reply.end_data()
    );
}

#[tokio::test]
async fn garbage_from_a_provider_does_no_harm() {
    let stand = Stand::start().await;
    let (_, reply) = ask(&stand.admin, "go [[tokens=40 rate=100 garbage_after=20]]").await;
    match reply.ended() {
        Some("completed") => assert_eq!(reply.text, numbered(0, 40)),
        ended => {
            assert!(ended == Some("failed") && code(&reply).starts_with("provider"), "{}", reply.end_data());
        }
    }
    let (_, reply) = ask(&stand.admin, "go [[tokens=3]]").await;
    assert_eq!(reply.text, numbered(0, 3));
}

#[tokio::test]
async fn ollama_is_a_provider_too() {
    let (mock, skein) = (Mock::start().await, Single::start().await);
    let admin = skein.client().sign_up("admin").await;
    admin.connect("ollama", &mock.ollama_url(), json!({})).await;
    let (generation, reply) = ask(&admin, "go [[tokens=60 rate=200 reasoning=5]]").await;
    assert_eq!((reply.text, reply.reasoning.split_whitespace().count()), (numbered(0, 60), 5));
    assert_eq!(generation["usage"]["completion_tokens"], 65);
    let (_, reply) = ask(&admin, "go [[tokens=40 rate=100 cut_after=20]]").await;
    assert_eq!(reply.ended(), Some("failed"));
}

#[tokio::test]
async fn a_connection_is_tested_before_it_is_trusted() {
    let mock = Mock::builder().api_key("right").start().await.expect("a port");
    let skein = Single::start().await;
    let admin = skein.client().sign_up("admin").await;
    let body = json!({"kind": "openai", "name": "mock", "base_url": mock.openai_url(), "api_key": "wrong"});
    let connection: Value = admin.post("/api/v1/connections", &body).await.expect(201);
    assert_eq!(connection["has_api_key"], true);
    assert!(!connection.to_string().contains("wrong"), "a key is never shown again");
    let path = format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"));
    let result: Value = admin.post(&format!("{path}/test"), &json!({})).await.expect(200);
    assert_eq!(result["ok"], false, "{result}");
    admin.patch(&path, &json!({"api_key": "right"})).await.expect::<Value>(200);
    let result: Value = admin.post(&format!("{path}/test"), &json!({})).await.expect(200);
    assert_eq!(result["ok"], true, "{result}");
    assert!(
        result["models"].as_array().is_some_and(|models| models.iter().any(|model| model == "mock")),
        "{result}"
    );
}

#[tokio::test]
async fn a_prefix_and_a_list_shape_what_users_see() {
    let (mock, skein) = (Mock::start().await, Single::start().await);
    let admin = skein.client().sign_up("admin").await;
    let more =
        json!({"prefix": "farm/", "allow_models": ["mock", "mock-slow"], "headers": {"X-Team": "skein"}});
    admin.connect("openai", &mock.openai_url(), more).await;
    let models: Value = admin.get("/api/v1/models").await.expect(200);
    let ids: Vec<&str> =
        models["items"].as_array().expect("items").iter().filter_map(|model| model["id"].as_str()).collect();
    assert!(
        ids.contains(&"farm/mock") && ids.contains(&"farm/mock-slow") && !ids.contains(&"farm/mock-tools"),
        "{ids:?}"
    );
    let chat = admin.create_chat("farm/mock").await;
    let (_, reply) = admin.turn(&chat.id, "go [[tokens=3]]").await;
    assert_eq!(reply.text, numbered(0, 3));
    let stats = mock.stats();
    let asked =
        stats.requests.iter().find(|request| request.path.ends_with("/chat/completions")).expect("a request");
    assert_eq!((asked.body["model"].as_str(), asked.headers["x-team"].as_str()), (Some("mock"), "skein"));
}

#[tokio::test]
async fn only_an_admin_may_connect_providers() {
    let stand = Stand::start().await;
    let user = stand.user("user").await;
    let body = json!({"kind": "openai", "name": "mine", "base_url": stand.mock.openai_url()});
    assert_eq!(user.post("/api/v1/connections", &body).await.status, 403);
    assert_eq!(user.get("/api/v1/connections").await.status, 403);
}
