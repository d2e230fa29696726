//! Redis: one handle with a connection for commands and one for pushed messages, both of which come back by
//! themselves after a restart, a stall or a failover of the server.
//!
//! **Keys.** [`Redis::key`] puts the prefix in front: `skein:{gen:018f...}:log`. The part in braces is the hash tag:
//! keys that one script uses together share it, and everything else has a tag of its own (a generation, a user, a
//! queue), so that a cluster can spread them.
//!
//! **Repeats.** A command whose connection is lost may have run or not. It is sent once more where a second run does
//! no harm: reads, and writes that set an absolute state (see [`REPEATABLE`]); scripts say it themselves. A command
//! that the server has refused because it isn't the master any more or isn't ready yet is always sent once more.

mod address;
mod hub;
pub(crate) mod inbox;
mod link;
mod script;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::redis::aio::MultiplexedConnection;
use ::redis::{
    Arg, AsyncConnectionConfig, Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RetryMethod,
    ServerErrorKind,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use self::address::Address;
use self::hub::Hub;
pub use self::inbox::{Heard, Subscription};
use self::link::{Dial, Lane, Link};
pub use self::script::{Invocation, Script};
use crate::{Result, Shutdown};

/// Commands that wait to be written before callers wait as well.
const WRITE_QUEUE: usize = 1024;

/// Commands that may run twice: reads, and writes after which the state is the same as after one run. Those with an
/// answer that differs the second time (DEL, SADD: a count of changes) are here too: nobody may build on that count.
/// XADD counts only with an explicit id, which the server takes once, and SET only without NX, XX and GET.
const REPEATABLE: &[&str] = &[
    "DEL",
    "EXISTS",
    "EXPIRE",
    "EXPIREAT",
    "GET",
    "HDEL",
    "HEXISTS",
    "HGET",
    "HGETALL",
    "HKEYS",
    "HLEN",
    "HMGET",
    "HSET",
    "INFO",
    "LINDEX",
    "LLEN",
    "LRANGE",
    "MGET",
    "MSET",
    "PEXPIRE",
    "PEXPIREAT",
    "PING",
    "PTTL",
    "PUBLISH",
    "ROLE",
    "SADD",
    "SCARD",
    "SCAN",
    "SET",
    "SISMEMBER",
    "SMEMBERS",
    "SREM",
    "STRLEN",
    "TIME",
    "TTL",
    "TYPE",
    "UNLINK",
    "XADD",
    "XINFO",
    "XLEN",
    "XRANGE",
    "XREVRANGE",
    "XTRIM",
    "ZADD",
    "ZCARD",
    "ZCOUNT",
    "ZRANGE",
    "ZREM",
    "ZSCORE",
];

/// How to reach Redis.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// `redis://[user:pass@]host:port/db`, or
    /// `redis+sentinel://[user:pass@]host:port,host:port,.../<master name>[/db]` (the login is that of the master;
    /// the Sentinels' own comes as `?sentinel_user=..&sentinel_password=..`).
    pub url: SecretString,
    /// The first part of every key, so that several installations can share a server.
    pub prefix: String,
    /// How long a command may wait for its answer. Redis answers in well under a millisecond, but stalls when it
    /// forks or loads.
    pub response_timeout: Duration,
    pub connect_timeout: Duration,
}

impl RedisSettings {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            prefix: "skein".into(),
            response_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(2),
        }
    }
}

/// A handle to Redis; cheap to clone, all clones share the connections.
#[derive(Clone)]
pub struct Redis {
    inner: Arc<Inner>,
}

struct Inner {
    link: Link,
    hub: Hub,
    prefix: String,
    address: String,
}

impl Redis {
    /// Connects, trying for some seconds. The error names the server without its password and says what to do.
    pub async fn connect(settings: RedisSettings, shutdown: &Shutdown) -> Result<Self> {
        let RedisSettings { url, prefix, response_timeout, connect_timeout } = settings;
        let address = Address::parse(url.expose_secret())?;
        let printed = address.to_string();
        // The crate's own response time-out is 500 ms, which a server that forks to save exceeds.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connect_timeout))
            .set_response_timeout(Some(response_timeout))
            .set_pipeline_buffer_size(WRITE_QUEUE);
        let dial = || Dial { address: address.clone(), config: config.clone(), connect_timeout };
        let link = Link::connect(dial(), response_timeout, shutdown).await?;
        let hub = Hub::start(dial(), link.watch(), shutdown);
        Ok(Self { inner: Arc::new(Inner { link, hub, prefix, address: printed }) })
    }

    /// The key or channel of that name: `name` with the prefix. Put the hash tag into the name:
    /// `redis.key("{gen:<id>}:log")`.
    pub fn key(&self, name: &str) -> String {
        let prefix = &self.inner.prefix;
        let mut key = String::with_capacity(prefix.len() + 1 + name.len());
        key.push_str(prefix);
        key.push(':');
        key.push_str(name);
        key
    }

    /// Runs one command. Commands that block (BLPOP, XREAD BLOCK) would hold up all others: don't send them here.
    pub async fn cmd<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T> {
        self.run(is_repeatable(cmd), Request::Cmd(cmd)).await
    }

