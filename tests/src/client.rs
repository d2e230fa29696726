//! A client for tests: what a browser would do, with nothing hidden.

mod files;
mod socket;
mod stream;
mod types;

use std::time::Duration;

use reqwest::header::{self, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use files::{File, Passage};
pub use socket::Socket;
pub use stream::{EventStream, Reader};
pub use types::{Again, Chat, Failure, Generation, Message, MessageGeneration, SignedIn, Turn, Usage, User};

/// The password of every test account.
pub const PASSWORD: &str = "correct horse battery staple";

/// One account at one node; clones share the connection pool.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// An answer with its body read; `body` is null when it is not JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    /// The stable code of a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body as a type; panics with the whole answer unless the status is this one.
    pub fn expect<T: DeserializeOwned>(self, status: u16) -> T {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_value(self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    /// Panics with the whole answer unless it has this status and, for a problem, this code.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
    }
}

/// What may go with a message.
#[derive(Clone, Debug, Default)]
pub struct Send {
    pub model: Option<String>,
    pub others: Vec<String>,
    /// Some(None): a new root. Some(Some(id)): after this message.
    pub parent: Option<Option<String>>,
    pub idempotency_key: Option<String>,
    pub images: Vec<String>,
    pub parameters: Option<Value>,
    pub system: Option<String>,
    /// Wait for what runs instead of being refused.
    pub queue: bool,
    pub collections: Vec<String>,
    pub files: Vec<String>,
}

impl Client {
    /// Nobody in particular at this node.
    pub fn new(base: &str) -> Self {
        // Two providers may be compiled in, and then rustls does not choose by itself.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client without special settings");
        Self { http, base: base.trim_end_matches('/').to_owned(), token: None }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same account at another node.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), ..self.clone() }
    }

    /// The same node with another bearer token, or none.
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// A request with this client's token, for what has no method of its own.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send_request(&self, request: RequestBuilder) -> Answer {
        self.try_request(request).await.expect("the node answers")
    }

    /// The same for a node that may be away.
    pub async fn try_request(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.timeout(Duration::from_secs(60)).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, headers, text, body })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send_request(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_request(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_request(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send_request(self.request(Method::DELETE, path)).await
    }

    /// A new account with the name as local part of its address.
    pub async fn sign_up(&self, name: &str) -> Self {
        let body = json!({"email": format!("{name}@example.org"), "name": name, "password": PASSWORD});
        let signed_in: SignedIn = self.post("/api/v1/auth/sign-up", &body).await.expect(201);
        self.with_token(Some(&signed_in.token))
    }

    pub async fn sign_in(&self, name: &str) -> Self {
        let body = json!({"email": format!("{name}@example.org"), "password": PASSWORD});
        let signed_in: SignedIn = self.post("/api/v1/auth/sign-in", &body).await.expect(200);
        self.with_token(Some(&signed_in.token))
    }

    /// Adds a model provider (as an admin) and waits until its models are listed.
    pub async fn connect(&self, kind: &str, base_url: &str, more: Value) -> Value {
        let mut body = json!({"kind": kind, "name": format!("{kind} {base_url}"), "base_url": base_url});
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        let connection: Value = self.post("/api/v1/connections", &body).await.expect(201);
        let id = connection["id"].as_str().expect("an id").to_owned();
        for _ in 0..200 {
            let models: Value = self.get("/api/v1/models?limit=100").await.expect(200);
            let items = models["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            if items.iter().any(|model| model["connection"]["id"] == id.as_str()) {
                return connection;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the models of {base_url} were not listed within 10 s")
    }

    pub async fn create_chat(&self, model: &str) -> Chat {
        self.post("/api/v1/chats", &json!({"model": model})).await.expect(201)
    }

    pub async fn chat(&self, chat: &str) -> Chat {
        self.get(&format!("/api/v1/chats/{chat}")).await.expect(200)
    }

    /// Sends a message and takes whatever the node answers.
    pub async fn try_send(&self, chat: &str, content: &str, options: &Send) -> Answer {
        self.send_request(self.message(chat, content, options)).await
    }

    /// The request that sends a message.
    pub fn message(&self, chat: &str, content: &str, options: &Send) -> RequestBuilder {
        let mut body = json!({"content": content});
        if let Some(model) = &options.model {
            body["model"] = json!(model);
        }
        if !options.others.is_empty() {
            body["others"] = json!(options.others);
        }
        if let Some(parent) = &options.parent {
            body["parent_id"] = json!(parent);
        }
        if !options.images.is_empty() {
            body["images"] = json!(options.images);
        }
        if let Some(parameters) = &options.parameters {
            body["parameters"] = parameters.clone();
        }
        if !options.collections.is_empty() {
            body["collections"] = json!(options.collections);
        }
        if !options.files.is_empty() {
            body["files"] = json!(options.files);
        }
        if let Some(system) = &options.system {
            body["system"] = json!(system);
        }
        if options.queue {
            body["when_running"] = json!("queue");
        }
        let mut request = self.request(Method::POST, &format!("/api/v1/chats/{chat}/messages")).json(&body);
        if let Some(key) = &options.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        request
    }

    /// Sends a message that must be accepted.
    pub async fn send(&self, chat: &str, content: &str) -> Turn {
        self.try_send(chat, content, &Send::default()).await.expect(202)
    }

    pub async fn send_with(&self, chat: &str, content: &str, options: &Send) -> Turn {
        self.try_send(chat, content, options).await.expect(202)
    }

    /// Sends a message and takes the answer as the stream itself, whose first event is `accepted`.
    pub async fn send_streamed(&self, chat: &str, content: &str) -> EventStream {
        let path = format!("/api/v1/chats/{chat}/messages");
        open(self.request(Method::POST, &path).json(&json!({"content": content}))).await.expect("a stream")
    }

    /// The active branch, root first, all pages.
    pub async fn messages(&self, chat: &str) -> Vec<Message> {
        self.branch(chat, None).await
    }

    /// The branch that leads to this message.
    pub async fn branch(&self, chat: &str, leaf: Option<&str>) -> Vec<Message> {
        let leaf = leaf.map(|leaf| format!("&leaf={leaf}")).unwrap_or_default();
        let (mut messages, mut before) = (Vec::new(), String::new());
        loop {
            let page: Value =
                self.get(&format!("/api/v1/chats/{chat}/messages?limit=100{leaf}{before}")).await.expect(200);
            let mut items: Vec<Message> = serde_json::from_value(page["items"].clone()).expect("messages");
            items.append(&mut messages);
            messages = items;
            match page["next"].as_str() {
                Some(next) => before = format!("&before={next}"),
                None => return messages,
            }
        }
    }

    pub async fn generation(&self, generation: &str) -> Generation {
        self.get(&format!("/api/v1/generations/{generation}")).await.expect(200)
    }

    pub async fn cancel(&self, generation: &str) -> Generation {
        self.post(&format!("/api/v1/generations/{generation}/cancel"), &json!({})).await.expect(202)
    }

    /// Opens the stream of a generation after this event; the error says why not.
    pub async fn try_events(&self, generation: &str, after: Option<&str>) -> Result<EventStream, String> {
        let mut request = self.request(Method::GET, &format!("/api/v1/generations/{generation}/events"));
        if let Some(after) = after {
            request = request.header("Last-Event-ID", after);
        }
        open(request).await
    }

    pub async fn events(&self, generation: &str, after: Option<&str>) -> EventStream {
        self.try_events(generation, after).await.expect("a stream")
    }

    /// The stream of the account's own topic.
    pub async fn user_events(&self) -> EventStream {
        open(self.request(Method::GET, "/api/v1/events")).await.expect("a stream")
    }

    /// A reader of the generation that survives broken streams.
    pub fn reader(&self, generation: &str) -> Reader {
        Reader::new(self.clone(), generation)
    }

    /// Sends a message and reads the answer to its end.
    pub async fn turn(&self, chat: &str, content: &str) -> (Turn, crate::reply::Reply) {
        let turn = self.send(chat, content).await;
        let reply = self.reader(&turn.generation.id).to_end().await;
        (turn, reply)
    }

    pub async fn socket(&self) -> Socket {
        Socket::connect(self).await.unwrap_or_else(|status| panic!("the WebSocket was refused with {status}"))
    }
}

async fn open(request: RequestBuilder) -> Result<EventStream, String> {
    let opening = request.header(header::ACCEPT, "text/event-stream").send();
    let response = match tokio::time::timeout(Duration::from_secs(20), opening).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err("no answer within 20 s".to_owned()),
    };
    let status = response.status();
    if status.is_success() {
        return Ok(EventStream::new(response));
    }
    Err(format!("{status}: {}", response.text().await.unwrap_or_default()))
}
