use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, Db, Node};
use skein_tests::mock::Mock;
use skein_tests::proxy::Proxy;
use skein_tests::services::{Missing, Seaweed};
use tempfile::TempDir;

use crate::timeline::Timeline;

/// A provider that takes its time, so that workers die while they wait for it.
const EMBEDDER: &str = "mock-embed?ttft_ms=150";
/// Folders of the store.
const FOLDERS: [&str; 3] = ["files", "thumbnails", "uploads"];

/// An installation whose workers for files are apart: two of them, with the leases of the defaults.
pub(super) struct Stage {
    pub(super) cluster: Cluster,
    pub(super) timeline: Timeline,
    pub(super) database: DatabaseConnection,
    pub(super) store: Store,
    _mock: Mock,
}

/// Where the files are.
pub(super) enum Store {
    Folder(TempDir),
    S3 { server: Seaweed, proxy: Proxy },
}

impl Stage {
    pub(super) async fn start(s3: bool) -> Result<Self, Missing> {
        let mut builder = Cluster::builder()
            .worker_for("chat")
            .worker_for("ingest,embed,maintenance")
            .worker_for("ingest,embed,maintenance")
            .concurrency(4)
            .database(Db::PostgresWithVectors);
        let store = if s3 {
            let server = Seaweed::start().await?;
            let proxy = Proxy::start(server.address()).await.expect("a free port");
            for (name, value) in server.settings() {
                builder = builder.setting(name, &value);
            }
            builder = builder.setting("SKEIN_BLOBS__ENDPOINT", &format!("http://{}", proxy.address()));
            Store::S3 { server, proxy }
        } else {
            let folder = tempfile::tempdir().expect("a temporary folder");
            builder = builder.setting("SKEIN_BLOBS__URL", &format!("file://{}", folder.path().display()));
            Store::Folder(folder)
        };
        let mock = Mock::builder().models(&[EMBEDDER]).start().await.expect("a free port");
        let cluster = builder.start().await?;
        let admin: Client = cluster.client().sign_up("admin").await;
        admin.connect("openai", &mock.openai_url(), json!({})).await;
        let chosen = json!({"embedding_model": EMBEDDER});
        let _: Value = admin.patch("/api/v1/admin/settings", &chosen).await.expect(200);
        let url = &cluster.settings()["SKEIN_DATABASE__URL"];
        let database = Database::connect(url).await.expect("the database answers");
        Ok(Self { cluster, timeline: Timeline::new(), database, store, _mock: mock })
    }

    /// The workers that read files.
    pub(super) fn readers(&self) -> &[Node] {
        &self.cluster.workers[1..]
    }

    pub(super) async fn count(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = self.database.query_one_raw(statement).await.expect("a count").expect("a row");
        row.try_get("", "n").expect("a number")
    }

    /// Waits until the last row of a file that was deleted is gone.
    pub(super) async fn rows_of_deleted_gone(&self, within: Duration) {
        let until = Instant::now() + within;
        loop {
            let left = self.count("SELECT count(*) AS n FROM files WHERE deleted_at IS NOT NULL").await;
            if left == 0 {
                return;
            }
            if Instant::now() > until {
                return self.timeline.broken(format!("{left} deleted files are not gone after {within:?}"));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// All that the store holds, by its name: finished blobs, and what was not finished.
    pub(super) async fn blobs(&self) -> (BTreeSet<String>, Vec<String>) {
        match &self.store {
            Store::Folder(folder) => {
                let unfinished = names(&folder.path().join("unfinished"));
                let folders = names(folder.path()).into_iter().filter(|name| name.len() == 2);
                let whole = folders.flat_map(|name| names(&folder.path().join(name)));
                (whole.map(|name| name.replace('+', "/")).collect(), unfinished)
            }
            Store::S3 { server, .. } => {
                let mut whole = BTreeSet::new();
                for folder in FOLDERS {
                    let listed = server.list(&format!("skein/{folder}")).await;
                    let last = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
                    whole.extend(listed.iter().map(|path| format!("{folder}/{}", last(path))));
                }
                (whole, server.list(".uploads").await)
            }
        }
    }

    /// Every process runs, and none has panicked.
    pub(super) fn leave_nothing(&self) {
        for node in self.cluster.apis.iter().chain(&self.cluster.workers) {
            if let Some(status) = node.exit_status() {
                self.timeline.broken(format!("{} ended by itself: {status}", node.name()));
            }
            for line in node.log().lines().filter(|line| line.contains("panicked at")) {
                self.timeline.broken(format!("{}: {line}", node.name()));
            }
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
