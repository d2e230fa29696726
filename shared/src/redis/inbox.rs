//! Channels and those who listen to them, within one process.
//!
//! A sender never waits for a listener: each has a bounded inbox, and one that falls behind hears a single
//! [`Heard::Gap`] in place of what it missed.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc;

use crate::{Error, Result};

/// Messages that wait for one listener before they become a gap: about ten seconds of a model's text.
const INBOX_MESSAGES: usize = 256;
/// Bytes that wait for one listener before they become a gap.
const INBOX_BYTES: usize = 256 * 1024;

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard<T = Bytes> {
    Message(T),
    /// Messages may be missing here: read again from where they are kept.
    Gap,
}

/// What the owner of the push connection has to do about a channel.
#[derive(Debug)]
pub(super) enum Wish {
    /// Somebody listens to a channel that isn't subscribed.
    Subscribe(Arc<str>),
    /// The last listener of a channel has left.
    Leave(Arc<str>),
}

struct Inbox<T> {
    state: Mutex<InboxState<T>>,
}

struct InboxState<T> {
    queue: VecDeque<(T, usize)>,
    bytes: usize,
    gap: bool,
    ready: bool,
    closed: bool,
    listener: Option<Waker>,
    waiter: Option<Waker>,
}

impl<T> Inbox<T> {
    fn new(ready: bool, closed: bool) -> Self {
        Self {
            state: Mutex::new(InboxState {
                queue: VecDeque::new(),
                bytes: 0,
                gap: false,
                ready,
                closed,
                listener: None,
                waiter: None,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, InboxState<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, item: T, bytes: usize) {
        let mut state = self.lock();
        if state.queue.len() >= INBOX_MESSAGES || state.bytes + bytes > INBOX_BYTES {
            // What waits is as good as lost: the listener reads it again, in order, after the gap.
            state.queue.clear();
            state.bytes = 0;
            state.gap = true;
        } else {
            state.queue.push_back((item, bytes));
            state.bytes += bytes;
        }
        wake(state.listener.take(), state);
    }

    /// The subscription stands. A listener that had been told so before hears a gap.
    fn confirm(&self) {
        let mut state = self.lock();
        let waker = if state.ready {
            state.gap = true;
            state.listener.take()
        } else {
            state.ready = true;
            state.waiter.take()
        };
        wake(waker, state);
    }

    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let (listener, waiter) = (state.listener.take(), state.waiter.take());
        drop(state);
        for waker in [listener, waiter].into_iter().flatten() {
            waker.wake();
        }
    }
}

/// Wakes after the lock is gone, so that the woken task doesn't run into it.
fn wake<T>(waker: Option<Waker>, state: MutexGuard<'_, T>) {
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

struct Channel<T> {
    inboxes: Vec<Arc<Inbox<T>>>,
    confirmed: bool,
    idle_since: Instant,
}

struct Channels<T> {
    by_name: HashMap<Arc<str>, Channel<T>>,
    closed: bool,
}

/// All channels of a process with their listeners.
pub(crate) struct Exchange<T> {
    channels: RwLock<Channels<T>>,
    /// Where somebody else carries the messages; without it channels stand by themselves.
    wishes: Option<mpsc::UnboundedSender<Wish>>,
}

impl<T: Clone> Exchange<T> {
    /// Channels within this process: a subscription stands at once.
    pub(crate) fn local() -> Arc<Self> {
        Arc::new(Self::new(None))
    }

    /// Channels whose messages come over a connection that somebody else keeps.
    pub(super) fn remote(wishes: mpsc::UnboundedSender<Wish>) -> Arc<Self> {
        Arc::new(Self::new(Some(wishes)))
    }

    fn new(wishes: Option<mpsc::UnboundedSender<Wish>>) -> Self {
        Self { channels: RwLock::new(Channels { by_name: HashMap::new(), closed: false }), wishes }
    }

    pub(crate) fn subscribe(self: &Arc<Self>, name: &str) -> Subscription<T>
    where
        T: Send + Sync + 'static,
    {
        let mut channels = self.write();
        let closed = channels.closed;
        let name: Arc<str> = match channels.by_name.get_key_value(name) {
            Some((name, _)) => name.clone(),
            None => name.into(),
        };
        let channel = channels.by_name.entry(name.clone()).or_insert_with(|| Channel {
            inboxes: Vec::with_capacity(1),
            confirmed: self.wishes.is_none(),
            idle_since: Instant::now(),
        });
        let inbox = Arc::new(Inbox::new(channel.confirmed, closed));
        channel.inboxes.push(inbox.clone());
        let wished = !channel.confirmed;
        drop(channels);
        if wished && let Some(wishes) = &self.wishes {
            // A closed channel of wishes means shutdown: the inbox is closed by then, or will be.
            let _ = wishes.send(Wish::Subscribe(name.clone()));
        }
        Subscription { exchange: self.clone(), name, inbox }
    }

    /// Gives a message of about `bytes` bytes to all who listen now.
    pub(crate) fn deliver(&self, name: &str, item: &T, bytes: usize) {
        if let Some(channel) = self.read().by_name.get(name) {
            for inbox in &channel.inboxes {
                inbox.push(item.clone(), bytes);
            }
        }
    }

    fn leave(&self, name: &Arc<str>, inbox: &Arc<Inbox<T>>) {
        let mut channels = self.write();
        let Some(channel) = channels.by_name.get_mut(name) else { return };
        channel.inboxes.retain(|other| !Arc::ptr_eq(other, inbox));
        if !channel.inboxes.is_empty() {
            return;
        }
        match &self.wishes {
            None => {
                channels.by_name.remove(name);
            }
            Some(wishes) => {
                channel.idle_since = Instant::now();
                let _ = wishes.send(Wish::Leave(name.clone()));
            }
        }
    }

    /// Every channel somebody listens to; channels without listeners are forgotten.
    pub(super) fn wanted(&self) -> Vec<Arc<str>> {
        let mut channels = self.write();
        channels.by_name.retain(|_, channel| !channel.inboxes.is_empty());
        channels.by_name.keys().cloned().collect()
    }

    /// True where somebody listens and the subscription doesn't stand yet.
    pub(super) fn needs(&self, name: &str) -> bool {
        self.read().by_name.get(name).is_some_and(|channel| !channel.confirmed && !channel.inboxes.is_empty())
    }

    pub(super) fn confirm(&self, names: &[Arc<str>]) {
        let mut channels = self.write();
        for name in names {
            if let Some(channel) = channels.by_name.get_mut(name) {
                channel.confirmed = true;
                for inbox in &channel.inboxes {
                    inbox.confirm();
                }
            }
        }
    }

    /// No subscription stands any more.
    pub(super) fn unconfirm_all(&self) {
        for channel in self.write().by_name.values_mut() {
            channel.confirmed = false;
        }
    }

    /// Forgets a channel that nobody has listened to for `idle`; says whether it was subscribed and must not be now.
    pub(super) fn forget_idle(&self, name: &Arc<str>, idle: Duration) -> bool {
        let mut channels = self.write();
        let Some(channel) = channels.by_name.get(name) else { return false };
        if !channel.inboxes.is_empty() || channel.idle_since.elapsed() < idle {
            return false;
        }
        let confirmed = channel.confirmed;
        channels.by_name.remove(name);
        confirmed
    }

    /// Ends every subscription, those to come as well.
    pub(super) fn close(&self) {
        let mut channels = self.write();
        channels.closed = true;
        for inbox in channels.by_name.values().flat_map(|channel| &channel.inboxes) {
            inbox.close();
        }
    }

    #[cfg(test)]
    pub(crate) fn listeners(&self, name: &str) -> Option<usize> {
        self.read().by_name.get(name).map(|channel| channel.inboxes.len())
    }

    fn read(&self) -> RwLockReadGuard<'_, Channels<T>> {
        self.channels.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Channels<T>> {
        self.channels.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One listener of one channel. Ends with the process's shutdown; dropping it ends the subscription.
pub struct Subscription<T: Clone = Bytes> {
    exchange: Arc<Exchange<T>>,
    name: Arc<str>,
    inbox: Arc<Inbox<T>>,
}

impl<T: Clone> Subscription<T> {
    /// Waits until the server has confirmed the subscription: every message published after that is heard, or a gap.
    /// `unavailable` after `limit`; the subscription goes on trying.
    pub async fn ready(&self, limit: Duration) -> Result<()> {
        let confirmed = std::future::poll_fn(|cx| {
            let mut state = self.inbox.lock();
            if state.ready || state.closed {
                return Poll::Ready(state.ready);
            }
            state.waiter = Some(cx.waker().clone());
            Poll::Pending
        });
        let answer = tokio::time::timeout(limit, confirmed).await;
        if answer.is_err() {
            // Who goes on without the confirmation has to hear a gap when it comes.
            self.inbox.lock().ready = true;
        }
        match answer {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => {
                Err(Error::unavailable("The event channel is not connected at the moment."))
            }
        }
    }

    /// The next message or gap; `None` when the process shuts down.
    pub async fn next(&mut self) -> Option<Heard<T>> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Heard<T>>> {
        let mut state = self.inbox.lock();
        if std::mem::take(&mut state.gap) {
            return Poll::Ready(Some(Heard::Gap));
        }
        if let Some((item, bytes)) = state.queue.pop_front() {
            state.bytes -= bytes;
            return Poll::Ready(Some(Heard::Message(item)));
        }
        if state.closed {
            return Poll::Ready(None);
        }
        if !state.listener.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            state.listener = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl<T: Clone> Stream for Subscription<T> {
    type Item = Heard<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl<T: Clone> Drop for Subscription<T> {
    fn drop(&mut self) {
        self.exchange.leave(&self.name, &self.inbox);
    }
}
