//! What every event log promises, run on each of them, and what only a log on a server has to show.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::*;
use crate::redis::{Heard, Redis, RedisSettings};
use crate::testing::{RedisServer, redis_is_installed};
use crate::{Clock, Shutdown};

const SOON: Duration = Duration::from_secs(15);

/// A log under test with what it stands on.
struct Place {
    log: Events,
    short: Events,
    bus: Bus,
    redis: Option<Redis>,
    server: Option<RedisServer>,
    shutdown: Shutdown,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shutdown.stop();
    }
}

impl Place {
    fn memory() -> Self {
        let log = MemoryLog::new(Clock::system());
        let short = Arc::new(MemoryLog::new(Clock::system()).length(200));
        let bus = Bus::memory();
        Self { log: Arc::new(log), short, bus, redis: None, server: None, shutdown: Shutdown::new() }
    }

    async fn redis() -> Option<Self> {
        if !redis_is_installed() {
            return None;
        }
        let server = RedisServer::start();
        let shutdown = Shutdown::new();
        let redis = Redis::connect(RedisSettings::new(server.url()), &shutdown).await.unwrap();
        let log = RedisLog::new(redis.clone());
        let short = Arc::new(log.clone().length(200));
        let bus = Bus::redis(redis.clone());
        Some(Self { log: Arc::new(log), short, bus, redis: Some(redis), server: Some(server), shutdown })
    }
}

macro_rules! on_each_log {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&super::Place::memory()).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(place) = super::Place::redis().await {
                    super::$name(&place).await;
                }
            })*
        }
    };
}

on_each_log!(
    every_cursor_continues_in_order,
    an_older_attempt_is_refused_and_nobody_hears_it,
    a_repeated_write_is_taken_once,
    a_new_attempt_follows_the_old_one,
    two_tails_see_the_same,
    a_slow_tail_gets_everything_by_reading_again,
    five_hundred_tails_hear_every_event,
    a_cursor_before_the_trimmed_log_is_gone,
    a_snapshot_lets_readers_into_a_trimmed_log,
    what_follows_a_lost_event_is_refused_until_a_snapshot_mends_it,
    a_missing_log_is_gone_for_a_cursor_and_awaited_from_the_start,
    a_log_that_expires_is_gone,
    a_lost_log_begins_again_with_a_snapshot_only,
    a_cursor_from_the_future_is_gone,
    user_events_come_in_order_from_now_or_from_a_cursor,
    a_slow_tail_of_a_user_gets_everything_too,
    leaving_and_coming_back_misses_nothing,
    next_may_be_dropped_at_any_moment,
    the_bus_reaches_all_who_listen,
);

fn topic() -> Topic {
    Topic::generation(Uuid::now_v7())
}

fn delta(attempt: u64, seq: u64) -> Event {
    Event::new(EventId::new(attempt, seq), "delta", format!("{{\"text\":\"word {attempt}-{seq} \"}}"))
}

async fn write(log: &Events, topic: &Topic, attempt: u64, seqs: std::ops::RangeInclusive<u64>) {
    for seq in seqs {
        log.append(topic, &delta(attempt, seq)).await.unwrap();
    }
}

/// The next item that isn't a lull.
async fn item(tail: &mut Tail) -> TailItem {
    let next = async {
        loop {
            match tail.next().await.unwrap() {
                TailItem::Idle => {}
                item => return item,
            }
        }
    };
    timeout(SOON, next).await.expect("nothing came")
}

async fn event(tail: &mut Tail) -> Event {
    match item(tail).await {
        TailItem::Event(event) => event,
        other => panic!("{other:?} instead of an event"),
    }
}

async fn expect(tail: &mut Tail, attempt: u64, seqs: std::ops::RangeInclusive<u64>) {
    for seq in seqs {
        assert_eq!(event(tail).await, delta(attempt, seq));
    }
}

async fn every_cursor_continues_in_order(place: &Place) {
    let (log, topic) = (&place.log, topic());
    write(log, &topic, 1, 1..=20).await;
    for cursor in 0..=20 {
        let mut tail = log.tail(&topic, EventId::new(1, cursor));
        expect(&mut tail, 1, cursor + 1..=20).await;
    }
    let mut early = log.tail(&topic, EventId::ZERO);
    let mut late = log.tail(&topic, EventId::new(1, 20));
    expect(&mut early, 1, 1..=5).await;
    write(log, &topic, 1, 21..=30).await;
    let done = Event::new(EventId::new(1, 31), "completed", "{}");
    log.append(&topic, &done).await.unwrap();
    expect(&mut early, 1, 6..=30).await;
    expect(&mut late, 1, 21..=30).await;
    for tail in [&mut early, &mut late] {
        let last = event(tail).await;
        assert!(last.is_terminal());
        assert_eq!(last, done);
    }
    assert_eq!(
        log.bounds(&topic).await.unwrap(),
        Some(Bounds { first: EventId::new(1, 1), last: EventId::new(1, 31) })
    );
    assert_eq!(log.read_after(&topic, EventId::new(1, 3), 2).await.unwrap(), [delta(1, 4), delta(1, 5)]);
}

