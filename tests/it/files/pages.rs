//! Web pages as files: fetched, read and found, and from nowhere that a user should not reach.

use serde_json::{Value, json};
use skein_tests::cluster::Single;
use skein_tests::site::{Reply, Site};

use crate::stand::Stand;

const HTML: &str = "text/html; charset=utf-8";

/// One that may fetch from this machine, and waits a second for a page that brings nothing.
async fn stand() -> Stand {
    let builder = Single::builder()
        .setting("SKEIN_WEB__ALLOW_PRIVATE", "127.0.0.1/32")
        .setting("SKEIN_WEB__IDLE_S", "1")
        .setting("SKEIN_WEB__TOTAL_S", "20")
        .setting("SKEIN_FILES__MAX_BYTES", "1000000");
    Stand::with(builder).await
}

#[tokio::test]
async fn a_page_is_fetched_read_and_found_in_its_collection() {
    let (stand, site) = (stand().await, Site::start().await);
    let body = "<h1>Geese</h1><p>A skein of geese flies in a wedge.</p>";
    site.page("/birds/geese", Reply::Page(HTML, body.into()));
    let moved = site.page("/old", Reply::To("/birds/geese".into()));
    let collection = stand.admin.collect("birds", &[]).await;
    let asked = json!({"url": format!("{moved}#part"), "name": "Geese", "collection_id": collection});
    let added: Value = stand.admin.post("/api/v1/files/from-url", &asked).await.expect(202);
    assert_eq!((added["name"].as_str(), added["url"].as_str()), (Some("Geese"), Some(moved.as_str())));
    let file = stand.admin.settled(added["id"].as_str().expect("an id")).await;
    assert_eq!((file.state.as_str(), file.media_type.as_str()), ("ready", "text/html"), "{file:?}");
    assert_eq!(file.bytes, body.len() as u64);
    let found = stand.admin.search(&collection, "how do geese fly?", 3).await;
    assert_eq!(found[0].file_id, file.id);
    assert_eq!(found[0].heading.as_deref(), Some("Geese"));
    let content = stand.admin.get(&format!("/api/v1/files/{}/content", file.id)).await;
    assert_eq!(content.text, body);
    let heads = site.asked();
    assert_eq!(heads.len(), 2, "{heads:?}");
    assert!(heads.iter().all(|head| head.to_lowercase().contains("user-agent: skein/")), "{heads:?}");
    // The type is the content's, whatever its server says.
    let text = site.page("/notes.txt", Reply::Page("application/pdf", b"Only words.".to_vec()));
    let text = stand.admin.add_page(&text).await;
    assert_eq!(text.name, "notes.txt");
    assert_eq!(stand.admin.settled(&text.id).await.media_type, "text/plain");
    assert_eq!(stand.admin.delete(&format!("/api/v1/files/{}", file.id)).await.status, 204);
    assert!(stand.admin.search(&collection, "geese", 3).await.is_empty());
}

