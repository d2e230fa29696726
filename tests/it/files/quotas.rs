//! How much users and groups may keep.

use futures_util::future::join_all;
use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::Single;

use crate::limits::id_of;
use crate::stand::Stand;

async fn limit(admin: &Client, scope: &str, subject: Option<&str>, bytes: u32) {
    let body = json!({"scope": scope, "subject": subject, "storage_bytes": bytes});
    let set: Value = admin.post("/api/v1/admin/limits", &body).await.expect(200);
    assert_eq!(set["storage_bytes"], bytes);
}

#[tokio::test]
async fn what_a_group_may_keep_its_members_share_however_many_send_at_once() {
    let stand = Stand::start().await;
    let members = [stand.user("one").await, stand.user("two").await, stand.user("three").await];
    let group: Value = stand.admin.post("/api/v1/admin/groups", &json!({"name": "team"})).await.expect(201);
    let group = group["id"].as_str().expect("an id");
    let ids = join_all(members.iter().map(id_of)).await;
    let path = format!("/api/v1/admin/groups/{group}/members");
    let _: Value = stand.admin.post(&path, &json!({"user_ids": ids})).await.expect(200);
    limit(&stand.admin, "group", Some(group), 100_000).await;
    let uploads = (0..50_usize).map(|n| {
        let client = &members[n % members.len()];
        async move { client.try_upload(&format!("{n}.txt"), format!("{n:>10000}").into_bytes()).await }
    });
    let answers = join_all(uploads).await;
    let kept = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(kept, 10, "{:?}", answers.iter().map(|a| (a.status, a.code())).collect::<Vec<_>>());
    assert!(
        answers.iter().filter(|a| a.status != 202).all(|a| (a.status, a.code()) == (413, "quota_exceeded"))
    );
    let outside = stand.user("outside").await;
    outside.upload("free.txt", vec![b'x'; 200_000]).await;
    assert_eq!(stand.admin.delete(&format!("{path}/{}", ids[0])).await.status, 204);
    members[0].upload("free.txt", vec![b'x'; 20_000]).await;
}

#[tokio::test]
async fn the_most_specific_limit_of_a_user_counts() {
    let stand = Stand::with(Single::builder().setting("SKEIN_FILES__QUOTA_BYTES", "1000")).await;
    let user = stand.user("user").await;
    let try_one = |bytes: usize| user.try_upload("a.txt", vec![b'a'; bytes]);
    try_one(1001).await.refuses(413, "quota_exceeded");
    limit(&stand.admin, "everyone", None, 2000).await;
    try_one(2001).await.refuses(413, "quota_exceeded");
    limit(&stand.admin, "user", Some(&id_of(&user).await), 3000).await;
    let _: Value = try_one(2500).await.expect(202);
    try_one(501).await.refuses(413, "quota_exceeded");
    let _: Value = try_one(500).await.expect(202);
    try_one(1).await.refuses(413, "quota_exceeded");
    let model = json!({"scope": "model", "subject": "mock", "storage_bytes": 5});
    stand.admin.post("/api/v1/admin/limits", &model).await.refuses(400, "invalid_request");
    // A limit on files is none on answers.
    let chat = user.create_chat("mock").await;
    user.turn(&chat.id, "go [[tokens=2]]").await;
}
