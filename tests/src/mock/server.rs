use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use super::body::PacedBody;
use super::reply::Ask;
use super::script::Script;
use super::stats::{Book, Recorded, Stats, unix_ms};
use super::{ollama, openai, rerank};

type Answer = Response<UnsyncBoxBody<Bytes, std::io::Error>>;

/// A running mock; dropping it closes its port and every connection.
pub struct Mock {
    address: SocketAddr,
    book: Book,
    serving: AbortHandle,
}

/// Settings of a mock before it starts.
#[derive(Default)]
pub struct MockBuilder {
    listen: Option<SocketAddr>,
    api_key: Option<String>,
    models: Vec<String>,
}

impl MockBuilder {
    /// The address to listen on; a free port of 127.0.0.1 by default.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Refuses requests that do not carry this bearer token with 401.
    pub fn api_key(mut self, key: &str) -> Self {
        self.api_key = Some(key.to_owned());
        self
    }

    /// Adds names to the model lists, such as `mock?tokens=5`.
    pub fn models(mut self, names: &[&str]) -> Self {
        self.models.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    pub async fn start(self) -> std::io::Result<Mock> {
        let listener =
            TcpListener::bind(self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)))).await?;
        let address = listener.local_addr()?;
        let book = Book::new();
        let server = Arc::new(Server {
            book: book.clone(),
            api_key: self.api_key,
            models: self.models,
            number: AtomicU64::new(1),
        });
        let serving = tokio::spawn(serve(listener, server)).abort_handle();
        Ok(Mock { address, book, serving })
    }
}

impl Mock {
    pub fn builder() -> MockBuilder {
        MockBuilder::default()
    }

    /// A mock with nothing special on a free port.
    pub async fn start() -> Self {
        Self::builder().start().await.expect("a free port on 127.0.0.1")
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for a connection of kind `openai`.
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The base URL for a connection of kind `ollama`.
    pub fn ollama_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn stats(&self) -> Stats {
        self.book.stats()
    }

    pub fn reset(&self) {
        self.book.reset();
    }

    /// Waits until the statistics are as wanted. Panics with the last ones after the time.
    pub async fn wait_for(&self, within: Duration, wanted: impl Fn(&Stats) -> bool) -> Stats {
        let mut changes = self.book.subscribe();
        let waiting = async {
            loop {
                let stats = self.stats();
                if wanted(&stats) {
                    return stats;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        match tokio::time::timeout(within, waiting).await {
            Ok(stats) => stats,
            Err(_) => panic!("the mock did not get there within {within:?}: {:?}", self.stats()),
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, server: Arc<Server>) {
    // Dropping the set (when this task is aborted) ends the connections too.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Tokens are small and must not wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let server = Arc::clone(&server);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let server = Arc::clone(&server);
                async move { Ok::<_, std::convert::Infallible>(server.answer(request).await) }
            });
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).pipeline_flush(false);
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

struct Server {
    book: Book,
    api_key: Option<String>,
    models: Vec<String>,
    number: AtomicU64,
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        if path == "/_mock/stats" {
            return json_answer(StatusCode::OK, &json!(self.book.stats()));
        }
        if path == "/_mock/reset" && parts.method == Method::POST {
            self.book.reset();
            return json_answer(StatusCode::OK, &json!({}));
        }
        let Ok(body) = body.collect().await else {
            return json_answer(StatusCode::BAD_REQUEST, &openai::error(400, "the body did not arrive"));
        };
        let body: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null);
        if matches!(path.as_str(), "/v1/rerank" | "/v1/embeddings") {
            let script = Script::for_model(body["model"].as_str().unwrap_or_default()).unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(script.ttft_ms)).await;
        }
        let answer = self.route(&parts.method, &path, &parts.headers, &body);
        self.book.record(Recorded {
            at_ms: unix_ms(),
            method: parts.method.to_string(),
            path,
            status: answer.status().as_u16(),
            headers: readable(&parts.headers),
            body,
        });
        answer
    }

    fn route(&self, method: &Method, path: &str, headers: &HeaderMap, body: &Value) -> Answer {
        let ollama = path.starts_with("/api/");
        if let Some(key) = &self.api_key
            && headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok())
                != Some(&format!("Bearer {key}"))
        {
            return refuse(ollama, 401, "Incorrect API key provided", None);
        }
        match (method, path) {
            (&Method::GET, "/v1/models") => json_answer(StatusCode::OK, &openai::models(&self.models)),
            (&Method::GET, "/api/tags") => json_answer(StatusCode::OK, &ollama::tags(&self.models)),
            (&Method::GET, "/api/version") => json_answer(StatusCode::OK, &json!({"version": "0.12.0"})),
            (&Method::POST, "/v1/chat/completions") => self.chat(body, false),
            (&Method::POST, "/api/chat") => self.chat(body, true),
            (&Method::POST, "/api/show" | "/api/embed" | "/v1/embeddings" | "/v1/rerank") => {
                let model = body["model"].as_str().unwrap_or_default();
                let Some(script) = Script::for_model(model) else {
                    return refuse(ollama, 404, &format!("The model `{model}` does not exist"), None);
                };
                if let Some(status) = script.refusal(self.book.nth(&format!("{path} {model}"))) {
                    return refuse(ollama, status, "refused as scripted", script.retry_after);
                }
                json_answer(
                    StatusCode::OK,
                    &match path {
                        "/api/show" => ollama::show(),
                        "/api/embed" => ollama::embeddings(body, script.dimensions),
                        "/v1/rerank" => rerank::answer(body),
                        _ => openai::embeddings(body, script.dimensions),
                    },
                )
            }
            _ => refuse(ollama, 404, "no such path", None),
        }
    }

