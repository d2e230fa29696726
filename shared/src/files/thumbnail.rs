//! Small pictures of pictures, beside the bytes of their file and gone with them.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::claim::{self, Claimed};
use super::page::is_gone;
use crate::Context;
use crate::blobs::{BlobKey, ByteStream};
use crate::entity::file::Model;
use crate::error::{Error, Kind, Result};

/// What a small picture is.
pub const THUMBNAIL_TYPE: &str = "image/jpeg";
/// More than any of them has, in bytes.
const LIMIT: u64 = 1 << 20;

fn key(id: Uuid) -> Result<BlobKey> {
    BlobKey::new(format!("thumbnails/{id}"))
}

/// Whether a file of this type may have one.
fn is_picture(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/webp")
}

/// Keeps the small picture of a file that this process holds. `false` when it is not ours any more.
pub async fn keep_thumbnail(ctx: &Context, claimed: &Claimed, jpeg: Vec<u8>) -> Result<bool> {
    let id = claimed.row.id;
    if !is_picture(&claimed.row.media_type) {
        return Ok(true);
    }
    let body = stream::iter([Ok(Bytes::from(jpeg))]).boxed();
    ctx.blobs.put(&key(id)?, body, THUMBNAIL_TYPE, LIMIT).await?;
    let held = claim::fence(ctx, &ctx.db, claimed).await?;
    // Whoever took the file away could not know of it.
    if !held && is_gone(ctx, id).await? {
        ctx.blobs.delete(&key(id)?).await?;
    }
    Ok(held)
}

/// The small picture of a file that is known to be the caller's to read: its size and its bytes.
pub async fn thumbnail(ctx: &Context, row: &Model) -> Result<(u64, ByteStream)> {
    let none = || Error::not_found("thumbnail");
    if !is_picture(&row.media_type) {
        return Err(none());
    }
    match ctx.blobs.get(&key(row.id)?, None).await {
        Ok((meta, bytes)) => Ok((meta.bytes, bytes)),
        Err(error) if error.kind == Kind::NotFound => Err(none()),
        Err(error) => Err(error),
    }
}

/// Removes it, if there is one.
pub(super) async fn forget(ctx: &Context, row: &Model) -> Result<()> {
    if is_picture(&row.media_type) { ctx.blobs.delete(&key(row.id)?).await } else { Ok(()) }
}
