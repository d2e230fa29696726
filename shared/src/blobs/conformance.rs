//! What every store of blobs promises, run on each of them, and what only one of them has to show.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::*;
use crate::config;
use crate::testing::{S3Server, free_port};

const SOON: Duration = Duration::from_secs(60);
const MIB: usize = 1024 * 1024;
/// The smallest part that a server takes.
const PART: usize = 5 * MIB;

#[derive(Clone)]
enum Store {
    Folder(Arc<Folder>, Arc<Scratch>),
    S3(Arc<S3>),
}

struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Store {
    fn folder() -> Self {
        let path = std::env::temp_dir().join(format!("skein-test-blobs-{}", Uuid::now_v7()));
        Self::Folder(Arc::new(Folder::open(path.clone()).unwrap()), Arc::new(Scratch(path)))
    }

    fn is_folder(&self) -> bool {
        matches!(self, Self::Folder(..))
    }

    fn store(&self) -> Blobs {
        match self {
            Self::Folder(store, _) => store.clone(),
            Self::S3(store) => store.clone(),
        }
    }

    /// Everything that takes up room, finished or not.
    async fn count(&self) -> usize {
        match self {
            Self::Folder(store, _) => store.count(),
            Self::S3(store) => store.count().await,
        }
    }

    async fn put(&self, key: &BlobKey, body: ByteStream, limit: usize) -> Result<Stored> {
        self.store().put(key, body, "text/plain", limit as u64).await
    }

    async fn read(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<(Meta, Vec<u8>)> {
        let (meta, stream) = self.store().get(key, range).await?;
        let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
        Ok((meta, pieces.concat()))
    }
}

fn settings(url: &str, endpoint: &str) -> config::Blobs {
    let mut blobs = Config::defaults().unwrap().blobs;
    url.clone_into(&mut blobs.url);
    endpoint.clone_into(&mut blobs.endpoint);
    S3Server::ACCESS_KEY.clone_into(&mut blobs.access_key);
    blobs.secret_key = S3Server::SECRET_KEY.into();
    blobs
}

fn key(text: &str) -> BlobKey {
    BlobKey::new(text).unwrap()
}

/// Bytes that repeat nowhere near.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// In pieces of odd sizes, an empty one among them.
fn body(content: &[u8]) -> ByteStream {
    let mut pieces: Vec<io::Result<Bytes>> = vec![Ok(Bytes::new())];
    pieces.extend(content.chunks(70_001).map(|piece| Ok(Bytes::copy_from_slice(piece))));
    stream::iter(pieces).boxed()
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

macro_rules! promises {
    ($($name:ident),* $(,)?) => {
        mod folder {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::Store::folder()).await;
            })*
        }

        // One server for all of them: it takes longer to start than they do.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn s3_keeps_the_same_promises() {
            let Some(mut server) = S3Server::start() else { return };
            $({
                let started = Instant::now();
                $name(&place(&server, stringify!($name)).await).await;
                eprintln!("{}: {:?}", stringify!($name), started.elapsed());
            })*
            only_on_a_server(&mut server).await;
        }
    };
}

promises!(
    what_is_put_comes_back_with_its_hash,
    an_empty_blob_is_a_blob,
    large_blobs_are_whole,
    ranges_are_parts,
    a_missing_blob_is_not_found_and_can_be_deleted,
    a_blob_is_replaced_and_deleted,
    the_limit_is_the_last_byte_that_fits,
    a_broken_body_leaves_nothing,
    a_caller_that_goes_away_leaves_nothing,
    a_failed_put_keeps_the_older_blob,
    of_writers_of_one_key_one_wins_whole,
    keys_below_keys_are_apart,
    the_probe_is_quick,
);

async fn what_is_put_comes_back_with_its_hash(store: &Store) {
    let content = content(200_000);
    let stored = store.put(&key("files/one"), body(&content), 200_000).await.unwrap();
    assert_eq!(stored, Stored { bytes: 200_000, sha256: hash(&content) });
    let (meta, read) = store.read(&key("files/one"), None).await.unwrap();
    assert_eq!(meta, Meta { bytes: 200_000, range: 0..200_000 });
    assert!(read == content);
    assert_eq!(store.count().await, 1);
}

