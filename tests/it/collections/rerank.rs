//! A reranker has the last word on the order of passages, where one is chosen and answers in time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::Single;
use skein_tests::mock::Mock;

use crate::stand::Stand;

/// Three files about the same, which say themselves how well they fit; by words the first is the best.
async fn shelf(admin: &Client) -> (String, [String; 3]) {
    let mut ids = Vec::new();
    for text in [
        "Comet comet comet comet: the comet. [[score=0.2]]",
        "The comet is seen by many people who look up at night. [[score=0.9]]",
        "A comet, among other things that are in the sky of this long and calm night. [[score=0.5]]",
    ] {
        let file = admin.upload(&format!("{}.txt", ids.len()), text.as_bytes().to_vec()).await;
        assert_eq!(admin.settled(&file.id).await.state, "ready");
        ids.push(file.id);
    }
    let collection = admin.collect("sky", &[&ids[0], &ids[1], &ids[2]]).await;
    (collection, ids.try_into().expect("three"))
}

async fn choose(admin: &Client, model: Option<&str>) {
    let chosen: Value =
        admin.patch("/api/v1/admin/settings", &json!({ "rerank_model": model })).await.expect(200);
    assert_eq!(chosen["rerank_model"].as_str(), model);
}

async fn order(admin: &Client, collection: &str, k: u64) -> Vec<String> {
    let found = admin.search(collection, "comet", k).await;
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score), "{found:?}");
    found.into_iter().map(|passage| passage.file_id).collect()
}

#[tokio::test]
async fn a_reranker_orders_what_was_found() {
    let stand = Stand::start().await;
    let (collection, [a, b, c]) = shelf(&stand.admin).await;
    let fused = order(&stand.admin, &collection, 3).await;
    assert_eq!(fused[0], a, "by words");
    choose(&stand.admin, Some("mock-rerank")).await;
    assert_eq!(order(&stand.admin, &collection, 3).await, [b.clone(), c, a]);
    // Also what would not have been among the best without it.
    assert_eq!(order(&stand.admin, &collection, 1).await, [b]);
    let asked = stand.mock.stats();
    let asked = asked.requests.iter().rfind(|request| request.path == "/v1/rerank").expect("a call");
    assert_eq!((asked.body["query"].as_str(), asked.body["top_n"].as_u64()), (Some("comet"), Some(3)));
    choose(&stand.admin, None).await;
    assert_eq!(order(&stand.admin, &collection, 3).await, fused);
    let other = json!({"rerank_model": "nothing"});
    stand.admin.patch("/api/v1/admin/settings", &other).await.refuses(404, "model_not_found");
}

#[tokio::test]
async fn a_reranker_that_is_slow_or_away_changes_nothing() {
    let (slow, broken) = ("mock-rerank?ttft_ms=60000", "mock-rerank?status=500");
    let mock = Mock::builder().models(&[slow, broken]).start().await.expect("a free port");
    let skein = Single::start().await;
    let admin = skein.client().sign_up("admin").await;
    admin.connect("openai", &mock.openai_url(), json!({})).await;
    let (collection, _) = shelf(&admin).await;
    let fused = order(&admin, &collection, 3).await;
    for model in [slow, broken, "mock-fails"] {
        choose(&admin, Some(model)).await;
        let began = Instant::now();
        assert_eq!(order(&admin, &collection, 3).await, fused, "{model}");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(4), "{model} held a search up for {took:?}");
    }
    assert!(admin.get("/metrics").await.text.contains("skein_rerank_failures_total 3"));
}
