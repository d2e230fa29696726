use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::{Missing, Port, Process, free_port, postgres, process, scratch};

const MISSING: Missing = Missing { program: "MariaDB", packages: "mariadb-server" };

/// The size of the log must be the same at the preparation, and the default of 96 MB would be copied for every server.
const LOG_SIZE: &str = "--innodb-log-file-size=8M";

/// A MariaDB server: the one that `SKEIN_TEST_MYSQL` names (shared by a whole test run) or a private one.
pub struct MariaDb {
    admin_url: String,
    server: Option<Server>,
}

struct Server {
    process: Mutex<Process>,
    folder: TempDir,
    port: Port,
}

impl MariaDb {
    pub async fn start() -> Result<Self, Missing> {
        match std::env::var("SKEIN_TEST_MYSQL") {
            Ok(admin_url) => Ok(Self { admin_url, server: None }),
            Err(_) => Self::start_private().await,
        }
    }

    /// A server of its own, which loses nothing with its process and much with the machine. Takes one to two seconds, the
    /// first on a machine five.
    pub async fn start_private() -> Result<Self, Missing> {
        let install = process::find("mariadb-install-db", &["/usr/bin"]).ok_or(MISSING)?;
        let folder = scratch::folder("mysql");
        scratch::copy_of_template("mariadb", "mysql", folder.path(), |data| {
            let mut command = Command::new(install);
            command.args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                LOG_SIZE,
            ]);
            command.arg(format!("--datadir={}", data.display())).current_dir("/");
            process::as_user(&mut command, "mysql");
            scratch::run(command)
        })
        .expect("mariadb-install-db works");
        let port = free_port();
        let process = start(&folder, &port)?;
        let admin_url = format!("mysql://root@127.0.0.1:{}/mysql", port.number());
        postgres::wait_until_it_answers(&admin_url, || process.output()).await;
        Ok(Self { admin_url, server: Some(Server { process: Mutex::new(process), folder, port }) })
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
        postgres::create_database(&self.admin_url).await
    }

    /// Kills a private server.
    pub fn stop_at_once(&self) {
        self.server.as_ref().expect("a private server").process().kill();
    }

    /// Starts a private server that was stopped, with its data.
    pub async fn start_again(&self) {
        let server = self.server.as_ref().expect("a private server");
        *server.process() = start(&server.folder, &server.port).expect("it was there before");
        postgres::wait_until_it_answers(&self.admin_url, || server.process().output()).await;
    }
}

impl Server {
    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start(folder: &TempDir, port: &Port) -> Result<Process, Missing> {
    let mut command = Command::new(process::find("mariadbd", &["/usr/sbin"]).ok_or(MISSING)?);
    command.args([
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--skip-log-bin",
        LOG_SIZE,
    ]);
    command.args([
        // What is committed is with the kernel and survives the process.
        "--innodb-flush-log-at-trx-commit=2",
        "--innodb-buffer-pool-size=64M",
        "--max-connections=500",
    ]);
    command.args(["--character-set-server=utf8mb4", "--performance-schema=off"]);
    let place = |name: &str| folder.path().join(name).display().to_string();
    command.arg(format!("--datadir={}", place("data"))).arg(format!("--port={}", port.number()));
    command.arg(format!("--socket={}", place("socket"))).current_dir("/");
    command.arg(format!("--pid-file={}", place("pid")));
    process::as_user(&mut command, "mysql");
    Ok(Process::start(command, &folder.path().join("log"), Signal::SIGKILL).expect("mariadbd starts"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{ConnectionTrait as _, Database};

    #[tokio::test]
    async fn every_test_gets_an_empty_database() {
        let server = crate::or_skip!(MariaDb::start().await);
        let connection = Database::connect(server.database().await).await.unwrap();
        connection.execute_unprepared("CREATE TABLE a (b int)").await.unwrap();
    }
}