async fn an_older_attempt_is_refused_and_nobody_hears_it(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    tail.ready().await.unwrap();
    write(log, &topic, 1, 1..=3).await;
    write(log, &topic, 2, 1..=2).await;
    for late in [
        delta(1, 4),
        delta(1, 3),
        delta(1, 100),
        delta(2, 1).renamed("failed"),
        delta(2, 2).renamed("failed"),
    ] {
        assert!(matches!(log.append(&topic, &late).await, Err(AppendError::Fenced)), "{} was taken", late.id);
    }
    write(log, &topic, 2, 3..=3).await;
    let ids =
        [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)].map(|(attempt, seq)| EventId::new(attempt, seq));
    let mut heard = Vec::new();
    while heard.len() < ids.len() {
        match timeout(SOON, tail.listen()).await.expect("nothing came") {
            Some(Heard::Message(event)) => heard.push(event.id),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(heard, ids, "what is refused must not be published");
    let kept: Vec<_> =
        log.read_after(&topic, EventId::ZERO, 100).await.unwrap().iter().map(|event| event.id).collect();
    assert_eq!(kept, ids);
}

async fn a_repeated_write_is_taken_once(place: &Place) {
    let (log, topic) = (&place.log, topic());
    write(log, &topic, 1, 1..=3).await;
    log.append(&topic, &delta(1, 3)).await.unwrap();
    log.append(&topic, &delta(1, 2)).await.unwrap();
    assert_eq!(log.read_after(&topic, EventId::ZERO, 10).await.unwrap().len(), 3);
}

async fn a_new_attempt_follows_the_old_one(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(log, &topic, 1, 1..=3).await;
    expect(&mut tail, 1, 1..=3).await;
    write(log, &topic, 3, 1..=2).await;
    expect(&mut tail, 3, 1..=2).await;
    let mut second = log.tail(&topic, EventId::new(1, 2));
    expect(&mut second, 1, 3..=3).await;
    expect(&mut second, 3, 1..=2).await;
}

async fn two_tails_see_the_same(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let follow = |mut tail: Tail| {
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while seen.len() < 300 {
                seen.push(event(&mut tail).await);
            }
            seen
        })
    };
    let first = follow(log.tail(&topic, EventId::ZERO));
    write(log, &topic, 1, 1..=150).await;
    let second = follow(log.tail(&topic, EventId::ZERO));
    write(log, &topic, 1, 151..=300).await;
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    assert_eq!(first, second);
    assert_eq!(first, (1..=300).map(|seq| delta(1, seq)).collect::<Vec<_>>());
}

async fn a_slow_tail_gets_everything_by_reading_again(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(log, &topic, 1, 1..=1).await;
    expect(&mut tail, 1, 1..=1).await;
    // More than an inbox holds, so that it overflows while nobody reads.
    write(log, &topic, 1, 2..=1500).await;
    expect(&mut tail, 1, 2..=1500).await;
    write(log, &topic, 1, 1501..=1502).await;
    expect(&mut tail, 1, 1501..=1502).await;
}

async fn five_hundred_tails_hear_every_event(place: &Place) {
    const TOPICS: usize = 20;
    const EACH: usize = 25;
    const EVENTS: u64 = 75;
    let topics: Vec<Topic> = (0..TOPICS).map(|_| topic()).collect();
    let mut followers = Vec::new();
    for topic in &topics {
        for _ in 0..EACH {
            let mut tail = place.log.tail(topic, EventId::ZERO);
            followers.push(tokio::spawn(async move { expect(&mut tail, 1, 1..=EVENTS).await }));
        }
    }
    let mut tick = tokio::time::interval(Duration::from_millis(40));
    for seq in 1..=EVENTS {
        tick.tick().await;
        for topic in &topics {
            place.log.append(topic, &delta(1, seq)).await.unwrap();
        }
    }
    for follower in followers {
        follower.await.unwrap();
    }
}

