//! `/api/v1/generations`: what a reader of an answer can rely on.

mod cancel;
mod slow_reader;

use skein_tests::client::Turn;
use skein_tests::cluster::Single;
use skein_tests::ledger::Ledger;
use skein_tests::reply::{Reply, numbered, parse_id};
use std::time::Duration;

use crate::stand::Stand;

#[tokio::test]
async fn the_loopback_model_answers_without_a_provider() {
    let skein = Single::start().await;
    let user = skein.client().sign_up("first").await;
    let chat = user.create_chat("loopback").await;
    let (turn, reply) = user.turn(&chat.id, "Hello").await;
    assert_eq!((reply.ended(), reply.problems.as_slice()), (Some("completed"), [].as_slice()));
    assert!(!reply.text.is_empty());
    let messages = user.messages(&chat.id).await;
    assert_eq!(
        messages.iter().map(|message| message.role.as_str()).collect::<Vec<_>>(),
        ["user", "assistant"]
    );
    assert_eq!((messages[0].content.as_str(), &messages[1].content), ("Hello", &reply.text));
    assert_eq!(messages[1].id, turn.assistant_message.id);
    assert_eq!(user.generation(&turn.generation.id).await.state, "completed");
}

#[tokio::test]
async fn every_token_arrives_once_and_in_order() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (turn, reply) = stand.admin.turn(&chat.id, "go [[tokens=300 rate=300 reasoning=20]]").await;
    assert_eq!(reply.problems, Vec::<String>::new());
    assert_eq!((reply.text, reply.reasoning.len()), (numbered(0, 300), numbered(0, 20).len()));
    assert_eq!((reply.restarts, reply.snapshots), (0, 0));
    let end = reply.end.expect("it ended").1;
    assert_eq!(
        (end["finish_reason"].as_str(), end["usage"]["completion_tokens"].as_u64()),
        (Some("stop"), Some(320))
    );
    let stored = &stand.admin.messages(&chat.id).await[1];
    assert_eq!((stored.content.clone(), stored.finish_reason.as_deref()), (numbered(0, 300), Some("stop")));
    assert_eq!(stored.reasoning.as_deref(), Some(reply.reasoning.as_str()));
    let usage = stand.admin.generation(&turn.generation.id).await.usage.expect("usage is stored");
    assert_eq!(usage.completion_tokens, 320);
}

#[tokio::test]
async fn a_refresh_goes_on_where_the_reader_was() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=150 rate=150]]").await;
    let mut reader = stand.admin.reader(&turn.generation.id);
    for seen in [10, 60, 120] {
        reader.until(|reply| reply.text.split_whitespace().count() >= seen).await;
        reader.move_to(&stand.admin);
    }
    let reply = reader.to_end().await;
    assert_eq!((reply.text, reply.problems), (numbered(0, 150), vec![]));
    assert_eq!((reply.restarts, reply.snapshots), (0, 0), "the log was there all the time");
}

#[tokio::test]
async fn who_sends_may_take_the_stream_as_the_answer() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let mut stream = stand.admin.send_streamed(&chat.id, "go [[tokens=60 rate=200]]").await;
    let turn: Turn = {
        let accepted = stream.next().await.expect("an event");
        assert_eq!((accepted.name.as_str(), accepted.id.as_str()), ("accepted", ""));
        serde_json::from_str(&accepted.data).expect("what a 202 says")
    };
    let mut reply = Reply::default();
    while !reply.text.contains("t20 ") {
        reply.apply(&stream.next().await.expect("an event"));
    }
    // The rest is read like that of any other run.
    drop(stream);
    let mut rest = stand.admin.reader(&turn.generation.id);
    rest.reply = reply;
    let reply = rest.to_end().await;
    assert_eq!((reply.text, reply.problems, reply.snapshots), (numbered(0, 60), vec![], 0));
    assert_eq!(stand.admin.messages(&chat.id).await[1].content, numbered(0, 60));
}

#[tokio::test]
async fn the_cursor_may_also_stand_in_the_address() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let (turn, reply) = stand.admin.turn(&chat.id, "go [[tokens=80 rate=400]]").await;
    let mut first = stand.admin.events(&turn.generation.id, None).await;
    let event = first.next().await.expect("an event");
    let path = format!("/api/v1/generations/{}/events?after={}", turn.generation.id, event.id);
    let answer = stand.admin.get(&path).await;
    assert_eq!(
        answer.headers["content-type"].to_str().unwrap_or("").split(';').next(),
        Some("text/event-stream")
    );
    let rest: Vec<_> = skein_tests::sse::SseParser::default().push(answer.text.as_bytes());
    let mut whole = Reply::default();
    whole.apply(&event);
    rest.iter().for_each(|event| whole.apply(event));
    assert_eq!((whole.text, whole.problems), (reply.text, vec![]));
}

