//! The one connection that commands go over, and the task that replaces it when it is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, ErrorKind, RedisError};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, MissedTickBehavior, timeout, timeout_at};
use tracing::{info, warn};

use super::address::Address;
use crate::{Error, Result, Shutdown};

/// How often the connection is tried while nothing is wrong.
const PING_EVERY: Duration = Duration::from_secs(1);
/// How often the Sentinels are asked whether the master is still the same.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// A server that answers later than this counts as down, although commands may still wait for it.
const PING_LIMIT: Duration = Duration::from_secs(2);
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
const LAST_BACKOFF: Duration = Duration::from_secs(1);
/// How long the first connection is tried for at the start of a process.
const START_PATIENCE: Duration = Duration::from_secs(5);

/// What callers see of the connection.
#[derive(Clone)]
pub(super) struct Lane {
    /// Grows with each new connection, so that a report about an old one does no harm to the new one.
    pub(super) number: u64,
    pub(super) connection: Option<MultiplexedConnection>,
    /// The server behind it. The push connection moves when this changes.
    pub(super) server: Arc<str>,
    /// When the connection was made or lost.
    since: Instant,
}

pub(super) struct Link {
    lanes: watch::Receiver<Lane>,
    trouble: Arc<Trouble>,
    response_timeout: Duration,
}

#[derive(Default)]
struct Trouble {
    broken: AtomicU64,
    reported: Notify,
    up: AtomicBool,
}

pub(super) struct Dial {
    pub(super) address: Address,
    pub(super) config: AsyncConnectionConfig,
    pub(super) connect_timeout: Duration,
}

impl Dial {
    pub(super) async fn connect(&self) -> Result<(MultiplexedConnection, Arc<str>), RedisError> {
        // Several steps (Sentinels, connect, HELLO, ROLE), each with its own limit; this one bounds their sum.
        let limit = self.connect_timeout * 2;
        match timeout(limit, self.address.connect(&self.config, self.connect_timeout)).await {
            Ok(answer) => answer.map(|(connection, server)| (connection, server.into())),
            Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
        }
    }
}

impl Link {
    pub(super) async fn connect(dial: Dial, response_timeout: Duration, shutdown: &Shutdown) -> Result<Self> {
        let (connection, server) = first_connection(&dial).await?;
        let lane = Lane { number: 1, connection: Some(connection), server, since: Instant::now() };
        let (lanes, receiver) = watch::channel(lane);
        let trouble = Arc::new(Trouble::default());
        set_up(&trouble, true);
        let keeper = Keeper { dial, lanes, trouble: trouble.clone() };
        let stop = shutdown.clone();
        shutdown.spawn(async move {
            tokio::select! {
                () = stop.stopped() => {}
                () = keeper.run() => {}
            }
        });
        Ok(Self { lanes: receiver, trouble, response_timeout })
    }

    pub(super) fn is_up(&self) -> bool {
        self.trouble.up.load(Ordering::Relaxed)
    }

    pub(super) fn watch(&self) -> watch::Receiver<Lane> {
        self.lanes.clone()
    }

    /// A connection newer than `after`. In the first moments of an outage this waits for the next one, as a failover
    /// takes a few seconds; later it fails at once, so that callers don't pile up.
    pub(super) async fn lane(&self, after: u64) -> Result<(u64, MultiplexedConnection), RedisError> {
        let pick = |lane: &Lane| match &lane.connection {
            Some(connection) if lane.number > after => Some((lane.number, connection.clone())),
            _ => None,
        };
        let since = {
            let lane = self.lanes.borrow();
            if let Some(found) = pick(&lane) {
                return Ok(found);
            }
            // A connection that was reported but not replaced yet was fine until now.
            if lane.connection.is_some() { Instant::now() } else { lane.since }
        };
        let mut lanes = self.lanes.clone();
        match timeout_at(since + self.response_timeout, lanes.wait_for(|lane| pick(lane).is_some())).await {
            Ok(Ok(lane)) => pick(&lane).ok_or_else(away),
            Ok(Err(_)) | Err(_) => Err(away()),
        }
    }

    /// Says that a connection is of no use any more.
    pub(super) fn report(&self, number: u64) {
        self.trouble.broken.fetch_max(number, Ordering::AcqRel);
        self.trouble.reported.notify_one();
    }
}

fn away() -> RedisError {
    (ErrorKind::Io, "not connected").into()
}

