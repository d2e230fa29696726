//! Chats from elsewhere: a file is read through, chat by chat, and in the second round each is written.

mod chatgpt;
mod draft;
mod open_webui;
mod read;
mod skein;
mod split;
mod write;

use std::collections::HashMap;
use std::io::Seek as _;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use shared::entity::import::{Model, State};
use shared::imports::{self, Report, Trouble};
use shared::{Context, Error, Kind, Result};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use self::read::Found;

/// How often its user is told how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// Chats that are ready while one is written.
const AHEAD: usize = 2;

/// What became of the work on a row.
pub(crate) enum Done {
    Ended(Result<Report>),
    /// Deleted while it ran, or another one was as quick.
    Unwanted,
}

/// Does what the row says: reads the file through, or imports it. An error that may pass is the job's.
pub(crate) async fn run(ctx: &Context, row: &Model) -> Result<Done> {
    match chats_of(ctx, row).await {
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            if error.kind == Kind::Internal {
                tracing::error!(import = %row.id, ?error, "an import failed");
            }
            Ok(Done::Ended(Err(error)))
        }
        Ok(done) => Ok(done),
    }
}

async fn chats_of(ctx: &Context, row: &Model) -> Result<Done> {
    let file = spool(ctx, row).await?;
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    // Parsing takes long enough to be in the way of others.
    let reading = tokio::task::spawn_blocking(move || read::read(file, &sender));
    let mut counted = Report::default();
    let mut folders = HashMap::new();
    let (mut seen, mut told) = (0_u32, Instant::now());
    while let Some(found) = receiver.recv().await {
        seen += 1;
        if let Found::Chat(draft, tree) = found {
            let messages = u32::try_from(tree.messages.len()).unwrap_or(u32::MAX);
            let mut new = !write::is_there(ctx, row.user_id, &draft).await?;
            if new && row.state == State::Importing {
                let title = draft.title.clone();
                new = match write::write(ctx, row.user_id, *draft, tree, &mut folders).await {
                    Ok(new) => new,
                    Err(error) if error.is_transient() => return Err(error),
                    // Something in it that a database does not take; the next chat is another one.
                    Err(error) => {
                        tracing::warn!(import = %row.id, ?error, "a chat could not be written");
                        counted.note(Trouble::BrokenChat, 1, &title);
                        continue;
                    }
                };
            }
            counted.chats += u32::from(new);
            counted.already += u32::from(!new);
            counted.messages = counted.messages.saturating_add(if new { messages } else { 0 });
        }
        if told.elapsed() >= TOLD_EVERY {
            told = Instant::now();
            if !imports::advance(ctx, row, seen).await? {
                return Ok(Done::Unwanted);
            }
        }
    }
    let read = reading
        .await
        .map_err(|error| Error::internal("The reading of an import failed.").source(error))??;
    let mut report =
        Report { chats: counted.chats, already: counted.already, messages: counted.messages, ..read };
    for problem in counted.problems {
        report.note(problem.code, problem.count, problem.examples.first().map_or("", String::as_str));
    }
    Ok(Done::Ended(Ok(report)))
}

/// The file on this machine's disk, where it can be read from both ends; gone when it is closed.
async fn spool(ctx: &Context, row: &Model) -> Result<std::fs::File> {
    let failed =
        |error: std::io::Error| Error::unavailable("The file cannot be kept at the moment.").source(error);
    let mut body = imports::file(ctx, row.id).await?;
    let file = tokio::task::spawn_blocking(tempfile::tempfile)
        .await
        .map_err(|error| Error::internal("A temporary file failed.").source(error))?
        .map_err(failed)?;
    let mut file = tokio::fs::File::from_std(file);
    while let Some(piece) = body.next().await {
        file.write_all(&piece.map_err(failed)?).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    let mut file = file.into_std().await;
    file.rewind().map_err(failed)?;
    Ok(file)
}
