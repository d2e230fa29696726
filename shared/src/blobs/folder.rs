use std::io::{self, ErrorKind, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;
use url::Url;
use uuid::Uuid;

use super::intake::Intake;
use super::{BlobKey, BlobStore, ByteStream, Meta, Stored, away, clamp, missing};
use crate::error::{Error, Kind, Result};

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;
/// Where blobs grow before they get their name. Not a fan-out directory: those have two characters.
const UNFINISHED: &str = "unfinished";
/// No upload takes this long: what is older was left by a process that died.
const LEFT_BEHIND: Duration = Duration::from_secs(48 * 3600);

/// Blobs as files, spread over 256 directories. Several processes may share the folder.
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn open(root: PathBuf) -> Result<Self> {
        let unfinished = root.join(UNFINISHED);
        std::fs::create_dir_all(&unfinished).map_err(|error| {
            let message = format!("The folder {} for files cannot be made.", root.display());
            Error::new(Kind::Invalid, "blobs_unusable", message).source(error)
        })?;
        sweep(&unfinished);
        Ok(Self { root })
    }

    /// One flat name, so that `a` and `a/b` can both be there.
    fn path(&self, key: &BlobKey) -> PathBuf {
        let first = Sha256::digest(key.as_str())[0];
        self.root.join(format!("{first:02x}")).join(key.as_str().replace('/', "+"))
    }
}

/// A file that is removed unless it has got its name.
struct Unfinished(Option<PathBuf>);

impl Unfinished {
    fn create(path: PathBuf) -> io::Result<(Self, File)> {
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Self(Some(path)), File::from_std(file)))
    }

    fn name(&mut self, place: &Path) -> io::Result<()> {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::rename(&path, place)
        {
            self.0 = Some(path);
            return Err(error);
        }
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_file(&path)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished file stays behind");
        }
    }
}

#[async_trait]
impl BlobStore for Folder {
    async fn put(&self, key: &BlobKey, body: ByteStream, _content_type: &str, limit: u64) -> Result<Stored> {
        let path = self.root.join(UNFINISHED).join(Uuid::now_v7().to_string());
        let (mut unfinished, mut file) = blocking(move || Unfinished::create(path)).await?;
        let mut intake = Intake::new(body, limit);
        while let Some(piece) = intake.next().await? {
            file.write_all(&piece).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        drop(file);

        let place = self.path(key);
        let root = self.root.clone();
        // In one piece, which goes on when the call is dropped: what has its name is also on the disk.
        blocking(move || {
            let directory = place.parent().unwrap_or(&root);
            if !directory.is_dir() {
                std::fs::create_dir_all(directory)?;
                sync(&root)?;
            }
            unfinished.name(&place)?;
            sync(directory)
        })
        .await?;
        Ok(intake.finish())
    }

    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<(Meta, ByteStream)> {
        let mut file = File::open(self.path(key)).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(),
            _ => failed(error),
        })?;
        let bytes = file.metadata().await.map_err(failed)?.len();
        let range = clamp(range, bytes)?;
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start)).await.map_err(failed)?;
        }
        let part = file.take(range.end - range.start);
        Ok((Meta { bytes, range }, ReaderStream::with_capacity(part, PIECE).boxed()))
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        match fs::remove_file(self.path(key)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    async fn presign(&self, _key: &BlobKey, _ttl: Duration) -> Result<Option<Url>> {
        Ok(None)
    }

    async fn probe(&self) -> Result<()> {
        // A shared volume that is not mounted leaves an empty place where it should be.
        match fs::metadata(self.root.join(UNFINISHED)).await {
            Ok(found) if found.is_dir() && !found.permissions().readonly() => Ok(()),
            Ok(_) => Err(Error::unavailable("The folder for files cannot be written.")),
            Err(error) => Err(Error::unavailable("The folder for files is not there.").source(error)),
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| away().source(error))?;
    done.map_err(failed)
}

fn failed(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::unavailable("The file store is full.").source(error)
        }
        _ => away().source(error),
    }
}

/// Writes the names in a directory to the disk.
fn sync(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(directory)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = directory;
    Ok(())
}

/// Removes what processes that died have left.
fn sweep(unfinished: &Path) {
    let Ok(entries) = std::fs::read_dir(unfinished) else { return };
    for entry in entries.flatten() {
        let age =
            entry.metadata().and_then(|found| found.modified()).ok().and_then(|then| then.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
impl Folder {
    /// How many files there are, unfinished ones too.
    pub(super) fn count(&self) -> usize {
        let list = |path: &Path| std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        list(&self.root).map(|directory| list(&directory).count()).sum()
    }
}
