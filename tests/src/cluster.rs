//! Real `skein` processes: one that is everything, or a cluster over real servers.

mod node;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

pub use self::node::{Node, executable, run};
use crate::client::Client;
use crate::proxy::Proxy;
use crate::services::{MariaDb, Missing, Postgres, Redis, Sentinels};

/// Signs the tokens of every test node.
const SECRET: &str = "a secret for tests that is long enough";

/// The kind of database under a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Db {
    Postgres,
    /// A private one with pgvector.
    PostgresWithVectors,
    MariaDb,
}

/// Settings that every test node has: no limits that only the test would meet, nobody has to be approved, and no
/// provider is looked for on the machine.
fn settings() -> BTreeMap<String, String> {
    [
        ("SKEIN_AUTH__SECRET", SECRET),
        ("SKEIN_AUTH__SIGN_UP", "open"),
        ("SKEIN_AUTH__ATTEMPTS_PER_MINUTE", "100000"),
        ("SKEIN_LIMITS__PER_ADDRESS_RPS", "100000"),
        ("SKEIN_LIMITS__PER_ADDRESS_BURST", "100000"),
        ("SKEIN_STREAM__MAX_OPEN_PER_USER", "10000"),
        ("SKEIN_PROVIDERS__DETECT", "false"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// One process that is everything, on SQLite in a temporary folder.
pub struct Single {
    pub node: Node,
}

/// Settings of a [`Single`] before it starts.
pub struct SingleBuilder(BTreeMap<String, String>);

impl SingleBuilder {
    /// A setting such as `("SKEIN_STREAM__KEEP_ALIVE_S", "1")`.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    pub async fn start(self) -> Single {
        Single { node: Node::start("skein", &[], &self.0).await }
    }
}

impl Single {
    pub fn builder() -> SingleBuilder {
        SingleBuilder(settings())
    }

    pub async fn start() -> Self {
        Self::builder().start().await
    }

    pub fn client(&self) -> Client {
        self.node.client()
    }

    pub fn url(&self) -> String {
        self.node.url()
    }

    /// Its SQLite database, which a test may look into beside it.
    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.node.folder.path().join("data").join("skein.db").display())
    }

    /// The stored files, unfinished ones too.
    pub fn blobs(&self) -> Vec<PathBuf> {
        let list =
            |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        list(&self.node.folder.path().join("data").join("blobs")).flat_map(|folder| list(&folder)).collect()
    }
}

/// API nodes and workers over a database and Redis.
pub struct Cluster {
    pub apis: Vec<Node>,
    pub workers: Vec<Node>,
    /// The Redis server; with Sentinels, the one that is primary at the start.
    pub redis: Redis,
    pub sentinels: Option<Sentinels>,
    /// Stands between all processes and the database, when the cluster was built so.
    pub database_proxy: Option<Proxy>,
    settings: BTreeMap<String, String>,
    concurrency: Option<usize>,
    roles: Vec<Role>,
    database: Database,
    /// The files that all nodes share.
    _blobs: TempDir,
}

/// What a worker serves.
#[derive(Clone, Debug)]
struct Role {
    pools: String,
    /// How far it steps back behind other processes.
    niceness: u8,
}

impl Default for Role {
    fn default() -> Self {
        Self { pools: "chat,ingest,embed,maintenance".to_owned(), niceness: 0 }
    }
}

/// Keeps a private database server alive.
enum Database {
    Postgres { server: Postgres },
    MariaDb { server: MariaDb },
}

/// Settings of a [`Cluster`] before it starts.
pub struct ClusterBuilder {
    apis: usize,
    workers: usize,
    roles: Vec<Role>,
    concurrency: Option<usize>,
    database: Db,
    settings: BTreeMap<String, String>,
    migrate: bool,
    private_database: bool,
    sentinels: bool,
    proxied_database: bool,
}

impl ClusterBuilder {
    /// Guards Redis with Sentinels, behind proxies.
    pub fn sentinels(mut self) -> Self {
        self.sentinels = true;
        self
    }

    /// Puts a proxy before the database.
    pub fn proxied_database(mut self) -> Self {
        self.proxied_database = true;
        self
    }

    /// Starts a database server for this cluster alone, even when a run shares one.
    pub fn private_database(mut self) -> Self {
        self.private_database = true;
        self
    }

    pub fn apis(mut self, apis: usize) -> Self {
        self.apis = apis;
        self
    }

    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// One more worker, for these pools; in place of the workers that serve all of them.
    pub fn worker_for(self, pools: &str) -> Self {
        self.nice_worker_for(pools, 0)
    }

    /// The same under `nice`.
    pub fn nice_worker_for(mut self, pools: &str, niceness: u8) -> Self {
        self.roles.push(Role { pools: pools.to_owned(), niceness });
        self
    }