async fn an_empty_blob_is_a_blob(store: &Store) {
    let stored = store.put(&key("empty"), body(&[]), 0).await.unwrap();
    assert_eq!(stored, Stored { bytes: 0, sha256: hash(&[]) });
    assert_eq!(store.read(&key("empty"), None).await.unwrap(), (Meta { bytes: 0, range: 0..0 }, Vec::new()));
    assert_eq!(store.read(&key("empty"), Some(0..1)).await.unwrap_err().code, "range_not_satisfiable");
}

async fn large_blobs_are_whole(store: &Store) {
    // Around the size of the parts in which a server takes them.
    for length in [PART - 1, PART, 2 * PART + 7] {
        let content = content(length);
        let stored = store.put(&key("large"), body(&content), length).await.unwrap();
        assert_eq!(stored, Stored { bytes: length as u64, sha256: hash(&content) });
        let (meta, read) = store.read(&key("large"), None).await.unwrap();
        assert_eq!(meta.bytes, length as u64);
        assert!(read == content, "{length} bytes came back otherwise");
    }
    assert_eq!(store.count().await, 1);
}

async fn ranges_are_parts(store: &Store) {
    let content = content(100_000);
    store.put(&key("a"), body(&content), MIB).await.unwrap();
    for (asked, got) in [
        (0..1, 0..1),
        (0..100_000, 0..100_000),
        (70_000..70_010, 70_000..70_010),
        (99_999..100_000, 99_999..100_000),
        (99_990..u64::MAX, 99_990..100_000),
        (0..u64::MAX, 0..100_000),
    ] {
        let (meta, read) = store.read(&key("a"), Some(asked.clone())).await.unwrap();
        assert_eq!(meta, Meta { bytes: 100_000, range: got.clone() }, "{asked:?}");
        assert!(read == content[got.start as usize..got.end as usize], "{asked:?}");
    }
    #[allow(clippy::reversed_empty_ranges)]
    for asked in [100_000..100_001, 500_000..500_001, 5..5, 9..3] {
        let error = store.read(&key("a"), Some(asked.clone())).await.unwrap_err();
        assert_eq!(error.code, "range_not_satisfiable", "{asked:?}");
    }
}

async fn a_missing_blob_is_not_found_and_can_be_deleted(store: &Store) {
    for range in [None, Some(0..1)] {
        assert_eq!(store.read(&key("no/such"), range).await.unwrap_err().kind, Kind::NotFound);
    }
    store.store().delete(&key("no/such")).await.unwrap();
}

async fn a_blob_is_replaced_and_deleted(store: &Store) {
    store.put(&key("a"), body(b"the first"), MIB).await.unwrap();
    store.put(&key("a"), body(b"the other"), MIB).await.unwrap();
    assert_eq!(store.read(&key("a"), None).await.unwrap().1, b"the other");
    store.store().delete(&key("a")).await.unwrap();
    assert_eq!(store.read(&key("a"), None).await.unwrap_err().kind, Kind::NotFound);
    store.store().delete(&key("a")).await.unwrap();
    assert_eq!(store.count().await, 0);
}

async fn the_limit_is_the_last_byte_that_fits(store: &Store) {
    for limit in [0, 10, 70_001, 6 * MIB] {
        let content = content(limit + 1);
        let error = store.put(&key("a"), body(&content), limit).await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::TooLarge, "file_too_large"));
        assert_eq!(store.count().await, 0, "something is left of {limit} bytes and one more");
        store.put(&key("a"), body(&content[..limit]), limit).await.unwrap();
        store.store().delete(&key("a")).await.unwrap();
    }
    // It does not wait for the end of a body that has none.
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 65_536]))).boxed();
    let put = timeout(SOON, store.put(&key("a"), endless, MIB)).await.unwrap();
    assert_eq!(put.unwrap_err().kind, Kind::TooLarge);
    assert_eq!(store.count().await, 0);
}

