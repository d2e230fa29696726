use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use skein_tests::sse::SseParser;
use tokio::net::TcpStream;

/// Longest time that one answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
const STREAM: &str = "text/event-stream";

/// One connection to a server, used again as long as it lives.
pub(crate) struct Connection {
    authority: String,
    base: String,
    token: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What one answer looked like from outside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timing {
    /// From the start of the request that asks to the first text.
    pub(crate) first: Duration,
    /// Between one piece of text and the next.
    pub(crate) gaps: Vec<Duration>,
    pub(crate) tokens: usize,
    /// Tokens that were missing, doubled or out of order.
    pub(crate) wrong: usize,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

impl Connection {
    /// `base` is `http://host:port` with a path before the addresses that follow, or none.
    pub(crate) fn new(base: &str, token: &str) -> Self {
        let rest = base.trim_start_matches("http://").trim_end_matches('/');
        let (authority, path) =
            rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
        let base = if path.is_empty() { String::new() } else { format!("/{path}") };
        Self { authority: authority.to_owned(), base, token: token.to_owned(), sender: None }
    }

    async fn request(
        &mut self,
        method: Method,
        path: &str,
        accept: &str,
        body: Option<&Value>,
    ) -> Result<http::Response<Incoming>, Fault> {
        let request = || {
            Request::builder()
                .method(method.clone())
                .uri(format!("{}{path}", self.base))
                .header(header::HOST, &self.authority)
                .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT, accept)
                .body(Full::new(Bytes::from(body.map(Value::to_string).unwrap_or_default())))
        };
        let request = request()?;
        // A connection whose last answer was read to its end is ready again.
        let alive = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !alive {
            let stream = TcpStream::connect(&self.authority).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.sender = Some(sender);
        }
        let response = self.sender.as_mut().expect("just made").send_request(request).await?;
        if response.status() == StatusCode::OK || response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let text = response.into_body().collect().await?.to_bytes();
        Err(format!("{path}: {status} {}", String::from_utf8_lossy(&text)).into())
    }

    pub(crate) async fn json(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Fault> {
        let response = self.request(method, path, "application/json", body).await?;
        Ok(serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?)
    }
}

/// Asks an OpenAI-compatible server and reads the stream.
pub(crate) async fn completion(
    connection: &mut Connection,
    model: &str,
    content: &str,
) -> Result<Timing, Fault> {
    let body = json!({"model": model, "stream": true, "messages": [{"role": "user", "content": content}]});
    let began = Instant::now();
    let response = connection.request(Method::POST, "/chat/completions", STREAM, Some(&body)).await?;
    let text = |data: &str| {
        let chunk: Value = data.parse().ok()?;
        Some(chunk["choices"][0]["delta"]["content"].as_str()?.to_owned())
    };
    read(response, began, |_, data| if data == "[DONE]" { Event::End } else { Event::of(text(data)) }).await
}

/// Sends a message to a chat of ours and reads its events, as the page does: two requests on two connections.
pub(crate) async fn turn(
    post: &mut Connection,
    get: &mut Connection,
    chat: &str,
    content: &str,
) -> Result<Timing, Fault> {
    let began = Instant::now();
    let path = format!("/api/v1/chats/{chat}/messages");
    let accepted = post.json(Method::POST, &path, Some(&json!({"content": content}))).await?;
    let events = accepted["events_url"].as_str().ok_or("no events_url")?;
    let response = get.request(Method::GET, events, STREAM, None).await?;
    read(response, began, of_ours).await
}

/// Sends a message to a chat of ours and reads the stream that answers.
pub(crate) async fn streamed_turn(
    connection: &mut Connection,
    chat: &str,
    content: &str,
) -> Result<Timing, Fault> {
    let began = Instant::now();
    let path = format!("/api/v1/chats/{chat}/messages");
    let response =
        connection.request(Method::POST, &path, STREAM, Some(&json!({"content": content}))).await?;
    read(response, began, of_ours).await
}

/// What an event of a run of ours says.
fn of_ours(name: &str, data: &str) -> Event {
    match name {
        "delta" => {
            let data: Option<Value> = data.parse().ok();
            Event::of(data.and_then(|data| Some(data["text"].as_str()?.to_owned())))
        }
        "completed" => Event::End,
        "failed" | "cancelled" | "restarted" => Event::Wrong(format!("{name} {data}")),
        _ => Event::Nothing,
    }
}

enum Event {
    Text(String),
    End,
    Nothing,
    Wrong(String),
}

impl Event {
    fn of(text: Option<String>) -> Self {
        text.filter(|text| !text.is_empty()).map_or(Self::Nothing, Self::Text)
    }
}

async fn read(
    response: http::Response<Incoming>,
    began: Instant,
    understand: impl Fn(&str, &str) -> Event,
) -> Result<Timing, Fault> {
    let mut body = response.into_body();
    let (mut parser, mut timing, mut last) = (SseParser::default(), Timing::default(), None::<Instant>);
    let (mut rest, mut ended) = (String::new(), false);
    while let Some(frame) = tokio::time::timeout(PATIENCE, body.frame()).await? {
        let Ok(bytes) = frame?.into_data() else { continue };
        let now = Instant::now();
        for event in parser.push(&bytes) {
            match understand(&event.name, &event.data) {
                Event::Text(text) => {
                    match last.replace(now) {
                        None => timing.first = now - began,
                        Some(before) => timing.gaps.push(now - before),
                    }
                    count(&mut timing, &mut rest, &text);
                }
                // The connection is only free again when the body has been read to its end.
                Event::End => ended = true,
                Event::Nothing => {}
                Event::Wrong(what) => return Err(what.into()),
            }
        }
    }
    if ended { Ok(timing) } else { Err("the stream closed before its end".into()) }
}

/// Counts the numbered tokens of a text; a token may be cut in two.
fn count(timing: &mut Timing, rest: &mut String, text: &str) {
    rest.push_str(text);
    while let Some(space) = rest.find(' ') {
        let is_next =
            rest[..space].strip_prefix('t').and_then(|number| number.parse().ok()) == Some(timing.tokens);
        timing.wrong += usize::from(!is_next);
        timing.tokens += 1;
        rest.drain(..=space);
    }
}
