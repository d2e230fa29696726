//! Fetches a page: every connection goes to an address that was checked when its name was looked up, once.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, redirect};
use url::Url;

use super::guard::{Guard, refused};
use crate::blobs::ByteStream;
use crate::config::{Config, s};
use crate::error::{Error, Kind, Result};

/// Redirects that are followed.
const REDIRECTS: usize = 5;

type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Fetches pages that users name. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    guard: Guard,
    lookup: Lookup,
    agent: String,
    settings: crate::config::Web,
    /// Made at the first use: most processes fetch nothing.
    client: OnceLock<Client>,
}

/// A page whose body is still to be read.
pub struct Fetched {
    /// Where it was found in the end.
    pub url: Url,
    /// The media type that its server gives it, without parameters.
    pub declared: Option<String>,
    pub body: ByteStream,
}

impl Web {
    pub fn new(config: &Config) -> Self {
        let public = config.server.public_url.trim_end_matches('/');
        let about = if public.is_empty() { String::new() } else { format!("; +{public}") };
        Self(Arc::new(Inner {
            guard: Guard::new(&config.web.allow_private),
            lookup: Arc::new(|host| Box::pin(look_up(host))),
            agent: format!("skein/{} (fetches pages that its users name{about})", env!("CARGO_PKG_VERSION")),
            settings: config.web.clone(),
            client: OnceLock::new(),
        }))
    }

    /// The page at this address, of at most `limit` bytes.
    ///
    /// `url_invalid`, `url_refused`, `url_unreachable`, `url_status`, `url_redirects`, `file_too_large`. The body breaks
    /// off where it stalls; the caller bounds the whole.
    pub async fn get(&self, text: &str, limit: u64) -> Result<Fetched> {
        let mut url = self.0.guard.check(text, None)?;
        let client = self.client()?;
        for _ in 0..=REDIRECTS {
            let page = "text/html, text/*;q=0.9, application/pdf;q=0.9, */*;q=0.5";
            let response = client.get(url.clone()).header(ACCEPT, page).send().await.map_err(failed)?;
            if response.status().is_redirection() && response.headers().contains_key(LOCATION) {
                let next = response.headers().get(LOCATION).and_then(|next| next.to_str().ok());
                let next = next.ok_or_else(|| unreachable("The page redirects to nowhere."))?;
                url = self.0.guard.check(next, Some(&url))?;
                continue;
            }
            return page_of(url, response, limit);
        }
        Err(Error::invalid("url_redirects", format!("The page redirects more than {REDIRECTS} times.")))
    }

    fn client(&self) -> Result<Client> {
        if let Some(client) = self.0.client.get() {
            return Ok(client.clone());
        }
        let settings = &self.0.settings;
        // rustls asks for one provider in the process; that another one of ours was quicker is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .dns_resolver(Resolver { guard: self.0.guard.clone(), lookup: Arc::clone(&self.0.lookup) })
            .redirect(redirect::Policy::none())
            // A proxy would look the name up again, and nobody could check what it finds.
            .no_proxy()
            .referer(false)
            .user_agent(&self.0.agent)
            .connect_timeout(s(settings.connect_s))
            .read_timeout(s(settings.idle_s))
            // A kept connection would outlive the look-up that allowed it.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Error::internal("The client for web pages could not be made.").source(error))?;
        Ok(self.0.client.get_or_init(|| client).clone())
    }
}

fn page_of(url: Url, response: Response, limit: u64) -> Result<Fetched> {
    let status = response.status();
    if !status.is_success() {
        return Err(Error::invalid("url_status", format!("The page's server answers {}.", status.as_u16())));
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok()).is_some_and(|n| n > limit) {
        return Err(Error::new(
            Kind::TooLarge,
            "file_too_large",
            format!("The page has more than {limit} bytes."),
        ));
    }
    let declared = header(CONTENT_TYPE).and_then(|kind| kind.split(';').next());
    let declared = declared.map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty());
    // Its address may carry what is not for the log.
    let body = response.bytes_stream().map_err(|error| io::Error::other(error.without_url())).boxed();
    Ok(Fetched { url, declared, body })
}

/// Why nothing was answered.
fn failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<Refused>() {
            return refused();
        }
        source = cause.source();
    }
    if error.is_timeout() {
        return unreachable("The page's server does not answer in time.").source(error);
    }
    unreachable("The page's server cannot be reached.").source(error)
}

fn unreachable(message: &'static str) -> Error {
    Error::invalid("url_unreachable", message)
}

