use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use skein_tests::cluster::{self, Cluster, Db};
use skein_tests::or_skip;

async fn five_at_once(database: Db) {
    let cluster =
        or_skip!(Cluster::builder().apis(0).workers(0).database(database).without_migrations().start().await);
    let running = (0..5).map(|_| cluster::run(&["migrate"], cluster.settings()));
    for (status, output) in futures_util::future::join_all(running).await {
        assert!(status.success(), "{status}: {output}");
    }
    // A sixth finds nothing to do, and a node starts on the result.
    let (status, output) = cluster::run(&["migrate"], cluster.settings()).await;
    assert!(status.success(), "{output}");
    let mut cluster = cluster;
    cluster.add_api().await;
    cluster.apis[0].client().sign_up("admin").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_migrations_at_once_run_once_on_postgresql() {
    five_at_once(Db::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_migrations_at_once_run_once_on_mariadb() {
    five_at_once(Db::MariaDb).await;
}

/// Another holds up the migrating for longer than a transaction may stand still elsewhere: the lock, which stands still
/// meanwhile, must be there at the end.
async fn a_slow_one_keeps_its_lock(database: Db, hold: &[&str], let_go: &str) {
    let cluster =
        or_skip!(Cluster::builder().apis(0).workers(0).database(database).without_migrations().start().await);
    let (status, output) = cluster::run(&["migrate"], cluster.settings()).await;
    assert!(status.success(), "{output}");
    let url = cluster.settings()["SKEIN_DATABASE__URL"].clone();
    let db = Database::connect(ConnectOptions::new(url).max_connections(1).to_owned())
        .await
        .expect("the database");
    for statement in hold {
        db.execute_unprepared(statement).await.expect("a lock");
    }
    let migrating = cluster::run(&["migrate"], cluster.settings());
    let holding = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        db.execute_unprepared(let_go).await.expect("an end");
    };
    let ((status, output), ()) = tokio::join!(migrating, holding);
    assert!(status.success(), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_migration_keeps_its_lock_on_postgresql() {
    let hold = ["BEGIN", "LOCK TABLE seaql_migrations IN ACCESS EXCLUSIVE MODE"];
    a_slow_one_keeps_its_lock(Db::Postgres, &hold, "COMMIT").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_migration_keeps_its_lock_on_mariadb() {
    a_slow_one_keeps_its_lock(Db::MariaDb, &["LOCK TABLES seaql_migrations WRITE"], "UNLOCK TABLES").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_refuses_to_start_on_an_old_schema() {
    let cluster = or_skip!(Cluster::builder().apis(0).workers(0).without_migrations().start().await);
    for role in [["api"].as_slice(), ["worker", "--pool", "chat"].as_slice()] {
        let started = cluster::run(role, cluster.settings());
        let (status, output) =
            tokio::time::timeout(Duration::from_secs(30), started).await.expect("it ends by itself");
        assert!(!status.success());
        assert!(output.contains("migrat"), "it says what to do: {output}");
    }
}
