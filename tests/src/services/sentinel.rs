use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::{Missing, Port, Process, Redis, free_port, process, redis_server, scratch};
use crate::proxy::{Proxy, Reach};

/// One primary, two replicas and the three sentinels that choose a new primary within about two seconds.
///
/// Each of the six stands behind a proxy and is known by the proxy's address alone, so that the network between them
/// and their clients can be broken.
pub struct Sentinels {
    servers: Vec<(Redis, Proxy)>,
    sentinels: Vec<(Port, Process, Proxy)>,
    _folder: TempDir,
}

/// The name under which the sentinels know the primary.
pub const PRIMARY: &str = "mymaster";

/// How long a new primary may take to be chosen.
const CHOSEN: Duration = Duration::from_secs(30);

impl Sentinels {
    pub async fn start() -> Result<Self, Missing> {
        Self::guard(Redis::start().await?).await
    }

    /// Makes this server the first primary of a set.
    pub async fn guard(primary: Redis) -> Result<Self, Missing> {
        let program = process::find("redis-server", &["/usr/bin"]).ok_or(redis_server::MISSING)?;
        let mut servers = vec![announced(primary).await];
        let known_as = servers[0].1.address().port();
        for _ in 0..2 {
            // It must have the proxy's address before the primary hears of it.
            let (replica, proxy) = announced(Redis::start().await?).await;
            follow(&replica, known_as).await;
            servers.push((replica, proxy));
        }
        let folder = scratch::folder("redis");
        let mut sentinels = Vec::new();
        for _ in 0..3 {
            let port = free_port();
            let proxy = before(port.number()).await;
            let file = folder.path().join(format!("{}.conf", port.number()));
            let text = format!(
                "port {}\nbind 127.0.0.1\ndir {}\nsentinel announce-ip 127.0.0.1\nsentinel announce-port {}\n\
                 sentinel monitor {PRIMARY} 127.0.0.1 {known_as} 2\n\
                 sentinel down-after-milliseconds {PRIMARY} 1000\nsentinel failover-timeout {PRIMARY} 5000\n",
                port.number(),
                folder.path().display(),
                proxy.address().port()
            );
            std::fs::write(&file, text).expect("the temporary folder can be written");
            let mut command = Command::new(&program);
            command.arg(&file).arg("--sentinel");
            let log = folder.path().join(format!("{}.log", port.number()));
            let process = Process::start(command, &log, Signal::SIGKILL).expect("a sentinel starts");
            sentinels.push((port, process, proxy));
        }
        let set = Self { servers, sentinels, _folder: folder };
        set.wait_until_whole().await;
        Ok(set)
    }

    /// What a client is told: `redis+sentinel://127.0.0.1:7000,127.0.0.1:7001,.../mymaster`.
    pub fn url(&self) -> String {
        let addresses: Vec<String> =
            self.sentinels.iter().map(|(.., proxy)| proxy.address().to_string()).collect();
        format!("redis+sentinel://{}/{PRIMARY}", addresses.join(","))
    }

    /// The server that most sentinels call primary.
    pub async fn primary(&self) -> Option<Redis> {
        let mut votes: Vec<u16> = Vec::new();
        for (port, ..) in &self.sentinels {
            let answer: redis::RedisResult<Vec<String>> =
                ask(port, redis::cmd("SENTINEL").arg("get-master-addr-by-name").arg(PRIMARY)).await;
            votes.extend(answer.ok().and_then(|answer| answer.get(1)?.parse::<u16>().ok()));
        }
        let majority = self.sentinels.len() / 2 + 1;
        let elected =
            |proxy: &Proxy| votes.iter().filter(|vote| **vote == proxy.address().port()).count() >= majority;
        self.servers.iter().find(|(_, proxy)| elected(proxy)).map(|(server, _)| server.clone())
    }

    /// Waits until another server than this one is primary, and gives it.
    pub async fn primary_after(&self, old: &Redis) -> Redis {
        self.chosen_within(CHOSEN, old).await.unwrap_or_else(|| panic!("no new primary within {CHOSEN:?}"))
    }