async fn a_cursor_before_the_trimmed_log_is_gone(place: &Place) {
    let (log, topic) = (&place.short, topic());
    write(log, &topic, 1, 1..=1000).await;
    let first = log.bounds(&topic).await.unwrap().unwrap().first;
    assert!(first.seq > 600, "the log was not trimmed: {first}");
    assert_eq!(item(&mut log.tail(&topic, EventId::new(1, 10))).await, TailItem::Gone);
    assert_eq!(item(&mut log.tail(&topic, EventId::ZERO)).await, TailItem::Gone);
    let mut tail = log.tail(&topic, EventId::new(1, first.seq - 1));
    expect(&mut tail, 1, first.seq..=1000).await;
}

async fn a_snapshot_lets_readers_into_a_trimmed_log(place: &Place) {
    let (log, topic) = (&place.short, topic());
    write(log, &topic, 1, 1..=980).await;
    let snapshot = delta(1, 981).renamed("snapshot");
    log.append(&topic, &snapshot).await.unwrap();
    write(log, &topic, 1, 982..=1000).await;
    let mut tail = log.tail(&topic, EventId::ZERO);
    assert_eq!(event(&mut tail).await, snapshot);
    expect(&mut tail, 1, 982..=1000).await;
    write(log, &topic, 1, 1001..=1002).await;
    expect(&mut tail, 1, 1001..=1002).await;
}

async fn what_follows_a_lost_event_is_refused_until_a_snapshot_mends_it(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(log, &topic, 1, 1..=2).await;
    expect(&mut tail, 1, 1..=2).await;
    // The writer has had an answer for 1-3, but the server that has taken over never heard of it.
    assert!(matches!(log.append(&topic, &delta(1, 4)).await, Err(AppendError::Missing)));
    assert!(matches!(log.append(&topic, &delta(2, 2)).await, Err(AppendError::Missing)));
    assert_eq!(log.bounds(&topic).await.unwrap().map(|bounds| bounds.last), Some(EventId::new(1, 2)));
    let snapshot = delta(1, 4).renamed("snapshot");
    log.append(&topic, &snapshot).await.unwrap();
    write(log, &topic, 1, 5..=5).await;
    for tail in [&mut tail, &mut log.tail(&topic, EventId::new(1, 3))] {
        assert_eq!(event(tail).await, snapshot);
        expect(tail, 1, 5..=5).await;
    }
}

async fn a_missing_log_is_gone_for_a_cursor_and_awaited_from_the_start(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let start = Instant::now();
    assert_eq!(item(&mut log.tail(&topic, EventId::new(1, 3))).await, TailItem::Gone);
    assert!(start.elapsed() < Duration::from_secs(1));
    let mut tail = log.tail(&topic, EventId::ZERO);
    assert_eq!(timeout(SOON, tail.next()).await.unwrap().unwrap(), TailItem::Idle);
    write(log, &topic, 1, 1..=2).await;
    expect(&mut tail, 1, 1..=2).await;
}

async fn a_log_that_expires_is_gone(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(log, &topic, 1, 1..=2).await;
    expect(&mut tail, 1, 1..=2).await;
    log.expire(&topic, Duration::from_millis(50)).await.unwrap();
    assert_eq!(item(&mut tail).await, TailItem::Gone);
    assert_eq!(log.bounds(&topic).await.unwrap(), None);
    assert!(log.read_after(&topic, EventId::ZERO, 10).await.unwrap().is_empty());
}

async fn a_lost_log_begins_again_with_a_snapshot_only(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    tail.ready().await.unwrap();
    assert!(matches!(log.append(&topic, &delta(1, 41)).await, Err(AppendError::Missing)));
    assert_eq!(log.bounds(&topic).await.unwrap(), None);
    let snapshot = delta(1, 41).renamed("snapshot");
    log.append(&topic, &snapshot).await.unwrap();
    write(log, &topic, 1, 42..=43).await;
    for cursor in [EventId::ZERO, EventId::new(1, 30), EventId::new(1, 40)] {
        let mut other = log.tail(&topic, cursor);
        assert_eq!(event(&mut other).await, snapshot);
        expect(&mut other, 1, 42..=43).await;
    }
    assert_eq!(event(&mut tail).await, snapshot);
    expect(&mut tail, 1, 42..=43).await;
    // The first event of an attempt may begin a log too.
    let other = Topic::generation(Uuid::now_v7());
    log.append(&other, &delta(3, 1)).await.unwrap();
}

async fn a_cursor_from_the_future_is_gone(place: &Place) {
    let (log, topic) = (&place.log, topic());
    write(log, &topic, 1, 1..=3).await;
    assert_eq!(item(&mut log.tail(&topic, EventId::new(1, 4))).await, TailItem::Gone);
    assert_eq!(item(&mut log.tail(&topic, EventId::new(9, 1))).await, TailItem::Gone);
}

