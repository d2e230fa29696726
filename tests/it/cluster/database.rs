//! The database ends at once and comes back: what was accepted is there, and what ran goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use skein_tests::client::{Client, Reader, Send};
use skein_tests::cluster::{Cluster, Db};
use skein_tests::or_skip;

use super::Stand;

/// Sends messages here until it is over. Each is either accepted or refused with the time to come again; gives how many
/// were refused.
async fn send_until(stand: &Stand, client: &Client, chat: &str, over: &AtomicBool) -> usize {
    let content = "go [[tokens=3]]";
    // Beside each other, as a chat takes one message at a time.
    let root = Send { parent: Some(None), ..Send::default() };
    let mut refused = 0;
    while !over.load(Ordering::Relaxed) {
        let answer = client.try_send(chat, content, &root).await;
        if answer.status == 202 {
            stand.ledger.accepted(&answer.expect(202), content, Some(3));
        } else {
            answer.refuses(503, "database_unavailable");
            assert!(answer.headers.contains_key("retry-after"), "{}", answer.text);
            refused += 1;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    refused
}

/// Under load the database is away for so long.
async fn nothing_is_lost(database: Db, away: Duration) {
    let stand = or_skip!(Stand::with(Cluster::builder().database(database).private_database()).await);
    let generations = stand.send_many(20, "go [[tokens=300 rate=20]]", 300).await;
    let nodes = [stand.at(0), stand.at(1)];
    let mut readers: Vec<Reader> = generations.iter().map(|generation| nodes[0].reader(generation)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    let chats = [nodes[0].create_chat("mock").await.id, nodes[1].create_chat("mock").await.id];
    let over = AtomicBool::new(false);
    let happening = async {
        stand.cluster.stop_database().await;
        tokio::time::sleep(away).await;
        stand.cluster.start_database().await;
        join_all(readers.iter_mut().map(Reader::finish)).await;
        over.store(true, Ordering::Relaxed);
    };
    let (here, there, ()) = tokio::join!(
        send_until(&stand, &nodes[0], &chats[0], &over),
        send_until(&stand, &nodes[1], &chats[1], &over),
        happening
    );
    assert!(here > 0 && there > 0, "nobody noticed: {here} and {there} refused");
    for (reader, generation) in readers.into_iter().zip(&generations) {
        stand.ledger.received(generation, reader.reply);
    }
    stand.cluster.assert_all_run();
    let audit = stand.ledger.audit(&nodes[1], Duration::from_secs(20)).await;
    audit.assert_clean();
    assert_eq!((audit.completed, audit.restarted), (audit.accepted, 0), "what ran went on: {audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_that_ends_at_once_and_is_away_for_ten_seconds_costs_nothing() {
    nothing_is_lost(Db::Postgres, Duration::from_secs(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb_that_ends_at_once_costs_nothing() {
    nothing_is_lost(Db::MariaDb, Duration::from_secs(2)).await;
}