    async fn chosen_within(&self, time: Duration, old: &Redis) -> Option<Redis> {
        let deadline = Instant::now() + time;
        loop {
            match self.primary().await {
                Some(new) if new.port() != old.port() => return Some(new),
                _ if Instant::now() > deadline => return None,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Kills the primary and waits until another server has been chosen. Gives the dead one.
    pub async fn kill_primary(&self) -> Redis {
        let old = self.primary().await.expect("the sentinels name a primary");
        old.kill();
        self.primary_after(&old).await;
        old
    }

    /// Has the sentinels choose another primary although nothing is wrong, and waits for it.
    pub async fn fail_over(&self) {
        let old = self.primary().await.expect("the sentinels name a primary");
        let (port, ..) = &self.sentinels[0];
        let deadline = Instant::now() + 2 * CHOSEN;
        // Refused while the one before is not over, or no replica is fit yet; given up where the machine is too busy.
        loop {
            let asked: redis::RedisResult<()> =
                ask(port, redis::cmd("SENTINEL").arg("failover").arg(PRIMARY)).await;
            let patience = Duration::from_secs(if asked.is_ok() { 15 } else { 0 });
            if self.chosen_within(patience, &old).await.is_some() {
                return;
            }
            assert!(Instant::now() < deadline, "no failover by command: {asked:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Breaks the network: on one side this server and these processes, on the other everybody else.
    pub fn cut_off(&self, server: &Redis, with: &[u32]) {
        let there: Vec<u32> = with.iter().copied().chain([server.pid()]).collect();
        self.part(server, &Reach::Only(there.clone()), &Reach::AllBut(there));
    }

    /// Hides this server from everybody but these processes, which reach all the others too.
    pub fn leave_alone_with(&self, server: &Redis, processes: &[u32]) {
        self.part(server, &Reach::Only(processes.to_vec()), &Reach::AllBut(vec![server.pid()]));
    }

    fn part(&self, server: &Redis, to_it: &Reach, to_the_others: &Reach) {
        for (other, proxy) in &self.servers {
            let here = other.port() == server.port();
            proxy.reach(if here { to_it.clone() } else { to_the_others.clone() });
        }
        self.sentinels.iter().for_each(|(.., proxy)| proxy.reach(to_the_others.clone()));
    }

    /// Mends the network.
    pub fn heal(&self) {
        let proxies = self.sentinels.iter().map(|(.., proxy)| proxy);
        self.servers.iter().map(|(_, proxy)| proxy).chain(proxies).for_each(Proxy::resume);
    }

    /// Waits until everybody knows everybody and the replicas follow: before that nothing can fail over.
    pub async fn wait_until_whole(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.is_whole().await {
            assert!(
                Instant::now() < deadline,
                "the servers and sentinels did not find each other within 60 s"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn is_whole(&self) -> bool {
        let Some(primary) = self.primary().await else { return false };
        let Ok(text) = info(&primary).await else { return false };
        if text.matches("state=online").count() != self.servers.len() - 1 {
            return false;
        }
        for (port, ..) in &self.sentinels {
            let quorum: redis::RedisResult<String> =
                ask(port, redis::cmd("SENTINEL").arg("ckquorum").arg(PRIMARY)).await;
            let replicas: redis::RedisResult<Vec<std::collections::HashMap<String, String>>> =
                ask(port, redis::cmd("SENTINEL").arg("replicas").arg(PRIMARY)).await;
            let fit = |replica: &&std::collections::HashMap<String, String>| {
                replica.get("flags").is_some_and(|flags| flags == "slave")
            };
            let fit = replicas.map_or(0, |replicas| replicas.iter().filter(fit).count());
            if quorum.is_err() || fit != self.servers.len() - 1 {
                return false;
            }
        }
        true
    }
}

/// The server behind a proxy whose address it gives as its own.
async fn announced(server: Redis) -> (Redis, Proxy) {
    let proxy = before(server.port()).await;
    server.configure("replica-announce-ip", "127.0.0.1").await;
    server.configure("replica-announce-port", &proxy.address().port().to_string()).await;
    (server, proxy)
}

/// Makes a server the replica of the one at this port.
async fn follow(server: &Redis, primary: u16) {
    let mut connection = server.connection().await;
    let told: redis::RedisResult<()> =
        redis::cmd("REPLICAOF").arg("127.0.0.1").arg(primary).query_async(&mut connection).await;
    told.expect("a server follows another");
}

async fn before(port: u16) -> Proxy {
    Proxy::start(([127, 0, 0, 1], port).into()).await.expect("a free port")
}

async fn info(server: &Redis) -> redis::RedisResult<String> {
    let mut connection = redis_server::connect(&server.url()).await?;
    redis::cmd("INFO").arg("replication").query_async(&mut connection).await
}

async fn ask<T: redis::FromRedisValue>(port: &Port, command: &redis::Cmd) -> redis::RedisResult<T> {
    let mut connection = redis_server::connect(&format!("redis://127.0.0.1:{}", port.number())).await?;
    command.query_async(&mut connection).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_replica_takes_over_from_a_dead_primary() {
        let set = crate::or_skip!(Sentinels::start().await);
        let old = set.kill_primary().await;
        old.restart().await;
        set.wait_until_whole().await;
        assert_ne!(set.primary().await.map(|server| server.port()), Some(old.port()));
    }

    #[tokio::test]
    async fn a_primary_that_is_cut_off_becomes_a_replica_when_the_network_is_mended() {
        let set = crate::or_skip!(Sentinels::start().await);
        let old = set.primary().await.expect("a primary");
        set.cut_off(&old, &[]);
        let new = set.primary_after(&old).await;
        assert!(info(&old).await.expect("its own view").contains("role:master"));
        set.heal();
        set.wait_until_whole().await;
        assert_eq!(set.primary().await.map(|server| server.port()), Some(new.port()));
        assert!(info(&old).await.expect("its own view").contains("role:slave"));
    }
}
