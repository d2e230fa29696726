use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::{ByteStream, Stored};
use crate::error::{Error, Kind, Result};

/// How long a body may bring nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A body on its way in: hashed, counted and bounded while it passes.
pub(super) struct Intake {
    body: ByteStream,
    hash: Sha256,
    bytes: u64,
    limit: u64,
}

impl Intake {
    pub(super) fn new(body: ByteStream, limit: u64) -> Self {
        Self { body, hash: Sha256::new(), bytes: 0, limit }
    }

    /// The next bytes, never none of them; nothing at the end of the body.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let piece = match tokio::time::timeout(PATIENCE, self.body.next()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(piece))) => piece,
                Ok(Some(Err(error))) => return Err(broken().source(error)),
                Err(stalled) => return Err(broken().source(stalled)),
            };
            if piece.is_empty() {
                continue;
            }
            self.bytes = self.bytes.saturating_add(piece.len() as u64);
            if self.bytes > self.limit {
                return Err(Error::new(
                    Kind::TooLarge,
                    "file_too_large",
                    format!("The file has more than {} bytes.", self.limit),
                ));
            }
            self.hash.update(&piece);
            return Ok(Some(piece));
        }
    }

    pub(super) fn finish(self) -> Stored {
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        Stored { bytes: self.bytes, sha256 }
    }
}

fn broken() -> Error {
    Error::invalid("upload_broken", "The upload did not come to its end.")
}
