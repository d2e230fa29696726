//! The one connection that messages are pushed over. A single task owns every subscription on it, so that a late
//! "unsubscribe" can't overtake a new "subscribe".

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{PushInfo, PushKind, RedisError, Value};
use bytes::Bytes;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, sleep_until, timeout};
use tracing::{debug, info, warn};

use super::inbox::{Exchange, Subscription, Wish};
use super::link::{Dial, Lane};
use crate::Shutdown;

/// A channel that nobody listens to stays subscribed this long: a page that reloads comes back to it.
pub(super) const LINGER: Duration = Duration::from_secs(3);
/// Channels in one SUBSCRIBE: more would hold up the server's other clients.
const CHUNK: usize = 500;
const PING_EVERY: Duration = Duration::from_secs(2);
const PING_LIMIT: Duration = Duration::from_secs(4);
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
const LAST_BACKOFF: Duration = Duration::from_secs(1);

pub(super) struct Hub {
    exchange: Arc<Exchange<Bytes>>,
}

impl Hub {
    /// `dial` must carry no push sender; each connection gets its own.
    pub(super) fn start(dial: Dial, lanes: watch::Receiver<Lane>, shutdown: &Shutdown) -> Self {
        let (sender, wishes) = mpsc::unbounded_channel();
        let exchange = Exchange::remote(sender);
        let actor = Actor { dial, lanes, exchange: exchange.clone(), wishes, leaving: VecDeque::new() };
        let stop = shutdown.clone();
        let ended = exchange.clone();
        shutdown.spawn(async move {
            tokio::select! {
                () = stop.stopped() => {}
                () = actor.run() => {}
            }
            ended.close();
        });
        Self { exchange }
    }

    pub(super) fn subscribe(&self, channel: &str) -> Subscription {
        self.exchange.subscribe(channel)
    }

    #[cfg(test)]
    pub(super) fn listeners(&self, channel: &str) -> Option<usize> {
        self.exchange.listeners(channel)
    }
}

struct Actor {
    dial: Dial,
    lanes: watch::Receiver<Lane>,
    exchange: Arc<Exchange<Bytes>>,
    wishes: mpsc::UnboundedReceiver<Wish>,
    /// Channels whose last listener left, oldest first.
    leaving: VecDeque<(Instant, Arc<str>)>,
}

impl Actor {
    async fn run(mut self) {
        let mut backoff = FIRST_BACKOFF;
        loop {
            let lost = Arc::new(Notify::new());
            match self.open(lost.clone()).await {
                Ok((connection, server)) => {
                    backoff = FIRST_BACKOFF;
                    if let Err(error) = self.serve(connection, &server, &lost).await {
                        info!(%error, "the push connection to Redis was lost; subscribing again");
                    }
                }
                Err(error) => {
                    warn!(%error, "no push connection to Redis; trying again");
                }
            }
            self.exchange.unconfirm_all();
            tokio::time::sleep(backoff.mul_f64(rand::random_range(0.5..1.0))).await;
            backoff = (backoff * 2).min(LAST_BACKOFF);
        }
    }

    async fn open(&self, lost: Arc<Notify>) -> Result<(MultiplexedConnection, Arc<str>), RedisError> {
        let exchange = self.exchange.clone();
        // Runs in the task that reads the socket: it must never wait.
        let deliver = move |push: PushInfo| -> Result<(), ()> {
            match push.kind {
                PushKind::Message => deliver(&exchange, push.data),
                PushKind::Disconnection => lost.notify_one(),
                _ => {}
            }
            Ok(())
        };
        let config = self.dial.config.clone().set_push_sender(deliver);
        let dial =
            Dial { address: self.dial.address.clone(), config, connect_timeout: self.dial.connect_timeout };
        dial.connect().await
    }

    /// Subscribes to everything that is wanted, then follows the wishes until the connection is lost.
    async fn serve(
        &mut self,
        mut connection: MultiplexedConnection,
        server: &str,
        lost: &Notify,
    ) -> Result<(), RedisError> {
        self.leaving.clear();
        let wanted = self.exchange.wanted();
        subscribe(&mut connection, &self.exchange, &wanted).await?;
        debug!(server, channels = wanted.len(), "the push connection to Redis stands");

        let mut tick = tokio::time::interval(PING_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut wishes = Vec::new();
        loop {
            let due = self.leaving.front().map_or_else(far, |(due, _)| *due);
            tokio::select! {
                () = lost.notified() => return Err(gone("the server closed it")),
                count = self.wishes.recv_many(&mut wishes, CHUNK) => {
                    if count == 0 {
                        return Err(gone("nobody is left to listen"));
                    }
                    self.grant(&mut connection, &mut wishes).await?;
                }
                () = sleep_until(due) => self.unsubscribe_idle(&mut connection).await?,
                _ = tick.tick() => {
                    let ping = ::redis::cmd("PING");
                    match timeout(PING_LIMIT, ping.query_async::<()>(&mut connection)).await {
                        Ok(answer) => answer?,
                        Err(_) => return Err(gone("it doesn't answer")),
                    }
                }
                changed = self.lanes.changed() => {
                    if changed.is_ok() && *self.lanes.borrow_and_update().server != *server {
                        return Err(gone("the master is another server now"));
                    }
                }
            }
        }
    }

    async fn grant(
        &mut self,
        connection: &mut MultiplexedConnection,
        wishes: &mut Vec<Wish>,
    ) -> Result<(), RedisError> {
        let mut wanted: Vec<Arc<str>> = Vec::new();
        for wish in wishes.drain(..) {
            match wish {
                Wish::Subscribe(channel) if self.exchange.needs(&channel) => wanted.push(channel),
                Wish::Subscribe(_) => {}
                Wish::Leave(channel) => self.leaving.push_back((Instant::now() + LINGER, channel)),
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        subscribe(connection, &self.exchange, &wanted).await
    }

    async fn unsubscribe_idle(&mut self, connection: &mut MultiplexedConnection) -> Result<(), RedisError> {
        let now = Instant::now();
        let mut idle: Vec<Arc<str>> = Vec::new();
        while idle.len() < CHUNK && self.leaving.front().is_some_and(|(due, _)| *due <= now) {
            if let Some((_, channel)) = self.leaving.pop_front()
                && self.exchange.forget_idle(&channel, LINGER)
            {
                idle.push(channel);
            }
        }
        // Who subscribes from here on has made a wish that this task reads after the command below.
        if idle.is_empty() { Ok(()) } else { connection.unsubscribe(names(&idle)).await }
    }
}

async fn subscribe(
    connection: &mut MultiplexedConnection,
    exchange: &Exchange<Bytes>,
    channels: &[Arc<str>],
) -> Result<(), RedisError> {
    for chunk in channels.chunks(CHUNK) {
        connection.subscribe(names(chunk)).await?;
        exchange.confirm(chunk);
    }
    Ok(())
}

fn names(channels: &[Arc<str>]) -> Vec<&str> {
    channels.iter().map(|channel| &**channel).collect()
}

fn deliver(exchange: &Exchange<Bytes>, data: Vec<Value>) {
    let mut data = data.into_iter();
    if let (Some(Value::BulkString(channel)), Some(Value::BulkString(message))) = (data.next(), data.next())
        && let Ok(channel) = std::str::from_utf8(&channel)
    {
        let bytes = message.len();
        exchange.deliver(channel, &Bytes::from(message), bytes);
    }
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}

fn gone(why: &'static str) -> RedisError {
    (::redis::ErrorKind::Io, why).into()
}
