//! The one wiring of a process, the same for every role.

use std::fs::File;
use std::ops::Deref;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sea_orm::DatabaseConnection;

use crate::blobs::{self, Blobs};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::ms;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::events::{Bus, Events, MemoryLog, RedisLog};
use crate::generations::Admitted;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::processes::Activity;
use crate::providers::Registry;
use crate::queue::{Queue, Settings as QueueSettings};
use crate::redis::{Redis, RedisSettings};
use crate::seal::Seal;
use crate::secret::SigningSecret;
use crate::shutdown::Shutdown;
use crate::slots::Slots;
use crate::{db, ids, models, quotas, settings};

/// Handles to everything outside the process. Cheap to clone.
#[derive(Clone)]
pub struct Context(Arc<Parts>);

/// What a [`Context`] holds.
pub struct Parts {
    pub config: Config,
    pub db: DatabaseConnection,
    pub secret: SigningSecret,
    pub clock: Clock,
    pub shutdown: Shutdown,
    pub credentials: Credentials,
    pub passwords: Passwords,
    pub settings: settings::Cache,
    pub quotas: quotas::Cache,
    pub models: models::Cache,
    pub admitted: Admitted,
    /// Streams and sockets of this node.
    pub streams: Slots,
    /// What this process does, as others are told.
    pub activity: Activity,
    pub providers: Registry,
    pub seal: Seal,
    pub queue: Queue,
    pub events: Events,
    pub bus: Bus,
    pub limits: Limits,
    /// The bytes of uploaded files.
    pub blobs: Blobs,
    /// Absent in one process, where queue, log and limits live in memory.
    pub redis: Option<Redis>,
    /// How this process is called in leases and logs.
    pub process: String,
    /// Held while this process owns a SQLite database.
    _sqlite: Option<File>,
}

impl Context {
    /// Opens what the configuration names. Nothing is served yet, and no migration runs.
    pub async fn connect(config: Config, shutdown: Shutdown) -> Result<Self> {
        let sqlite = db::own_sqlite(&config)?;
        Self::wire(config, shutdown, sqlite).await
    }

    /// The same for a command that may run while another process serves the same SQLite database.
    pub async fn connect_beside(config: Config, shutdown: Shutdown) -> Result<Self> {
        Self::wire(config, shutdown, None).await
    }

    // No `async fn`: such a one is compiled again, with all that it calls, in the crate that awaits it.
    fn wire(config: Config, shutdown: Shutdown, sqlite: Option<File>) -> BoxFuture<'static, Result<Self>> {
        Box::pin(async move {
            let db = db::connect(&config).await?;
            let secret = SigningSecret::load(&config)?;
            let clock = Clock::system();
            let redis = match config.is_cluster() {
                true => Some(Redis::connect(redis_settings(&config), &shutdown).await?),
                false => None,
            };
            let queue_settings = queue_settings(&config);
            let (queue, events, bus): (_, Events, _) = match &redis {
                Some(redis) => (
                    Queue::redis(redis.clone(), queue_settings, clock.clone()),
                    Arc::new(RedisLog::new(redis.clone())),
                    Bus::redis(redis.clone()),
                ),
                None => (
                    Queue::memory(queue_settings, clock.clone()),
                    Arc::new(MemoryLog::new(clock.clone())),
                    Bus::memory(),
                ),
            };
            let limits = match &redis {
                Some(redis) => Limits::redis(
                    redis.clone(),
                    config.limits.expected_nodes,
                    ms(config.limits.redis_wait_ms),
                ),
                None => Limits::memory(),
            };
            let blobs = blobs::open(&config)?;
            let seal = Seal::new(secret.expose());
            Ok(Self(Arc::new(Parts {
                db,
                secret,
                clock,
                process: ids::process_name(),
                shutdown,
                credentials: Credentials::default(),
                passwords: Passwords::default(),
                settings: settings::Cache::default(),
                quotas: quotas::Cache::default(),
                models: models::cache(),
                admitted: Admitted::default(),
                activity: Activity::default(),
                streams: Slots::new(config.stream.max_open, config.stream.max_open_per_user),
                providers: Registry::new(&config.providers),
                seal,
                queue,
                events,
                bus,
                limits,
                blobs,
                redis,
                config,
                _sqlite: sqlite,
            })))
        })
    }
}

impl Deref for Context {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

fn queue_settings(config: &Config) -> QueueSettings {
    QueueSettings {
        lease: ms(config.queue.lease_ms),
        renew: ms(config.queue.renew_ms),
        bound: [config.queue.max_depth; 4],
        ..QueueSettings::default()
    }
}

fn redis_settings(config: &Config) -> RedisSettings {
    RedisSettings {
        url: config.redis.url.clone(),
        prefix: config.redis.prefix.clone(),
        response_timeout: ms(config.redis.response_timeout_ms),
        connect_timeout: ms(config.redis.connect_timeout_ms),
    }
}
