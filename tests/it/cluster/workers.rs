use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, ClusterBuilder, Db};
use skein_tests::or_skip;
use skein_tests::reply::numbered;
use skein_tests::sse::SseParser;

use super::{Stand, short_leases};

/// How long the readers of a run may wait when its worker dies: nearly all of them, and every one.
const RESCUED: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(20));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_killed_workers_ran_goes_on_elsewhere_within_fifteen_seconds() {
    // The leases of the defaults: this is the promise to those who run it. Of four workers with thirty slots each, two
    // can take up what the other two ran.
    let mut stand = or_skip!(Stand::with(Cluster::builder().workers(4).concurrency(30)).await);
    let generations = stand.send_many(60, "go [[tokens=250 rate=20]]", 250).await;
    let client = stand.at(0);
    let mut readers: Vec<_> = generations.iter().map(|generation| client.reader(generation)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    for _ in 0..2 {
        let busiest = stand.cluster.busiest_worker().await;
        stand.cluster.workers.remove(busiest).kill();
    }
    join_all(readers.iter_mut().map(skein_tests::client::Reader::finish)).await;
    let mut waited: Vec<Duration> =
        readers.iter().filter(|reader| reader.reply.restarts > 0).map(|reader| reader.silence).collect();
    for (reader, generation) in readers.into_iter().zip(&generations) {
        stand.ledger.received(generation, reader.reply);
    }
    waited.sort_unstable();
    // Each of the two had a quarter of them or more when it died, and some have ended since.
    assert!(waited.len() >= 10, "two dead workers had {} of them", waited.len());
    let (late, last) = (waited[waited.len() * 99 / 100 - 1], waited[waited.len() - 1]);
    assert!(late < RESCUED.0 && last < RESCUED.1, "p99 {late:?}, last {last:?}");
    let audit = stand.ledger.audit(&client, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!((audit.completed, audit.restarted), (60, waited.len()), "{audit}");
}

/// The workers of this cluster freeze in the middle of ten answers, come back when another has taken over, and write
/// nothing. Each attempt counts from another number, so that a word of the wrong one shows.
async fn a_frozen_worker_writes_nothing(builder: ClusterBuilder) {
    let mut stand = or_skip!(Stand::with(builder.workers(1)).await);
    let client = stand.at(0);
    let sending = (0..10).map(|_| async {
        let chat = client.create_chat("mock").await;
        client.send(&chat.id, "go [[tokens=150 rate=30 shift=1000]]").await
    });
    let turns = join_all(sending).await;
    let mut readers: Vec<_> = turns.iter().map(|turn| client.reader(&turn.generation.id)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("20 ")))).await;
    stand.cluster.workers[0].freeze();
    // A second worker takes over while the first stands still. The model goes on talking to the first.
    stand.cluster.add_worker().await;
    join_all(
        readers
            .iter_mut()
            .map(|reader| reader.until(|reply| reply.restarts == 1 && reply.text.contains("010 "))),
    )
    .await;
    stand.cluster.workers[0].thaw();
    for (reader, turn) in readers.into_iter().zip(&turns) {
        let reply = reader.to_end().await;
        assert_eq!((reply.problems.as_slice(), reply.ended()), ([].as_slice(), Some("completed")));
        // The end is the log's own: it did not have to be told from the row.
        assert_eq!((reply.restarts, reply.snapshots), (1, 0));
        let first: u32 =
            reply.text[1..].split(' ').next().and_then(|word| word.parse().ok()).expect("a number");
        assert!(first >= 10_000, "the words of the first attempt: {first}");
        assert_eq!(reply.text, numbered(first, 150));
        let stored = client.messages(&turn.user_message.chat_id).await;
        assert_eq!(stored[1].content, reply.text);
        assert_eq!(client.generation(&turn.generation.id).await.attempt, 2);
    }
    stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 0).await;
    // The one that came back still works.
    stand.cluster.workers[1].kill();
    let chat = client.create_chat("mock").await;
    assert_eq!(client.turn(&chat.id, "go [[tokens=3]]").await.1.text, numbered(0, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_worker_that_comes_back_writes_nothing() {
    a_frozen_worker_writes_nothing(short_leases()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_worker_that_comes_back_writes_nothing_on_mariadb() {
    a_frozen_worker_writes_nothing(short_leases().database(Db::MariaDb)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_of_one_name_do_not_harm_each_other() {
    // The name of a worker begins with that of its host.
    let stand = or_skip!(Stand::with(short_leases().setting("HOSTNAME", "twin").concurrency(15)).await);
    let client = stand.at(0);
    let generations = stand.send_many(20, "go [[tokens=150 rate=30]]", 150).await;
    let mut readers: Vec<_> = generations.iter().map(|generation| client.reader(generation)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    // One dies, and another of the same name takes its place before its leases are over.
    stand.cluster.workers[0].kill();
    stand.cluster.workers[0].restart().await;
    for (reader, generation) in readers.into_iter().zip(&generations) {
        stand.ledger.received(generation, reader.to_end().await);
    }
    let audit = stand.ledger.audit(&client, Duration::from_secs(10)).await;
    audit.assert_clean();
    // With fifteen slots each, both had at least five.
    assert_eq!(audit.completed, 20, "{audit}");
    assert!((5..=15).contains(&audit.restarted), "only what the dead one ran began anew: {audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_without_any_worker_runs_when_one_comes() {
    let mut stand = or_skip!(Stand::with(short_leases().workers(0)).await);
    let client = stand.at(0);
    let generations = stand.send_many(10, "go [[tokens=5]]", 5).await;
    stand.cluster.add_worker().await;
    for generation in &generations {
        stand.ledger.received(generation, client.reader(generation).to_end().await);
    }
    stand.ledger.audit(&client, Duration::from_secs(10)).await.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_the_compatible_door_do_not_notice_a_killed_worker() {
    // Neither worker has room for all of them, so the one that dies holds some.
    let stand = or_skip!(Stand::with(short_leases().concurrency(6)).await);
    let client = stand.at(0);
    let body = json!({
        "model": "mock",
        "stream": true,
        "messages": [{"role": "user", "content": "go [[tokens=100 rate=25]]"}],
    });
    let answers: Vec<_> = (0..10).map(|_| tokio::spawn(read_door(client.clone(), body.clone()))).collect();
    stand.mock.wait_for(Duration::from_secs(10), |stats| stats.open == 10).await;
    stand.cluster.workers[stand.cluster.busiest_worker().await].kill();
    for answer in answers {
        assert_eq!(answer.await.expect("a reader"), numbered(0, 100), "each token once and in order");
    }
    let stats = stand.mock.wait_for(Duration::from_secs(5), |stats| stats.open == 0).await;
    assert!(stats.started > 10, "the dead worker had some of them");
}

/// The text of a streamed chat completion, which must end as the protocol says.
async fn read_door(client: Client, body: Value) -> String {
    let answer = client.post("/v1/chat/completions", &body).await;
    let events = SseParser::default().push(answer.text.as_bytes());
    assert_eq!(events.last().map(|event| event.data.as_str()), Some("[DONE]"), "{}", answer.text);
    let chunks = events.iter().filter_map(|event| event.data.parse::<Value>().ok());
    chunks.filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned)).collect()
}