async fn a_broken_body_leaves_nothing(store: &Store) {
    for length in [0, 1000, 6 * MIB] {
        let end = stream::iter([Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
        let broken = body(&content(length)).chain(end).boxed();
        assert_eq!(store.put(&key("a"), broken, 100 * MIB).await.unwrap_err().code, "upload_broken");
        assert_eq!(store.read(&key("a"), None).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(store.count().await, 0);
    }
}

async fn a_caller_that_goes_away_leaves_nothing(store: &Store) {
    for length in [1000, 11 * MIB] {
        let stalled = body(&content(length)).chain(stream::pending()).boxed();
        let (held, name) = (store.clone(), key("a"));
        let put = tokio::spawn(async move { held.put(&name, stalled, 100 * MIB).await });
        sleep(Duration::from_millis(1500)).await;
        assert_eq!(store.count().await, usize::from(store.is_folder() || length > MIB));
        put.abort();
        assert!(put.await.unwrap_err().is_cancelled());
        let deadline = Instant::now() + SOON;
        while store.count().await > 0 {
            assert!(Instant::now() < deadline, "something is left");
            sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(store.read(&key("a"), None).await.unwrap_err().kind, Kind::NotFound);
    }
}

async fn a_failed_put_keeps_the_older_blob(store: &Store) {
    store.put(&key("a"), body(b"older"), MIB).await.unwrap();
    for length in [1000, 6 * MIB] {
        store.put(&key("a"), body(&content(length)), length - 1).await.unwrap_err();
        assert_eq!(store.read(&key("a"), None).await.unwrap().1, b"older");
    }
    assert_eq!(store.count().await, 1);
}

async fn of_writers_of_one_key_one_wins_whole(store: &Store) {
    let writers: Vec<_> = (0..12_u8)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let content =
                    vec![writer; if writer % 6 == 0 { 6 * MIB } else { 300_000 + usize::from(writer) }];
                store.put(&key("a"), body(&content), 10 * MIB).await.unwrap();
            })
        })
        .collect();
    // Whoever reads meanwhile sees one of them whole, or none yet.
    for _ in 0..10 {
        match store.read(&key("a"), None).await {
            Ok((meta, read)) => one_of_them(&meta, &read),
            Err(error) => assert_eq!(error.kind, Kind::NotFound),
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let (meta, read) = store.read(&key("a"), None).await.unwrap();
    one_of_them(&meta, &read);
    assert_eq!(store.count().await, 1);
}

fn one_of_them(meta: &Meta, read: &[u8]) {
    let writer = read[0];
    let length = if writer.is_multiple_of(6) { 6 * MIB } else { 300_000 + usize::from(writer) };
    assert_eq!((meta.bytes, read.len()), (length as u64, length));
    assert!(read.iter().all(|byte| *byte == writer), "two writers are mixed");
}

async fn keys_below_keys_are_apart(store: &Store) {
    for name in ["a", "a/b", "a/b/c", "a_b", "a-b", "a.b"] {
        store.put(&key(name), body(name.as_bytes()), MIB).await.unwrap();
    }
    store.store().delete(&key("a/b")).await.unwrap();
    for name in ["a", "a/b/c", "a_b", "a-b", "a.b"] {
        assert_eq!(store.read(&key(name), None).await.unwrap().1, name.as_bytes());
    }
    assert_eq!(store.read(&key("a/b"), None).await.unwrap_err().kind, Kind::NotFound);
}

async fn the_probe_is_quick(store: &Store) {
    store.store().probe().await.unwrap();
    let started = Instant::now();
    store.store().probe().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1));
}

/// A place of its own in the one bucket: each further bucket would have the server lay out volumes for it.
async fn place(server: &S3Server, name: &str) -> Store {
    let url = format!("s3://promises/{name}/some/where");
    let store = S3::open(&settings(&url, &server.url())).unwrap().parts_of(PART);
    // It listens before it can be asked.
    let deadline = Instant::now() + SOON;
    while let Err(error) = store.make_bucket().await {
        assert!(Instant::now() < deadline, "{error:?}");
        sleep(Duration::from_millis(100)).await;
    }
    Store::S3(Arc::new(store))
}

