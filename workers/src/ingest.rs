//! From the bytes of a file to passages that can be searched. Every step may run again: what it writes is named by
//! file, pipeline and place, and only the holder of the lease writes.

mod child;
mod chunk;
mod embed;
mod ocr;
mod page;

use futures_util::TryStreamExt as _;
use shared::entity::file::{Model, State};
use shared::files::{self, Change, Claimed};
use shared::{Context, Error, Kind, Result, chunks, settings};
use tokio::io::AsyncWriteExt as _;

use crate::Worker;
use crate::extract::Text;

pub(crate) use self::embed::embed;

/// Passages that are written in one transaction: short, so that chats can write in between.
const BATCH: usize = 200;

/// Reads a file to its last passage and gives it on. `None` when it belongs to somebody else meanwhile.
pub(crate) async fn run(worker: &Worker, claimed: &mut Claimed) -> Result<Option<()>> {
    let ctx = &worker.ctx;
    if page::bring(worker, claimed).await?.is_none() {
        return Ok(None);
    }
    let held = claimed.clone();
    let Some(mut text) = files::while_held(ctx, &held, extract(worker, claimed)).await? else {
        return Ok(None);
    };
    if let Some(jpeg) = text.thumbnail.take()
        && !files::keep_thumbnail(ctx, claimed, jpeg).await?
    {
        return Ok(None);
    }
    let pages = text.pages.iter().filter_map(|page| page.number).max().and_then(|n| i32::try_from(n).ok());
    let change = Change {
        state: Some(State::Chunking),
        progress: Some(0),
        pages,
        notice: text.notice.clone(),
        media_type: text.media_type.clone(),
        ..Change::default()
    };
    if !files::write(ctx, claimed, change).await? {
        return Ok(None);
    }
    let size = ctx.config.files.chunk_tokens;
    let cut = tokio::task::spawn_blocking(move || chunk::cut(&text, size));
    let cut =
        async { cut.await.map_err(|error| Error::internal("The text could not be cut.").source(error)) };
    let held = claimed.clone();
    let Some(passages) = files::while_held(ctx, &held, cut).await? else { return Ok(None) };
    if passages.is_empty() {
        return Err(no_text(&claimed.row));
    }
    if !store(ctx, claimed, &passages).await? {
        return Ok(None);
    }
    Ok(Some(()))
}

/// The notice knows more where there is one.
fn no_text(row: &Model) -> Error {
    let why = match &row.notice {
        Some(notice) => notice.clone(),
        None if row.media_type.starts_with("image/") => {
            "Pictures have no text that could be searched.".to_owned()
        }
        None => "The file has no text.".to_owned(),
    };
    Error::invalid("no_text", why)
}

async fn extract(worker: &Worker, claimed: &Claimed) -> Result<Text> {
    // Readers are processes: more than there are processors would only wait for each other.
    let _slot = worker.readers.acquire().await.map_err(|e| Error::internal("No readers.").source(e))?;
    let ctx = &worker.ctx;
    let file = fetch(ctx, claimed).await?;
    let again = file.try_clone().map_err(unwritable)?;
    let mut text = child::read(ctx, file, &claimed.row.media_type).await?;
    ocr::read(ctx, &again, &claimed.row.media_type, &mut text).await?;
    Ok(text)
}

fn unwritable(error: std::io::Error) -> Error {
    Error::unavailable("The temporary folder of the worker cannot be written.").source(error)
}

/// The file as one without a name in the temporary folder: it goes with this process.
async fn fetch(ctx: &Context, claimed: &Claimed) -> Result<std::fs::File> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile)
        .await
        .map_err(|error| Error::internal("A temporary file could not be made.").source(error))?
        .map_err(unwritable)?;
    let mut file = tokio::fs::File::from_std(file);
    let (_, mut bytes) = ctx.blobs.get(&files::blob_key(claimed.row.id)?, None).await?;
    let away = |error: std::io::Error| {
        Error::new(Kind::Unavailable, "store_unavailable", "The file store did not give the whole file.")
            .source(error)
    };
    while let Some(piece) = bytes.try_next().await.map_err(away)? {
        file.write_all(&piece).await.map_err(unwritable)?;
    }
    file.flush().await.map_err(unwritable)?;
    tokio::io::AsyncSeekExt::rewind(&mut file).await.map_err(unwritable)?;
    Ok(file.into_std().await)
}

/// Writes the passages in their order and makes the file searchable with the last one.
async fn store(ctx: &Context, claimed: &mut Claimed, passages: &[chunks::Passage]) -> Result<bool> {
    let count = i32::try_from(passages.len()).unwrap_or(i32::MAX);
    let mut written = 0;
    for batch in passages.chunks(BATCH) {
        if !chunks::put(ctx, claimed, written, batch).await? {
            return Ok(false);
        }
        written += batch.len();
        let progress = written * 100 / passages.len();
        let change = Change { progress: i32::try_from(progress).ok(), ..Change::default() };
        if batch.len() == BATCH && !files::write(ctx, claimed, change).await? {
            return Ok(false);
        }
    }
    let embeds = settings::get(ctx).await?.embedding_model.is_some();
    let change = Change {
        state: Some(if embeds { State::Embedding } else { State::Ready }),
        progress: Some(if embeds { 0 } else { 100 }),
        chunks: Some(count),
        ..Change::default()
    };
    files::hand_on(ctx, claimed, change).await
}
