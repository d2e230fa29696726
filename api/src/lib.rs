//! HTTP: the API, the page, and the operations that every process has.

pub mod auth;
mod body;
mod client;
mod cookie;
mod docs;
mod edge;
pub mod error;
mod events;
mod frontend;
pub mod json;
mod limits;
mod metrics;
mod money;
mod openapi;
mod origin;
pub mod page;
mod routes;
mod server;
mod time;

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::header;
use poem::{EndpointExt, IntoEndpoint, Response, Route};
use shared::{Context, Error, Kind, Result, bell, telemetry};
use tokio::net::TcpListener;

use crate::edge::Edge;
use crate::frontend::Frontend;

pub use crate::time::Time;

const DOCS_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Takes the address, so that what is wrong with it is said before anything else starts.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => "Another program listens there.",
            std::io::ErrorKind::PermissionDenied => "Ports under 1024 need a privilege.",
            _ => "This machine may not have that address.",
        };
        let text = format!(
            "Cannot listen on {address}. {why} Choose another with --listen or SKEIN_SERVER__LISTEN."
        );
        Error::new(Kind::Unavailable, "cannot_listen", text).source(error)
    })
}

/// Serves the API and the page until the shutdown; open requests and streams get `server.drain_s` to end.
///
/// No `async fn`: such a one is compiled again, with all that it calls, in the crate that awaits it.
pub fn serve(ctx: Context, listener: TcpListener) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let endpoint = routes(&ctx)?;
        run(&ctx, listener, endpoint).await
    })
}

/// Serves health and figures alone, for processes that are no API node.
pub fn serve_operations(ctx: Context, listener: TcpListener) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let endpoint = operations(&ctx)?;
        run(&ctx, listener, endpoint).await
    })
}

async fn run(ctx: &Context, listener: TcpListener, endpoint: BoxEndpoint<'static>) -> Result<()> {
    telemetry::keep_metrics(&ctx.shutdown)?;
    ctx.shutdown.spawn(bell::follow(ctx.clone()));
    server::serve(ctx, listener, endpoint).await
}

/// Everything that an API node answers.
pub fn routes(ctx: &Context) -> Result<BoxEndpoint<'static>> {
    telemetry::metrics()?;
    let service = openapi::service(routes::groups());
    let document = document()?;
    let page = docs::page(&serde_json::from_str(&document).map_err(Error::from)?);
    let service = Arc::new(service.into_endpoint());
    let mut route = Route::new()
        .at("/api/docs", make_sync(move |_| html(page.clone())))
        .at("/api/openapi.json", make_sync(move |_| json(document.clone())))
        .at("/api/v1/ws", poem::get(routes::socket::open))
        .nest_no_strip("/", Frontend::new(&ctx.config.server.frontend));
    for mount in routes::MOUNTS {
        route = route.nest_no_strip(mount, Arc::clone(&service));
    }
    Ok(Edge::new(ctx, route.map_to_response()).boxed())
}

/// Health and figures.
pub fn operations(ctx: &Context) -> Result<BoxEndpoint<'static>> {
    telemetry::metrics()?;
    let service = openapi::service(routes::operations()).into_endpoint();
    Ok(Edge::new(ctx, service.map_to_response()).boxed())
}

/// The OpenAPI document of the API, as it is kept in `api/openapi.json`.
pub fn openapi_json() -> String {
    document().expect("the groups describe themselves in JSON")
}

fn document() -> Result<String> {
    Ok(openapi::document(&openapi::service(routes::groups()).spec())?)
}

fn html(text: String) -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, DOCS_POLICY)
        .body(text)
}

fn json(text: String) -> Response {
    Response::builder().content_type("application/json").body(text)
}