#[tokio::test]
async fn second_tab_sees_the_same_answer() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=120 rate=150]]").await;
    let mut first = stand.admin.reader(&turn.generation.id);
    first.until(|reply| reply.text.contains("t40 ")).await;
    let second = stand.admin.reader(&turn.generation.id);
    let (first, second) = tokio::join!(first.to_end(), second.to_end());
    let late = stand.admin.reader(&turn.generation.id).to_end().await;
    let stored = &stand.admin.messages(&chat.id).await[1].content;
    for reply in [&first, &second, &late] {
        assert_eq!((&reply.text, reply.ended(), reply.problems.len()), (stored, Some("completed"), 0));
    }
    assert_eq!(*stored, numbered(0, 120));
}

#[tokio::test]
async fn the_first_token_does_not_wait_for_others() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=2 stall_after=1 stall_ms=8000]]").await;
    let mut reader = stand.admin.reader(&turn.generation.id);
    let first =
        tokio::time::timeout(Duration::from_secs(4), reader.until(|reply| !reply.text.is_empty())).await;
    assert_eq!(first.expect("the first token during the stall").text, "t0 ");
    stand.admin.cancel(&turn.generation.id).await;
}

#[tokio::test]
async fn events_are_numbered_within_their_attempt() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=60 rate=200]]").await;
    let mut stream = stand.admin.events(&turn.generation.id, None).await;
    let mut ids = Vec::new();
    while let Some(event) = stream.next().await {
        ids.extend(parse_id(&event.id));
    }
    assert!(ids.len() > 3, "{ids:?}");
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert!(ids.iter().all(|(attempt, _)| *attempt == 1), "{ids:?}");
}

#[tokio::test]
async fn somebody_elses_generation_looks_like_none() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=3]]").await;
    let other = stand.user("other").await;
    let path = format!("/api/v1/generations/{}", turn.generation.id);
    assert_eq!(other.get(&path).await.status, 404);
    assert_eq!(other.get(&format!("{path}/events")).await.status, 404);
    assert_eq!(other.post(&format!("{path}/cancel"), &serde_json::json!({})).await.status, 404);
    assert_eq!(stand.admin.reader(&turn.generation.id).to_end().await.text, numbered(0, 3));
}

#[tokio::test]
async fn a_quiet_stream_says_that_it_lives() {
    let stand = Stand::with(Single::builder().setting("SKEIN_STREAM__KEEP_ALIVE_S", "1")).await;
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.admin.send(&chat.id, "go [[tokens=1 ttft_ms=3500]]").await;
    let answer = stand.admin.get(&turn.events_url).await;
    let comments = answer.text.lines().filter(|line| line.starts_with(':')).count();
    assert!(comments >= 2, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_new_chats_within_a_second_are_all_accepted() {
    let stand = Stand::start().await;
    let ledger = Ledger::default();
    let content = "go [[tokens=40 rate=40]]";
    let turns = (0..50).map(|_| async {
        let chat = stand.admin.create_chat("mock").await;
        let turn = stand.admin.send(&chat.id, content).await;
        ledger.accepted(&turn, content, Some(40));
        let reply = stand.admin.reader(&turn.generation.id).to_end().await;
        ledger.received(&turn.generation.id, reply);
    });
    futures_util::future::join_all(turns).await;
    let audit = ledger.audit(&stand.admin, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!((audit.completed, audit.restarted), (50, 0), "{audit}");
}

#[tokio::test]
async fn an_answer_survives_a_restart_of_the_process() {
    let stand = Stand::start().await;
    let chat = stand.admin.create_chat("mock").await;
    let content = "go [[tokens=200 rate=100]]";
    let turn = stand.admin.send(&chat.id, content).await;
    let ledger = Ledger::default();
    ledger.accepted(&turn, content, Some(200));
    let mut reader = stand.admin.reader(&turn.generation.id);
    reader.until(|reply| reply.text.contains("t50 ")).await;
    stand.skein.node.restart().await;
    reader.move_to(&stand.admin);
    let reply = reader.to_end().await;
    assert_eq!((reply.restarts > 0 || reply.snapshots > 0, reply.ended()), (true, Some("completed")));
    ledger.received(&turn.generation.id, reply);
    ledger.audit(&stand.admin, Duration::from_secs(10)).await.assert_clean();
}