async fn user_events_come_in_order_from_now_or_from_a_cursor(place: &Place) {
    let (log, topic) = (&place.short, Topic::user(Uuid::now_v7()));
    let data = |n: u64| Bytes::from(format!("{{\"n\":{n}}}"));
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(log.append_auto(&topic, "chat_updated", data(n)).await.unwrap());
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let mut all = log.tail(&topic, EventId::ZERO);
    let mut part = log.tail(&topic, ids[2]);
    let mut new = log.tail(&topic, EventId::ZERO).from_now();
    new.ready().await.unwrap();
    ids.push(log.append_auto(&topic, "chat_deleted", data(5)).await.unwrap());
    for (tail, range) in [(&mut all, 0..6), (&mut part, 3..6), (&mut new, 5..6)] {
        for n in range {
            let event = event(tail).await;
            assert_eq!((event.id, &event.data), (ids[n], &data(n as u64)));
        }
    }
    for n in 0..1000 {
        log.append_auto(&topic, "chat_updated", data(n)).await.unwrap();
    }
    assert_eq!(item(&mut log.tail(&topic, ids[2])).await, TailItem::Gone);
}

/// Nothing but the gap says that something is missing here: the ids have holes anyway.
async fn a_slow_tail_of_a_user_gets_everything_too(place: &Place) {
    let (log, topic) = (&place.log, Topic::user(Uuid::now_v7()));
    let mut tail = log.tail(&topic, EventId::ZERO);
    let mut ids = vec![log.append_auto(&topic, "chat_updated", Bytes::from("{}")).await.unwrap()];
    assert_eq!(event(&mut tail).await.id, ids[0]);
    for _ in 0..700 {
        ids.push(log.append_auto(&topic, "chat_updated", Bytes::from("{}")).await.unwrap());
    }
    for id in &ids[1..] {
        assert_eq!(event(&mut tail).await.id, *id);
    }
}

async fn leaving_and_coming_back_misses_nothing(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut cursor = EventId::new(1, 0);
    let mut old: Option<Tail> = None;
    for round in 0..100 {
        let mut tail = log.tail(&topic, if round == 0 { EventId::ZERO } else { cursor });
        // The reader before this one leaves while this one joins.
        drop(old.take());
        if round % 3 == 0 {
            tail.ready().await.unwrap();
        }
        cursor = cursor.next();
        log.append(&topic, &delta(1, cursor.seq)).await.unwrap();
        let start = Instant::now();
        expect(&mut tail, 1, cursor.seq..=cursor.seq).await;
        assert!(start.elapsed() < Duration::from_secs(1), "round {round} had to wait for the idle check");
        cursor = cursor.next();
        log.append(&topic, &delta(1, cursor.seq)).await.unwrap();
        let start = Instant::now();
        expect(&mut tail, 1, cursor.seq..=cursor.seq).await;
        assert!(start.elapsed() < Duration::from_secs(1), "round {round} had to wait for the idle check");
        old = Some(tail);
    }
}

async fn next_may_be_dropped_at_any_moment(place: &Place) {
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    let writer = {
        let log = log.clone();
        tokio::spawn(async move { write(&log, &topic, 1, 1..=500).await })
    };
    let mut seq = 1;
    let deadline = Instant::now() + SOON;
    while seq <= 500 {
        assert!(Instant::now() < deadline, "stopped at {seq}");
        if let Ok(item) = timeout(Duration::from_micros(200), tail.next()).await
            && let TailItem::Event(event) = item.unwrap()
        {
            assert_eq!(event, delta(1, seq));
            seq += 1;
        }
    }
    writer.await.unwrap();
}

async fn the_bus_reaches_all_who_listen(place: &Place) {
    let mut listeners: Vec<Listener> = (0..3).map(|_| place.bus.listen("cancel")).collect();
    let mut other = place.bus.listen("settings");
    for listener in listeners.iter().chain([&other]) {
        listener.ready(SOON).await.unwrap();
    }
    place.bus.publish("cancel", "one").await;
    place.bus.publish("nobody", "lost").await;
    place.bus.publish("settings", "two").await;
    for listener in &mut listeners {
        assert_eq!(timeout(SOON, listener.next()).await.unwrap(), Some(Bytes::from("one")));
    }
    assert_eq!(timeout(SOON, other.next()).await.unwrap(), Some(Bytes::from("two")));
}

