use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use serde_json::Value;
use skein_tests::client::{Answer, Send, Turn};
use skein_tests::cluster::Cluster;
use skein_tests::or_skip;

use super::Stand;

const BOUND: usize = 16;
const SLOTS: usize = 4;
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_with_a_time_and_answers_all_that_it_took() {
    let builder = Cluster::builder()
        .apis(1)
        .workers(1)
        .concurrency(SLOTS)
        .setting("SKEIN_QUEUE__MAX_DEPTH", &BOUND.to_string());
    let stand = or_skip!(Stand::with(builder).await);
    let client = stand.at(0);
    // A second and a half each.
    let content = "go [[tokens=9 rate=6]]";
    let creating = (0..64).map(|_| async { client.create_chat("mock").await.id });
    let chats: Vec<String> = futures_util::future::join_all(creating).await;
    // The first answers give the queue a pace to compute with.
    let pacing = chats[..SLOTS].iter().map(|chat| async {
        let turn = client.send(chat, content).await;
        stand.ledger.accepted(&turn, content, Some(9));
        client.reader(&turn.generation.id).to_end().await
    });
    futures_util::future::join_all(pacing).await;
    let (plain, began) = (Send::default(), Instant::now());
    let sending = chats[SLOTS..].iter().map(|chat| client.try_send(chat, content, &plain));
    // More than can be answered, and not so many that they wait for the database instead.
    let answers: Vec<Answer> = futures_util::stream::iter(sending).buffer_unordered(AT_ONCE).collect().await;
    let took = began.elapsed().as_secs_f64();
    // What people need in such a moment goes on working.
    for path in ["/health/ready", "/api/v1/admin/queues", "/api/v1/admin/processes", "/api/v1/me"] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
    let (accepted, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 202);
    assert!(!refused.is_empty() && accepted.len() >= BOUND, "{} of 60 were taken", accepted.len());
    // Those that started meanwhile made room, and those who asked at the same moment may come on top.
    let room = BOUND + SLOTS + AT_ONCE + (took / 1.5 * SLOTS as f64).ceil() as usize;
    assert!(accepted.len() <= room, "{} were taken in {took:.1} s, {room} had room", accepted.len());
    for answer in refused {
        let after =
            answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        assert!(after.is_some_and(|after| (1..=120).contains(&after)), "{:?}", answer.headers);
        answer.refuses(503, "queue_full");
    }
    let turns: Vec<Turn> = accepted.into_iter().map(|answer| answer.expect(202)).collect();
    let cancelled = client.cancel(&turns.last().expect("many").generation.id).await;
    assert!(cancelled.has_ended() || cancelled.state == "running");
    for turn in &turns {
        stand.ledger.accepted(turn, content, Some(9));
        client.reader(&turn.generation.id).to_end().await;
    }
    let audit = stand.ledger.audit(&client, Duration::from_secs(20)).await;
    audit.assert_clean();
    assert_eq!(audit.failed, 0, "{audit}");
    client.turn(&chats[0], content).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_told_an_honest_place_and_time() {
    let stand = or_skip!(Stand::with(Cluster::builder().apis(1).workers(1).concurrency(2)).await);
    let client = stand.at(0);
    // Two at a time, about half a second each: four a second.
    let sending = (0..24).map(|_| async {
        let chat = client.create_chat("mock").await;
        client.send(&chat.id, "go [[tokens=10 rate=20]]").await.generation.id
    });
    let generations = futures_util::future::join_all(sending).await;
    let watching = generations.iter().map(|generation| async {
        let mut events = client.events(generation, None).await;
        // Place and estimate, and when they were told.
        let mut told: Vec<(u64, Option<u64>, Instant)> = Vec::new();
        while let Some(event) = events.next().await {
            if event.name != "queued" {
                return (told, Instant::now());
            }
            let data: Value = event.data.parse().expect("JSON");
            told.push((data["place"].as_u64().expect("a place"), data["wait_s"].as_u64(), Instant::now()));
        }
        panic!("the stream closed while it waited");
    });
    let watched = futures_util::future::join_all(watching).await;
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (told, started) in &watched {
        for pair in told.windows(2) {
            assert!(pair[1].0 <= pair[0].0, "a place of one's own never gets worse: {pair:?}");
        }
        for (place, wait_s, at) in told {
            *seen.entry("places").or_default() += 1;
            assert!((1..=24).contains(place), "{place}");
            let (Some(wait_s), real) = (wait_s, started.duration_since(*at).as_secs_f64()) else { continue };
            *seen.entry("estimates").or_default() += 1;
            let estimate = *wait_s as f64;
            assert!(
                estimate <= 4.0 * real + 8.0 && real <= 4.0 * estimate + 8.0,
                "told {estimate} s at place {place}, and it was {real:.1} s"
            );
        }
    }
    assert!(seen.get("places") > Some(&10) && seen.get("estimates") > Some(&5), "{seen:?}");
}
