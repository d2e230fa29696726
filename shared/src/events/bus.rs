//! Short messages to all processes: "cancel this", "settings have changed", "this login has ended".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::Result;
use crate::redis::inbox::Exchange;
use crate::redis::{Heard, Redis, Subscription};

/// A failure to tell is logged this often at most, in seconds.
const LOG_EVERY: u64 = 10;

/// Carries messages to those who listen at that moment and keeps none: what must not be missed is in the database.
/// Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    way: Way,
    start: Instant,
    /// When a failure was logged, in seconds since the start; zero for never.
    logged: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Way {
    Memory(Arc<Exchange<Bytes>>),
    Redis(Redis),
}

impl Bus {
    /// Within this process.
    pub fn memory() -> Self {
        Self::new(Way::Memory(Exchange::local()))
    }

    /// Among all processes at the same Redis.
    pub fn redis(redis: Redis) -> Self {
        Self::new(Way::Redis(redis))
    }

    fn new(way: Way) -> Self {
        Self { way, start: Instant::now(), logged: Arc::default() }
    }

    /// Tells all who listen, this process as well. Nobody can rely on a message, so a failure is only logged.
    pub async fn publish(&self, channel: &str, message: impl Into<Bytes>) {
        let message = message.into();
        match &self.way {
            Way::Memory(exchange) => exchange.deliver(channel, &message, message.len()),
            Way::Redis(redis) => {
                let mut cmd = ::redis::cmd("PUBLISH");
                cmd.arg(key(redis, channel)).arg(&message[..]);
                if let Err(error) = redis.cmd::<()>(&cmd).await {
                    let now = self.start.elapsed().as_secs() + LOG_EVERY;
                    let logged = self.logged.load(Ordering::Relaxed);
                    if now >= logged + LOG_EVERY {
                        self.logged.store(now, Ordering::Relaxed);
                        tracing::warn!(channel, ?error, "other processes could not be told");
                    }
                }
            }
        }
    }

    /// Listens to a channel from now on.
    pub fn listen(&self, channel: &str) -> Listener {
        Listener(match &self.way {
            Way::Memory(exchange) => exchange.subscribe(channel),
            Way::Redis(redis) => redis.subscribe(&key(redis, channel)),
        })
    }
}

fn key(redis: &Redis, channel: &str) -> String {
    redis.key(&format!("bus:{channel}"))
}

/// One who listens to a channel of the [`Bus`].
pub struct Listener(Subscription);

impl Listener {
    /// Waits until the subscription stands; `unavailable` after `limit`.
    pub async fn ready(&self, limit: Duration) -> Result<()> {
        self.0.ready(limit).await
    }

    /// The next message. An empty one says that some may have been missed, so that this is the time to look at the
    /// database. `None` when the process shuts down. May be dropped and called again.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.0.next().await.map(|heard| match heard {
            Heard::Message(message) => message,
            Heard::Gap => Bytes::new(),
        })
    }
}