#[tokio::test]
async fn a_page_that_cannot_be_had_is_a_failed_file_with_its_reason() {
    let (stand, site) = (stand().await, Site::start().await);
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\n{rest}\r\n\r\n");
    let cases = [
        (site.page("/gone", Reply::Status(410)), "url_status"),
        (site.page("/round", Reply::To("/round".into())), "url_redirects"),
        (site.page("/inside", Reply::To("http://169.254.169.254/latest/meta-data/".into())), "url_refused"),
        (site.page("/other", Reply::To(format!("http://127.0.0.2:{}/", site.port()))), "url_refused"),
        (site.page("/file", Reply::To("file:///etc/passwd".into())), "url_invalid"),
        (site.page("/says", Reply::Stall(head("Content-Length: 1000001").into())), "file_too_large"),
        (site.page("/endless", Reply::Endless), "file_too_large"),
        (site.page("/silent", Reply::Stall(Vec::new())), "url_unreachable"),
        (
            site.page("/stalls", Reply::Stall(format!("{}begin", head("Content-Length: 50")).into())),
            "url_cut",
        ),
        (site.page("/cut", Reply::Cut(format!("{}begin", head("Content-Length: 50")).into())), "url_cut"),
        (site.page("/nothing", Reply::Page(HTML, Vec::new())), "file_empty"),
        (site.page("/image", Reply::Page(HTML, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec())), "no_text"),
        ("http://127.0.0.1:1/".to_owned(), "url_unreachable"),
        ("http://nowhere.invalid/".to_owned(), "url_unreachable"),
    ];
    let mut files = Vec::new();
    for (url, code) in &cases {
        files.push((stand.admin.add_page(url).await, url, *code));
    }
    for (file, url, code) in &files {
        let file = stand.admin.settled(&file.id).await;
        let error = file.error.as_ref().unwrap_or_else(|| panic!("{url} was read: {file:?}"));
        assert_eq!(error.code, *code, "{url}: {error:?}");
    }
    assert!(stand.skein.blobs().len() <= 1, "only the image has bytes: {:?}", stand.skein.blobs());
    // Once it is there, trying again brings it.
    site.page("/gone", Reply::Page(HTML, b"<p>Back again.</p>".to_vec()));
    let first = &files[0].0.id;
    assert_eq!(stand.admin.post(&format!("/api/v1/files/{first}/retry"), &json!({})).await.status, 202);
    assert_eq!(stand.admin.settled(first).await.state, "ready");
}

#[tokio::test]
async fn no_page_is_fetched_from_where_users_should_not_reach() {
    let (stand, site) = (Stand::start().await, Site::start().await);
    let port = site.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fd00:ec2::254]",
        "[fe80::1]",
    ] {
        let body = json!({"url": format!("http://{host}:{port}/")});
        stand.admin.post("/api/v1/files/from-url", &body).await.refuses(400, "url_refused");
    }
    for url in ["ftp://example.org/", "http://user:secret@example.org/", "nothing", "file:///etc/passwd"] {
        stand.admin.post("/api/v1/files/from-url", &json!({"url": url})).await.refuses(400, "url_invalid");
    }
    // A name can only be judged by what it is resolved to.
    for name in ["localhost", "LOCALHOST"] {
        let file = stand.admin.add_page(&format!("http://{name}:{port}/")).await;
        let file = stand.admin.settled(&file.id).await;
        assert_eq!(file.error.map(|error| error.code).as_deref(), Some("url_refused"), "{name}");
    }
    assert_eq!(site.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_same_page_is_read_once_and_counts_against_the_quota() {
    let builder = Single::builder()
        .setting("SKEIN_WEB__ALLOW_PRIVATE", "127.0.0.1")
        .setting("SKEIN_FILES__QUOTA_BYTES", "1000");
    let (stand, site) = (Stand::with(builder).await, Site::start().await);
    let url = site.page("/a", Reply::Page(HTML, b"<p>The same words.</p>".to_vec()));
    let first = stand.admin.add_page(&url).await;
    assert_eq!(stand.admin.settled(&first.id).await.state, "ready");
    let collection = stand.admin.collect("both", &[]).await;
    let again = json!({"url": url, "collection_id": collection});
    let again: Value = stand.admin.post("/api/v1/files/from-url", &again).await.expect(202);
    let again = stand.admin.settled(again["id"].as_str().expect("an id")).await;
    assert_eq!(again.error.map(|error| error.code).as_deref(), Some("already_kept"));
    let found = stand.admin.search(&collection, "same words", 3).await;
    assert_eq!(found.first().map(|passage| &passage.file_id), Some(&first.id), "the one that is kept is in");
    let large = site.page("/large", Reply::Page(HTML, vec![b'a'; 990]));
    let large = stand.admin.add_page(&large).await;
    let large = stand.admin.settled(&large.id).await;
    assert_eq!(large.error.map(|error| error.code).as_deref(), Some("quota_exceeded"));
    assert_eq!(stand.skein.blobs().len(), 1);
    // A page of another's collection goes nowhere.
    let other = stand.user("other").await;
    let body = json!({"url": url, "collection_id": collection});
    other.post("/api/v1/files/from-url", &body).await.refuses(404, "not_found");
    let list: Value = other.get("/api/v1/files").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(0));
}
