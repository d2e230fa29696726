//! Redis with Sentinels: whatever happens to the primary, nothing that was accepted is lost and nobody has to act.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use skein_tests::client::{Client, Reader};
use skein_tests::cluster::Cluster;
use skein_tests::or_skip;
use skein_tests::services::Sentinels;

use super::Stand;

/// Within this time answers flow again and new ones begin.
const RESUMED: Duration = Duration::from_secs(15);

fn sentinels(stand: &Stand) -> &Sentinels {
    stand.cluster.sentinels.as_ref().expect("built with them")
}

/// One short turn after another at this node; gives the longest time that one took.
async fn ask_until(stand: &Stand, client: &Client, over: &AtomicBool) -> Duration {
    let mut longest = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let chat = client.create_chat("mock").await;
        let turn = client.send(&chat.id, "go [[tokens=2 ttft_ms=100]]").await;
        stand.ledger.accepted(&turn, "go [[tokens=2 ttft_ms=100]]", Some(2));
        stand.ledger.received(&turn.generation.id, client.reader(&turn.generation.id).to_end().await);
        longest = longest.max(began.elapsed());
    }
    longest
}

/// Twenty answers run and new ones begin while this happens to the primary.
async fn nobody_waits_long(stand: &Stand, what: &str, trouble: impl AsyncFnOnce(&Sentinels)) {
    let generations = stand.send_many(20, "go [[tokens=120 rate=20]]", 120).await;
    let nodes = [stand.at(0), stand.at(1)];
    let mut readers: Vec<Reader> = generations
        .iter()
        .enumerate()
        .map(|(number, generation)| nodes[number % 2].reader(generation))
        .collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    let over = AtomicBool::new(false);
    let happening = async {
        trouble(sentinels(stand)).await;
        join_all(readers.iter_mut().map(Reader::finish)).await;
        over.store(true, Ordering::Relaxed);
    };
    let (here, there, ()) =
        tokio::join!(ask_until(stand, &nodes[0], &over), ask_until(stand, &nodes[1], &over), happening);
    let silence = readers.iter().map(|reader| reader.silence).max().unwrap_or_default();
    assert!(here.max(there) < RESUMED, "{what}: a new answer took {here:?} and {there:?}");
    assert!(silence < RESUMED, "{what}: an answer stood still for {silence:?}");
    for (reader, generation) in readers.into_iter().zip(&generations) {
        stand.ledger.received(generation, reader.reply);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_by_command_or_by_death_costs_no_answer() {
    let stand = or_skip!(Stand::with(Cluster::builder().sentinels()).await);
    nobody_waits_long(&stand, "by command", async |set| set.fail_over().await).await;
    sentinels(&stand).wait_until_whole().await;
    nobody_waits_long(&stand, "by death", async |set| {
        set.kill_primary().await;
    })
    .await;
    stand.cluster.assert_all_run();
    stand.ledger.audit(&stand.at(0), Duration::from_secs(20)).await.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_is_cut_off_with_a_node_costs_no_answer() {
    let stand = or_skip!(Stand::with(Cluster::builder().sentinels()).await);
    let (alone, other) = (stand.at(0), stand.at(1));
    let generations = stand.send_many(20, "go [[tokens=120 rate=20]]", 120).await;
    let mut readers: Vec<Reader> = generations.iter().map(|generation| other.reader(generation)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    let old = sentinels(&stand).primary().await.expect("a primary");
    // The node still reaches the database and the old primary, which goes on as if nothing had happened.
    sentinels(&stand).cut_off(&old, &[stand.cluster.apis[0].pid()]);
    let over = AtomicBool::new(false);
    let happening = async {
        let sending = (0..10).map(|_| async {
            let chat = alone.create_chat("mock").await;
            let turn = alone.send(&chat.id, "go [[tokens=5]]").await;
            stand.ledger.accepted(&turn, "go [[tokens=5]]", Some(5));
            turn.generation.id
        });
        let sent = join_all(sending).await;
        // Its queue reaches no worker, so the others must find what it accepted; and its readers get their answers.
        let reading = sent.iter().map(|generation| async {
            let (here, there) = (alone.reader(generation), other.reader(generation));
            let (here, there) = tokio::join!(here.to_end(), there.to_end());
            stand.ledger.received(generation, here);
            stand.ledger.received(generation, there);
        });
        join_all(reading).await;
        join_all(readers.iter_mut().map(Reader::finish)).await;
        sentinels(&stand).primary_after(&old).await;
        over.store(true, Ordering::Relaxed);
    };
    let (longest, ()) = tokio::join!(ask_until(&stand, &other, &over), happening);
    assert!(longest < RESUMED, "a new answer took {longest:?}");
    let silence = readers.iter().map(|reader| reader.silence).max().unwrap_or_default();
    assert!(silence < RESUMED, "an answer stood still for {silence:?}");
    for (reader, generation) in readers.into_iter().zip(&generations) {
        stand.ledger.received(generation, reader.reply);
    }
    sentinels(&stand).heal();
    sentinels(&stand).wait_until_whole().await;
    // The node finds the new primary: what it is told flows again as it comes.
    let chat = alone.create_chat("mock").await;
    let turn = alone.send(&chat.id, "go [[tokens=100 rate=50]]").await;
    stand.ledger.accepted(&turn, "go [[tokens=100 rate=50]]", Some(100));
    let reply = alone.reader(&turn.generation.id).to_end().await;
    assert_eq!((reply.snapshots, reply.restarts), (0, 0), "told by the log");
    stand.ledger.received(&turn.generation.id, reply);
    stand.cluster.assert_all_run();
    stand.ledger.audit(&other, Duration::from_secs(20)).await.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_still_reaches_the_old_primary_follows_the_sentinels() {
    let stand = or_skip!(Stand::with(Cluster::builder().apis(1).workers(1).sentinels()).await);
    let old = sentinels(&stand).primary().await.expect("a primary");
    // No connection of the node breaks, so that nothing but the sentinels can tell it.
    sentinels(&stand).leave_alone_with(&old, &[stand.cluster.apis[0].pid()]);
    sentinels(&stand).primary_after(&old).await;
    let chosen = Instant::now();
    loop {
        let chat = stand.admin.create_chat("mock").await;
        let (_, reply) = stand.admin.turn(&chat.id, "go [[tokens=20 rate=40]]").await;
        assert_eq!(reply.ended(), Some("completed"));
        // Told by the log as it came, and not from the row at the end: node and worker speak to one server again.
        if reply.snapshots == 0 {
            break;
        }
        assert!(chosen.elapsed() < RESUMED, "after {RESUMED:?} the node still speaks to the old primary");
    }
}
