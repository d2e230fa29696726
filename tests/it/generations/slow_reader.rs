use std::time::{Duration, Instant};

use skein_tests::cluster::Single;
use skein_tests::reply::{Reply, padded};
use skein_tests::sse::SseParser;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::stand::Stand;

/// More than the buffers of both sockets hold.
const TOKENS: u32 = 6_000;
const PAD: u32 = 1_000;

#[tokio::test]
async fn a_reader_that_does_not_read_is_cut_and_can_go_on() {
    let stand = Stand::with(Single::builder().setting("SKEIN_STREAM__SLOW_READER_S", "1")).await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, &format!("go [[tokens={TOKENS} pad={PAD} ttft_ms=300]]")).await;

    let address = stand.skein.url().trim_start_matches("http://").parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let mut lazy = socket.connect(address).await.expect("a connection");
    let token = stand.admin.token().expect("signed in");
    // HTTP/1.0: the body comes without chunks, up to the end of the connection.
    let request = format!("GET {} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n", turn.events_url);
    lazy.write_all(request.as_bytes()).await.expect("the request is sent");

    let whole = stand.admin.reader(&turn.generation.id).to_end().await;
    assert_eq!(whole.text, padded(0, TOKENS, PAD));
    // The cut is seen in the figures: to look by reading would make it a quick reader.
    let deadline = Instant::now() + Duration::from_secs(30);
    while !stand.admin.get("/metrics").await.text.contains("skein_http_open_streams{kind=\"sse\"} 0") {
        assert!(Instant::now() < deadline, "it was never cut");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let mut received = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), lazy.read_to_end(&mut received))
        .await
        .expect("it is closed");
    let body = received.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let mut reply = Reply::default();
    SseParser::default().push(&received[body..]).iter().for_each(|event| reply.apply(event));
    assert_eq!(reply.ended(), None, "it was cut before the end");
    assert!(whole.text.starts_with(&reply.text), "what came before the cut is right");

    let mut reader = stand.admin.reader(&turn.generation.id);
    reader.reply = reply;
    let reply = reader.to_end().await;
    assert_eq!((reply.text == whole.text, reply.problems), (true, vec![]));
}
