use std::time::Duration;

use skein_tests::cluster::Cluster;
use skein_tests::or_skip;

use super::{Stand, short_leases};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_comes_back_empty_costs_no_answer() {
    let stand = or_skip!(Stand::with(Cluster::builder().setting("SKEIN_GENERATION__SWEEP_S", "1")).await);
    let running = stand.send_many(30, "go [[tokens=150 rate=25]]", 150).await;
    let client = stand.at(0);
    let mut readers: Vec<_> = running.iter().map(|generation| client.reader(generation)).collect();
    futures_util::future::join_all(
        readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 "))),
    )
    .await;
    stand.cluster.redis.kill();
    // The model goes on talking, and the workers write into the void.
    for worker in &stand.cluster.workers {
        worker.wait_for_log("Redis is away").await;
    }
    stand.cluster.redis.restart().await;
    let later = stand.send_many(10, "go [[tokens=20]]", 20).await;
    let reading = readers.into_iter().zip(&running).map(|(reader, generation)| {
        let ledger = &stand.ledger;
        async move { ledger.received(generation, reader.to_end().await) }
    });
    let reading = futures_util::future::join_all(reading);
    tokio::time::timeout(Duration::from_secs(60), reading).await.expect("all answers within a minute");
    for generation in &later {
        stand.ledger.received(generation, client.reader(generation).to_end().await);
    }
    let audit = stand.ledger.audit(&client, Duration::from_secs(20)).await;
    audit.assert_clean();
    assert_eq!(audit.completed, 40, "{audit}");
}

/// The queue has forgotten who works on what, so that nobody but the sweep knows of the runs of the dead worker.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_worker_ran_goes_on_though_redis_forgot_it() {
    let mut stand = or_skip!(Stand::with(short_leases()).await);
    let running = stand.send_many(20, "go [[tokens=150 rate=25]]", 150).await;
    let client = stand.at(0);
    let mut readers: Vec<_> = running.iter().map(|generation| client.reader(generation)).collect();
    futures_util::future::join_all(
        readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 "))),
    )
    .await;
    stand.cluster.redis.kill();
    let busiest = stand.cluster.busiest_worker().await;
    stand.cluster.workers.remove(busiest).kill();
    stand.cluster.redis.restart().await;
    let reading = readers.into_iter().zip(&running).map(|(reader, generation)| {
        let ledger = &stand.ledger;
        async move { ledger.received(generation, reader.to_end().await) }
    });
    let reading = futures_util::future::join_all(reading);
    tokio::time::timeout(Duration::from_secs(60), reading).await.expect("all answers within a minute");
    let audit = stand.ledger.audit(&client, Duration::from_secs(20)).await;
    audit.assert_clean();
    assert!(audit.completed == 20 && audit.restarted > 0, "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_accepted_while_redis_is_away_is_answered_afterwards() {
    let stand = or_skip!(Stand::with(Cluster::builder().setting("SKEIN_GENERATION__SWEEP_S", "1")).await);
    let client = stand.at(0);
    let chat = client.create_chat("mock").await;
    stand.cluster.redis.kill();
    let answer = client.try_send(&chat.id, "go [[tokens=5]]", &skein_tests::client::Send::default()).await;
    stand.cluster.redis.restart().await;
    if answer.status == 503 {
        assert!(answer.headers.contains_key("retry-after"), "a refusal says when to come again");
        assert!(client.messages(&chat.id).await.is_empty(), "what is refused is not stored");
        return;
    }
    let turn: skein_tests::client::Turn = answer.expect(202);
    stand.ledger.accepted(&turn, "go [[tokens=5]]", Some(5));
    let reply = client.reader(&turn.generation.id).to_end().await;
    stand.ledger.received(&turn.generation.id, reply);
    stand.ledger.audit(&client, Duration::from_secs(10)).await.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_stands_still_for_a_while_costs_no_answer() {
    let stand = or_skip!(Stand::with(Cluster::builder()).await);
    let running = stand.send_many(20, "go [[tokens=150 rate=25]]", 150).await;
    let client = stand.at(0);
    let mut readers: Vec<_> = running.iter().map(|generation| client.reader(generation)).collect();
    futures_util::future::join_all(
        readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 "))),
    )
    .await;
    stand.cluster.redis.freeze();
    // Until the first commands have given up.
    for worker in &stand.cluster.workers {
        worker.wait_for_log("Redis is away").await;
    }
    stand.cluster.redis.thaw();
    for (reader, generation) in readers.into_iter().zip(&running) {
        stand.ledger.received(generation, reader.to_end().await);
    }
    let audit = stand.ledger.audit(&client, Duration::from_secs(20)).await;
    audit.assert_clean();
    assert_eq!(audit.completed, 20, "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ended_answers_leave_only_what_runs_out() {
    use redis::AsyncCommands as _;
    let stand = or_skip!(Stand::with(Cluster::builder().apis(1).workers(1)).await);
    let client = stand.at(0);
    for generation in stand.send_many(20, "go [[tokens=5]]", 5).await {
        client.reader(&generation).to_end().await;
    }
    let mut connection = stand.cluster.redis.connection().await;
    let keys: Vec<String> = connection.keys("*").await.expect("keys");
    let mut lasting = Vec::new();
    for key in keys {
        let left: i64 = connection.ttl(&key).await.expect("a time");
        if left == -1 {
            lasting.push(key);
        }
    }
    // Queues and the like are named once; nothing may be left for each answer.
    assert!(lasting.len() < 20, "{} keys without an end: {lasting:#?}", lasting.len());
}
