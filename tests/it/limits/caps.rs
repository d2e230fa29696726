use std::time::Duration;

use serde_json::{Value, json};

use super::complete;
use crate::stand::Stand;

#[tokio::test]
async fn no_more_of_a_user_run_than_an_admin_lets_and_all_of_them_end() {
    let stand = Stand::start().await;
    let (ann, bob) = (stand.user("ann").await, stand.user("bob").await);
    let set = json!({"max_running_per_user": 2});
    stand.admin.patch("/api/v1/admin/settings", &set).await.expect::<Value>(200);
    let calls = (0..6).map(|_| complete(&ann, "go [[tokens=10 rate=20]]", 10));
    let calls = futures_util::future::join_all(calls);
    let (answers, other) = tokio::join!(calls, async {
        stand.mock.wait_for(Duration::from_secs(20), |stats| stats.open == 2).await;
        complete(&bob, "go [[tokens=1]]", 1).await
    });
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(other.status, 200, "another user waits for nobody: {}", other.text);
    assert!(
        stand.mock.stats().peak_open <= 3,
        "two of hers and one of his: {}",
        stand.mock.stats().peak_open
    );
    let usage: Value = ann.get("/api/v1/me/usage").await.expect(200);
    assert_eq!((&usage["running"], &usage["max_running"]), (&json!(0), &json!(2)));
}

#[tokio::test]
async fn a_cap_of_a_model_holds_for_all_who_use_it_and_can_be_lowered() {
    let stand = Stand::start().await;
    let users = [stand.user("ann").await, stand.user("bob").await, stand.user("eve").await];
    let cap = async |most: Value| {
        let body = json!({"max_running": most});
        stand.admin.patch("/api/v1/admin/model-terms/mock", &body).await.expect::<Value>(200);
    };
    cap(json!(3)).await;
    let calls = (0..9).map(|number| complete(&users[number % 3], "go [[tokens=10 rate=20]]", 10));
    let calls = futures_util::future::join_all(calls);
    let (answers, ()) = tokio::join!(calls, async {
        stand.mock.wait_for(Duration::from_secs(20), |stats| stats.open == 3).await;
        // In force for those who wait already.
        cap(json!(1)).await;
    });
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(stand.mock.stats().peak_open, 3);
    stand.mock.reset();
    let calls = (0..3).map(|number| complete(&users[number], "go [[tokens=5 rate=20]]", 5));
    assert!(futures_util::future::join_all(calls).await.iter().all(|answer| answer.status == 200));
    assert_eq!(stand.mock.stats().peak_open, 1);
}

#[tokio::test]
async fn the_name_of_a_chat_waits_for_its_place_too() {
    let stand = Stand::start().await;
    stand
        .admin
        .patch("/api/v1/admin/model-terms/mock", &json!({"max_running": 1}))
        .await
        .expect::<Value>(200);
    let turns = (0..3).map(|_| async {
        let chat = stand.admin.create_chat("mock").await;
        stand.admin.turn(&chat.id, "go [[tokens=10 rate=20]]").await.1
    });
    let replies = futures_util::future::join_all(turns).await;
    assert!(replies.iter().all(|reply| reply.ended() == Some("completed")));
    // Three answers and three titles.
    let stats = stand.mock.wait_for(Duration::from_secs(40), |stats| stats.finished == 6).await;
    assert_eq!(stats.peak_open, 1);
}
