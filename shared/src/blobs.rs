//! Where the bytes of files are kept: a folder, or a bucket of any server that speaks S3.
//!
//! A blob is whole or not there. It is written as it arrives, hashed and counted on the way, and nothing of it can be
//! read before its last byte is safe; a broken body, a limit or a caller that goes away leaves nothing behind. What a
//! blob is called, whose it is and what its content is stands in the database.

mod folder;
mod intake;
mod key;
mod s3;

#[cfg(test)]
mod conformance;

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use url::Url;

use self::folder::Folder;
pub use self::key::BlobKey;
use self::s3::S3;
use crate::config::Config;
use crate::error::{Error, Kind, Result};

pub type Blobs = Arc<dyn BlobStore>;

/// Pieces of a blob in order. An error ends it, and what came before is not the whole.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub bytes: u64,
    /// SHA-256 of the content, in hexadecimal digits.
    pub sha256: String,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Size of the whole blob in bytes.
    pub bytes: u64,
    /// The part of it that the stream brings: all of it, or the range that was asked for up to the end of the blob.
    pub range: Range<u64>,
}

/// A store of blobs. Every call ends by itself when the store does not answer, with an error that
/// [`Error::is_transient`].
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Keeps the body under this key, in place of an older blob, which stays as it is if this fails.
    ///
    /// `content_type` is what a presigned URL answers with. A body of more than `limit` bytes is refused with
    /// `file_too_large`; one that breaks off or stalls for a minute with `upload_broken`. Dropping the call is the same
    /// as a body that breaks off. Of several writers of one key the last to end wins.
    async fn put(&self, key: &BlobKey, body: ByteStream, content_type: &str, limit: u64) -> Result<Stored>;

    /// The blob, or the part of it in `range`, whose end may lie behind the end of the blob. `not_found`, or
    /// `range_not_satisfiable` where no byte of the blob is in the range.
    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<(Meta, ByteStream)>;

    /// Forgets the blob. One that is not there is no error.
    async fn delete(&self, key: &BlobKey) -> Result<()>;

    /// An address from which anybody who has it can read the blob for this long (7 days at most), whether the blob is
    /// there or not. `None` where the store has no addresses of its own.
    async fn presign(&self, key: &BlobKey, ttl: Duration) -> Result<Option<Url>>;

    /// Whether the store can be reached now. Cheap, reads no blob.
    async fn probe(&self) -> Result<()>;
}

/// The store that the configuration names. A folder is made if it is not there; a server is not asked yet.
pub fn open(config: &Config) -> Result<Blobs> {
    let url = config.blobs.url.as_str();
    if url.starts_with("s3://") {
        return Ok(Arc::new(S3::open(&config.blobs)?));
    }
    let path = if url.is_empty() {
        if config.is_cluster() {
            tracing::warn!(
                "blobs.url is not set: files are kept in this node's data folder, which all nodes must share"
            );
        }
        config.data.dir.join("blobs")
    } else {
        Url::parse(url)
            .ok()
            .and_then(|url| url.to_file_path().ok())
            .ok_or_else(|| Error::field("blobs.url", "is no folder: file:///absolute/path"))?
    };
    Ok(Arc::new(Folder::open(path)?))
}

/// The bytes of a blob of that size that a range stands for.
fn clamp(range: Option<Range<u64>>, bytes: u64) -> Result<Range<u64>> {
    match range {
        None => Ok(0..bytes),
        Some(range) if range.start < range.end && range.start < bytes => {
            Ok(range.start..range.end.min(bytes))
        }
        Some(_) => Err(unsatisfiable()),
    }
}

fn unsatisfiable() -> Error {
    Error::new(Kind::Invalid, "range_not_satisfiable", "The file has no bytes in this range.")
}

fn missing() -> Error {
    Error::not_found("file")
}

fn away() -> Error {
    Error::unavailable("The file store cannot be reached at the moment.")
}
