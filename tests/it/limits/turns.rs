use std::time::Duration;

use serde_json::{Value, json};
use skein_tests::cluster::Single;

use super::id_of;
use crate::stand::Stand;

#[tokio::test]
async fn a_member_of_a_group_with_more_weight_has_more_turns() {
    let stand = Stand::with(Single::builder().setting("SKEIN_WORKERS__CHAT", "1")).await;
    let (ann, bob) = (stand.user("ann").await, stand.user("bob").await);
    let group: Value =
        stand.admin.post("/api/v1/admin/groups", &json!({"name": "heavy", "weight": 3})).await.expect(201);
    let members = format!("/api/v1/admin/groups/{}/members", group["id"].as_str().expect("an id"));
    stand.admin.post(&members, &json!({"user_ids": [id_of(&ann).await]})).await.expect::<Value>(200);
    // The only slot is taken while the others come.
    let chat = stand.admin.create_chat("mock").await;
    let first = stand.admin.send(&chat.id, "go [[tokens=2000 rate=20]]").await;
    stand.mock.wait_for(Duration::from_secs(20), |stats| stats.open == 1).await;
    for _ in 0..8 {
        for (client, content) in [(&ann, "ann [[tokens=1]]"), (&bob, "bob [[tokens=1]]")] {
            let chat = client.create_chat("mock").await;
            client.send(&chat.id, content).await;
        }
    }
    stand.admin.cancel(&first.generation.id).await;
    let asked = |who: &str, stats: &skein_tests::mock::Stats| -> Vec<bool> {
        let contents = stats.requests.iter().filter_map(|request| {
            let messages = request.body["messages"].as_array()?;
            messages.last()?["content"].as_str().map(str::to_owned)
        });
        contents
            .filter(|c| c.starts_with("ann [[") || c.starts_with("bob [["))
            .map(|c| c.starts_with(who))
            .collect()
    };
    let stats = stand.mock.wait_for(Duration::from_secs(30), |stats| asked("ann", stats).len() == 16).await;
    let early = asked("ann", &stats)[..8].iter().filter(|hers| **hers).count();
    assert!((5..=7).contains(&early), "three turns for one: {early} of the first eight");
}
