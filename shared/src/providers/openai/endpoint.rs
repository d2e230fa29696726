//! Where a server is and what goes into every request to it.

use async_openai::config::Config;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::error::{Error, Result};
use crate::providers::ConnectionSettings;

/// Address, key and headers of one connection.
#[derive(Clone)]
pub(super) struct Endpoint {
    /// Without a slash at its end.
    base: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    key: SecretString,
    is_openai: bool,
}

impl Endpoint {
    pub(super) fn new(settings: &ConnectionSettings) -> Result<Self> {
        let url = address(&settings.base_url)?;
        let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Ok(Self {
            base: base(&url),
            query,
            headers: headers(settings)?,
            key: settings.api_key.clone().unwrap_or_else(|| SecretString::from("")),
            is_openai: url.host_str() == Some("api.openai.com"),
        })
    }

    pub(super) fn is_openai(&self) -> bool {
        self.is_openai
    }

    pub(super) fn post(&self, client: &Client, path: &str) -> RequestBuilder {
        client
            .post(self.url(path))
            .query(&self.query)
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

/// Reads the address of a connection.
///
/// # Errors
/// When it is not an http or https address.
pub(in crate::providers) fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim()).map_err(|error| Error::field("base_url", error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(Error::field("base_url", "must begin with http:// or https://"));
    }
    Ok(url)
}

/// The connection's extra headers, and its key as a bearer token unless a header says it in another way.
///
/// # Errors
/// When the key or a header cannot be used in HTTP.
pub(in crate::providers) fn headers(settings: &ConnectionSettings) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    if let Some(key) =
        settings.api_key.as_ref().map(ExposeSecret::expose_secret).filter(|key| !key.is_empty())
    {
        let mut value = HeaderValue::try_from(format!("Bearer {}", key.trim()))
            .map_err(|_| Error::field("api_key", "has characters that cannot be sent"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    for (name, value) in &settings.headers {
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| Error::field("headers", format!("{name:?} is not the name of a header")))?;
        let mut value = HeaderValue::try_from(value.expose_secret())
            .map_err(|_| Error::field("headers", format!("the value of {name:?} cannot be sent")))?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

/// People paste any of `https://host`, `https://host/`, `https://host/v1/` and the address of the door itself.
fn base(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let mut base = url.as_str().trim_end_matches('/').to_owned();
    for door in ["/chat/completions", "/models", "/embeddings"] {
        if let Some(before) = base.strip_suffix(door) {
            base = before.trim_end_matches('/').to_owned();
            break;
        }
    }
    let has_version = url.path_segments().into_iter().flatten().any(|segment| {
        let mut letters = segment.chars();
        letters.next() == Some('v') && letters.next().is_some_and(|c| c.is_ascii_digit())
    });
    if !has_version {
        base.push_str("/v1");
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_form_of_a_base_address_leads_to_the_same_door() {
        let cases = [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
            ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
            (" https://api.openai.com/v1/ ", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
            ("https://host/chat/completions", "https://host/v1"),
            ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
            ("https://host/v1beta/openai/", "https://host/v1beta/openai"),
            ("https://host/team/llm?api-version=1", "https://host/team/llm/v1"),
        ];
        for (given, expected) in cases {
            assert_eq!(base(&address(given).unwrap()), expected, "{given}");
        }
        assert!(address("ftp://host").is_err());
        assert!(address("localhost:8000").is_err());
    }
}
