use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::{Missing, Port, Process, free_port, process, scratch};

const MISSING: Missing = Missing { program: "nginx", packages: "nginx-light" };

/// The proxy of `compose/`, with its own configuration, before API nodes of a test.
pub struct Nginx {
    port: Port,
    process: Process,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it before nodes at these addresses (`http://127.0.0.1:8080`), with the waits that compose gives them.
    pub async fn start(nodes: &[String]) -> Result<Self, Missing> {
        let program = process::find("nginx", &["/usr/sbin", "/usr/local/sbin"]).ok_or(MISSING)?;
        let (port, folder) = (free_port(), scratch::folder("nobody"));
        write_configuration(folder.path(), port.number(), nodes)
            .expect("the temporary folder can be written");
        let mut command = Command::new(program);
        command.args(["-e", "stderr", "-g", "daemon off;", "-p"]).arg(folder.path());
        command.arg("-c").arg(folder.path().join("nginx.conf"));
        // Told to end and not killed, it takes its workers along.
        let log = folder.path().join("log");
        let process = Process::start(command, &log, Signal::SIGTERM).expect("nginx starts");
        let mut nginx = Self { port, process, _folder: folder };
        nginx.wait_until_it_answers().await;
        Ok(nginx)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    async fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        let client = crate::client::Client::new(&self.url());
        while client.request(reqwest::Method::GET, "/nginx").send().await.is_err() {
            let over = self.process.exit_status().is_some() || Instant::now() > deadline;
            assert!(!over, "nginx does not answer; its log:\n{}", self.process.output());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.signal(Signal::SIGTERM);
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.process.exit_status().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn write_configuration(folder: &Path, port: u16, nodes: &[String]) -> std::io::Result<()> {
    let compose = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compose");
    std::fs::copy(compose.join("nginx.conf"), folder.join("nginx.conf"))?;
    std::fs::create_dir(folder.join("nginx"))?;
    std::fs::write(folder.join("nginx/listen.conf"), format!("listen 127.0.0.1:{port};\n"))?;
    let mut upstream = "upstream skein {\nzone skein 256k;\nleast_conn;\n".to_owned();
    for node in nodes {
        let address = node.trim_start_matches("http://");
        let _ = writeln!(upstream, "server {address} max_fails=2 fail_timeout=5s;");
    }
    upstream.push_str("keepalive 64;\nkeepalive_timeout 30s;\n}\n");
    std::fs::write(folder.join("nginx/upstream.conf"), upstream)
}
