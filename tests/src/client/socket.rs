use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Client;
use crate::reply::Reply;
use crate::sse::SseEvent;

/// An open WebSocket to `/api/v1/ws`.
pub struct Socket {
    inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Set when the server has closed it.
    pub closed: Option<CloseFrame>,
}

impl Socket {
    /// Connects with the client's token; the error is the HTTP status of a refusal.
    pub async fn connect(client: &Client) -> Result<Self, u16> {
        let url = format!("{}/api/v1/ws", client.base().replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a valid URL");
        if let Some(token) = client.token() {
            let value = format!("Bearer {token}").parse().expect("a token is ASCII");
            request.headers_mut().insert("authorization", value);
        }
        match connect_async(request).await {
            Ok((inner, _)) => Ok(Self { inner, closed: None }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("the WebSocket did not connect: {error}"),
        }
    }

    pub async fn send(&mut self, frame: &Value) {
        self.inner.send(Message::text(frame.to_string())).await.expect("the WebSocket takes a frame");
    }

    pub async fn subscribe(&mut self, topic: &str, after: Option<&str>) {
        let mut frame = json!({"type": "subscribe", "topic": topic});
        if let Some(after) = after {
            frame["after"] = json!(after);
        }
        self.send(&frame).await;
    }

    /// The next JSON frame; None when the connection has ended.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(40), self.inner.next()).await;
            match frame.expect("a frame within 40 s")? {
                Ok(Message::Text(text)) => return Some(text.parse().expect("frames are JSON")),
                Ok(Message::Close(frame)) => {
                    self.closed = frame;
                    return None;
                }
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Waits for a frame of this type.
    pub async fn wait_for(&mut self, kind: &str) -> Value {
        while let Some(frame) = self.next().await {
            if frame["type"] == kind {
                return frame;
            }
        }
        panic!("the WebSocket closed without {kind}")
    }

    /// Reads the topic of a generation, which must have been subscribed to, up to its end.
    pub async fn read(&mut self, topic: &str) -> Reply {
        let mut reply = Reply::default();
        while let Some(frame) = self.next().await {
            if frame["topic"] != topic {
                continue;
            }
            match frame["type"].as_str() {
                Some("event") => reply.apply(&SseEvent {
                    id: frame["id"].as_str().unwrap_or_default().to_owned(),
                    name: frame["event"].as_str().unwrap_or_default().to_owned(),
                    data: frame["data"].to_string(),
                }),
                Some("end") => return reply,
                Some("error") => panic!("{frame}"),
                _ => {}
            }
        }
        panic!("the WebSocket closed before the end of {topic}")
    }
}