    fn chat(&self, body: &Value, ollama: bool) -> Answer {
        let mut ask = match Ask::read(body, ollama) {
            Ok(ask) => ask,
            Err(Some(message)) => return refuse(ollama, 400, &message, None),
            Err(None) => {
                let model = body["model"].as_str().unwrap_or_default();
                return refuse(ollama, 404, &format!("The model `{model}` does not exist"), None);
            }
        };
        let nth = self.book.nth(&ask.key);
        if let Some(status) = ask.script.refusal(nth) {
            self.book.refused(&ask.model);
            return refuse(ollama, status, "refused as scripted", ask.script.retry_after);
        }
        if ask.script.shift > 0 {
            ask.reply.begin_at(nth * ask.script.shift);
        }
        let answer = self.book.open(&ask.model, ask.script.tag);
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        match (ollama, ask.stream) {
            (false, true) => {
                let wire = openai::OpenAiWire::new(&ask, number);
                stream_answer("text/event-stream", PacedBody::new(ask.script, ask.reply, wire, answer))
            }
            (true, true) => {
                let wire = ollama::OllamaWire::new(&ask);
                stream_answer("application/x-ndjson", PacedBody::new(ask.script, ask.reply, wire, answer))
            }
            (false, false) => whole_answer(openai::completion(&ask, number), ask, answer),
            (true, false) => whole_answer(ollama::chat(&ask), ask, answer),
        }
    }
}

