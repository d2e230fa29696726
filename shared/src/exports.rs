//! Chats on their way out, as JSON of our own form or as Markdown. Both are written while they are read: a page of
//! rows is held at a time, and no database connection while the reader takes its time.
//!
//! The JSON (`docs/chats.md` has it field by field) is what an import takes back without loss:
//! `{"format": "skein-chats", "version": 1, "exported_at", "chats": [{..., "messages": [...]}]}`.

mod markdown;

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use crate::clock::rfc3339;
use crate::entity::{chat, folder, message};
use crate::error::{Error, Result};
use crate::{Context, chats};

/// The name of our form, and the version that this program writes.
pub const FORMAT: &str = "skein-chats";
pub const VERSION: u64 = 1;

/// Bytes that go out at once.
const PIECE: usize = 64 * 1024;
/// How long a reader may take none of them.
const PATIENCE: Duration = Duration::from_secs(60);
const CHATS: u64 = 100;
/// Messages that are held at once: each may carry images.
const MESSAGES: u64 = 20;
/// Messages of a branch that are written as Markdown.
const BRANCH: u64 = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    /// The active branch of each chat.
    Markdown,
}

/// An error ends it, and what came before is not the whole.
pub type Export = BoxStream<'static, io::Result<Bytes>>;

/// One chat.
pub fn one(ctx: &Context, chat: chat::Model, form: Form) -> Export {
    start(ctx, move |ctx, mut out| async move {
        let folders = folders(&ctx, chat.user_id).await?;
        out.begin(&ctx, form).await?;
        out.chat(&ctx, &chat, &folders, form, true).await?;
        out.end(form).await
    })
}

/// All chats of a user, archived ones too, oldest first. Temporary ones are not among them.
pub fn all(ctx: &Context, user_id: Uuid, form: Form) -> Export {
    start(ctx, move |ctx, mut out| async move {
        let folders = folders(&ctx, user_id).await?;
        out.begin(&ctx, form).await?;
        let (mut after, mut first) = (Uuid::nil(), true);
        loop {
            let page = chat::Entity::find()
                .filter(chat::Column::UserId.eq(user_id))
                .filter(chat::Column::Temporary.eq(false))
                .filter(chat::Column::Id.gt(after))
                .order_by_asc(chat::Column::Id)
                .limit(CHATS)
                .all(&ctx.db)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for chat in &page {
                out.chat(&ctx, chat, &folders, form, first).await?;
                first = false;
            }
        }
        out.end(form).await
    })
}

/// The task that reads rows ends with its reader, and with the process.
fn start<F, W>(ctx: &Context, work: F) -> Export
where
    F: FnOnce(Context, Out) -> W + Send + 'static,
    W: Future<Output = Result<()>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(2);
    let out = Out { sender: sender.clone(), kept: Vec::with_capacity(PIECE) };
    let work = work(ctx.clone(), out);
    let stopped = ctx.shutdown.clone();
    ctx.shutdown.spawn(async move {
        let done = tokio::select! {
            done = work => done,
            () = stopped.stopped() => Err(Error::unavailable("The server stops.")),
        };
        if let Err(error) = done
            && !sender.is_closed()
        {
            tracing::warn!(?error, "an export was cut");
            // Without it the reader would take what it has for the whole.
            drop(sender.send_timeout(Err(io::Error::other("the export was cut")), PATIENCE).await);
        }
    });
    ReceiverStream::new(receiver).boxed()
}

struct Out {
    sender: mpsc::Sender<io::Result<Bytes>>,
    kept: Vec<u8>,
}

impl Out {
    async fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() >= PIECE { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let piece = std::mem::replace(&mut self.kept, Vec::with_capacity(PIECE));
        self.sender
            .send_timeout(Ok(piece.into()), PATIENCE)
            .await
            .map_err(|_| Error::unavailable("The reader of an export is gone."))
    }

