//! One WebSocket for a page: many topics, each with its cursor.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _, stream};
use poem::web::Data;
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketStream};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use serde_json::json;
use shared::events::EventId;
use shared::{Context, Error, Result, generations};
use tokio_stream::StreamMap;
use uuid::Uuid;

use crate::auth::CurrentUser;
use crate::error::Failure;
use crate::events::{Follow, Told, follow_run, follow_user, ws};
use crate::metrics::OpenStream;

/// Topics of one socket: more than any page shows.
const MAX_TOPICS: usize = 100;
/// A message of the client that is longer is none of ours.
const MAX_MESSAGE: usize = 4096;

type Topics = StreamMap<String, stream::BoxStream<'static, Told>>;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    Subscribe {
        topic: String,
        #[serde(default)]
        after: Option<String>,
    },
    Unsubscribe {
        topic: String,
    },
    Ping,
}

/// `GET /api/v1/ws`: JSON in text frames, one object in each.
///
/// The client says `{"type":"subscribe","topic":"generation:<id>"|"user","after"?}`, `{"type":"unsubscribe","topic"}` or
/// `{"type":"ping"}`.
#[handler]
pub(crate) async fn open(
    ctx: Data<&Context>,
    request: &Request,
    socket: WebSocket,
) -> Result<Response, Failure> {
    let user = CurrentUser::of_websocket(request).await?;
    let (ctx, user_id) = (ctx.clone(), user.user.id);
    let open = OpenStream::new(&ctx, user_id, "websocket")?;
    let upgrade = socket.on_upgrade(move |stream| serve(ctx, user_id, open, stream));
    Ok(upgrade.into_response())
}

/// Serves one socket until the client leaves or this node drains.
async fn serve(ctx: Context, user_id: Uuid, _open: OpenStream, socket: WebSocketStream) {
    let slow = Duration::from_secs(ctx.config.stream.slow_reader_s);
    let (mut out, mut input) = socket.split();
    let mut topics = Topics::new();
    let mut ping = tokio::time::interval(Duration::from_secs(ctx.config.stream.keep_alive_s));
    ping.tick().await;
    loop {
        let replies = tokio::select! {
            () = ctx.shutdown.draining() => {
                drop(tokio::time::timeout(slow, out.send(Message::Text(r#"{"type":"drain"}"#.into()))).await);
                let close = Message::Close(Some((CloseCode::Restart, "restart".into())));
                drop(tokio::time::timeout(slow, out.send(close)).await);
                return;
            }
            said = input.next() => match said {
                Some(Ok(Message::Text(text))) => hear(&ctx, user_id, &mut topics, &text).await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            Some((topic, told)) = topics.next(), if !topics.is_empty() => {
                let mut frames = vec![Message::Text(ws(&topic, &told))];
                if told.is_terminal() {
                    topics.remove(&topic);
                    frames.push(text(&json!({ "type": "end", "topic": topic })));
                }
                frames
            }
            // Browsers answer by themselves; a network that is gone shows in the write.
            _ = ping.tick() => vec![Message::Ping(Vec::new())],
        };
        for frame in replies {
            // A reader that does not read is cut and can come back with its cursors.
            if !matches!(tokio::time::timeout(slow, out.send(frame)).await, Ok(Ok(()))) {
                return;
            }
        }
    }
}

async fn hear(ctx: &Context, user_id: Uuid, topics: &mut Topics, said: &str) -> Vec<Message> {
    let said = match serde_json::from_str::<Said>(said.get(..MAX_MESSAGE).unwrap_or(said)) {
        Ok(said) if topics.len() < MAX_TOPICS => said,
        Ok(_) => {
            return vec![refused(None, &Error::invalid("too_many_topics", "This socket follows enough."))];
        }
        Err(_) => {
            return vec![refused(
                None,
                &Error::invalid("invalid_request", "This is no message of this protocol."),
            )];
        }
    };
    match said {
        Said::Ping => vec![text(&json!({ "type": "pong" }))],
        Said::Unsubscribe { topic } => {
            topics.remove(&topic);
            vec![text(&json!({ "type": "unsubscribed", "topic": topic }))]
        }
        Said::Subscribe { topic, after } => match subscribe(ctx, user_id, &topic, after.as_deref()).await {
            Ok(follow) => {
                let ended = follow.has_ended();
                let events = stream::unfold(follow, |mut follow| async move {
                    let told = follow.next().await?;
                    Some((told, follow))
                });
                topics.insert(topic.clone(), events.boxed());
                let mut frames = vec![text(&json!({ "type": "subscribed", "topic": topic }))];
                if ended {
                    topics.remove(&topic);
                    frames.push(text(&json!({ "type": "end", "topic": topic })));
                }
                frames
            }
            Err(error) => vec![refused(Some(&topic), &error)],
        },
    }
}

async fn subscribe(ctx: &Context, user_id: Uuid, topic: &str, after: Option<&str>) -> Result<Follow> {
    let after = after.filter(|a| !a.is_empty()).map(str::parse::<EventId>).transpose()?;
    if topic == "user" {
        return Ok(follow_user(ctx, user_id, after));
    }
    let id = topic
        .strip_prefix("generation:")
        .and_then(|id| Uuid::parse_str(id).ok())
        .ok_or_else(|| Error::field("topic", "must be \"user\" or \"generation:<id>\""))?;
    let row = generations::find_for(ctx, user_id, id).await?;
    follow_run(ctx, &row, after.unwrap_or(EventId::ZERO)).await
}

fn refused(topic: Option<&str>, error: &Error) -> Message {
    text(&json!({ "type": "error", "topic": topic, "code": error.code, "message": error.message }))
}

fn text(value: &serde_json::Value) -> Message {
    Message::Text(value.to_string())
}
