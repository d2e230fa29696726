//! The guard in front of everything: requests per address, counted by this node alone.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Checks between two sweeps of addresses that have been quiet.
const SWEEP_EVERY: u32 = 10_000;

/// Cheap to clone, and to ask: under a microsecond.
#[derive(Clone)]
pub struct Flood {
    limiter: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    checks: Arc<AtomicU32>,
}

impl Flood {
    /// Requests per second from one address, and how many may come at once; zero counts as one.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(one(per_second)).allow_burst(one(burst));
        Self { limiter: Arc::new(RateLimiter::dashmap(quota)), checks: Arc::default() }
    }

    /// `Err` says after which time to come back.
    pub fn check(&self, address: IpAddr) -> Result<(), Duration> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&network(address)).map_err(|refusal| {
            metrics::counter!("skein_limits_refused_total", "rule" => "address").increment(1);
            refusal.wait_time_from(DefaultClock::default().now())
        })
    }
}

/// One host has a whole /64 of IPv6 addresses at its disposal: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_stopped_and_others_are_not() {
        let flood = Flood::new(1, 5);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for _ in 0..5 {
            flood.check(address("192.0.2.1")).unwrap();
        }
        let wait = flood.check(address("::ffff:192.0.2.1")).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        flood.check(address("192.0.2.2")).unwrap();
        for n in 0..5 {
            flood.check(address(&format!("2001:db8::{n}"))).unwrap();
        }
        assert!(flood.check(address("2001:db8::ffff:1")).is_err());
        flood.check(address("2001:db8:0:1::1")).unwrap();
    }
}
