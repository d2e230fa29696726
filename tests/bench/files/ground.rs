use std::fs;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use skein_tests::client::{Client, File};
use skein_tests::cluster::{Cluster, Db, Node, Single};
use skein_tests::services::Missing;
use tokio::process::Child;

use crate::system::mock;

/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(1800);

/// An installation with a model server, and its admin.
pub(super) struct Ground {
    running: Running,
    pub(super) admin: Client,
    /// The model that makes vectors.
    embedder: String,
    _mock: Child,
}

enum Running {
    Single(Box<Single>),
    Cluster(Box<Cluster>),
}

impl Ground {
    pub(super) async fn start(cluster: bool, dimensions: usize, niceness: u8) -> Result<Self, Missing> {
        let embedder = format!("mock-embed?dimensions={dimensions}");
        let (mock, upstream) = mock(&["--model", &embedder]).await;
        let (running, admin) = if cluster {
            let cluster = Cluster::builder()
                .apis(1)
                .worker_for("chat,maintenance")
                .nice_worker_for("ingest,embed", niceness)
                .default_concurrency()
                .database(Db::PostgresWithVectors)
                .start()
                .await?;
            let client = cluster.client();
            (Running::Cluster(Box::new(cluster)), client)
        } else {
            let single = Single::start().await;
            let client = single.client();
            (Running::Single(Box::new(single)), client)
        };
        let admin = admin.sign_up("bench").await;
        admin.connect("openai", &format!("{upstream}/v1"), json!({})).await;
        Ok(Self { running, admin, embedder, _mock: mock })
    }

    /// Whether vectors are made from now on.
    pub(super) async fn embed(&self, wanted: bool) {
        let chosen = json!({"embedding_model": wanted.then_some(&self.embedder)});
        let _: Value = self.admin.patch("/api/v1/admin/settings", &chosen).await.expect(200);
    }

    /// The process that reads files.
    pub(super) fn reader(&self) -> &Node {
        match &self.running {
            Running::Single(single) => &single.node,
            Running::Cluster(cluster) => &cluster.workers[1],
        }
    }

    /// Processor time of the process that reads files, with all children that it had.
    pub(super) fn reading_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.reader().pid())).unwrap_or_default();
        // The name in parentheses may contain anything; utime, stime, cutime and cstime are fields 14 to 17.
        let numbers = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 =
            numbers.split_whitespace().skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Uploads these files, some at a time; gives their ids.
    pub(super) async fn upload(&self, files: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<String> {
        let uploads = files.map(|(name, bytes)| async move { self.admin.upload(&name, bytes).await.id });
        stream::iter(uploads).buffered(4).collect().await
    }

    /// The file once this is true of it; asked each few milliseconds.
    pub(super) async fn file_when(&self, id: &str, pause: Duration, wanted: impl Fn(&File) -> bool) -> File {
        let asking = async {
            loop {
                let file = self.admin.file(id).await;
                assert_ne!(file.state, "failed", "{file:?}");
                if wanted(&file) {
                    return file;
                }
                tokio::time::sleep(pause).await;
            }
        };
        tokio::time::timeout(PATIENCE, asking).await.expect("the file is read within its time")
    }
}