async fn first_connection(dial: &Dial) -> Result<(MultiplexedConnection, Arc<str>)> {
    let deadline = Instant::now() + START_PATIENCE;
    loop {
        match dial.connect().await {
            Ok(found) => return Ok(found),
            Err(error) => {
                let address = &dial.address;
                let login = matches!(error.kind(), ErrorKind::AuthenticationFailed)
                    || matches!(error.code(), Some("WRONGPASS" | "NOAUTH" | "NOPERM"));
                let hopeless = match error.kind() {
                    _ if login => {
                        Some("refuses the user name or the password: correct them in SKEIN_REDIS__URL")
                    }
                    ErrorKind::RESP3NotSupported => Some("is older than version 6.2: update it"),
                    _ => None,
                };
                if let Some(why) = hopeless {
                    return Err(
                        Error::invalid("redis_refused", format!("Redis at {address} {why}.")).source(error)
                    );
                }
                if Instant::now() + FIRST_BACKOFF * 4 >= deadline {
                    let message = format!(
                        "Redis at {address} cannot be reached: {error}. Start it, or correct SKEIN_REDIS__URL; \
                         without that setting everything runs in one process."
                    );
                    return Err(Error::unavailable(message).source(error));
                }
                tokio::time::sleep(FIRST_BACKOFF * 4).await;
            }
        }
    }
}

fn set_up(trouble: &Trouble, up: bool) {
    trouble.up.store(up, Ordering::Relaxed);
    metrics::gauge!("skein_redis_up").set(if up { 1.0 } else { 0.0 });
}

/// Pings the connection and replaces it: the only writer of the lane.
struct Keeper {
    dial: Dial,
    lanes: watch::Sender<Lane>,
    trouble: Arc<Trouble>,
}

impl Keeper {
    async fn run(self) {
        let mut tick = tokio::time::interval(PING_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.trouble.reported.notified() => {
                    if !self.is_reported() {
                        continue;
                    }
                }
                _ = look.tick() => {
                    if !self.has_moved().await {
                        continue;
                    }
                    self.trouble.broken.fetch_max(self.lanes.borrow().number, Ordering::AcqRel);
                }
                _ = tick.tick() => {
                    if self.answers().await {
                        set_up(&self.trouble, true);
                        continue;
                    }
                }
            }
            self.replace().await;
        }
    }

    fn is_reported(&self) -> bool {
        self.trouble.broken.load(Ordering::Acquire) >= self.lanes.borrow().number
    }

    async fn has_moved(&self) -> bool {
        let server = self.lanes.borrow().server.clone();
        tokio::select! {
            moved = self.dial.address.has_moved(&server, self.dial.connect_timeout) => moved,
            () = self.trouble.reported.notified() => {
                // For the loop to see.
                self.trouble.reported.notify_one();
                false
            }
        }
    }

    async fn answers(&self) -> bool {
        let Some(mut connection) = self.lanes.borrow().connection.clone() else { return false };
        let cmd = ::redis::cmd("PING");
        let ping = cmd.query_async::<()>(&mut connection);
        tokio::select! {
            answer = timeout(PING_LIMIT, ping) => matches!(answer, Ok(Ok(()))),
            // Wakes for old reports too: those find a newer lane, and the next tick pings again.
            () = self.trouble.reported.notified() => !self.is_reported(),
        }
    }

    /// Connects anew until it succeeds. The old connection stays in use for as long as nobody has reported it: a
    /// server that is only slow still answers what it was asked.
    async fn replace(&self) {
        let lost = Instant::now();
        let mut backoff = FIRST_BACKOFF;
        let mut logged = false;
        set_up(&self.trouble, false);
        loop {
            if self.is_reported() {
                self.lanes.send_if_modified(|lane| {
                    let had = lane.connection.take().is_some();
                    if had {
                        lane.since = Instant::now();
                    }
                    had
                });
            }
            match self.dial.connect().await {
                Ok((connection, server)) => {
                    self.lanes.send_modify(|lane| {
                        lane.number += 1;
                        lane.connection = Some(connection);
                        lane.server = server.clone();
                        lane.since = Instant::now();
                    });
                    set_up(&self.trouble, true);
                    metrics::counter!("skein_redis_reconnects_total").increment(1);
                    info!(%server, outage_ms = lost.elapsed().as_millis(), "connected to Redis again");
                    return;
                }
                Err(error) => {
                    if !logged {
                        warn!(address = %self.dial.address, %error, "Redis is away; trying until it is back");
                        logged = true;
                    }
                    let jitter = rand::random_range(0.5..1.0);
                    tokio::select! {
                        () = tokio::time::sleep(backoff.mul_f64(jitter)) => {}
                        () = self.trouble.reported.notified() => {}
                    }
                    backoff = (backoff * 2).min(LAST_BACKOFF);
                }
            }
        }
    }
}
