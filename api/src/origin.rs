//! Which pages may use the API with a cookie: our own, and those of origins that the settings allow.
//!
//! The check is the one of Go's `http.CrossOriginProtection`: browsers say where a request comes from, and what says
//! nothing is no browser. See <https://words.filippo.io/csrf/>.

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};
use shared::config::Server;
use shared::{Error, Kind, Result};

use crate::client::Client;

/// The origins of the settings, as browsers write them.
#[derive(Clone, Debug)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    pub(crate) fn new(settings: &Server) -> Self {
        let all = settings.allowed_origins.iter().chain([&settings.public_url]);
        let origin = |url: &String| Some(url::Url::parse(url).ok()?.origin().ascii_serialization());
        Self(all.filter_map(origin).collect())
    }

    fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known == origin)
    }

    /// Refuses what another site's page sends in the name of the user.
    pub(crate) fn check(&self, method: &Method, headers: &HeaderMap, client: &Client) -> Result<()> {
        if method.is_safe() { Ok(()) } else { self.check_page(headers, client) }
    }

    /// The same for a WebSocket, which begins with a GET and which no browser keeps other sites from opening.
    pub(crate) fn check_page(&self, headers: &HeaderMap, client: &Client) -> Result<()> {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
        let origin = text("origin");
        if origin.is_some_and(|origin| self.allows(origin)) {
            return Ok(());
        }
        let same = match (text("sec-fetch-site"), origin) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => {
                origin.split_once("://").is_some_and(|(_, host)| host.eq_ignore_ascii_case(&client.host))
            }
            (None, None) => true,
        };
        if same {
            return Ok(());
        }
        Err(Error::new(
            Kind::Forbidden,
            "cross_origin",
            "A page of another site sent this. If it may, add its address to server.allowed_origins.",
        ))
    }

    /// Answers a browser that asks beforehand whether a page of another origin may send its request.
    pub(crate) fn preflight(&self, request: &Request) -> Option<Response> {
        let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        if request.method() != Method::OPTIONS {
            return None;
        }
        let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
        let headers = response.headers_mut();
        if request.header(header::ORIGIN).is_some_and(|origin| self.allows(origin)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, asked.clone());
            if let Some(names) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
            }
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
        Some(response)
    }

    /// Lets the page of an allowed origin read the answer.
    pub(crate) fn allow(&self, origin: Option<&HeaderValue>, response: &mut Response) {
        if self.0.is_empty() {
            return;
        }
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin.filter(|o| o.to_str().is_ok_and(|o| self.allows(o))) else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("x-request-id, retry-after, location"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_sites_are_refused() {
        let mut settings = shared::Config::defaults().unwrap().server;
        settings.public_url = "https://chat.example/".into();
        settings.allowed_origins = vec!["https://cdn.example:8443".into()];
        let origins = Origins::new(&settings);
        let client = Client { address: [127, 0, 0, 1].into(), https: false, host: "inner:8080".into() };
        for (site, origin, fine) in [
            (Some("same-origin"), Some("http://inner:8080"), true),
            (Some("none"), None, true),
            (Some("cross-site"), Some("https://evil.example"), false),
            (Some("same-site"), Some("https://other.example"), false),
            (Some("cross-site"), Some("null"), false),
            (Some("same-site"), Some("https://cdn.example:8443"), true),
            (Some("cross-site"), Some("https://cdn.example"), false),
            (None, Some("http://inner:8080"), true),
            (None, Some("http://INNER:8080"), true),
            (None, Some("http://inner"), false),
            (None, Some("https://chat.example"), true),
            (None, Some("https://evil.example"), false),
            (None, Some("null"), false),
            (None, None, true),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            if let Some(origin) = origin {
                headers.insert("origin", HeaderValue::from_static(origin));
            }
            let post = origins.check(&Method::POST, &headers, &client);
            assert_eq!(post.is_ok(), fine, "{site:?} {origin:?}");
            assert!(origins.check(&Method::GET, &headers, &client).is_ok());
            assert_eq!(origins.check_page(&headers, &client).is_ok(), fine);
        }
    }
}
