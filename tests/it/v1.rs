//! `/v1`: the compatible doors. The official clients in `tests/clients` say more.

use serde_json::{Value, json};
use skein_tests::reply::numbered;
use skein_tests::sse::SseParser;
use std::time::Duration;

use crate::stand::Stand;

fn question(content: &str, stream: bool) -> Value {
    json!({"model": "mock", "stream": stream, "messages": [{"role": "user", "content": content}]})
}

#[tokio::test]
async fn a_completion_goes_through_the_same_queue_and_log() {
    let stand = Stand::start().await;
    let answer: Value =
        stand.admin.post("/v1/chat/completions", &question("go [[tokens=5]]", false)).await.expect(200);
    assert_eq!(answer["choices"][0]["message"]["content"], numbered(0, 5).as_str());
    assert_eq!(answer["usage"]["completion_tokens"], 5);
    let chats: Value = stand.admin.get("/api/v1/chats").await.expect(200);
    assert_eq!(chats["items"], json!([]), "it belongs to no chat");
}

#[tokio::test]
async fn a_streamed_completion_ends_with_done() {
    let stand = Stand::start().await;
    let answer = stand.admin.post("/v1/chat/completions", &question("go [[tokens=80 rate=400]]", true)).await;
    assert_eq!(
        answer.headers["content-type"].to_str().unwrap_or("").split(';').next(),
        Some("text/event-stream")
    );
    let events = SseParser::default().push(answer.text.as_bytes());
    assert_eq!(events.last().map(|event| event.data.as_str()), Some("[DONE]"));
    let chunks = events.iter().filter_map(|event| event.data.parse::<Value>().ok());
    let text: String = chunks
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(text, numbered(0, 80));
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_model() {
    let stand = Stand::start().await;
    let request = stand.admin.request(reqwest::Method::POST, "/v1/chat/completions");
    let answer = request.json(&question("go [[tokens=3000 rate=50]]", true)).send().await.expect("an answer");
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 1).await;
    drop(answer);
    stand
        .mock
        .wait_for(Duration::from_secs(20), |stats| stats.open == 0 && stats.closed_early.len() == 1)
        .await;
}

#[tokio::test]
async fn a_client_that_leaves_before_a_whole_answer_stops_the_model() {
    let stand = Stand::start().await;
    let request = stand.admin.request(reqwest::Method::POST, "/v1/chat/completions");
    let answer = tokio::spawn(request.json(&question("go [[tokens=3000 rate=50]]", false)).send());
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 1).await;
    answer.abort();
    stand
        .mock
        .wait_for(Duration::from_secs(20), |stats| stats.open == 0 && stats.closed_early.len() == 1)
        .await;
}

#[tokio::test]
async fn errors_have_the_shape_that_clients_know() {
    let stand = Stand::start().await;
    let mut unknown = question("go", false);
    unknown["model"] = json!("no-such-model");
    let answer = stand.admin.post("/v1/chat/completions", &unknown).await;
    assert_eq!(
        (answer.status, answer.body["error"]["code"].as_str()),
        (404, Some("model_not_found")),
        "{}",
        answer.text
    );
    let answer = stand.skein.client().get("/v1/models").await;
    assert_eq!((answer.status, answer.body["error"]["message"].is_string()), (401, true), "{}", answer.text);
    let answer = stand.admin.post("/v1/chat/completions", &question("go [[status=500]]", false)).await;
    assert!(answer.status >= 500 && answer.body["error"]["message"].is_string(), "{}", answer.text);
}
