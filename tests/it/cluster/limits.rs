//! Limits and caps over several nodes and workers, and what a lost Redis does to them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use skein_tests::client::{Client, Send};
use skein_tests::cluster::{Cluster, ClusterBuilder, Db};
use skein_tests::or_skip;

use super::Stand;
use crate::limits::{allowance, complete, id_of, set};

/// Numbers, not times: a busy machine must not turn this into a test of the outage.
fn patient() -> ClusterBuilder {
    Cluster::builder()
        .setting("SKEIN_LIMITS__REDIS_WAIT_MS", "20000")
        .setting("SKEIN_GENERATION__SWEEP_S", "1")
}

/// The same account at each node in turn.
fn spread(stand: &Stand, client: &Client, number: usize) -> Client {
    client.at(&stand.cluster.apis[number % stand.cluster.apis.len()].url())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_at_once_over_two_nodes_get_what_the_limit_says() {
    let stand = or_skip!(Stand::with(patient().workers(1)).await);
    let ann = stand.cluster.client().sign_up("ann").await;
    set(&stand.admin, &json!({"scope": "everyone", "requests_per_minute": 60})).await;
    let start = Instant::now();
    let calls = (0..1000).map(|number| {
        let client = spread(&stand, &ann, number);
        tokio::spawn(async move {
            // A node that has no connection to its database left within seconds says so, and is asked again.
            loop {
                let answer = complete(&client, "go [[tokens=1]]", 1).await;
                if answer.status != 503 {
                    return answer.status;
                }
                assert!(answer.headers.contains_key("retry-after"), "{}", answer.text);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
    });
    let mut statuses = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        statuses.push(call.await.expect("an answer"));
    }
    let admitted = statuses.iter().filter(|status| **status == 200).count();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    // One comes back every second: on a machine that takes longer there are a few more.
    let most = 63.max(57 + start.elapsed().as_secs() as usize + 1);
    assert!((57..=most).contains(&admitted), "{admitted} in {:?}", start.elapsed());
}

async fn tokens_are_exact(database: Db) {
    let stand = or_skip!(Stand::with(patient().database(database)).await);
    let ann = stand.cluster.client().sign_up("ann").await;
    // Each holds the 100 that it may say and a few for what it asks.
    let question = "go [[tokens=100 ttft_ms=4000]]";
    set(&stand.admin, &json!({"scope": "user", "subject": id_of(&ann).await, "tokens_per_day": 1100})).await;
    let calls = (0..60).map(|number| {
        let client = spread(&stand, &ann, number);
        tokio::spawn(async move { complete(&client, question, 100).await })
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.expect("an answer"));
    }
    let admitted = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|a| a.body["error"]["code"] == "user_tokens_per_day").count();
    assert_eq!(admitted + refused, 60, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    assert!((9..=10).contains(&admitted), "{admitted} fit into the day");
    let spent: f64 = answers.iter().filter_map(|answer| answer.body["usage"]["total_tokens"].as_f64()).sum();
    let used = allowance(&ann, "user", "tokens_per_day").await["used"].as_f64();
    assert_eq!(used, Some(spent), "every answer is charged once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_exact_over_two_nodes_on_postgres() {
    tokens_are_exact(Db::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_exact_over_two_nodes_on_mariadb() {
    tokens_are_exact(Db::MariaDb).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_redis_gives_nobody_anything_back() {
    let stand = or_skip!(Stand::with(patient().workers(1)).await);
    let ann = stand.cluster.client().sign_up("ann").await;
    let bob = stand.cluster.client().sign_up("bob").await;
    set(&stand.admin, &json!({"scope": "everyone", "requests_per_minute": 4, "tokens_per_day": 500})).await;
    assert_eq!(complete(&ann, "go [[tokens=490]]", 490).await.status, 200);
    let over = async |client: &Client| {
        let answer = complete(client, "go [[tokens=50]]", 50).await;
        assert_eq!(answer.body["error"]["code"], "user_tokens_per_day", "{}", answer.text);
    };
    over(&ann).await;
    stand.cluster.redis.kill();
    // Who has used up the day has still used it up, and at each node only its share of the others goes on.
    over(&ann).await;
    for node in 0..2 {
        let bob = spread(&stand, &bob, node);
        let mut admitted = 0;
        for _ in 0..6 {
            // Nobody runs it while the queue is away; that it was accepted can be seen.
            let chat = bob.create_chat("mock").await;
            let short = Send { parameters: Some(json!({"max_tokens": 1})), ..Send::default() };
            let sent = bob.try_send(&chat.id, "go [[tokens=1]]", &short).await;
            assert!(matches!(sent.status, 202 | 429), "{}", sent.text);
            admitted += usize::from(sent.status == 202);
        }
        assert!((1..=4).contains(&admitted), "{admitted} at node {node}");
    }
    let body = json!({"email": "ann@example.org", "password": "wrong"});
    assert_eq!(stand.cluster.client().post("/api/v1/auth/sign-in", &body).await.status, 503);
    stand.cluster.redis.restart().await;
    over(&ann).await;
}

/// Calls that run under a cap of two while something bad happens; each ends whole.
async fn capped(stand: &mut Stand, count: usize, harm: impl AsyncFnOnce(&mut Stand)) {
    stand
        .admin
        .patch("/api/v1/admin/model-terms/mock", &json!({"max_running": 2}))
        .await
        .expect::<Value>(200);
    let calls: Vec<_> = (0..count)
        .map(|number| {
            let client = spread(stand, &stand.admin, number);
            tokio::spawn(async move { complete(&client, "go [[tokens=30 rate=10]]", 30).await })
        })
        .collect();
    stand.mock.wait_for(Duration::from_secs(30), |stats| stats.open == 2).await;
    harm(stand).await;
    for call in calls {
        let answer = call.await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(stand.mock.stats().peak_open, 2, "never more than two, and both places are used");
    // No place was lost: two still run side by side.
    stand.mock.reset();
    let again = (0..2).map(|number| {
        let client = spread(stand, &stand.admin, number);
        async move { complete(&client, "go [[tokens=20 rate=10]]", 20).await.status }
    });
    let again = futures_util::future::join_all(again);
    let (statuses, _) =
        tokio::join!(again, stand.mock.wait_for(Duration::from_secs(30), |stats| stats.open == 2));
    assert_eq!(statuses, [200, 200]);
}

fn short_leases() -> ClusterBuilder {
    patient()
        .setting("SKEIN_GENERATION__LEASE_MS", "3000")
        .setting("SKEIN_GENERATION__RENEW_MS", "700")
        .setting("SKEIN_QUEUE__LEASE_MS", "3000")
        .setting("SKEIN_QUEUE__RENEW_MS", "700")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_takes_no_place_under_a_cap_with_it() {
    let mut stand = or_skip!(Stand::with(short_leases()).await);
    set(&stand.admin, &json!({"scope": "everyone", "tokens_per_day": 1_000_000})).await;
    capped(&mut stand, 4, async |stand| stand.cluster.workers[0].kill()).await;
    let usage: Value = stand.admin.get("/api/v1/me/usage").await.expect(200);
    assert_eq!(usage["today"]["requests"], 6, "each is charged once, however often it was begun: {usage}");
    let charged = &usage["today"];
    let tokens = charged["prompt_tokens"].as_f64().unwrap_or(0.0)
        + charged["completion_tokens"].as_f64().unwrap_or(0.0);
    assert_eq!(usage["limits"][0]["used"].as_f64(), Some(tokens), "nothing stays reserved: {usage}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_holds_when_redis_comes_back_empty() {
    let mut stand = or_skip!(Stand::with(patient()).await);
    capped(&mut stand, 6, async |stand| {
        stand.cluster.redis.kill();
        stand.cluster.redis.restart().await;
    })
    .await;
}
