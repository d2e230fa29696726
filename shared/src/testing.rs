//! Real servers for tests, each private to the test that starts it.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

mod s3;

pub use self::s3::S3Server;

/// A port of 127.0.0.1 that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("no free port");
    listener.local_addr().expect("a bound listener has an address").port()
}

/// Whether the tests that need Redis can run here; says so if they can't.
pub fn redis_is_installed() -> bool {
    let installed = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !installed {
        eprintln!("skipped: redis-server is not installed (apt-get install redis-server)");
    }
    installed
}

/// A redis-server (or a Sentinel) of its own on a free port, without persistence; ends with the value.
pub struct RedisServer {
    pub port: u16,
    folder: PathBuf,
    args: Vec<String>,
    child: Option<Child>,
}

impl RedisServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With further command line arguments, such as `--requirepass`.
    pub fn start_with(args: &[&str]) -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("skein-test-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("no temporary folder");
        let mut all: Vec<String> = Vec::new();
        all.extend(
            ["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
                .map(String::from),
        );
        all.extend(["--repl-diskless-sync-delay", "0", "--dir", &folder.to_string_lossy()].map(String::from));
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        let mut server = Self { port, folder, args: all, child: None };
        server.restart();
        server
    }

    /// A Sentinel that watches the master of that name and moves it after a second of silence.
    pub fn start_sentinel(master: &str, master_port: u16, quorum: u32) -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("skein-test-sentinel-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("no temporary folder");
        let path = folder.join("sentinel.conf");
        let config = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor {master} 127.0.0.1 {master_port} {quorum}\n\
             sentinel down-after-milliseconds {master} 1000\nsentinel failover-timeout {master} 5000\n",
            folder.display()
        );
        File::create(&path).and_then(|mut file| file.write_all(config.as_bytes())).expect("no sentinel.conf");
        let args = vec![path.to_string_lossy().into_owned(), "--sentinel".into()];
        let mut server = Self { port, folder, args, child: None };
        server.restart();
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it (again) on the same port; it comes up empty.
    pub fn restart(&mut self) {
        self.kill();
        let child = Command::new("redis-server").args(&self.args).stdout(Stdio::null()).spawn();
        self.child = Some(child.expect("redis-server did not start"));
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self
            .ask("PING")
            .is_some_and(|answer| answer.starts_with("+PONG") || answer.starts_with("-NOAUTH"))
        {
            assert!(Instant::now() < deadline, "redis-server does not answer");
            sleep(Duration::from_millis(10));
        }
    }

    /// Freezes the process; [`RedisServer::resume`] lets it go on.
    pub fn stall(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        if let Some(child) = &self.child {
            let _ = Command::new("kill").args([signal, &child.id().to_string()]).status();
        }
    }

    /// Sends one inline command on a connection of its own; the answer as it comes, or nothing for an error.
    pub fn command(&self, command: &str) -> Option<String> {
        self.ask(command).filter(|answer| !answer.starts_with('-'))
    }

    fn ask(&self, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
        stream.write_all(format!("{command}\r\n").as_bytes()).ok()?;
        let mut buffer = vec![0; 64 * 1024];
        let length = stream.read(&mut buffer).ok()?;
        let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
        (length > 0).then_some(answer)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