fn stream_answer<B>(kind: &'static str, body: B) -> Answer
where
    B: hyper::body::Body<Data = Bytes, Error = std::io::Error> + Send + 'static,
{
    let mut answer = Response::new(body.boxed_unsync());
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// A whole answer takes the time that its last piece would have taken, and counts as open until then.
fn whole_answer(answer: Value, ask: Ask, open: super::stats::OpenAnswer) -> Answer {
    let wire = WholeWire(answer);
    stream_answer("application/json", PacedBody::new(ask.script, ask.reply, wire, open))
}

struct WholeWire(Value);

impl super::body::Wire for WholeWire {
    fn begin(&mut self, _: &mut bytes::BytesMut) {}
    fn piece(&mut self, _: &super::reply::Piece<'_>, _: &mut bytes::BytesMut) {}
    fn garbage(&mut self, out: &mut bytes::BytesMut) {
        out.extend_from_slice(b"oops");
    }
    fn end(&mut self, _: &super::reply::Reply, out: &mut bytes::BytesMut) {
        out.extend_from_slice(self.0.to_string().as_bytes());
    }
}

fn refuse(ollama: bool, status: u16, message: &str, retry_after: Option<u64>) -> Answer {
    let body = if ollama { json!({"error": message}) } else { openai::error(status, message) };
    let mut answer =
        json_answer(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body);
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

fn json_answer(status: StatusCode, body: &Value) -> Answer {
    let body = Full::new(Bytes::from(body.to_string())).map_err(|never| match never {}).boxed_unsync();
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn readable(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    fn client() -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new()
    }

    async fn ask(mock: &Mock, model: &str, text: &str, stream: bool) -> reqwest::Response {
        let body = json!({"model": model, "stream": stream, "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": text}]});
        client().post(format!("{}/chat/completions", mock.openai_url())).json(&body).send().await.unwrap()
    }

    fn deltas(events: &str, field: &str) -> String {
        let data = events.lines().filter_map(|line| line.strip_prefix("data: ")?.parse::<Value>().ok());
        data.filter_map(|chunk| chunk["choices"][0]["delta"][field].as_str().map(str::to_owned)).collect()
    }

    #[tokio::test]
    async fn numbered_tokens_arrive_once_and_in_order() {
        let mock = Mock::start().await;
        let events = ask(&mock, "mock", "hi [[tokens=3 reasoning=2]]", true).await.text().await.unwrap();
        assert_eq!(deltas(&events, "content"), "t0 t1 t2 ");
        assert_eq!(deltas(&events, "reasoning_content"), "r0 r1 ");
        assert!(events.contains(r#""completion_tokens":5"#), "{events}");
        assert!(events.ends_with("data: [DONE]\n\n"), "{events}");
        let whole: Value = ask(&mock, "mock?tokens=3", "hi", false).await.json().await.unwrap();
        assert_eq!(whole["choices"][0]["message"]["content"], "t0 t1 t2 ");
        let stats = mock.stats();
        assert_eq!((stats.open, stats.started, stats.finished), (0, 2, 2));
        assert_eq!(stats.requests[1].body["model"], "mock?tokens=3");
    }

    #[tokio::test]
    async fn tool_calls_come_in_parts_and_make_one_document() {
        let mock = Mock::start().await;
        let events = ask(&mock, "mock-tools", "weather?", true).await.text().await.unwrap();
        let calls = events.lines().filter_map(|line| line.strip_prefix("data: ")?.parse::<Value>().ok());
        let arguments: String = calls
            .filter_map(|chunk| {
                chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"]
                    .as_str()
                    .map(str::to_owned)
            })
            .collect();
        assert_eq!(arguments.parse::<Value>().unwrap(), json!({"city": "text"}));
        assert!(events.contains(r#""finish_reason":"tool_calls""#), "{events}");
    }

    #[tokio::test]
    async fn a_client_that_leaves_is_noticed_at_once() {
        let mock = Mock::start().await;
        let answer = ask(&mock, "mock?tokens=1000&rate=20", "hi", true).await;
        let mut bytes = answer.bytes_stream();
        bytes.next().await.unwrap().unwrap();
        drop(bytes);
        let stats = mock.wait_for(Duration::from_millis(500), |stats| stats.closed_early.len() == 1).await;
        assert_eq!((stats.open, stats.finished), (0, 0));
    }

    #[tokio::test]
    async fn faults_happen_as_scripted() {
        let mock = Mock::start().await;
        let refused = ask(&mock, "mock?status=429&retry_after=7&fail_first=1", "hi", true).await;
        assert_eq!(
            (refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()),
            (429, "7")
        );
        assert_eq!(
            ask(&mock, "mock?status=429&retry_after=7&fail_first=1", "hi", true).await.status().as_u16(),
            200
        );
        assert!(ask(&mock, "mock?cut_after=5", "hi", true).await.text().await.is_err());
        let garbage = ask(&mock, "mock?tokens=4&garbage_after=2", "hi", true).await.text().await.unwrap();
        assert_eq!(deltas(&garbage, "content"), "t0 t1 t2 t3 ");
        assert!(garbage.contains("oops"));
        assert_eq!(ask(&mock, "gpt-4", "hi", true).await.status().as_u16(), 404);
    }

    #[tokio::test]
    async fn a_rate_is_kept_and_a_stall_is_felt() {
        let mock = Mock::start().await;
        let before = std::time::Instant::now();
        ask(&mock, "mock", "[[tokens=11 rate=100 ttft_ms=50 stall_after=5 stall_ms=100]]", true)
            .await
            .text()
            .await
            .unwrap();
        let took = before.elapsed().as_millis();
        assert!((250..1000).contains(&took), "{took} ms");
    }

    #[tokio::test]
    async fn ollama_speaks_lines() {
        let mock = Mock::start().await;
        let body = json!({"model": "mock", "messages": [{"role": "user", "content": "[[tokens=2 reasoning=1 tools=1]]"}]});
        let url = format!("{}/api/chat", mock.ollama_url());
        let text = client().post(url).json(&body).send().await.unwrap().text().await.unwrap();
        let lines: Vec<Value> = text.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(lines[0]["message"]["thinking"], "r0 ");
        assert_eq!(lines[2]["message"]["content"], "t1 ");
        assert_eq!(lines[3]["message"]["tool_calls"][0]["function"]["name"], "get_weather");
        assert_eq!(lines.last().unwrap()["done"], true);
    }

    #[tokio::test]
    async fn a_wrong_key_is_refused() {
        let mock = Mock::builder().api_key("secret").start().await.unwrap();
        assert_eq!(ask(&mock, "mock", "hi", true).await.status().as_u16(), 401);
    }
}