    /// Runs several commands in one round trip; atomic if the pipeline says so. The first error is the whole's.
    pub async fn pipe<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T> {
        self.run(pipeline.cmd_iter().all(is_repeatable), Request::Pipe(pipeline)).await
    }

    /// Runs a script by its hash and loads it where the server doesn't know it, as after a restart.
    pub async fn script<T: FromRedisValue>(&self, call: &Invocation<'_>) -> Result<T> {
        self.run(call.is_repeatable(), Request::Script(call)).await
    }

    /// Listens to a channel, by its full name. Returns at once; [`Subscription::ready`] waits for the confirmation.
    pub fn subscribe(&self, channel: &str) -> Subscription {
        self.inner.hub.subscribe(channel)
    }

    /// The time of one round trip.
    pub async fn ping(&self) -> Result<Duration> {
        let start = Instant::now();
        self.cmd::<()>(&::redis::cmd("PING")).await?;
        Ok(start.elapsed())
    }

    /// False while the server doesn't answer. Known from a ping a second; costs nothing to ask.
    pub fn is_up(&self) -> bool {
        self.inner.link.is_up()
    }

    /// Tells of every new connection from now on: what the server knew may be lost with the old one.
    pub fn reconnections(&self) -> Reconnections {
        let lanes = self.inner.link.watch();
        let number = lanes.borrow().number;
        Reconnections { lanes, number }
    }

    async fn run<T: FromRedisValue>(&self, repeatable: bool, request: Request<'_>) -> Result<T> {
        let link = &self.inner.link;
        let (number, mut connection) = link.lane(0).await?;
        let error = match request.send(&mut connection).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let again = match fate(&error) {
            Fate::Refused => true,
            Fate::Lost => repeatable,
            // The caller has waited for the whole time-out by now.
            Fate::TimedOut => false,
            Fate::Answered => return Err(error.into()),
        };
        link.report(number);
        if !again {
            return Err(error.into());
        }
        let (number, mut connection) = link.lane(number).await?;
        request.send(&mut connection).await.map_err(|error| {
            if !matches!(fate(&error), Fate::Answered) {
                link.report(number);
            }
            error.into()
        })
    }

    #[cfg(test)]
    pub(crate) fn listeners(&self, channel: &str) -> Option<usize> {
        self.inner.hub.listeners(channel)
    }
}

/// See [`Redis::reconnections`].
pub struct Reconnections {
    lanes: watch::Receiver<Lane>,
    number: u64,
}

impl Reconnections {
    /// Waits for the next new connection. May be dropped and called again; several at once count as one.
    pub async fn next(&mut self) {
        let number = self.number;
        match self.lanes.wait_for(|lane| lane.number > number).await.map(|lane| lane.number) {
            Ok(number) => self.number = number,
            // The process ends.
            Err(_) => std::future::pending().await,
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("address", &self.inner.address)
            .field("prefix", &self.inner.prefix)
            .finish()
    }
}

#[derive(Clone, Copy)]
enum Request<'a> {
    Cmd(&'a Cmd),
    Pipe(&'a Pipeline),
    Script(&'a Invocation<'a>),
}

impl Request<'_> {
    async fn send<T: FromRedisValue>(self, connection: &mut MultiplexedConnection) -> Result<T, RedisError> {
        match self {
            Self::Cmd(cmd) => cmd.query_async(connection).await,
            Self::Pipe(pipeline) => pipeline.query_async(connection).await,
            Self::Script(call) => match call.by_hash().query_async(connection).await {
                Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                    call.by_code().query_async(connection).await
                }
                answer => answer,
            },
        }
    }
}

/// What became of a command that failed.
enum Fate {
    /// The server has taken it and said no: the connection is fine.
    Answered,
    /// The server has not run it, because of its own state.
    Refused,
    /// Unknown: the connection went away.
    Lost,
    /// Unknown: no answer yet.
    TimedOut,
}

fn fate(error: &RedisError) -> Fate {
    if error.is_timeout() {
        return Fate::TimedOut;
    }
    match error.kind() {
        ErrorKind::Server(
            ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown | ServerErrorKind::BusyLoading,
        ) => Fate::Refused,
        ErrorKind::Io | ErrorKind::Parse => Fate::Lost,
        _ if matches!(error.retry_method(), RetryMethod::Reconnect) => Fate::Lost,
        _ => Fate::Answered,
    }
}

fn is_repeatable(cmd: &Cmd) -> bool {
    let mut args = cmd.args_iter();
    let Some(Arg::Simple(name)) = args.next() else { return false };
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let mut rest = args.filter_map(|arg| match arg {
        Arg::Simple(arg) => Some(arg),
        _ => None,
    });
    let has = |arg: &[u8], words: &[&str]| words.iter().any(|word| arg.eq_ignore_ascii_case(word.as_bytes()));
    match name.to_ascii_uppercase().as_str() {
        "SET" => !rest.skip(2).any(|arg| has(arg, &["NX", "XX", "GET"])),
        "ZADD" => !rest.any(|arg| has(arg, &["INCR", "NX", "XX"])),
        // The second answer is an error, which says that the id is taken.
        "XADD" => !rest.any(|arg| arg == b"*"),
        name => REPEATABLE.contains(&name),
    }
}
