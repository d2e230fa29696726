//! What every answer has in common.

use poem::http::Method;
use serde_json::json;

use crate::node::Node;

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let node = Node::start(&[("SKEIN_SERVER__BODY_LIMIT", "1000")]).await;
    let token = node.sign_up("a@example.org").await;
    let sign_in = "/api/v1/auth/sign-in";
    for (call, status, code) in [
        (node.get("/api/v1/nothing"), 404, "not_found"),
        (node.get("/api/nothing"), 404, "not_found"),
        (node.get("/api"), 404, "not_found"),
        (node.get("/health/nothing"), 404, "not_found"),
        (node.call(Method::PUT, sign_in), 405, "method_not_allowed"),
        (node.call(Method::POST, sign_in).text("text/plain", "x"), 415, "unsupported_media_type"),
        (node.call(Method::POST, sign_in).text("application/json", "{"), 400, "invalid_request"),
        (node.post(sign_in, &json!({"email": "a", "password": "b", "pin": 1})), 400, "invalid_request"),
        (node.post(sign_in, &json!({"email": [], "password": "b"})), 400, "invalid_request"),
        (node.post(sign_in, &json!({"email": "a".repeat(2000), "password": "b"})), 413, "too_large"),
        (node.get("/api/v1/me"), 401, "unauthenticated"),
        (node.get("/api/v1/me").header("authorization", "Basic eDp5"), 401, "unauthenticated"),
        (node.get("/api/v1/me").bearer("a.b.c"), 401, "invalid_token"),
        (node.get("/api/v1/me").bearer("sk-nothing"), 401, "invalid_api_key"),
        (node.get("/api/v1/sessions?limit=0").bearer(&token), 400, "invalid_request"),
        (node.get("/api/v1/sessions?after=x").bearer(&token), 400, "invalid_request"),
        (node.call(Method::DELETE, "/api/v1/sessions/x").bearer(&token), 404, "not_found"),
    ] {
        let answer = call.send().await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        assert_eq!(answer.problem(), code);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let door = node.get("/v1/nothing").send().await;
    assert_eq!(door.json()["error"]["code"], "not_found", "{door:?}");
}

#[tokio::test]
async fn the_wrong_field_is_named() {
    let node = Node::start(&[]).await;
    let token = node.sign_up("a@example.org").await;
    let answer = node.get("/api/v1/sessions?limit=1000").bearer(&token).send().await;
    assert_eq!(answer.json()["errors"][0]["field"], "limit", "{answer:?}");
    let body = json!({"email": "nobody", "name": "", "password": "short"});
    let answer = node.post("/api/v1/auth/sign-up", &body).send().await;
    let fields: Vec<_> =
        answer.json()["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["email", "name", "password"]);
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_another_replaced() {
    let node = Node::start(&[]).await;
    let kept = node.get("/health/live").header("x-request-id", "abc-1.2_3").send().await;
    assert_eq!(kept.header("x-request-id"), "abc-1.2_3");
    let made = node.get("/health/live").header("x-request-id", "a b<script>").send().await;
    assert!(made.header("x-request-id").len() == 36);
}

#[tokio::test]
async fn a_flood_from_one_address_is_told_when_to_come_back() {
    let node =
        Node::start(&[("SKEIN_LIMITS__PER_ADDRESS_RPS", "1"), ("SKEIN_LIMITS__PER_ADDRESS_BURST", "3")])
            .await;
    for _ in 0..3 {
        assert_eq!(node.get("/health/live").send().await.status, 200);
    }
    let refused = node.get("/health/live").send().await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.problem(), "rate_limited");
    assert_eq!(refused.header("retry-after"), "1");
}

#[tokio::test]
async fn health_tells_a_drain_at_once() {
    let node = Node::start(&[]).await;
    let ready = node.get("/health/ready").send().await;
    assert_eq!((ready.status.as_u16(), &ready.json()["status"]), (200, &json!("ready")));
    node.ctx.shutdown.drain();
    let draining = node.get("/health/ready").send().await;
    assert_eq!((draining.status.as_u16(), &draining.json()["status"]), (503, &json!("draining")));
    assert_eq!(node.get("/health/live").send().await.status, 200);
}

#[tokio::test]
async fn figures_count_requests_by_operation() {
    let node = Node::start(&[]).await;
    node.get("/api/v1/info").send().await;
    let figures = node.get("/metrics").send().await;
    assert!(figures.header("content-type").starts_with("text/plain"));
    let line = r#"skein_http_requests_total{method="GET",route="getInfo",status="2xx"}"#;
    assert!(figures.text.contains(line), "{}", figures.text);
}

#[tokio::test]
async fn real_connections_are_served_until_the_shutdown() {
    let node = Node::start(&[]).await;
    let (address, server) = node.listen().await;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
    let mut start = [0u8; 15];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    node.ctx.shutdown.drain();
    server.await.unwrap().unwrap();
    let taken = api::bind("203.0.113.1:1".parse().unwrap()).await.unwrap_err();
    assert!(taken.to_string().contains("--listen"), "{taken}");
}
