//! One API node that lives as long as a test.

use std::net::SocketAddr;
use std::path::Path;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, Request, Response};
use serde_json::{Value, json};
use shared::{Config, Context, Shutdown};
use tempfile::TempDir;
use tokio::task::JoinHandle;

pub(crate) struct Node {
    pub(crate) ctx: Context,
    endpoint: BoxEndpoint<'static>,
    folder: TempDir,
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: poem::http::HeaderMap,
    pub(crate) text: String,
}

impl Node {
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ctx = Context::connect(config(folder.path(), settings), Shutdown::new()).await.unwrap();
        migrations::apply(&ctx.config, &ctx.db).await.unwrap();
        let endpoint = api::routes(&ctx).unwrap();
        Self { ctx, endpoint, folder }
    }

    /// Another process on the same database.
    pub(crate) async fn beside(&self, settings: &[(&str, &str)]) -> Context {
        Context::connect_beside(config(self.folder.path(), settings), Shutdown::new()).await.unwrap()
    }

    /// The token as it is a minute after its end.
    pub(crate) fn expired(&self, token: &str) -> String {
        let key = self.ctx.secret.derive("sign-in tokens v1");
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_exp = false;
        let mut claims: Value =
            jsonwebtoken::decode(token, &DecodingKey::from_secret(&key), &rules).unwrap().claims;
        claims["exp"] = json!(self.ctx.clock.now_ms() / 1000 - 60);
        jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(&key)).unwrap()
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri_str(path).header(header::HOST, "skein.test");
        Call { node: self, request: request.finish() }
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    /// Signs up and answers the token.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        let body = json!({"email": email, "name": "Somebody", "password": "correct horse"});
        let answer = self.post("/api/v1/auth/sign-up", &body).send().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// Serves on a free port until the shutdown.
    pub(crate) async fn listen(&self) -> (SocketAddr, JoinHandle<shared::Result<()>>) {
        let listener = api::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        (address, tokio::spawn(api::serve(self.ctx.clone(), listener)))
    }
}

fn config(folder: &Path, settings: &[(&str, &str)]) -> Config {
    let mut env = vec![
        ("SKEIN_DATA__DIR".to_owned(), folder.display().to_string()),
        ("SKEIN_LIMITS__PER_ADDRESS_BURST".to_owned(), "10000".to_owned()),
    ];
    env.extend(settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    Config::load(None, env.into_iter()).unwrap()
}

pub(crate) struct Call<'a> {
    node: &'a Node,
    request: Request,
}

impl Call<'_> {
    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    pub(crate) fn text(mut self, content_type: &str, body: &str) -> Self {
        self.request.set_body(Body::from_string(body.to_owned()));
        self.header("content-type", content_type).header("content-length", &body.len().to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) async fn send(self) -> Answer {
        let response: Response = self.node.endpoint.get_response(self.request).await;
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, text: body.into_string().await.unwrap() }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the problem, after a look at its form.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(body["title"].is_string() && body["detail"].is_string());
        body["code"].as_str().unwrap().to_owned()
    }
}