    async fn begin(&mut self, ctx: &Context, form: Form) -> Result<()> {
        if form == Form::Markdown {
            return Ok(());
        }
        let now = rfc3339(ctx.clock.now_ms());
        let head =
            format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exported_at\":\"{now}\",\"chats\":[");
        self.put(head.as_bytes()).await
    }

    async fn end(&mut self, form: Form) -> Result<()> {
        if form == Form::Json {
            self.put(b"]}\n").await?;
        }
        self.flush().await
    }

    async fn chat(
        &mut self,
        ctx: &Context,
        chat: &chat::Model,
        folders: &Folders,
        form: Form,
        first: bool,
    ) -> Result<()> {
        match form {
            Form::Json => {
                if !first {
                    self.put(b",").await?;
                }
                self.chat_as_json(ctx, chat, folders).await
            }
            Form::Markdown => {
                if !first {
                    self.put(b"\n---\n\n").await?;
                }
                self.chat_as_markdown(ctx, chat).await
            }
        }
    }

    async fn chat_as_json(&mut self, ctx: &Context, chat: &chat::Model, folders: &Folders) -> Result<()> {
        let mut head = serde_json::to_vec(&described(chat, folders))?;
        // The messages are the last field; they follow page by page.
        head.pop();
        head.extend_from_slice(b",\"messages\":[");
        self.put(&head).await?;
        let mut after = Uuid::nil();
        let mut first = true;
        loop {
            let page = message::Entity::find()
                .filter(message::Column::ChatId.eq(chat.id))
                .filter(message::Column::Id.gt(after))
                .order_by_asc(message::Column::Id)
                .limit(MESSAGES)
                .all(&ctx.db)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                if !first {
                    self.put(b",").await?;
                }
                first = false;
                self.put(&serde_json::to_vec(&said(row))?).await?;
            }
        }
        self.put(b"]}").await
    }

    async fn chat_as_markdown(&mut self, ctx: &Context, chat: &chat::Model) -> Result<()> {
        self.put(markdown::head(chat).as_bytes()).await?;
        let Some(leaf) = chat.current_message_id else { return Ok(()) };
        let branch = chats::path_ids(ctx, chat.id, leaf, BRANCH).await?;
        for part in branch.chunks(MESSAGES as usize) {
            let filter = message::Column::Id.is_in(part.iter().copied());
            let rows = message::Entity::find().filter(filter).all(&ctx.db).await?;
            for id in part {
                if let Some(row) = rows.iter().find(|row| row.id == *id) {
                    self.put(markdown::message(row).as_bytes()).await?;
                }
            }
        }
        Ok(())
    }
}

/// The folders of a user: how each is called, with the one around it first.
type Folders = HashMap<Uuid, Vec<String>>;

async fn folders(ctx: &Context, user_id: Uuid) -> Result<Folders> {
    let rows = folder::Entity::find().filter(folder::Column::UserId.eq(user_id)).all(&ctx.db).await?;
    let names: HashMap<Uuid, &str> = rows.iter().map(|row| (row.id, row.name.as_str())).collect();
    let path = |row: &folder::Model| {
        let outer = row.parent_id.and_then(|id| names.get(&id).copied());
        outer.into_iter().chain([row.name.as_str()]).map(str::to_owned).collect()
    };
    Ok(rows.iter().map(|row| (row.id, path(row))).collect())
}

fn described(chat: &chat::Model, folders: &Folders) -> Value {
    json!({
        "id": chat.id,
        "title": chat.title,
        "model": chat.model,
        "folder": chat.folder_id.and_then(|id| folders.get(&id)),
        "tags": chats::tags_of(chat),
        "pinned": chat.pinned,
        "archived": chat.archived,
        "current_message_id": chat.current_message_id,
        "created_at": rfc3339(chat.created_at),
        "updated_at": rfc3339(chat.updated_at),
    })
}

fn said(row: message::Model) -> Value {
    let mut message = json!({
        "id": row.id,
        "parent_id": row.parent_id,
        "role": row.role,
        "content": row.content,
        "created_at": rfc3339(row.created_at),
    });
    let more = [
        ("images", row.images),
        ("reasoning", row.reasoning.map(Value::from)),
        ("tool_calls", row.tool_calls),
        ("model", row.model.map(Value::from)),
        ("finish_reason", row.finish_reason.map(Value::from)),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            message[name] = value;
        }
    }
    message
}
