//! The cookie that holds a browser's sign-in token. No script can read it.

use std::sync::Once;

use poem::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use crate::client::Client;

/// Browsers take a cookie of this name over https only, for this host alone.
const SECURE: &str = "__Host-skein";
const PLAIN: &str = "skein";

/// The token that a browser sent along.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let find = |name: &str| {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value)
    };
    find(SECURE).or_else(|| find(PLAIN))
}

/// The header that gives a browser its token for that many seconds.
pub(crate) fn set(client: &Client, token: &SecretString, max_age_s: i64) -> HeaderValue {
    static WARNED: Once = Once::new();
    let secure = is_secure(client);
    if !secure {
        WARNED.call_once(|| {
            tracing::warn!(
                host = client.host,
                "people sign in over plain http: anybody on the way can read along. Put https in front, and name the \
                 proxy in server.trusted_proxies."
            );
        });
    }
    let (name, secure) = if secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    let token = token.expose_secret();
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    let mut value = HeaderValue::from_str(&text).expect("a token is letters, digits, dots and dashes");
    value.set_sensitive(true);
    value
}

/// The header that takes the cookie away again.
pub(crate) fn clear(client: &Client) -> HeaderValue {
    HeaderValue::from_static(if is_secure(client) {
        "__Host-skein=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
    } else {
        "skein=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    })
}

fn is_secure(client: &Client) -> bool {
    client.https || client.is_local_name()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(https: bool, host: &str) -> Client {
        Client { address: [127, 0, 0, 1].into(), https, host: host.into() }
    }

    #[test]
    fn the_name_follows_the_way_the_browser_came() {
        let token = SecretString::from("t.o.k");
        for (client, expected) in [
            (
                client(true, "chat.example"),
                "__Host-skein=t.o.k; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure",
            ),
            (
                client(false, "localhost:8080"),
                "__Host-skein=t.o.k; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure",
            ),
            (client(false, "192.168.1.7:8080"), "skein=t.o.k; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"),
        ] {
            assert_eq!(set(&client, &token, 60).to_str().unwrap(), expected);
        }
    }

    #[test]
    fn the_secure_cookie_wins_over_a_planted_plain_one() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", HeaderValue::from_static("a=b; skein=plain; __Host-skein=secure"));
        assert_eq!(token(&headers), Some("secure"));
        headers.insert("cookie", HeaderValue::from_static("skein=plain"));
        assert_eq!(token(&headers), Some("plain"));
        headers.insert("cookie", HeaderValue::from_static("__Host-skein="));
        assert_eq!(token(&headers), None);
    }
}
