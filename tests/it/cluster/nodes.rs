use std::time::{Duration, Instant};

use serde_json::{Value, json};
use skein_tests::cluster::{Cluster, Db};
use skein_tests::or_skip;
use skein_tests::reply::numbered;

use super::Stand;

/// 200 readers, each of which changes to the other node in the middle of its answer.
async fn two_hundred_readers_change_nodes(database: Db) {
    let stand = or_skip!(Stand::with(Cluster::builder().database(database)).await);
    let generations = stand.send_many(200, "go [[tokens=120 rate=20]]", 120).await;
    let reading = generations.iter().enumerate().map(|(number, generation)| {
        let (here, there) = (stand.at(number % 2), stand.at((number + 1) % 2));
        let ledger = &stand.ledger;
        async move {
            let mut reader = here.reader(generation);
            let leave = format!("t{} ", 20 + number % 60);
            reader.until(|reply| reply.text.contains(&leave)).await;
            reader.move_to(&there);
            ledger.received(generation, reader.to_end().await);
        }
    });
    futures_util::future::join_all(reading).await;
    let audit = stand.ledger.audit(&stand.admin, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!((audit.accepted, audit.completed, audit.restarted), (200, 200, 0), "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_readers_change_nodes_and_lose_nothing_on_postgresql() {
    two_hundred_readers_change_nodes(Db::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_readers_change_nodes_and_lose_nothing_on_mariadb() {
    two_hundred_readers_change_nodes(Db::MariaDb).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draining_node_hands_its_readers_over() {
    let stand = or_skip!(Stand::with(Cluster::builder()).await);
    let generations = stand.send_many(20, "go [[tokens=200 rate=40]]", 200).await;
    let (first, second) = (stand.at(0), stand.at(1));
    let mut readers: Vec<_> = generations.iter().map(|generation| first.reader(generation)).collect();
    futures_util::future::join_all(
        readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 "))),
    )
    .await;
    stand.cluster.apis[0].ask_to_stop();
    // The stream closes without an end; a client then goes to another node.
    let reading = readers.into_iter().zip(&generations).map(|(mut reader, generation)| {
        reader.or_at(&second);
        let ledger = &stand.ledger;
        async move { ledger.received(generation, reader.to_end().await) }
    });
    let reading = futures_util::future::join_all(reading);
    tokio::time::timeout(Duration::from_secs(40), reading).await.expect("all answers within 40 s");
    let status = stand.cluster.apis[0].stop(Duration::from_secs(30)).await;
    assert!(status.is_some_and(|status| status.success()), "a clean end: {status:?}");
    let audit = stand.ledger.audit(&second, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!((audit.completed, audit.restarted), (20, 0), "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_at_one_node_is_seen_at_the_other_within_a_second() {
    let stand = or_skip!(Stand::with(Cluster::builder()).await);
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.at(0).send(&chat.id, "go [[tokens=5000 rate=50]]").await;
    let mut reader = stand.at(0).reader(&turn.generation.id);
    reader.until(|reply| reply.text.contains("t20 ")).await;
    let before = Instant::now();
    stand.at(1).cancel(&turn.generation.id).await;
    stand.mock.wait_for(Duration::from_secs(1), |stats| stats.closed_early.len() == 1).await;
    let reply = reader.to_end().await;
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
    assert_eq!(reply.ended(), Some("cancelled"));
    let stored = &stand.at(1).messages(&chat.id).await[1].content;
    assert_eq!(*stored, reply.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_ended_here_is_ended_there_within_a_second() {
    let stand = or_skip!(Stand::with(Cluster::builder().workers(1)).await);
    let here = stand.cluster.apis[0].client().sign_up("user").await;
    let there = here.at(&stand.cluster.apis[1].url());
    // The other node has seen the session, and may remember it.
    for _ in 0..3 {
        assert_eq!(there.get("/api/v1/me").await.status, 200);
    }
    assert_eq!(here.post("/api/v1/auth/sign-out", &json!({})).await.status, 204);
    let deadline = Instant::now() + Duration::from_secs(1);
    while there.get("/api/v1/me").await.status != 401 {
        assert!(Instant::now() < deadline, "still signed in after a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_connection_is_known_at_every_node() {
    let stand = or_skip!(Stand::with(Cluster::builder().workers(1)).await);
    let more = json!({"prefix": "second/"});
    stand.at(1).connect("openai", &stand.mock.openai_url(), more).await;
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let models: Value = stand.at(0).get("/api/v1/models?limit=100").await.expect(200);
        if models.to_string().contains("second/mock") {
            break;
        }
        assert!(Instant::now() < deadline, "the other node does not know the models after 5 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let chat = stand.at(0).create_chat("second/mock").await;
    let (_, reply) = stand.at(0).turn(&chat.id, "go [[tokens=3]]").await;
    assert_eq!(reply.text, numbered(0, 3));
}
