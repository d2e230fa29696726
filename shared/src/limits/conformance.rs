//! What limits promise, run within one process and over Redis.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::*;
use crate::Shutdown;
use crate::redis::RedisSettings;
use crate::testing::{RedisServer, redis_is_installed};

/// Two handles on the same limits, as two nodes have.
struct Place {
    one: Limits,
    two: Limits,
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
        let one = Limits::memory();
        Self { two: one.clone(), one, server: None, shutdown: Shutdown::new() }
    }

    async fn redis(budget: Duration) -> Option<Self> {
        if !redis_is_installed() {
            return None;
        }
        let server = RedisServer::start();
        let shutdown = Shutdown::new();
        let connect = async || Redis::connect(RedisSettings::new(server.url()), &shutdown).await.unwrap();
        // These tests are about numbers: a machine that is busy must not turn them into tests of the outage.
        let limits = async |budget| Limits::redis(connect().await, 2, budget);
        let (one, two) = (limits(budget).await, limits(budget).await);
        Some(Self { one, two, server: Some(server), shutdown })
    }
}

macro_rules! on_each {
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
                if let Some(place) = super::Place::redis(std::time::Duration::from_secs(5)).await {
                    super::$name(&place).await;
                }
            })*
        }
    };
}

on_each!(
    a_thousand_at_once_get_what_the_limit_says,
    decisions_say_what_is_left_and_when,
    several_limits_take_all_or_none,
    units_come_back_with_time,
    what_can_never_be_allowed_has_no_time_to_come_back,
    a_settlement_gives_back_and_takes_once,
    a_reservation_can_be_settled_elsewhere,
    no_limits_allow_everything,
);

const MINUTE: Duration = Duration::from_secs(60);

fn key(rule: Rule, key: &str) -> Vec<(Rule, String)> {
    vec![(rule, key.to_owned())]
}

async fn a_thousand_at_once_get_what_the_limit_says(place: &Place) {
    let keys = key(Rule::new("requests", 60, MINUTE), "ann");
    let calls = (0..1000).map(|n| {
        let (limits, keys) = (if n % 2 == 0 { place.one.clone() } else { place.two.clone() }, keys.clone());
        tokio::spawn(async move { limits.check(&keys, 1).await.unwrap().allowed })
    });
    let allowed = join_all(calls).await.into_iter().filter(|allowed| *allowed.as_ref().unwrap()).count();
    assert!((57..=63).contains(&allowed), "{allowed}");
    assert!(place.one.check(&key(keys[0].0, "bob"), 1).await.unwrap().allowed);
}

async fn decisions_say_what_is_left_and_when(place: &Place) {
    let keys = key(Rule::new("requests", 60, MINUTE).burst(3), "ann");
    for left in [2, 1, 0] {
        let decision = place.one.check(&keys, 1).await.unwrap();
        assert!(decision.allowed);
        assert_eq!((decision.rule, decision.limit, decision.remaining), ("requests", 3, left));
        assert_eq!(decision.retry_after, None);
    }
    for _ in 0..2 {
        let refused = place.one.check(&keys, 1).await.unwrap();
        assert!(!refused.allowed);
        assert_eq!(refused.remaining, 0);
        let after = refused.retry_after.unwrap();
        assert!(after > Duration::from_millis(500) && after <= Duration::from_secs(1), "{after:?}");
        let reset = refused.reset_after;
        assert!(reset > Duration::from_secs(2) && reset <= Duration::from_secs(3), "{reset:?}");
    }
}

async fn several_limits_take_all_or_none(place: &Place) {
    let wide = Rule::new("wide", 100, MINUTE);
    let narrow = Rule::new("narrow", 2, MINUTE);
    let both = vec![(wide, "ann".to_owned()), (narrow, "ann".to_owned())];
    for _ in 0..2 {
        assert_eq!(place.one.check(&both, 1).await.unwrap().rule, "narrow");
    }
    for _ in 0..50 {
        let refused = place.two.check(&both, 1).await.unwrap();
        assert!(!refused.allowed);
        assert_eq!(refused.rule, "narrow");
    }
    // What was refused by one rule took nothing from the other.
    let decision = place.one.check(&both[..1], 1).await.unwrap();
    assert!(decision.allowed && decision.remaining >= 97, "{decision:?}");
}

