use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, Single, executable};
use skein_tests::services::Missing;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::usage::Parts;

/// What is measured: a Skein that was started for it, or a server that runs already.
pub(crate) struct System {
    /// Base URL of the model server behind it, asked directly for comparison.
    pub(crate) upstream: Option<String>,
    /// Base URL of the OpenAI-compatible door.
    pub(crate) door: String,
    /// Base URLs of the API nodes, empty for a foreign server.
    pub(crate) nodes: Vec<String>,
    pub(crate) key: String,
    pub(crate) model: String,
    pub(crate) parts: Parts,
    /// From the start of the first process until all were ready.
    pub(crate) ready: Option<Duration>,
    _running: Option<(Running, Child)>,
}

enum Running {
    Single { _skein: Box<Single> },
    Cluster { _skein: Box<Cluster> },
}

impl System {
    /// A server that runs already.
    pub(crate) fn running(base: &str, key: &str, model: &str, pids: &[u32]) -> Self {
        Self {
            upstream: None,
            door: base.to_owned(),
            nodes: Vec::new(),
            key: key.to_owned(),
            model: model.to_owned(),
            parts: pids.iter().map(|pid| ("server".to_owned(), *pid)).collect(),
            ready: None,
            _running: None,
        }
    }

    pub(crate) async fn start(cluster: bool) -> Result<Self, Missing> {
        let (mock, upstream) = mock(&[]).await;
        let began = Instant::now();
        let (running, nodes, parts) = if cluster {
            // A server of its own: what others do to a shared one would be counted.
            let skein = Box::new(Cluster::builder().private_database().start().await?);
            let nodes = skein.apis.iter().map(|node| node.url()).collect::<Vec<_>>();
            let mut parts: Parts = skein.apis.iter().map(|node| ("api".to_owned(), node.pid())).collect();
            parts.extend(skein.workers.iter().map(|node| ("worker".to_owned(), node.pid())));
            parts.push(("redis".to_owned(), skein.redis.pid()));
            parts.extend(skein.database_pid().map(|pid| ("database".to_owned(), pid)));
            (Running::Cluster { _skein: skein }, nodes, parts)
        } else {
            let skein = Box::new(Single::start().await);
            let (url, pid) = (skein.url(), skein.node.pid());
            (Running::Single { _skein: skein }, vec![url], vec![("skein".to_owned(), pid)])
        };
        let ready = began.elapsed();
        let admin = Client::new(&nodes[0]).sign_up("bench").await;
        admin.connect("openai", &format!("{upstream}/v1"), json!({})).await;
        let key: Value = admin.post("/api/v1/api-keys", &json!({"name": "bench"})).await.expect(201);
        Ok(Self {
            upstream: Some(format!("{upstream}/v1")),
            door: format!("{}/v1", nodes[0]),
            nodes,
            key: key["key"].as_str().unwrap_or_default().to_owned(),
            model: "mock".to_owned(),
            parts,
            ready: Some(ready),
            _running: Some((running, mock)),
        })
    }
}

/// The scripted model server as a process of its own, so that its cost is not the load client's.
pub(crate) async fn mock(arguments: &[&str]) -> (Child, String) {
    let program: PathBuf =
        std::env::current_exe().expect("a running program has a path").with_file_name("mock-model");
    let mut child = Command::new(&program)
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{} does not start ({error}); build the workspace", program.display())
        });
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let line = lines.next_line().await.expect("its output").expect("a first line");
    let url = line.rsplit(' ').next().expect("an address").to_owned();
    eprintln!("measuring {}", executable().display());
    (child, url)
}
