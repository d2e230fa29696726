//! Stop, at any moment and at any node.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use skein_tests::client::Generation;
use skein_tests::cluster::Cluster;
use skein_tests::mock::unix_ms;
use skein_tests::or_skip;
use skein_tests::reply::{Reply, numbered};

use super::{Stand, short_leases};

const TOKENS: u32 = 120;
/// Moments that a test has time for; `chaos` tries many more.
const STOPS: u32 = 80;

/// One answer that is stopped at some moment.
struct Stopped {
    number: u32,
    asked_ms: u64,
    told: Generation,
    reply: Reply,
}

/// Sends, stops after `after`, at both nodes if `twice`, and reads to the end.
async fn stop_one(stand: &Stand, number: u32, after: Duration, twice: bool) -> Stopped {
    let (here, there) = (stand.at(number as usize % 2), stand.at((number as usize + 1) % 2));
    let chat = here.create_chat("mock").await;
    let content = format!("go [[tokens={TOKENS} rate=40 tag={number}]]");
    let turn = here.send(&chat.id, &content).await;
    stand.ledger.accepted(&turn, &content, Some(TOKENS));
    let id = &turn.generation.id;
    let reading = tokio::spawn(here.reader(id).to_end());
    tokio::time::sleep(after).await;
    let asked_ms = unix_ms();
    let told = if twice {
        let (told, again) = tokio::join!(there.cancel(id), here.cancel(id));
        if told.has_ended() && again.has_ended() {
            assert_eq!(told.state, again.state, "{id}");
        }
        told
    } else {
        there.cancel(id).await
    };
    let reply = reading.await.expect("a reader");
    stand.ledger.received(id, reply.clone());
    let ended = here.cancel(id).await;
    assert_eq!(Some(ended.state.as_str()), reply.ended(), "{id}: a late stop changes nothing");
    Stopped { number, asked_ms, told, reply }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_at_random_moments_end_each_answer_once() {
    // Half of them must wait for a slot, so that many are stopped before they began.
    let stand = or_skip!(Stand::with(Cluster::builder().concurrency(15)).await);
    let mut random = StdRng::seed_from_u64(500);
    let stopping = (0..STOPS).map(|number| {
        let begin = Duration::from_millis(random.random_range(0..6_000));
        let after = Duration::from_millis(random.random_range(0..3_500));
        let twice = random.random_bool(0.3);
        let stand = &stand;
        async move {
            tokio::time::sleep(begin).await;
            stop_one(stand, number, after, twice).await
        }
    });
    let stopped = futures_util::future::join_all(stopping).await;
    let stats = stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 0).await;
    let mut closed: Vec<Duration> = Vec::new();
    for Stopped { number, asked_ms, told, reply } in &stopped {
        assert!(matches!(reply.ended(), Some("completed" | "cancelled")), "{:?}", reply.end);
        if told.state == "completed" {
            assert_eq!(reply.ended(), Some("completed"));
        }
        let count = u32::try_from(reply.text.split_whitespace().count()).expect("a few");
        assert_eq!(reply.text, numbered(0, count), "the text stays as far as it had come");
        let close = stats.closed_early.iter().find(|close| close.tag == Some(*number));
        closed.extend(close.map(|close| Duration::from_millis(close.at_ms.saturating_sub(*asked_ms))));
    }
    let audit = stand.ledger.audit(&stand.admin, Duration::from_secs(10)).await;
    audit.assert_clean();
    closed.sort_unstable();
    let late = closed[closed.len() * 99 / 100];
    eprintln!(
        "{audit}; {} connections closed, p50 {:?}, p99 {late:?}",
        closed.len(),
        closed[closed.len() / 2]
    );
    assert_eq!((audit.failed, audit.restarted), (0, 0), "{audit}");
    assert!(audit.cancelled > 10 && closed.len() > 5, "all kinds of moments: {audit}");
    // The promise is one second; a machine that does much else is forgiven.
    assert!(late < Duration::from_secs(5), "the last connections were closed after {late:?}");
}

/// A reader of an answer that has begun and goes on for long.
async fn reading(stand: &Stand) -> (String, skein_tests::client::Reader) {
    let chat = stand.at(0).create_chat("mock").await;
    let content = "go [[tokens=2000 rate=50 reasoning=5]]";
    let turn = stand.at(0).send(&chat.id, content).await;
    stand.ledger.accepted(&turn, content, None);
    let mut reader = stand.at(0).reader(&turn.generation.id);
    reader.until(|reply| reply.text.contains("t40 ")).await;
    (turn.generation.id, reader)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_shown_stays_when_it_is_stopped_after_its_worker_has_gone() {
    let builder = short_leases().workers(1).setting("SKEIN_SERVER__DRAIN_S", "1");
    let mut stand = or_skip!(Stand::with(builder).await);
    // Dead: nobody has told the row yet, and the next worker finds the wish in it.
    let (id, reader) = reading(&stand).await;
    stand.cluster.workers[0].kill();
    assert_eq!(stand.at(1).cancel(&id).await.state, "running");
    stand.cluster.add_worker().await;
    let reply = reader.to_end().await;
    assert_eq!((reply.ended(), reply.restarts), (Some("cancelled"), 0));
    assert!(reply.text.contains("t40 ") && reply.reasoning.contains("r4 "), "{reply:?}");
    stand.ledger.received(&id, reply);
    // Drained: the row waits for another worker, and there is none.
    let (id, reader) = reading(&stand).await;
    let status = stand.cluster.workers[1].stop(Duration::from_secs(15)).await;
    assert!(status.is_some_and(|status| status.success()), "a clean end: {status:?}");
    assert_eq!(stand.at(1).cancel(&id).await.state, "cancelled");
    let reply = reader.to_end().await;
    assert_eq!((reply.ended(), reply.restarts), (Some("cancelled"), 0));
    assert!(reply.text.contains("t40 "), "{reply:?}");
    stand.ledger.received(&id, reply);
    stand.ledger.audit(&stand.at(1), Duration::from_secs(5)).await.assert_clean();
}