impl Event {
    fn renamed(self, name: &'static str) -> Self {
        Self { name: name.into(), ..self }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tail_lives_through_a_kill_and_an_empty_restart_of_redis() {
    let Some(mut place) = Place::redis().await else { return };
    let (log, topic) = (place.log.clone(), topic());
    let mut current = log.tail(&topic, EventId::ZERO);
    let mut behind = log.tail(&topic, EventId::ZERO);
    write(&log, &topic, 1, 1..=5).await;
    expect(&mut current, 1, 1..=5).await;
    expect(&mut behind, 1, 1..=3).await;

    let server = place.server.as_mut().unwrap();
    server.kill();
    // A tail in the middle of an outage waits for the server.
    assert!(timeout(Duration::from_millis(300), item(&mut current)).await.is_err());
    server.restart();

    // The writer goes on where it was, and is told that the log is lost.
    let start = Instant::now();
    loop {
        match log.append(&topic, &delta(1, 6)).await {
            Err(AppendError::Missing) => break,
            Err(AppendError::Unavailable(_)) => assert!(start.elapsed() < SOON),
            other => panic!("{other:?}"),
        }
    }
    let snapshot = delta(1, 6).renamed("snapshot");
    log.append(&topic, &snapshot).await.unwrap();
    write(&log, &topic, 1, 7..=7).await;

    assert_eq!(event(&mut current).await, snapshot);
    // This one had read its page before the kill: it misses nothing either.
    expect(&mut behind, 1, 4..=5).await;
    assert_eq!(event(&mut behind).await, snapshot);
    let mut newcomer = log.tail(&topic, EventId::ZERO);
    assert_eq!(event(&mut newcomer).await, snapshot);
    for tail in [&mut current, &mut behind, &mut newcomer] {
        expect(tail, 1, 7..=7).await;
    }

    write(&log, &topic, 1, 8..=9).await;
    for tail in [&mut current, &mut behind, &mut newcomer] {
        expect(tail, 1, 8..=9).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hole_that_nobody_fills_is_gone() {
    let Some(place) = Place::redis().await else { return };
    let (log, topic) = (&place.log, topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(log, &topic, 1, 1..=2).await;
    expect(&mut tail, 1, 1..=2).await;
    let redis = place.redis.as_ref().unwrap();
    let mut beyond = ::redis::cmd("XADD");
    beyond.arg(redis.key(&format!("{{{topic}}}:log"))).arg("1-4").arg("e").arg("delta {}");
    redis.cmd::<()>(&beyond).await.unwrap();
    let start = Instant::now();
    assert_eq!(item(&mut tail).await, TailItem::Gone);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_empty_restart_a_reader_whose_writer_is_gone_is_told() {
    let Some(mut place) = Place::redis().await else { return };
    let (log, topic) = (place.log.clone(), topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(&log, &topic, 1, 1..=5).await;
    expect(&mut tail, 1, 1..=5).await;
    place.server.as_mut().unwrap().restart();
    let start = Instant::now();
    assert_eq!(item(&mut tail).await, TailItem::Gone);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_redis_is_over_for_readers_and_writers_within_seconds() {
    let Some(mut place) = Place::redis().await else { return };
    let (log, topic) = (place.log.clone(), topic());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(&log, &topic, 1, 1..=5).await;
    expect(&mut tail, 1, 1..=5).await;
    place.server.as_mut().unwrap().kill();
    let (server, start) = (place.server.as_mut().unwrap(), Instant::now());
    server.restart();
    // The first command finds the connection gone and goes over a new one; the script is loaded again.
    assert!(matches!(log.append(&topic, &delta(1, 6)).await, Err(AppendError::Missing)));
    let snapshot = delta(1, 6).renamed("snapshot");
    log.append(&topic, &snapshot).await.unwrap();
    assert_eq!(event(&mut tail).await, snapshot);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_of_ten_seconds_ends_without_loss() {
    let Some(place) = Place::redis().await else { return };
    let (log, topic) = (place.log.clone(), topic());
    let (server, redis) = (place.server.as_ref().unwrap(), place.redis.as_ref().unwrap());
    let mut tail = log.tail(&topic, EventId::ZERO);
    write(&log, &topic, 1, 1..=5).await;
    expect(&mut tail, 1, 1..=5).await;

    server.stall();
    let writer = {
        let log = log.clone();
        tokio::spawn(async move {
            for seq in 6..=20 {
                // What a writer does: the same event again until its fate is known.
                while let Err(error) = log.append(&topic, &delta(1, seq)).await {
                    assert!(matches!(error, AppendError::Unavailable(_)), "{error:?}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        })
    };
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!redis.is_up());
    tokio::time::sleep(Duration::from_secs(5)).await;
    server.resume();
    let start = Instant::now();
    expect(&mut tail, 1, 6..=20).await;
    writer.await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    while !redis.is_up() {
        assert!(start.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
