//! Brings the content of a file that is known by its address only.

use shared::blobs::Stored;
use shared::config::s;
use shared::files::{self, Claimed};
use shared::{Error, Result};

use crate::Worker;

/// Fetches the page into the store, unless it is there. `None` when the file belongs to somebody else meanwhile.
pub(super) async fn bring(worker: &Worker, claimed: &mut Claimed) -> Result<Option<()>> {
    let Some(url) = files::to_fetch(&claimed.row).map(str::to_owned) else { return Ok(Some(())) };
    let ctx = &worker.ctx;
    let held = claimed.clone();
    let limit = files::page_limit(ctx, held.row.user_id).await?;
    let whole = tokio::time::timeout(s(ctx.config.web.total_s), fetch(worker, &held, &url, limit));
    let whole = async { whole.await.unwrap_or_else(|_| Err(too_slow())) };
    let key = files::blob_key(held.row.id)?;
    let kept = match files::while_held(ctx, &held, whole).await {
        Ok(Some((media_type, stored))) => files::keep_page(ctx, claimed, media_type, &stored).await,
        Ok(None) => Ok(false),
        // Which bound it was that the page met.
        Err(error) if error.code == "file_too_large" && limit < ctx.config.files.max_bytes => {
            Err(files::quota_exceeded())
        }
        Err(error) => Err(error),
    };
    match kept {
        Ok(true) => Ok(Some(())),
        // Whoever took the file away could not know of these bytes.
        Ok(false) => {
            if files::is_gone(ctx, held.row.id).await? {
                ctx.blobs.delete(&key).await?;
            }
            Ok(None)
        }
        Err(error) => {
            ctx.blobs.delete(&key).await?;
            Err(error)
        }
    }
}

async fn fetch(worker: &Worker, held: &Claimed, url: &str, limit: u64) -> Result<(&'static str, Stored)> {
    let ctx = &worker.ctx;
    let page = worker.web.get(url, limit).await?;
    let (head, body) = files::head_of(page.body).await.map_err(told)?;
    let media_type = files::media_type_declared(&held.row.name, page.declared.as_deref(), &head);
    let key = files::blob_key(held.row.id)?;
    let stored = ctx.blobs.put(&key, body, files::served_as(media_type), limit).await.map_err(told)?;
    Ok((media_type, stored))
}

/// It was no upload that broke off.
fn told(error: Error) -> Error {
    match error.code {
        "upload_broken" => Error::invalid("url_cut", "The page did not come to its end.").source(error),
        _ => error,
    }
}

fn too_slow() -> Error {
    Error::invalid("url_too_slow", "The page takes more time than is allowed.")
}
