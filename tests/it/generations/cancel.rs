use std::time::{Duration, Instant};

use skein_tests::reply::numbered;

use crate::stand::Stand;

#[tokio::test]
async fn a_cancel_before_the_first_token_ends_it_at_once() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=5 ttft_ms=30000]]").await;
    let reader = stand.admin.reader(&turn.generation.id);
    stand.admin.cancel(&turn.generation.id).await;
    let reply =
        tokio::time::timeout(Duration::from_secs(3), reader.to_end()).await.expect("the end within 3 s");
    assert_eq!((reply.ended(), reply.text.as_str()), (Some("cancelled"), ""));
    assert_eq!(stand.admin.generation(&turn.generation.id).await.state, "cancelled");
    stand.mock.wait_for(Duration::from_secs(2), |stats| stats.open == 0).await;
}

#[tokio::test]
async fn a_cancel_in_the_middle_closes_the_upstream_within_a_second_and_keeps_the_text() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    let mut reader = stand.admin.reader(&turn.generation.id);
    reader.until(|reply| reply.text.contains("t20 ")).await;
    let before = Instant::now();
    stand.admin.cancel(&turn.generation.id).await;
    stand.mock.wait_for(Duration::from_secs(1), |stats| stats.closed_early.len() == 1).await;
    let reply = reader.to_end().await;
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
    assert_eq!((reply.ended(), reply.problems.len()), (Some("cancelled"), 0));
    let stored = &stand.admin.messages(&chat.id).await[1];
    assert_eq!(stored.content, reply.text, "what was shown is what is kept");
    let count = u32::try_from(reply.text.split_whitespace().count()).expect("a few");
    assert_eq!(reply.text, numbered(0, count));
}

#[tokio::test]
async fn a_cancel_after_the_end_changes_nothing() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (turn, reply) = stand.admin.turn(&chat.id, "go [[tokens=5]]").await;
    assert_eq!(reply.ended(), Some("completed"));
    for _ in 0..2 {
        assert_eq!(stand.admin.cancel(&turn.generation.id).await.state, "completed");
    }
    assert_eq!(stand.admin.messages(&chat.id).await[1].content, numbered(0, 5));
}

#[tokio::test]
async fn a_second_cancel_is_the_same_cancel() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=3000 rate=50]]").await;
    let reader = stand.admin.reader(&turn.generation.id);
    for _ in 0..3 {
        stand.admin.cancel(&turn.generation.id).await;
    }
    assert_eq!(reader.to_end().await.ended(), Some("cancelled"));
}

#[tokio::test]
async fn a_reader_that_leaves_does_not_stop_the_answer() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=60 rate=60]]").await;
    let mut stream = stand.admin.events(&turn.generation.id, None).await;
    stream.next().await.expect("an event");
    drop(stream);
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.models["mock"].finished >= 1).await;
    let reply = stand.admin.reader(&turn.generation.id).to_end().await;
    assert_eq!((reply.text, reply.end.is_some()), (numbered(0, 60), true));
}
