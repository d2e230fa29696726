use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use serde_json::json;
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, Db, Node};
use skein_tests::mock::Mock;
use skein_tests::proxy::Proxy;
use skein_tests::services::{Missing, Nginx, Sentinels};

use crate::timeline::Timeline;

/// How long everything may take to be well again after the last fault.
const CALM: Duration = Duration::from_secs(60);

/// A whole installation: API nodes behind the proxy, workers, Redis with Sentinels, a database, a model server.
pub(crate) struct Field {
    pub(crate) cluster: Cluster,
    pub(crate) mock: Mock,
    pub(crate) admin: Client,
    pub(crate) timeline: Arc<Timeline>,
    nginx: Nginx,
    backend: DbBackend,
}

impl Field {
    pub(crate) async fn start(database: Db, short_drain: bool) -> Result<Self, Missing> {
        let mock = Mock::start().await;
        let mut builder = Cluster::builder()
            .apis(3)
            .workers(3)
            .concurrency(100)
            .database(database)
            .private_database()
            .proxied_database()
            .sentinels();
        if short_drain {
            builder = builder.setting("SKEIN_SERVER__DRAIN_S", "5");
        }
        let cluster = builder.start().await?;
        let admin = cluster.client().sign_up("admin").await;
        admin.connect("openai", &mock.openai_url(), json!({})).await;
        let nodes: Vec<String> = cluster.apis.iter().map(Node::url).collect();
        let nginx = Nginx::start(&nodes).await?;
        let backend = match database {
            Db::Postgres | Db::PostgresWithVectors => DbBackend::Postgres,
            Db::MariaDb => DbBackend::MySql,
        };
        Ok(Self { cluster, mock, admin, timeline: Arc::new(Timeline::new()), nginx, backend })
    }

    pub(crate) fn sentinels(&self) -> &Sentinels {
        self.cluster.sentinels.as_ref().expect("built with them")
    }

    pub(crate) fn database(&self) -> &Proxy {
        self.cluster.database_proxy.as_ref().expect("built with one")
    }

    /// The base URL of the proxy before the API nodes.
    pub(crate) fn front(&self) -> String {
        self.nginx.url()
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.cluster.apis.iter().chain(&self.cluster.workers)
    }

    /// Notes every process that has ended without being told to. To be called while none is meant to be down.
    pub(crate) fn look_for_dead(&self) {
        for node in self.nodes() {
            if let Some(status) = node.exit_status() {
                self.timeline.broken(format!("{} ended by itself: {status}", node.name()));
            }
        }
    }

    /// Starts a process again as a supervisor does: once more when a part that it needs at its start is away.
    pub(crate) async fn bring_back(&self, node: &Node) {
        let deadline = Instant::now() + CALM;
        node.start_again();
        while !node.is_ready().await {
            if node.exit_status().is_some() {
                tokio::time::sleep(Duration::from_millis(500)).await;
                node.start_again();
            }
            if Instant::now() > deadline {
                return self.timeline.broken(format!("{} does not come back", node.name()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until all parts are well again.
    pub(crate) async fn calm(&self) {
        self.sentinels().wait_until_whole().await;
        for node in self.nodes() {
            if node.exit_status().is_none() {
                node.wait_until_ready().await;
            }
        }
    }

    /// What must hold when everybody has left: nothing runs, nothing waits, nobody has panicked.
    pub(crate) async fn leave_nothing(&self) {
        self.look_for_dead();
        let url = &self.cluster.settings()["SKEIN_DATABASE__URL"];
        let database = Database::connect(url).await.expect("the database is back");
        let statement = Statement::from_string(
            self.backend,
            "SELECT COUNT(*) AS n FROM generations WHERE state IN ('queued', 'running')",
        );
        let deadline = Instant::now() + CALM;
        loop {
            let row = database.query_one_raw(statement.clone()).await.ok().flatten();
            let open: Option<i64> = row.and_then(|row| row.try_get("", "n").ok());
            let model = self.mock.stats().open;
            if open == Some(0) && model == 0 {
                break;
            }
            if Instant::now() > deadline {
                self.timeline.broken(format!("{open:?} runs and {model} calls of the model have no end"));
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for node in self.nodes() {
            let log = node.log();
            for line in log.lines().filter(|line| line.contains("panicked at")) {
                self.timeline.broken(format!("{}: {line}", node.name()));
            }
            let mut errors: BTreeMap<String, usize> = BTreeMap::new();
            for line in log.lines().filter(|line| line.contains(" ERROR ")) {
                // Without the time, the ids and numbers that differ each time.
                let text = line.split_once(" ERROR ").map_or(line, |(_, text)| text);
                let text: String = text.chars().filter(|letter| !letter.is_ascii_digit()).take(160).collect();
                *errors.entry(text).or_default() += 1;
            }
            for (text, times) in errors {
                self.timeline.note(&format!("{} logged {times} times: {text}", node.name()));
            }
        }
    }
}
