//! One `skein` process, and commands that run to their end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::client::Client;
use crate::services::{Port, Process, free_port};

/// How long a process may take until it is ready.
const READY: Duration = Duration::from_secs(60);

/// One `skein` process that can be hurt.
pub struct Node {
    pub(super) name: String,
    arguments: Vec<String>,
    settings: BTreeMap<String, String>,
    niceness: u8,
    port: Port,
    process: Mutex<Process>,
    pub(super) folder: TempDir,
}

impl Node {
    /// Starts `skein` with these arguments and waits until it is ready.
    pub(super) async fn start(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>) -> Self {
        let node = Self::spawn(name, arguments, settings);
        node.wait_until_ready().await;
        node
    }

    pub(super) fn spawn(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>) -> Self {
        Self::spawn_nice(name, arguments, settings, 0)
    }

    /// The same for a process that steps back behind others.
    pub(super) fn spawn_nice(
        name: &str,
        arguments: &[&str],
        settings: &BTreeMap<String, String>,
        niceness: u8,
    ) -> Self {
        let folder =
            tempfile::Builder::new().prefix("skein-test-node-").tempdir().expect("a temporary folder");
        let port = free_port();
        let mut settings = settings.clone();
        settings.insert("SKEIN_SERVER__LISTEN".into(), format!("127.0.0.1:{}", port.number()));
        settings
            .entry("SKEIN_DATA__DIR".into())
            .or_insert_with(|| folder.path().join("data").display().to_string());
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let process = Mutex::new(spawn(&arguments, &settings, niceness, &folder));
        Self { name: name.to_owned(), arguments, settings, niceness, port, process, folder }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// Nobody in particular at this node.
    pub fn client(&self) -> Client {
        Client::new(&self.url())
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn pid(&self) -> u32 {
        self.process().pid()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything the process has logged.
    pub fn log(&self) -> String {
        self.process().output()
    }

    /// kill -9.
    pub fn kill(&self) {
        self.process().kill();
    }

    /// SIGTERM; gives the exit status, or None when it still runs after the time.
    pub async fn stop(&self, within: Duration) -> Option<ExitStatus> {
        self.ask_to_stop();
        self.ended(within).await
    }

    /// Waits for the end of a process that was asked to stop: a second signal would cut its drain short.
    pub async fn ended(&self, within: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            match self.exit_status() {
                None if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(10)).await,
                status => return status,
            }
        }
    }

    /// SIGTERM without waiting.
    pub fn ask_to_stop(&self) {
        self.process().signal(Signal::SIGTERM);
    }

    /// SIGSTOP: the process stands still until [`Node::thaw`].
    pub fn freeze(&self) {
        self.process().signal(Signal::SIGSTOP);
    }

    pub fn thaw(&self) {
        self.process().signal(Signal::SIGCONT);
    }

    /// Starts it again on the same port with the same data (killed before if it still runs).
    pub async fn restart(&self) {
        self.start_again();
        self.wait_until_ready().await;
    }

    /// The same without waiting until it is ready.
    pub fn start_again(&self) {
        let mut process = self.process();
        process.kill();
        *process = spawn(&self.arguments, &self.settings, self.niceness, &self.folder);
    }

    /// Whether it says that it can serve.
    pub async fn is_ready(&self) -> bool {
        let client = self.client();
        let asking = client.request(reqwest::Method::GET, "/health/ready").timeout(Duration::from_secs(2));
        asking.send().await.is_ok_and(|answer| answer.status().is_success())
    }

    /// Waits until somebody has made a chat here since it was started.
    pub async fn wait_until_used(&self) {
        let deadline = Instant::now() + READY;
        while !self.client().get("/metrics").await.text.contains("route=\"createChat\"") {
            assert!(Instant::now() < deadline, "nobody came to {} within {READY:?}", self.name);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the process has logged this.
    pub async fn wait_for_log(&self, words: &str) {
        let deadline = Instant::now() + READY;
        while !self.log().contains(words) {
            assert!(Instant::now() < deadline, "{} did not say {words:?} within {READY:?}", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The status with which the process has ended by itself; None while it runs.
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.process().exit_status()
    }

    /// Jobs of the chat pool that this worker runs now.
    pub async fn running(&self) -> usize {
        self.running_in("chat").await
    }

    /// Jobs of a pool that this worker runs now.
    pub async fn running_in(&self, pool: &str) -> usize {
        let text = self.client().get("/metrics").await.text;
        let wanted = format!("skein_jobs_running{{pool=\"{pool}\"}} ");
        let gauge = text.lines().find_map(|line| line.strip_prefix(wanted.as_str()));
        gauge.and_then(|value| value.parse::<f64>().ok()).map_or(0, |value| value as usize)
    }

    pub async fn wait_until_ready(&self) {
        let deadline = Instant::now() + READY;
        loop {
            if let Some(status) = self.exit_status() {
                panic!("{} ended with {status} before it was ready:\n{}", self.name, self.log());
            }
            if self.is_ready().await {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{} was not ready within {READY:?}:\n{}",
                self.name,
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let shown = lines[lines.len().saturating_sub(80)..].join("\n");
            eprintln!("---- the last of {} lines of {} ({})\n{shown}", lines.len(), self.name, self.url());
        }
    }
}

fn spawn(
    arguments: &[String],
    settings: &BTreeMap<String, String>,
    niceness: u8,
    folder: &TempDir,
) -> Process {
    let mut command = match niceness {
        0 => Command::new(executable()),
        // It becomes the program that it starts, so that the id stays.
        _ => {
            let mut nice = Command::new("nice");
            nice.args(["-n", &niceness.to_string()]).arg(executable());
            nice
        }
    };
    command.args(arguments).envs(settings).current_dir(folder.path());
    // Whatever the developer has set must not reach the nodes.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let ours = name.starts_with("SKEIN_") || name.starts_with("OPENAI_") || name.starts_with("OLLAMA_");
        if ours && !settings.contains_key(name.as_ref()) {
            command.env_remove(name.as_ref());
        }
    }
    Process::start(command, &folder.path().join("log"), Signal::SIGKILL).unwrap_or_else(|error| {
        panic!("{} does not start ({error}); run `cargo build`", executable().display())
    })
}

/// The program under test: `SKEIN_BIN`, or the one built beside the running test.
pub fn executable() -> PathBuf {
    if let Some(path) = std::env::var_os("SKEIN_BIN") {
        return PathBuf::from(path);
    }
    let own = std::env::current_exe().expect("a running program has a path");
    let folder = own.parent().expect("a program is in a folder");
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.join("skein")
}

/// Runs a command of `skein` to its end with these settings; gives the status and the output.
pub async fn run(arguments: &[&str], settings: &BTreeMap<String, String>) -> (ExitStatus, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let mut process = spawn(&arguments, settings, 0, &folder);
    let status = process.ended(READY).await;
    let output = process.output();
    (status.unwrap_or_else(|| panic!("skein {arguments:?} did not end within {READY:?}:\n{output}")), output)
}
