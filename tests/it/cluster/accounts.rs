//! Accounts where several nodes and the servers' databases decide.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use skein_tests::client::{Client, PASSWORD, SignedIn};
use skein_tests::cluster::{Cluster, Db};
use skein_tests::or_skip;

/// Two API nodes on this database, and nobody who has signed up.
async fn nodes(database: Db) -> Result<Cluster, skein_tests::services::Missing> {
    Cluster::builder().database(database).workers(0).start().await
}

/// A racer at the node where they signed up.
struct Racer {
    client: Client,
    path: String,
    admin: bool,
}

async fn race(cluster: &Cluster) -> Vec<Racer> {
    let accounts: Vec<Value> = (0..50)
        .map(|n| json!({"email": format!("racer{n}@example.org"), "name": "Racer", "password": PASSWORD}))
        .collect();
    let racing = accounts.iter().enumerate().map(|(n, account)| async move {
        let client = cluster.apis[n % 2].client();
        let entered: SignedIn = client.post("/api/v1/auth/sign-up", account).await.expect(201);
        Racer {
            client: client.with_token(Some(&entered.token)),
            path: format!("/api/v1/admin/users/{}", entered.user.id),
            admin: entered.user.role == "admin",
        }
    });
    futures_util::future::join_all(racing).await
}

async fn is_admin(racer: &Racer) -> bool {
    racer.client.get("/api/v1/admin/settings").await.status == 200
}

/// Of fifty who race one becomes admin; and of two admins who demote each other at the same moment one stays.
async fn one_admin_and_never_none(cluster: &Cluster) {
    let mut racers = race(cluster).await;
    assert_eq!(racers.iter().filter(|racer| racer.admin).count(), 1);
    racers.sort_by_key(|racer| !racer.admin);
    let (mut one, mut two) = (racers.remove(0), racers.remove(0));
    let role = |role: &str| json!({ "role": role });
    for _ in 0..5 {
        one.client.patch(&two.path, &role("admin")).await.expect::<Value>(200);
        let (down, user) = (role("user"), role("user"));
        tokio::join!(one.client.patch(&two.path, &down), two.client.patch(&one.path, &user));
        let left = (is_admin(&one).await, is_admin(&two).await);
        assert!(left.0 != left.1, "{left:?}");
        if left.1 {
            std::mem::swap(&mut one, &mut two);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_accounts_on_postgresql() {
    let cluster = or_skip!(nodes(Db::Postgres).await);
    one_admin_and_never_none(&cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_accounts_on_mariadb() {
    let cluster = or_skip!(nodes(Db::MariaDb).await);
    one_admin_and_never_none(&cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_admin_changes_here_holds_there_within_a_second() {
    let cluster = or_skip!(nodes(Db::MariaDb).await);
    let admin = cluster.apis[0].client().sign_up("admin").await;
    let user = cluster.apis[0].client().sign_up("user").await;
    let there = user.at(&cluster.apis[1].url());
    let key: Value = user.post("/api/v1/api-keys", &json!({"name": "k"})).await.expect(201);
    let by_key = there.with_token(key["key"].as_str());
    let me: Value = user.get("/api/v1/me").await.expect(200);
    let path = format!("/api/v1/admin/users/{}", me["id"].as_str().expect("an id"));
    // The other node has looked all of this up, and may remember it.
    assert_eq!(
        (there.get("/api/v1/chats").await.status, by_key.get("/api/v1/chats").await.status),
        (200, 200)
    );
    let info: Value = there.get("/api/v1/info").await.expect(200);
    assert_eq!(info["sign_up"], "open");

    admin.patch("/api/v1/admin/settings", &json!({"sign_up": "closed"})).await.expect::<Value>(200);
    admin.patch(&path, &json!({"role": "pending"})).await.expect::<Value>(200);
    let deadline = Instant::now() + Duration::from_secs(1);
    while there.get("/api/v1/chats").await.status != 403
        || by_key.get("/api/v1/chats").await.status != 403
        || there.get("/api/v1/info").await.expect::<Value>(200)["sign_up"] != "closed"
    {
        assert!(Instant::now() < deadline, "the other node goes by the old rules after a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    admin.patch(&path, &json!({"role": "user"})).await.expect::<Value>(200);
    let path = format!("/api/v1/api-keys/{}", key["id"].as_str().expect("an id"));
    assert_eq!(user.delete(&path).await.status, 204);
    let deadline = Instant::now() + Duration::from_secs(1);
    while by_key.get("/api/v1/chats").await.status != 401 {
        assert!(Instant::now() < deadline, "a revoked key is good after a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_are_counted_over_all_nodes() {
    let builder = Cluster::builder().workers(0).setting("SKEIN_AUTH__ATTEMPTS_PER_MINUTE", "6");
    let cluster = or_skip!(builder.start().await);
    cluster.client().sign_up("admin").await;
    let wrong = json!({"email": "admin@example.org", "password": "not it at all"});
    let mut refused = 0;
    for n in 0..10 {
        let answer = cluster.apis[n % 2].client().post("/api/v1/auth/sign-in", &wrong).await;
        refused += usize::from(answer.status == 429);
    }
    assert!((3..=4).contains(&refused), "{refused} of 10 were refused");
}
