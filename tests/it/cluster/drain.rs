//! SIGTERM: a process that is told to end takes nothing new, ends its streams without an end, and loses nothing.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;
use skein_tests::client::{Client, Reader, Send};
use skein_tests::cluster::{Cluster, Node};
use skein_tests::or_skip;
use skein_tests::services::Nginx;

use super::Stand;

/// What a worker gives back runs elsewhere within five seconds; a machine that does much else is forgiven.
const TAKEN_UP: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_told_to_stop_finishes_what_is_short_and_gives_back_the_rest() {
    // Fifteen slots each: both workers have at least five of the twenty.
    let builder = Cluster::builder().concurrency(15).setting("SKEIN_SERVER__DRAIN_S", "5");
    // What is not given back would stand still for a minute.
    let builder = builder.setting("SKEIN_GENERATION__LEASE_MS", "60000");
    let mut stand = or_skip!(Stand::with(builder).await);
    let client = stand.at(0);
    let short = stand.send_many(10, "go [[tokens=70 rate=30]]", 70).await;
    let long = stand.send_many(10, "go [[tokens=400 rate=30]]", 400).await;
    let mut readers: Vec<Reader> =
        short.iter().chain(&long).map(|generation| client.reader(generation)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    let leaving = stand.cluster.busiest_worker().await;
    // The other may take as many as both had.
    stand.cluster.add_worker().await;
    let node = &stand.cluster.workers[leaving];
    readers.iter_mut().for_each(|reader| reader.silence = Duration::ZERO);
    node.ask_to_stop();
    is_turned_away_from(node).await;
    let (status, _) =
        tokio::join!(node.ended(Duration::from_secs(15)), join_all(readers.iter_mut().map(Reader::finish)));
    assert!(status.is_some_and(|status| status.success()), "a clean end: {status:?}");
    for (number, (reader, generation)) in readers.into_iter().zip(short.iter().chain(&long)).enumerate() {
        let restarts = reader.reply.restarts;
        assert!(restarts <= usize::from(number >= short.len()), "{number} began anew {restarts} times");
        assert!(reader.silence < TAKEN_UP, "{number} stood still for {:?}", reader.silence);
        stand.ledger.received(generation, reader.reply);
    }
    let audit = stand.ledger.audit(&client, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!(audit.completed, 20, "{audit}");
    assert!((1..=10).contains(&audit.restarted), "the rest was given back: {audit}");
}

/// Waits until a load balancer turns away from the node: it says that it is not ready, or it cannot be reached.
async fn is_turned_away_from(node: &Node) {
    let told = Instant::now();
    while node.is_ready().await {
        assert!(told.elapsed() < Duration::from_secs(2), "still ready {:?} after the signal", told.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_told_to_stop_is_ready_for_nothing_and_answers_what_it_has() {
    let stand = or_skip!(Stand::with(Cluster::builder().workers(1)).await);
    let chat = stand.admin.create_chat("mock").await;
    let turn = stand.at(0).send(&chat.id, "go [[tokens=100 rate=30]]").await;
    let mut stream = stand.at(0).events(&turn.generation.id, None).await;
    stream.next().await.expect("an event");
    let node = &stand.cluster.apis[0];
    let door = {
        let client = stand.at(0);
        let body = serde_json::json!({
            "model": "mock", "messages": [{"role": "user", "content": "go [[tokens=60 rate=30]]"}]
        });
        tokio::spawn(async move { client.post("/v1/chat/completions", &body).await })
    };
    stand.mock.wait_for(Duration::from_secs(10), |stats| stats.open == 2).await;
    let told = Instant::now();
    node.ask_to_stop();
    is_turned_away_from(node).await;
    let mut names = Vec::new();
    while let Some(event) = stream.next().await {
        names.push(event.name);
    }
    assert!(told.elapsed() < Duration::from_secs(2), "the stream went on for {:?}", told.elapsed());
    assert!(names.iter().all(|name| name == "delta"), "it ends without an end: {names:?}");
    // A client of another protocol cannot go on elsewhere and is served to the end.
    let answer: Value = door.await.expect("a client").expect(200);
    assert_eq!(answer["usage"]["completion_tokens"], 60);
    let status = node.stop(Duration::from_secs(15)).await;
    assert!(status.is_some_and(|status| status.success()), "a clean end: {status:?}");
}

/// What a person does all day behind the proxy; every request must succeed.
async fn use_it(stand: &Stand, proxy: &Client, name: usize, over: &AtomicBool, requests: &AtomicUsize) {
    for round in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let content = "go [[tokens=30 rate=30]]";
        // Without a key nothing may be sent twice, so nothing may get lost on a connection that closes.
        let chat = proxy.create_chat("mock").await;
        let options = Send { idempotency_key: Some(format!("{name}-{round}")), ..Send::default() };
        let turn = proxy.send_with(&chat.id, content, &options).await;
        stand.ledger.accepted(&turn, content, Some(30));
        let reply = proxy.reader(&turn.generation.id).to_end().await;
        stand.ledger.received(&turn.generation.id, reply);
        assert_eq!(proxy.messages(&chat.id).await.len(), 2);
        requests.fetch_add(3, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_fails_no_request() {
    let stand = or_skip!(Stand::with(Cluster::builder().setting("SKEIN_SERVER__DRAIN_S", "5")).await);
    let nodes: Vec<String> = stand.cluster.apis.iter().map(Node::url).collect();
    let nginx = or_skip!(Nginx::start(&nodes).await);
    let proxy = stand.admin.at(&nginx.url());
    let (over, requests) = (AtomicBool::new(false), AtomicUsize::new(0));
    let rolling = async {
        for (api, worker) in stand.cluster.apis.iter().zip(&stand.cluster.workers) {
            for node in [api, worker] {
                let status = node.stop(Duration::from_secs(20)).await;
                assert!(status.is_some_and(|status| status.success()), "a clean end: {status:?}");
                node.restart().await;
            }
            // The proxy does not ask a node again for some seconds after it was away.
            api.wait_until_used().await;
        }
        over.store(true, Ordering::Relaxed);
    };
    let using = (0..12).map(|name| use_it(&stand, &proxy, name, &over, &requests));
    tokio::join!(join_all(using), rolling);
    let audit = stand.ledger.audit(&proxy, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!(audit.completed, audit.accepted, "{audit}");
    assert!(requests.into_inner() > 100, "hardly anybody was there: {audit}");
}
