//! Floods from one address, guesses at passwords, and what an answer says of the limits that counted for it.

use std::net::IpAddr;
use std::time::Duration;

use poem::http::{HeaderMap, HeaderName, HeaderValue};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use sha2::{Digest, Sha256};
use shared::limits::{Flood, Left, Reservation, Rule};
use shared::{Context, Error, Kind, Result};

/// How long a refused attempt has to wait where nothing better is known.
const WAIT: Duration = Duration::from_secs(60);

/// Headers that tell how much of a limit is left, and what they mean (draft-ietf-httpapi-ratelimit-headers).
pub(crate) const HEADERS: [(&str, &str); 4] = [
    ("ratelimit-limit", "The limit that is nearest to its end; money in millionths of the currency's unit."),
    ("ratelimit-remaining", "What is left of it."),
    ("ratelimit-reset", "Seconds until all of it is there again."),
    ("ratelimit-policy", "The limit, the seconds that it is for (`w`) and its `name`."),
];

/// Writes the headers of a limit.
pub(crate) fn tell(left: &Left, headers: &mut HeaderMap) {
    let reset_s = left.reset.as_millis().div_ceil(1000);
    let values = [
        left.limit.to_string(),
        left.remaining.to_string(),
        reset_s.to_string(),
        format!("{};w={};name=\"{}\"", left.limit, left.window_s, left.name),
    ];
    for ((name, _), value) in HEADERS.into_iter().zip(values) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// An answer to a request that counts in limits.
pub(crate) struct Counted<R> {
    pub(crate) answer: R,
    pub(crate) left: Option<Left>,
}

impl<R: IntoResponse> IntoResponse for Counted<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        if let Some(left) = &self.left {
            tell(left, response.headers_mut());
        }
        response
    }
}

impl<R: ApiResponse> ApiResponse for Counted<R> {
    fn meta() -> MetaResponses {
        let mut meta = R::meta();
        for response in &mut meta.responses {
            response.headers.extend(HEADERS.into_iter().map(|(name, description)| MetaHeader {
                name: name.to_owned(),
                description: Some(description.to_owned()),
                required: false,
                deprecated: false,
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
            }));
        }
        meta
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}

/// Refuses an address that sends too much; counted by this node alone.
pub(crate) fn refuse_flood(flood: &Flood, address: IpAddr) -> Result<()> {
    flood.check(address).map_err(|wait| {
        Error::new(Kind::RateLimited, "rate_limited", "Too many requests from this address.")
            .retry_after(wait)
    })
}

/// A try of a password. It counts unless it turns out to be right.
pub(crate) struct Attempt(Reservation);

impl Attempt {
    /// Refused with `too_many_attempts` when there were too many on this account or from this address, on all nodes.
    pub(crate) async fn begin(ctx: &Context, address: IpAddr, account: &str) -> Result<Self> {
        let a_minute = Duration::from_secs(60);
        let limit = ctx.config.auth.attempts_per_minute;
        let keys = [
            (Rule::new("sign_in_address", limit, a_minute).refuse_on_outage(), network(address)),
            (Rule::new("sign_in_account", limit, a_minute).refuse_on_outage(), digest(account)),
        ];
        ctx.limits.reserve(&keys, 1).await?.map(Self).map_err(|decision| {
            Error::new(Kind::RateLimited, "too_many_attempts", "Too many attempts. Wait a little.")
                .retry_after(decision.retry_after.unwrap_or(WAIT))
        })
    }

    /// The password was right: nobody was guessing.
    pub(crate) async fn right(self, ctx: &Context) {
        if let Err(error) = ctx.limits.settle(&self.0, 0).await {
            tracing::warn!(?error, "a right password still counts as an attempt");
        }
    }
}

/// Who has IPv6 has 2^64 addresses at least; they count as one.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:016x}", v6.to_bits() >> 64),
    }
}

/// Keys may be seen by those who run Redis; addresses of people need not be.
fn digest(account: &str) -> String {
    Sha256::digest(account).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