async fn only_on_a_server(server: &mut S3Server) {
    let store = place(server, "presigned").await;
    store.put(&key("a/b"), body(b"for anybody"), MIB).await.unwrap();
    let url = store.store().presign(&key("a/b"), SOON).await.unwrap().unwrap();
    assert_eq!(url.path(), "/promises/presigned/some/where/a/b");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::get(url.clone()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain");
    assert_eq!(answer.text().await.unwrap(), "for anybody");
    let mut other = url;
    other.set_path("/promises/presigned/some/where/a/c");
    assert_eq!(reqwest::get(other).await.unwrap().status(), 403);

    let mut wrong = settings("s3://promises", &server.url());
    wrong.secret_key = "wrong".into();
    let wrong = S3::open(&wrong).unwrap();
    let put = wrong.put(&key("a"), body(b"x"), "text/plain", 10).await;
    assert!(put.unwrap_err().message.contains("refuses"));
    wrong.probe().await.unwrap_err();

    let nowhere = S3::open(&settings("s3://no-such-bucket", &server.url())).unwrap();
    assert!(nowhere.probe().await.unwrap_err().message.contains("bucket"));
    let get = nowhere.get(&key("a"), None).await.map(drop);
    assert!(get.unwrap_err().message.contains("bucket"), "a missing bucket is no missing file");

    server.kill();
    let error = store.store().probe().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    let put = timeout(SOON, store.put(&key("a"), body(b"x"), 10)).await.unwrap();
    assert!(put.unwrap_err().is_transient());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let started = Instant::now();
    let error = S3::open(&settings("s3://bucket", &endpoint)).unwrap().probe().await.unwrap_err();
    assert!(error.is_transient() && started.elapsed() < Duration::from_secs(4), "{error:?}");
    drop(silent);
}

#[tokio::test]
async fn a_folder_that_vanishes_is_told() {
    let store = Store::folder();
    assert_eq!(store.store().presign(&key("a"), SOON).await.unwrap(), None);
    let Store::Folder(_, scratch) = &store else { return };
    std::fs::remove_dir_all(&scratch.0).unwrap();
    assert!(store.store().probe().await.unwrap_err().is_transient());
    assert!(store.put(&key("a"), body(b"x"), 10).await.unwrap_err().is_transient());
}

#[test]
fn the_configuration_names_the_store() {
    let scratch = Scratch(std::env::temp_dir().join(format!("skein-test-blobs-{}", Uuid::now_v7())));
    let mut config = Config::defaults().unwrap();
    config.data.dir = scratch.0.join("data");
    open(&config).unwrap();
    assert!(scratch.0.join("data/blobs").is_dir());
    config.blobs.url = format!("file://{}", scratch.0.join("elsewhere").display());
    open(&config).unwrap();
    assert!(scratch.0.join("elsewhere").is_dir());

    let endpoint = format!("http://127.0.0.1:{}", free_port());
    for good in ["s3://bucket", "s3://bucket/", "s3://bucket/a/b/"] {
        config.blobs = settings(good, &endpoint);
        open(&config).unwrap();
    }
    for bad in
        ["s3://", "s3:///a", "s3://bucket/../a", "s3://bucket/a?b", "s3://u:p@bucket", "file://elsewhere/a"]
    {
        config.blobs = settings(bad, &endpoint);
        assert_eq!(open(&config).err().unwrap().fields[0].field, "blobs.url", "{bad}");
    }
    config.blobs = settings("s3://bucket", "bucket.example");
    assert_eq!(open(&config).err().unwrap().fields[0].field, "blobs.endpoint");
    config.blobs = settings("s3://bucket", &endpoint);
    config.blobs.secret_key = "".into();
    assert_eq!(open(&config).err().unwrap().fields[0].field, "blobs.access_key");
}