async fn units_come_back_with_time(place: &Place) {
    let keys = key(Rule::new("fast", 100, Duration::from_secs(1)).burst(20), "ann");
    let (start, mut allowed) = (Instant::now(), 0.0);
    while start.elapsed() < Duration::from_secs(1) {
        let decision = place.one.check(&keys, 1).await.unwrap();
        allowed += f64::from(u8::from(decision.allowed));
        if let Some(after) = decision.retry_after {
            tokio::time::sleep(after).await;
        }
    }
    let expected = 20.0 + 100.0 * start.elapsed().as_secs_f64();
    assert!((expected * 0.8..=expected + 2.0).contains(&allowed), "{allowed} of {expected}");
}

async fn what_can_never_be_allowed_has_no_time_to_come_back(place: &Place) {
    let keys = key(Rule::new("tokens", 1000, MINUTE), "ann");
    let decision = place.one.check(&keys, 1001).await.unwrap();
    assert!(!decision.allowed);
    assert_eq!(decision.retry_after, None);
    assert!(place.one.check(&keys, 1000).await.unwrap().allowed);
}

async fn a_settlement_gives_back_and_takes_once(place: &Place) {
    let keys = key(Rule::new("tokens", 1000, Duration::from_secs(86_400)), "ann");
    let left = async || place.two.check(&keys, 0).await.unwrap().remaining;

    let reservation = place.one.reserve(&keys, 800).await.unwrap().unwrap();
    assert_eq!(left().await, 200);
    place.one.settle(&reservation, 100).await.unwrap();
    assert_eq!(left().await, 900);
    place.two.settle(&reservation, 100).await.unwrap();
    assert_eq!(left().await, 900);

    let reservation = place.one.reserve(&keys, 10).await.unwrap().unwrap();
    // More than was estimated, and more than there is: the bucket is in debt.
    place.one.settle(&reservation, 1200).await.unwrap();
    let refused = place.two.reserve(&keys, 1).await.unwrap().unwrap_err();
    assert_eq!(refused.remaining, 0);
    let day = Duration::from_secs(86_400);
    assert!(refused.retry_after.unwrap() > day / 4 && refused.retry_after.unwrap() < day / 3, "{refused:?}");
}

async fn a_reservation_can_be_settled_elsewhere(place: &Place) {
    let keys = key(Rule::new("tokens", 1000, Duration::from_secs(86_400)), "ann");
    let reservation = place.one.reserve(&keys, 500).await.unwrap().unwrap();
    let stored = serde_json::to_string(&reservation).unwrap();
    place.two.settle(&serde_json::from_str(&stored).unwrap(), 0).await.unwrap();
    assert_eq!(place.one.check(&keys, 0).await.unwrap().remaining, 1000);
}

async fn no_limits_allow_everything(place: &Place) {
    assert!(place.one.check(&[], 1).await.unwrap().allowed);
    let reservation = place.one.reserve(&[], 5).await.unwrap().unwrap();
    place.one.settle(&reservation, 7).await.unwrap();
}

#[tokio::test]
async fn without_redis_each_node_allows_its_share_and_sign_ins_nothing() {
    let Some(mut place) = Place::redis(Duration::from_millis(200)).await else { return };
    let open = key(Rule::new("requests", 60, MINUTE), "ann");
    let strict = key(Rule::new("sign_in", 10, MINUTE).refuse_on_outage(), "ann");
    assert!(place.one.check(&strict, 1).await.unwrap().allowed);
    for _ in 0..10 {
        assert!(place.one.check(&open, 1).await.unwrap().allowed);
    }
    place.server.as_mut().unwrap().kill();

    let start = Instant::now();
    let error = place.one.check(&strict, 1).await.unwrap_err();
    assert!(error.is_transient() && error.retry_after.is_some(), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());

    for (limits, expected) in [(&place.one, 20), (&place.two, 30)] {
        let mut allowed = 0;
        for _ in 0..100 {
            allowed += u32::from(limits.check(&open, 1).await.unwrap().allowed);
        }
        assert!((expected..=expected + 3).contains(&allowed), "{allowed} instead of {expected}");
    }

    place.server.as_mut().unwrap().restart();
    let start = Instant::now();
    while place.one.check(&strict, 1).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(15));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_costs_a_fifth_of_a_second() {
    let Some(place) = Place::redis(Duration::from_millis(200)).await else { return };
    let keys = key(Rule::new("requests", 60, MINUTE), "ann");
    assert!(place.one.check(&keys, 1).await.unwrap().allowed);
    let server = place.server.as_ref().unwrap();
    server.stall();
    let start = Instant::now();
    assert!(place.one.check(&keys, 1).await.unwrap().allowed);
    let took = start.elapsed();
    server.resume();
    assert!(took < Duration::from_millis(500), "{took:?}");
}
