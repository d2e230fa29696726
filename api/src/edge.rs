//! What every request passes first and every answer last: id, span, bounds, errors, headers, figures.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use poem::http::{HeaderName, HeaderValue, Method, header};
use poem::{Endpoint, Request, Response};
use poem_openapi::OperationId;
use shared::config::s;
use shared::limits::Flood;
use shared::{Context, Error, Kind};
use tracing::Instrument;
use uuid::Uuid;

use crate::body::{self, BodyRefused};
use crate::client::Proxies;
use crate::error::{self, Failure, Fault};
use crate::limits;
use crate::metrics;
use crate::origin::Origins;
use crate::routes;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Bytes around the file in the form that brings it.
const FORM: usize = 64 * 1024;
/// For answers that are no page: nothing may be loaded from them, and no site may frame them.
const NO_CONTENT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

pub(crate) struct Edge<E> {
    inner: E,
    ctx: Context,
    flood: Flood,
    proxies: Proxies,
    origins: Origins,
}

impl<E: Endpoint<Output = Response>> Edge<E> {
    pub(crate) fn new(ctx: &Context, inner: E) -> Self {
        Self {
            inner,
            ctx: ctx.clone(),
            flood: Flood::new(ctx.config.limits.per_address_rps, ctx.config.limits.per_address_burst),
            proxies: Proxies::new(&ctx.config.server),
            origins: Origins::new(&ctx.config.server),
        }
    }

    async fn answer(&self, request: Request, path: &str, id: &str) -> (Response, Option<OperationId>) {
        let origin = request.headers().get(header::ORIGIN).cloned();
        let result = match self.origins.preflight(&request) {
            Some(response) => Ok(response),
            None => self.guarded(request, path).await,
        };
        let (mut response, operation) = match result {
            Ok(response) => {
                let operation = response.data::<OperationId>().copied();
                (response, operation)
            }
            Err(error) if error.is_from_response() => {
                let operation = error.data::<OperationId>().copied();
                (error.into_response(), operation)
            }
            Err(error) => {
                let fault = Fault::of(&error);
                error::log(&error, &fault);
                (fault.response(path, id), error.data::<OperationId>().copied())
            }
        };
        self.origins.allow(origin.as_ref(), &mut response);
        (response, operation)
    }

    /// Bytes of a body, and the time to read and to answer it.
    fn bounds(&self, path: &str, upload: bool) -> (usize, Duration) {
        let config = &self.ctx.config;
        let (server, imports, files) = (&config.server, &config.imports, &config.files);
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        match path {
            _ if upload => (size(files.max_bytes).saturating_add(FORM), s(files.upload_s)),
            routes::imports::PATH => (size(imports.max_bytes), s(imports.upload_timeout_s)),
            _ => (server.body_limit, s(server.request_timeout_s)),
        }
    }

    async fn guarded(&self, mut request: Request, path: &str) -> poem::Result<Response> {
        let client = self.proxies.client(&request);
        limits::refuse_flood(&self.flood, client.address).map_err(Failure)?;
        let upload = is_upload(request.method(), path);
        let (size, time) = self.bounds(path, upload);
        body::bound(&mut request, size, time).map_err(|refused| match refused {
            BodyRefused::TooLarge if upload => Failure(Error::new(
                Kind::TooLarge,
                "file_too_large",
                format!("The file has more than {} bytes.", self.ctx.config.files.max_bytes),
            ))
            .into(),
            BodyRefused::TooLarge => poem::Error::from_status(poem::http::StatusCode::PAYLOAD_TOO_LARGE),
            BodyRefused::TooSlow => poem::Error::from_status(poem::http::StatusCode::REQUEST_TIMEOUT),
        })?;
        request.set_data(client);
        request.set_data(self.origins.clone());
        request.set_data(self.ctx.clone());
        let work = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        // A model may take minutes for an answer that is not streamed; those waits have limits of their own.
        let done = if path.starts_with("/v1/") {
            work.await
        } else {
            tokio::time::timeout(time, work).await.map_err(|_| {
                let error = Error::unavailable("The answer took too long.");
                Failure(Error { code: "timeout", ..error })
            })?
        };
        done.unwrap_or_else(|panic| {
            let text = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            Err(Failure(Error::internal("A handler panicked.").source(text)).into())
        })
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Edge<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let id = request_id(&request);
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let span = tracing::info_span!("request", request_id = id, %method, path);
        let (mut response, operation) = self.answer(request, &path, &id).instrument(span.clone()).await;
        finish(&mut response, &path, &id);
        let taken = started.elapsed();
        metrics::request(&method, operation.map(|operation| operation.0), response.status(), taken);
        span.in_scope(|| log(&response, taken));
        Ok(response)
    }
}

fn log(response: &Response, taken: Duration) {
    tracing::debug!(status = response.status().as_u16(), ms = taken.as_secs_f64() * 1000.0, "answered");
}

/// A file that streams in has a bound and a time of its own.
fn is_upload(method: &Method, path: &str) -> bool {
    method == Method::POST && matches!(path, "/api/v1/files" | "/v1/files")
}

/// The client's own id if it is a sane one, else a new one.
fn request_id(request: &Request) -> String {
    let sane = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()) {
        Some(id) if (1..=128).contains(&id.len()) && id.chars().all(sane) => id.to_owned(),
        _ => Uuid::now_v7().to_string(),
    }
}

fn finish(response: &mut Response, path: &str, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| HeaderValue::from_static(NO_CONTENT_POLICY));
    if path.starts_with("/api/") || path.starts_with("/v1/") {
        headers.entry(header::CACHE_CONTROL).or_insert_with(|| HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::EndpointExt;
    use poem::endpoint::make;
    use shared::{Config, Shutdown};

    async fn answer(path: &str) -> Response {
        let folder = tempfile::tempdir().unwrap();
        let env = [
            ("SKEIN_DATA__DIR".to_owned(), folder.path().display().to_string()),
            ("SKEIN_SERVER__REQUEST_TIMEOUT_S".to_owned(), "1".to_owned()),
        ];
        let config = Config::load(None, env.into_iter()).unwrap();
        let ctx = Context::connect(config, Shutdown::new()).await.unwrap();
        let inner = make(|request: Request| async move {
            match request.uri().path() {
                "/api/panic" => panic!("boom"),
                "/v1/slow" => tokio::time::sleep(Duration::from_millis(1200)).await,
                _ => std::future::pending().await,
            }
            poem::Result::<Response>::Ok(Response::default())
        });
        let edge = Edge::new(&ctx, inner.map_to_response());
        edge.get_response(Request::builder().uri_str(path).finish()).await
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_and_its_text_stays_inside() {
        let response = answer("/api/panic").await;
        assert_eq!(response.status(), 500);
        assert!(response.header("x-request-id").is_some());
        let text = response.into_body().into_string().await.unwrap();
        assert!(text.contains("\"code\":\"internal\"") && !text.contains("boom"), "{text}");
    }

    #[tokio::test]
    async fn an_answer_that_takes_too_long_is_given_up_but_a_model_has_its_own_time() {
        let response = answer("/api/slow").await;
        assert_eq!((response.status().as_u16(), response.header("retry-after")), (503, Some("2")));
        assert_eq!(answer("/v1/slow").await.status(), 200);
    }
}
