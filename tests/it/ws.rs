//! `/api/v1/ws`: the same topics over a WebSocket.

use serde_json::json;
use skein_tests::client::Socket;
use skein_tests::reply::numbered;

use crate::stand::Stand;

#[tokio::test]
async fn a_websocket_delivers_what_the_stream_delivers() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=100 rate=200]]").await;
    let topic = format!("generation:{}", turn.generation.id);
    let mut socket = stand.admin.socket().await;
    socket.subscribe(&topic, None).await;
    assert_eq!(socket.wait_for("subscribed").await["topic"], topic.as_str());
    let reply = socket.read(&topic).await;
    let streamed = stand.admin.reader(&turn.generation.id).to_end().await;
    assert_eq!((reply.text.clone(), reply.problems.len()), (numbered(0, 100), 0));
    assert_eq!((reply.text, reply.end), (streamed.text, streamed.end));
}

#[tokio::test]
async fn a_websocket_goes_on_after_a_cursor() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=100 rate=200]]").await;
    let mut reader = stand.admin.reader(&turn.generation.id);
    let before = reader.until(|reply| reply.text.contains("t30 ")).await.clone();
    let topic = format!("generation:{}", turn.generation.id);
    let mut socket = stand.admin.socket().await;
    socket.subscribe(&topic, before.last_id.as_deref()).await;
    let after = socket.read(&topic).await;
    assert_eq!(format!("{}{}", before.text, after.text), numbered(0, 100));
}

#[tokio::test]
async fn one_socket_carries_many_topics() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let mut socket = stand.admin.socket().await;
    socket.subscribe("user", None).await;
    socket.wait_for("subscribed").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=5]]").await;
    let topic = format!("generation:{}", turn.generation.id);
    socket.subscribe(&topic, None).await;
    let (mut ended, mut heard) = (false, false);
    while !(ended && heard) {
        let frame = socket.next().await.expect("a frame");
        ended |= frame["type"] == "end" && frame["topic"] == topic.as_str();
        heard |= frame["topic"] == "user" && frame["event"] == "generation_ended";
    }
    socket.send(&json!({"type": "ping"})).await;
    socket.wait_for("pong").await;
}

#[tokio::test]
async fn a_socket_is_for_ones_own_topics_only() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=5]]").await;
    let mut socket = stand.user("other").await.socket().await;
    socket.subscribe(&format!("generation:{}", turn.generation.id), None).await;
    assert!(socket.wait_for("error").await["code"].is_string());
    assert_eq!(Socket::connect(&stand.skein.client()).await.err(), Some(401));
}
