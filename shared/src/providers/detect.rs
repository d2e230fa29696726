//! Providers that are there without anybody having connected them.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::timeout;

use super::{ConnectionSettings, ProviderKind, Registry};

/// Long enough for a server on this machine, short enough to start with.
const LIMIT: Duration = Duration::from_millis(300);

/// A provider that was found.
#[derive(Clone, Debug)]
pub struct Detected {
    pub kind: ProviderKind,
    /// A name for the connection.
    pub name: &'static str,
    pub settings: ConnectionSettings,
}

/// Looks for `OPENAI_API_KEY` and `OPENAI_BASE_URL`, and for an Ollama on this machine or at `OLLAMA_HOST`.
///
/// Takes 300 ms at most.
pub async fn detect(registry: &Registry) -> Vec<Detected> {
    let mut found = Vec::new();
    found.extend(openai(|name| std::env::var(name).ok()));
    found.extend(ollama(registry, |name| std::env::var(name).ok()).await);
    found
}

fn openai(env: impl Fn(&str) -> Option<String>) -> Option<Detected> {
    let set = |name| env(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let (key, base_url) = (set("OPENAI_API_KEY"), set("OPENAI_BASE_URL"));
    if key.is_none() && base_url.is_none() {
        return None;
    }
    Some(Detected {
        kind: ProviderKind::OpenAi,
        name: if base_url.is_some() { "OpenAI-compatible" } else { "OpenAI" },
        settings: ConnectionSettings {
            base_url: base_url.unwrap_or_else(|| "https://api.openai.com/v1".into()),
            api_key: key.map(SecretString::from),
            ..ConnectionSettings::default()
        },
    })
}

async fn ollama(registry: &Registry, env: impl Fn(&str) -> Option<String>) -> Option<Detected> {
    let base_url = ollama_address(&env("OLLAMA_HOST").unwrap_or_default());
    let client = registry.client().ok()?;
    // Every Ollama answers this, and hardly anything else does.
    let asked = client.get(format!("{base_url}/api/version")).timeout(LIMIT).send();
    let answer =
        timeout(LIMIT, async { asked.await.ok()?.json::<serde_json::Value>().await.ok() }).await.ok()??;
    answer.get("version")?.as_str()?;
    Some(Detected {
        kind: ProviderKind::Ollama,
        name: "Ollama",
        settings: ConnectionSettings { base_url, ..ConnectionSettings::default() },
    })
}

/// `OLLAMA_HOST` as Ollama itself reads it: scheme, host and port are each optional.
fn ollama_address(host: &str) -> String {
    let host = host.trim().trim_matches(['"', '\'']).trim_end_matches('/');
    let (scheme, rest, usual_port) = match host.split_once("://") {
        Some(("https", rest)) => ("https", rest, "443"),
        Some((_, rest)) => ("http", rest, "80"),
        None => ("http", host, "11434"),
    };
    let (authority, path) = rest.split_once('/').map_or((rest, String::new()), |(a, p)| (a, format!("/{p}")));
    let (name, port) = match authority.rsplit_once(':') {
        // The colons of an IPv6 address are inside brackets.
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (authority, usual_port),
    };
    // Addresses that mean "all" are for listening; to connect, the machine itself is meant.
    let name = match name {
        "" | "0.0.0.0" | "[::]" => "127.0.0.1",
        name => name,
    };
    format!("{scheme}://{name}:{port}{path}")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::providers::scripted::{Reply, Server};
    use crate::providers::{Loopback, Patience};

    #[tokio::test]
    async fn an_ollama_that_answers_is_found_and_nothing_else() {
        let registry = Registry::with(Patience::default(), Loopback::default());
        let json = |body: &str| Reply::new(200, "application/json").send(body);
        for (reply, found) in [
            (json(r#"{"version":"0.5.1"}"#), true),
            (json(r#"{"hello":1}"#), false),
            (Reply::new(200, "text/html").send("<html>"), false),
            (Reply::new(200, "application/json").stall(), false),
        ] {
            let server = Server::start(vec![reply]).await;
            let address = server.address.clone();
            let detected = ollama(&registry, |_| Some(address.clone())).await;
            assert_eq!(detected.map(|d| d.settings.base_url), found.then_some(address));
        }
    }

    #[test]
    fn the_environments_of_openai_are_found() {
        let env = |pairs: &'static [(&'static str, &'static str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        assert!(openai(env(&[("OPENAI_API_KEY", " ")])).is_none());
        let key = openai(env(&[("OPENAI_API_KEY", "sk-1\n")])).unwrap();
        assert_eq!(key.settings.base_url, "https://api.openai.com/v1");
        assert_eq!(key.settings.api_key.unwrap().expose_secret(), "sk-1");
        let local = openai(env(&[("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1")])).unwrap();
        assert_eq!((local.name, local.settings.api_key.is_none()), ("OpenAI-compatible", true));
    }

    #[test]
    fn every_form_of_ollamas_host_is_understood() {
        let cases = [
            ("", "http://127.0.0.1:11434"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            (":1234", "http://127.0.0.1:1234"),
            ("0.0.0.0:11434", "http://127.0.0.1:11434"),
            ("box", "http://box:11434"),
            ("http://box", "http://box:80"),
            ("https://box/", "https://box:443"),
            ("https://box:8443/ollama", "https://box:8443/ollama"),
            ("[::]:11434", "http://127.0.0.1:11434"),
            ("[fe80::1]", "http://[fe80::1]:11434"),
        ];
        for (given, expected) in cases {
            assert_eq!(ollama_address(given), expected, "{given}");
        }
    }
}