    /// Jobs that a worker runs at once in each pool.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = Some(concurrency);
        self
    }

    /// As many jobs in each pool as the settings say.
    pub fn default_concurrency(mut self) -> Self {
        self.concurrency = None;
        self
    }

    pub fn database(mut self, database: Db) -> Self {
        self.database = database;
        self
    }

    /// A setting of every process, such as `("SKEIN_GENERATION__LEASE_MS", "2000")`.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Leaves the database empty.
    pub fn without_migrations(mut self) -> Self {
        self.migrate = false;
        self
    }

    pub async fn start(mut self) -> Result<Cluster, Missing> {
        let (database, url) = match self.database {
            Db::Postgres => {
                let server = if self.private_database {
                    Postgres::start_private().await?
                } else {
                    Postgres::start().await?
                };
                let url = server.database().await;
                (Database::Postgres { server }, url)
            }
            Db::PostgresWithVectors => {
                let server = Postgres::start_with_vectors().await?;
                let url = server.database().await;
                (Database::Postgres { server }, url)
            }
            Db::MariaDb => {
                let server = if self.private_database {
                    MariaDb::start_private().await?
                } else {
                    MariaDb::start().await?
                };
                let url = server.database().await;
                (Database::MariaDb { server }, url)
            }
        };
        let redis = Redis::start().await?;
        let sentinels = if self.sentinels { Some(Sentinels::guard(redis.clone()).await?) } else { None };
        let (database_proxy, url) = if self.proxied_database {
            let (proxy, url) = proxied(&url).await;
            (Some(proxy), url)
        } else {
            (None, url)
        };
        let blobs =
            tempfile::Builder::new().prefix("skein-test-blobs-").tempdir().expect("a temporary folder");
        self.settings
            .entry("SKEIN_BLOBS__URL".into())
            .or_insert_with(|| format!("file://{}", blobs.path().display()));
        self.settings.insert("SKEIN_DATABASE__URL".into(), url);
        let redis_url = sentinels.as_ref().map_or_else(|| redis.url(), Sentinels::url);
        self.settings.insert("SKEIN_REDIS__URL".into(), redis_url);
        if self.migrate {
            let (status, output) = run(&["migrate"], &self.settings).await;
            assert!(status.success(), "skein migrate: {status}\n{output}");
        }
        let mut cluster = Cluster {
            apis: Vec::new(),
            workers: Vec::new(),
            redis,
            sentinels,
            database_proxy,
            settings: self.settings,
            concurrency: self.concurrency,
            roles: self.roles,
            database,
            _blobs: blobs,
        };
        let workers = if cluster.roles.is_empty() { self.workers } else { cluster.roles.len() };
        for _ in 0..self.apis {
            cluster.spawn_api();
        }
        for _ in 0..workers {
            cluster.spawn_worker();
        }
        for node in cluster.apis.iter().chain(&cluster.workers) {
            node.wait_until_ready().await;
        }
        Ok(cluster)
    }
}

/// A proxy before the server of this URL, and the URL of the same database through it.
async fn proxied(url: &str) -> (Proxy, String) {
    let (before, rest) = url.rsplit_once('@').expect("a database URL names a user");
    let (server, name) = rest.split_once('/').expect("a database URL names a database");
    let proxy = Proxy::start(server.parse().expect("an address")).await.expect("a free port");
    let url = format!("{before}@{}/{name}", proxy.address());
    (proxy, url)
}

impl Cluster {
    /// Two API nodes and two workers on PostgreSQL.
    pub fn builder() -> ClusterBuilder {
        ClusterBuilder {
            apis: 2,
            workers: 2,
            roles: Vec::new(),
            concurrency: Some(400),
            database: Db::Postgres,
            settings: settings(),
            migrate: true,
            private_database: false,
            sentinels: false,
            proxied_database: false,
        }
    }

    /// The settings that all its processes share.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The database server's process, when it is this cluster's own.
    pub fn database_pid(&self) -> Option<u32> {
        match &self.database {
            Database::Postgres { server } => server.pid(),
            Database::MariaDb { server } => server.pid(),
        }
    }

    /// Ends a private database server at once, in the middle of what it does.
    pub async fn stop_database(&self) {
        match &self.database {
            Database::Postgres { server } => server.stop_at_once().await,
            Database::MariaDb { server } => server.stop_at_once(),
        }
    }

    /// Starts a private database server again, with its data.
    pub async fn start_database(&self) {
        match &self.database {
            Database::Postgres { server } => server.start_again().await,
            Database::MariaDb { server } => server.start_again().await,
        }
    }

    /// Panics when a process has ended by itself.
    #[track_caller]
    pub fn assert_all_run(&self) {
        for node in self.apis.iter().chain(&self.workers) {
            let status = node.exit_status();
            assert!(status.is_none(), "{} has ended: {status:?}\n{}", node.name, node.log());
        }
    }

    /// The number of the worker that runs the most chat jobs: any of them may have claimed all.
    pub async fn busiest_worker(&self) -> usize {
        let asked = futures_util::future::join_all(self.workers.iter().map(Node::running)).await;
        let busiest = asked.iter().enumerate().max_by_key(|(_, running)| **running);
        busiest.expect("a cluster with workers").0
    }

    fn spawn_api(&mut self) {
        let name = format!("api {}", self.apis.len());
        self.apis.push(Node::spawn(&name, &["api"], &self.settings));
    }

    fn spawn_worker(&mut self) {
        let name = format!("worker {}", self.workers.len());
        let role = self.roles.get(self.workers.len()).cloned().unwrap_or_default();
        let concurrency = self.concurrency.map(|concurrency| concurrency.to_string());
        let mut arguments = vec!["worker", "--pool", &role.pools];
        if let Some(concurrency) = &concurrency {
            arguments.extend(["--concurrency", concurrency]);
        }
        self.workers.push(Node::spawn_nice(&name, &arguments, &self.settings, role.niceness));
    }

    /// Starts one more API node.
    pub async fn add_api(&mut self) {
        self.spawn_api();
        self.apis.last_mut().expect("just added").wait_until_ready().await;
    }

    /// Starts one more worker.
    pub async fn add_worker(&mut self) {
        self.spawn_worker();
        self.workers.last_mut().expect("just added").wait_until_ready().await;
    }

    /// Nobody in particular at the first API node.
    pub fn client(&self) -> Client {
        self.apis[0].client()
    }
}
