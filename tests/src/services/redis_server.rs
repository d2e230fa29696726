use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::{Missing, Port, Process, free_port, process, scratch};

pub(super) const MISSING: Missing = Missing { program: "redis-server", packages: "redis-server" };

/// A private Redis server that keeps nothing on disk: after a restart it is empty. Clones are the same server; it ends
/// with the last of them.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    port: Port,
    process: Mutex<Process>,
    folder: TempDir,
    /// Of the next start too.
    arguments: Mutex<Vec<String>>,
}

impl Redis {
    pub async fn start() -> Result<Self, Missing> {
        Self::start_with(&[]).await
    }

    /// Starts with further arguments, such as `--replicaof 127.0.0.1 7000`.
    pub async fn start_with(arguments: &[&str]) -> Result<Self, Missing> {
        let (port, folder) = (free_port(), scratch::folder("redis"));
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let process = Mutex::new(start(&port, &folder, &arguments)?);
        let redis = Self(Arc::new(Inner { port, process, folder, arguments: Mutex::new(arguments) }));
        redis.wait_until_it_answers().await;
        Ok(redis)
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.0.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arguments(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.arguments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn port(&self) -> u16 {
        self.0.port.number()
    }

    pub fn pid(&self) -> u32 {
        self.process().pid()
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// Kills it at once; connections break and new ones are refused.
    pub fn kill(&self) {
        self.process().kill();
    }

    /// Starts it again on the same port, empty.
    pub async fn restart(&self) {
        {
            let mut process = self.process();
            process.kill();
            *process = start(&self.0.port, &self.0.folder, &self.arguments())
                .expect("redis-server was there before");
        }
        self.wait_until_it_answers().await;
    }

    /// Sets an option of its configuration now and at every later start.
    pub(super) async fn configure(&self, option: &str, value: &str) {
        let mut connection = self.connection().await;
        let set: redis::RedisResult<()> =
            redis::cmd("CONFIG").arg("SET").arg(option).arg(value).query_async(&mut connection).await;
        set.unwrap_or_else(|error| panic!("CONFIG SET {option} {value}: {error}"));
        self.arguments().extend([format!("--{option}"), value.to_owned()]);
    }

    /// Stops answering without closing anything, until [`Redis::thaw`].
    pub fn freeze(&self) {
        self.process().signal(Signal::SIGSTOP);
    }

    pub fn thaw(&self) {
        self.process().signal(Signal::SIGCONT);
    }

    /// A connection for looking into it.
    pub async fn connection(&self) -> redis::aio::MultiplexedConnection {
        connect(&self.url()).await.expect("the test's Redis answers")
    }

    async fn wait_until_it_answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let answer: redis::RedisResult<String> = async {
                let mut connection = connect(&self.url()).await?;
                redis::cmd("PING").query_async(&mut connection).await
            }
            .await;
            match answer {
                Ok(_) => return,
                Err(error) if Instant::now() > deadline => {
                    panic!("{error}; its log:\n{}", self.process().output())
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

/// A connection that bears with a busy machine: by itself the client waits for half a second.
pub(super) async fn connect(url: &str) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
    let patience = Some(Duration::from_secs(5));
    let config =
        redis::AsyncConnectionConfig::new().set_connection_timeout(patience).set_response_timeout(patience);
    redis::Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await
}

fn start(port: &Port, folder: &TempDir, arguments: &[String]) -> Result<Process, Missing> {
    let mut command = Command::new(process::find("redis-server", &["/usr/bin"]).ok_or(MISSING)?);
    command.args([
        "--port",
        &port.number().to_string(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]);
    command.arg("--dir").arg(folder.path()).args(arguments);
    Ok(Process::start(command, &folder.path().join("log"), Signal::SIGKILL).expect("redis-server starts"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use redis::AsyncCommands as _;

    #[tokio::test]
    async fn a_restart_comes_back_empty_on_the_same_port() {
        let server = crate::or_skip!(Redis::start().await);
        let _: () = server.connection().await.set("a", 1).await.unwrap();
        server.restart().await;
        assert_eq!(server.connection().await.get::<_, Option<i32>>("a").await.unwrap(), None);
    }
}
