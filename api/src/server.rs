//! Accepts connections and serves the endpoint over them until the shutdown.
//!
//! poem's own server polls a connection again after its client has left, so that a handler which waits for a model
//! would go on to its end. Here the handler is dropped with the connection, and what it waits for is stopped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Request};
use shared::config::s;
use shared::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Pause after a failed accept. Without file descriptors it fails again and again until some are free.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a connection may take to bring the head of a request, or be kept without one. Longer than proxies keep
/// theirs, so that they close first and never send into a closing one.
const HEAD_LIMIT: Duration = Duration::from_secs(90);

/// How long a connection without a request is kept when this node drains. A proxy may be sending one over it at that
/// moment, and what gets lost on the way to a closed connection cannot always be sent again.
const LINGER: Duration = Duration::from_secs(1);

/// Serves until the shutdown drains; open requests then get `server.drain_s` to end.
pub(crate) async fn serve(
    ctx: &Context,
    listener: TcpListener,
    endpoint: BoxEndpoint<'static>,
) -> Result<()> {
    let endpoint = Arc::new(endpoint);
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    // Whatever ends this function ends its connections.
    let _cut = cut.clone().drop_guard();
    let take = |(stream, peer)| {
        let connection = connection(ctx.clone(), endpoint.clone(), stream, peer);
        let cut = cut.clone();
        connections.spawn(async move {
            tokio::select! {
                () = cut.cancelled() => {}
                () = connection => {}
            }
        });
    };
    loop {
        tokio::select! {
            biased;
            () = ctx.shutdown.draining() => break,
            accepted = accept(&listener) => take(accepted),
        }
    }
    // New connections are refused from here on, so that clients turn to other nodes.
    backlog(listener).into_iter().for_each(take);
    connections.close();
    tokio::select! {
        () = connections.wait() => {}
        () = tokio::time::sleep(s(ctx.config.server.drain_s)) => {}
        () = ctx.shutdown.stopped() => {}
    }
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                metrics::counter!("skein_http_accept_errors_total").increment(1);
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Closes the listener and gives what had connected by then: its peer takes it for accepted, and has perhaps sent a request
/// over it that cannot be sent again.
fn backlog(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let accepted = std::iter::from_fn(|| listener.accept().ok());
    accepted
        .filter_map(|(stream, peer)| {
            stream.set_nonblocking(true).ok()?;
            Some((TcpStream::from_std(stream).ok()?, peer))
        })
        .collect()
}

async fn connection(ctx: Context, endpoint: Arc<BoxEndpoint<'static>>, stream: TcpStream, peer: SocketAddr) {
    // Events are small frames: with Nagle's algorithm each would wait for the ack of the one before.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Ok(local) = stream.local_addr() else { return };
    let mut stream = Box::pin(TimeoutStream::new(stream));
    // A peer that reads nothing while something waits for it is cut.
    stream.as_mut().set_write_timeout_pinned(Some(s(ctx.config.stream.slow_reader_s)));
    let shutdown = ctx.shutdown.clone();
    let service = service_fn(move |request: poem::http::Request<Incoming>| {
        let (endpoint, shutdown) = (endpoint.clone(), shutdown.clone());
        let request =
            Request::from((request, LocalAddr(local.into()), RemoteAddr(peer.into()), Scheme::HTTP));
        async move {
            let mut response: hyper::Response<_> = endpoint.get_response(request).await.into();
            if shutdown.is_draining() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = ctx.shutdown.draining() => {
            // The request that is being answered is the last one, or the one that is on its way.
            match tokio::time::timeout(LINGER, connection.as_mut()).await {
                Ok(ended) => ended,
                Err(_) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_connected_before_the_end_is_not_turned_away() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let early = TcpStream::connect(address).await.unwrap();
        let taken = backlog(listener);
        assert_eq!(taken.iter().map(|(_, peer)| *peer).collect::<Vec<_>>(), [early.local_addr().unwrap()]);
        assert!(TcpStream::connect(address).await.is_err(), "who comes later goes elsewhere");
    }
}
