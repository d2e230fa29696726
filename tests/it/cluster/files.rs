//! Files in a cluster: every one has an end, whatever happens to those who read it.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::{Value, json};
use skein_tests::client::{File, Send};
use skein_tests::cluster::{Cluster, ClusterBuilder, Db};
use skein_tests::corpus;
use skein_tests::or_skip;
use skein_tests::services::Seaweed;

use super::Stand;
use crate::collections::shares::People;

/// A cluster whose nodes share a folder for files, with leases so short that a test need not wait long.
fn cluster(folder: &tempfile::TempDir) -> ClusterBuilder {
    Cluster::builder()
        .setting("SKEIN_BLOBS__URL", &format!("file://{}", folder.path().display()))
        .setting("SKEIN_FILES__LEASE_MS", "2000")
        .setting("SKEIN_FILES__RENEW_MS", "500")
        .setting("SKEIN_GENERATION__SWEEP_S", "1")
        .setting("SKEIN_QUEUE__LEASE_MS", "3000")
        .setting("SKEIN_QUEUE__RENEW_MS", "700")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_ends_though_workers_are_killed_and_nothing_is_there_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let builder = cluster(&folder).concurrency(4).database(Db::PostgresWithVectors);
    let stand = or_skip!(Stand::with(builder).await);
    let admin = stand.at(0);
    choose_embeddings(&stand).await;
    let documents = corpus::documents(48, 6);
    let files = join_all(documents.iter().enumerate().map(|(n, document)| {
        let client = stand.at(n % 2);
        async move { client.upload(&document.name, document.bytes.clone()).await }
    }))
    .await;
    for round in 0..3 {
        wait_for(&stand, &files, 8 * (round + 1)).await;
        stand.cluster.workers[round % 2].kill();
        stand.cluster.workers[round % 2].restart().await;
    }
    let files = join_all(files.iter().map(|file| admin.settled(&file.id))).await;
    for (document, file) in documents.iter().zip(&files) {
        assert_eq!(file.state, "ready", "{}: {:?}", document.name, file.error);
    }
    let said: u64 = files.iter().map(|file| file.chunks.unwrap_or_default()).sum();
    let url = &stand.cluster.settings()["SKEIN_DATABASE__URL"];
    assert_eq!(count(url, "SELECT count(*) AS n FROM chunks").await, said);
    let places = "SELECT count(*) AS n FROM (SELECT file_id, count(*) AS c, max(ordinal) AS m FROM chunks GROUP BY file_id) x \
                  WHERE c <> m + 1";
    assert_eq!(count(url, places).await, 0, "no place is empty");
    // Vectors follow the words: a file whose worker died is found by words before all of its vectors are there.
    let late = std::time::Instant::now() + Duration::from_secs(60);
    let vectors = || async move {
        // The table comes with the first of them.
        let there = "SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'chunk_vectors'";
        if count(url, there).await == 0 {
            return 0;
        }
        count(url, "SELECT count(*) AS n FROM chunk_vectors").await
    };
    while vectors().await < said && std::time::Instant::now() < late {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(vectors().await, said, "a vector for each passage");
    assert_eq!(blobs(&folder), files.len());
    let some: Vec<&str> = files.iter().take(12).map(|file| file.id.as_str()).collect();
    let collection = admin.collect("some", &some).await;
    for (document, file) in documents.iter().zip(&files).take(12) {
        // The word that no other document has: the scripted vectors know nothing of meaning.
        let (_, secret) = document.says.rsplit_once(' ').expect("a secret");
        let found = admin.search(&collection, secret, 3).await;
        let first = found.first().map(|passage| &passage.file_id);
        assert_eq!(first, Some(&file.id), "{}: {found:?}", document.name);
    }
    // Now all of it goes.
    for file in &files {
        assert_eq!(admin.delete(&format!("/api/v1/files/{}", file.id)).await.status, 204);
    }
    for _ in 0..400 {
        if count(url, "SELECT count(*) AS n FROM files").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(count(url, "SELECT count(*) AS n FROM files").await, 0);
    assert_eq!(count(url, "SELECT count(*) AS n FROM chunks").await, 0);
    assert_eq!(count(url, "SELECT count(*) AS n FROM chunk_vectors").await, 0);
    assert_eq!(blobs(&folder), 0);
}

async fn choose_embeddings(stand: &Stand) {
    let chosen = json!({"embedding_model": "mock-embed"});
    let _: Value = stand.admin.patch("/api/v1/admin/settings", &chosen).await.expect(200);
}

async fn wait_for(stand: &Stand, files: &[File], settled: usize) {
    for _ in 0..1200 {
        let states = join_all(files.iter().map(|file| stand.admin.file(&file.id))).await;
        if states.iter().filter(|file| file.state == "ready").count() >= settled {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{settled} files were not read within their time");
}

async fn count(url: &str, sql: &str) -> u64 {
    let db = Database::connect(url).await.expect("the database");
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("a count");
    let n: i64 = row.and_then(|row| row.try_get("", "n").ok()).expect("a number");
    let _ = db.close().await;
    u64::try_from(n).expect("a count")
}

fn blobs(folder: &tempfile::TempDir) -> usize {
    let list = |path: &std::path::Path| {
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>()
    };
    list(folder.path()).iter().map(|folder| list(folder).len()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_is_shared_by_vectors_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let builder = cluster(&folder).workers(1).database(Db::PostgresWithVectors);
    let stand = or_skip!(Stand::with(builder).await);
    choose_embeddings(&stand).await;
    let people = People { admin: stand.at(0), at: stand.cluster.client() };
    people.share_and_take_back().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_found_on_mariadb_and_vectors_are_said_to_be_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let stand = or_skip!(Stand::with(cluster(&folder).workers(1).database(Db::MariaDb)).await);
    let admin = stand.at(0);
    admin
        .patch("/api/v1/admin/settings", &json!({"embedding_model": "mock-embed"}))
        .await
        .refuses(409, "vectors_unsupported");
    let documents = corpus::documents(4, 4);
    let mut ids = BTreeSet::new();
    for document in &documents {
        ids.insert(admin.upload(&document.name, document.bytes.clone()).await.id);
    }
    for id in &ids {
        assert_eq!(admin.settled(id).await.state, "ready");
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let collection = admin.collect("all", &ids).await;
    for document in &documents {
        let found = admin.search(&collection, &document.says, 3).await;
        assert!(found.first().is_some_and(|best| best.text.contains("secret")), "{found:?}");
    }
    let people = People { admin: admin.clone(), at: stand.cluster.client() };
    people.share_and_take_back().await;
    // The whole way into an answer.
    let chat = admin.create_chat("mock").await;
    let sources = Send { collections: vec![collection], ..Send::default() };
    let turn = admin.send_with(&chat.id, "Who keeps the secret of document 1? [[tokens=3]]", &sources).await;
    admin.reader(&turn.generation.id).to_end().await;
    let messages: Value = admin.get(&format!("/api/v1/chats/{}/messages", chat.id)).await.expect(200);
    assert_eq!(messages["items"][1]["citations"][0]["number"], 1, "{messages}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_s3_end_though_the_store_fails_now_and_then() {
    let mut store = or_skip!(Seaweed::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let mut builder = cluster(&folder).workers(1).concurrency(2);
    for (name, value) in store.settings() {
        builder = builder.setting(name, &value);
    }
    let stand = or_skip!(Stand::with(builder).await);
    let admin = stand.at(0);
    let documents = corpus::documents(12, 4);
    let mut files = Vec::new();
    for (n, document) in documents.iter().enumerate() {
        files.push(stand.at(n % 2).upload(&document.name, document.bytes.clone()).await);
        if n == 6 {
            store.restart().await;
        }
    }
    let large: Vec<u8> = (0..2_000_000_u32).flat_map(|n| format!("{n:08x}\n").into_bytes()).collect();
    let large_file = admin.upload("large.bin.txt", large.clone()).await;
    store.freeze();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    store.thaw();
    for file in &files {
        let file = admin.settled(&file.id).await;
        assert_eq!(file.state, "ready", "{:?}", file.error);
    }
    let request = admin.request(reqwest::Method::GET, &format!("/api/v1/files/{}/content", large_file.id));
    let back = request.header("Range", "bytes=9000000-9000999").send().await.expect("an answer");
    assert_eq!(back.status(), 206);
    assert_eq!(back.bytes().await.expect("a body"), large[9_000_000..9_001_000]);
    assert_eq!(store.objects().await.len(), documents.len() + 1);
    for id in files.iter().map(|file| &file.id).chain([&large_file.id]) {
        assert_eq!(admin.delete(&format!("/api/v1/files/{id}")).await.status, 204);
    }
    for _ in 0..400 {
        if store.objects().await.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("objects stay behind: {:?}", store.objects().await);
}