/// Looks a name up once for each connection and gives on only what was checked.
struct Resolver {
    guard: Guard,
    lookup: Lookup,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, host) = (self.guard.clone(), name.as_str().to_owned());
        let found = (self.lookup)(host.clone());
        Box::pin(async move {
            let found = found.await?;
            if !guard.resolved(&host, &found) {
                return Err(Refused.into());
            }
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

async fn look_up(host: String) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.map(|address| address.ip()).collect())
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name stands for an address that is not public")
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A server at 127.0.0.1 that answers every request with `answer`, and how often it was asked.
    async fn server(answer: String) -> (u16, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 4096];
                let n = stream.read(&mut head).await.unwrap_or(0);
                heard.lock().unwrap().push(String::from_utf8_lossy(&head[..n]).into_owned());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (port, asked)
    }

    /// A web whose names are looked up in a list, one answer after the other; and how many look-ups there were.
    fn web(answers: &[&str]) -> (Web, Arc<Mutex<usize>>) {
        let mut config = Config::defaults().unwrap();
        config.web.allow_private = vec!["127.0.0.1".into()];
        let answers: Vec<IpAddr> = answers.iter().map(|answer| answer.parse().unwrap()).collect();
        let count = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&count);
        let mut web = Web::new(&config);
        Arc::get_mut(&mut web.0).unwrap().lookup = Arc::new(move |_| {
            let mut n = counted.lock().unwrap();
            let answer = answers[(*n).min(answers.len() - 1)];
            *n += 1;
            Box::pin(async move { Ok(vec![answer]) })
        });
        (web, count)
    }

    fn page(text: &str) -> String {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        )
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_and_that_answer_is_the_one_connected_to() {
        let (port, asked) = server(page("<p>hello")).await;
        // Who asked a second time would be sent to an address that was never checked.
        let (web, lookups) = web(&["127.0.0.1", "127.0.0.2"]);
        let got = web.get(&format!("http://rebinds.example:{port}/a"), 1000).await.unwrap();
        assert_eq!(got.declared.as_deref(), Some("text/html"));
        let body: Vec<u8> = got.body.try_collect::<Vec<_>>().await.unwrap().concat();
        assert_eq!(body, b"<p>hello");
        assert_eq!(*lookups.lock().unwrap(), 1);
        let heard = asked.lock().unwrap().concat().to_lowercase();
        assert!(heard.contains("user-agent: skein/") && heard.contains("host: rebinds.example"), "{heard}");
    }

    #[tokio::test]
    async fn a_name_that_turns_private_is_refused_although_it_was_public() {
        let (port, asked) = server(page("secret")).await;
        let (web, _) = web(&["127.0.0.2", "127.0.0.1"]);
        let error = web.get(&format!("http://rebinds.example:{port}/"), 1000).await.err().unwrap();
        assert_eq!(error.code, "url_refused", "{error:?}");
        assert!(asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn each_redirect_is_looked_up_and_checked_anew() {
        let (port, asked) =
            server("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n".into()).await;
        let (web, lookups) = web(&["127.0.0.1", "127.0.0.1", "10.0.0.1"]);
        let error = web.get(&format!("http://rebinds.example:{port}/"), 1000).await.err().unwrap();
        assert_eq!((error.code, *lookups.lock().unwrap()), ("url_refused", 3));
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_page_may_not_redirect_for_ever_nor_to_what_is_private() {
        let (port, asked) =
            server("HTTP/1.1 301 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n".into()).await;
        let (first, _) = web(&["127.0.0.1"]);
        let error = first.get(&format!("http://a.example:{port}/"), 1000).await.err().unwrap();
        assert_eq!((error.code, asked.lock().unwrap().len()), ("url_redirects", REDIRECTS + 1));
        for target in ["http://169.254.169.254/latest/", "http://[::1]/", "//10.0.0.1/", "http://0x7f000002/"]
        {
            let answer = format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
            let (port, _) = server(answer).await;
            let (web, _) = web(&["127.0.0.1"]);
            let error = web.get(&format!("http://a.example:{port}/"), 1000).await.err().unwrap();
            assert_eq!(error.code, "url_refused", "{target}");
        }
    }

    #[tokio::test]
    async fn a_page_that_is_too_large_or_not_there_is_an_error() {
        let (port, _) = server(page(&"x".repeat(2000))).await;
        let (first, _) = web(&["127.0.0.1"]);
        let url = format!("http://a.example:{port}/");
        assert_eq!(first.get(&url, 1999).await.err().unwrap().code, "file_too_large");
        let (port, _) = server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".into()).await;
        let url = format!("http://a.example:{port}/");
        assert_eq!(first.get(&url, 1999).await.err().unwrap().code, "url_status");
        assert_eq!(first.get("http://a.example:1/", 1999).await.err().unwrap().code, "url_unreachable");
    }
}
