//! `/api/v1/files`: what is uploaded is kept, read and found, or it is said why not.

mod hostile;
mod ocr;
mod pages;
mod quotas;
mod thumbnails;

use futures_util::future::join_all;
use reqwest::Method;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, RANGE};
use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::Single;
use skein_tests::corpus::{self, KINDS};

use crate::stand::Stand;

#[tokio::test]
async fn every_kind_of_document_is_read_and_its_last_words_are_found() {
    let stand = Stand::start().await;
    let documents: Vec<_> = (0..KINDS.len()).map(|n| corpus::document(KINDS[n], n, 12)).collect();
    let files = join_all(documents.iter().map(|d| stand.admin.upload(&d.name, d.bytes.clone()))).await;
    let files = join_all(files.iter().map(|file| stand.admin.settled(&file.id))).await;
    let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
    let collection = stand.admin.collect("all", &ids).await;
    for (document, file) in documents.iter().zip(&files) {
        assert_eq!(file.state, "ready", "{file:?}");
        assert_eq!(file.pages, document.pages, "{}", document.name);
        let found = stand.admin.search(&collection, &document.says, 3).await;
        let best = found.first().unwrap_or_else(|| panic!("nothing found of {}", document.name));
        assert_eq!(best.file_id, file.id, "{}: {best:?}", document.name);
        let (plain, says) = (words(&best.text), words(&document.says));
        assert!(plain.contains(&says), "{}: {plain}", document.name);
        if matches!(document.name.rsplit('.').next(), Some("pdf" | "pptx")) {
            assert_eq!(best.page, document.pages, "{}", document.name);
        }
        if matches!(document.name.rsplit('.').next(), Some("md" | "html" | "docx" | "odt" | "epub")) {
            assert!(best.heading.as_deref().is_some_and(|h| h.starts_with("Document")), "{best:?}");
        }
    }
}

/// Only the words: what joins them differs from kind to kind.
fn words(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_same_content_is_kept_once() {
    let stand = Stand::start().await;
    let text = b"the same words in every copy".to_vec();
    let uploads = (0..8).map(|n| {
        let (client, text) = (stand.admin.clone(), text.clone());
        async move { client.try_upload(&format!("copy-{n}.txt"), text).await }
    });
    let mut ids: Vec<String> = join_all(uploads)
        .await
        .into_iter()
        .map(|answer| answer.expect::<Value>(202)["id"].as_str().expect("an id").to_owned())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let list: Value = stand.admin.get("/api/v1/files").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    let other = stand.user("other").await;
    assert_ne!(other.upload("copy.txt", text).await.id, ids[0], "another's file is another file");
}

#[tokio::test]
async fn a_file_comes_back_whole_and_in_parts() {
    let stand = Stand::start().await;
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(|n| format!("{n} ").into_bytes()).collect();
    let file = stand.admin.upload("numbers.txt", bytes.clone()).await;
    let path = format!("/api/v1/files/{}/content", file.id);
    assert_eq!(read(&stand.admin, &path, None).await, (200, bytes.clone(), None));
    let size = bytes.len();
    for (range, part) in [
        ("bytes=0-9", &bytes[..10]),
        ("bytes=100000-100099", &bytes[100_000..100_100]),
        ("bytes=-5", &bytes[size - 5..]),
    ] {
        let (status, body, content_range) = read(&stand.admin, &path, Some(range)).await;
        assert_eq!((status, body.as_slice()), (206, part), "{range}");
        assert!(content_range.is_some_and(|range| range.ends_with(&format!("/{size}"))));
    }
    assert_eq!(read(&stand.admin, &path, Some("bytes=99999999-")).await.0, 416);
}

async fn read(client: &Client, path: &str, range: Option<&str>) -> (u16, Vec<u8>, Option<String>) {
    let mut request = client.request(Method::GET, path);
    if let Some(range) = range {
        request = request.header(RANGE, range);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let part = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok()).map(str::to_owned);
    (status, answer.bytes().await.expect("a whole body").to_vec(), part)
}

#[tokio::test]
async fn a_signed_address_opens_one_file_for_a_while_and_no_other() {
    let stand = Stand::with(Single::builder().setting("SKEIN_FILES__LINK_S", "1")).await;
    let file = stand.admin.upload("secret.txt", b"for those who have the address".to_vec()).await;
    let other = stand.admin.upload("other.txt", b"not this one".to_vec()).await;
    let link: Value =
        stand.admin.post(&format!("/api/v1/files/{}/links", file.id), &json!({})).await.expect(201);
    let url = link["url"].as_str().expect("an address");
    let nobody = stand.skein.client();
    assert_eq!(read(&nobody, url, None).await.1, b"for those who have the address");
    nobody.get(&url.replace(&file.id, &other.id)).await.refuses(401, "link_expired");
    nobody.get(&url.replace("signature=", "signature=A")).await.refuses(401, "link_expired");
    let later = url.replace("expires=1", "expires=2");
    nobody.get(&later).await.refuses(401, "link_expired");
    nobody.get(&format!("/api/v1/files/{}/content", file.id)).await.refuses(401, "unauthenticated");
    for _ in 0..100 {
        if read(&nobody, url, None).await.0 == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the address is good for longer than its second");
}

#[tokio::test]
async fn what_a_user_uploads_cannot_run_on_our_address() {
    let stand = Stand::start().await;
    for (name, bytes) in [
        ("page.html", &b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"[..]),
        ("image.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
    ] {
        let file = stand.admin.upload(name, bytes.to_vec()).await;
        let path = format!("/api/v1/files/{}/content", file.id);
        let answer = stand.admin.get(&path).await;
        assert_eq!(answer.headers[CONTENT_TYPE], "application/octet-stream");
        assert!(answer.headers["content-disposition"].to_str().unwrap_or("").starts_with("attachment"));
        assert!(answer.headers["content-security-policy"].to_str().unwrap_or("").contains("sandbox"));
    }
}

#[tokio::test]
async fn a_deleted_file_is_gone_with_all_its_parts() {
    let stand = Stand::start().await;
    let file = stand.admin.upload("gone.md", b"# Zebra\n\nThe zebra is striped.".to_vec()).await;
    let file = stand.admin.settled(&file.id).await;
    let collection = stand.admin.collect("animals", &[&file.id]).await;
    assert_eq!(stand.admin.search(&collection, "striped zebra", 3).await.len(), 1);
    assert_eq!(stand.admin.delete(&format!("/api/v1/files/{}", file.id)).await.status, 204);
    assert!(stand.admin.search(&collection, "striped zebra", 3).await.is_empty());
    stand.admin.get(&format!("/api/v1/files/{}", file.id)).await.refuses(404, "not_found");
    stand.admin.get(&format!("/api/v1/files/{}/content", file.id)).await.refuses(404, "not_found");
    for _ in 0..200 {
        if stand.skein.blobs().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("its bytes are still there: {:?}", stand.skein.blobs());
}

#[tokio::test]
async fn a_quota_holds_however_many_come_at_once() {
    let quota = 100_000;
    let stand = Stand::with(Single::builder().setting("SKEIN_FILES__QUOTA_BYTES", &quota.to_string())).await;
    let uploads = (0..50_u32).map(|n| {
        let client = stand.admin.clone();
        async move { client.try_upload(&format!("{n}.txt"), format!("{n:>10000}").into_bytes()).await }
    });
    let answers = join_all(uploads).await;
    let kept = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(kept, 10, "{:?}", answers.iter().map(|a| (a.status, a.code())).collect::<Vec<_>>());
    assert!(
        answers.iter().filter(|a| a.status != 202).all(|a| (a.status, a.code()) == (413, "quota_exceeded"))
    );
    for _ in 0..200 {
        if stand.skein.blobs().len() == kept {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(stand.skein.blobs().len(), kept, "nothing is left of what was refused");
    let list: Value = stand.admin.get("/api/v1/files?limit=100").await.expect(200);
    let gone = list["items"][0]["id"].as_str().expect("an id");
    assert_eq!(stand.admin.delete(&format!("/api/v1/files/{gone}")).await.status, 204);
    stand.admin.upload("next.txt", vec![b'x'; 10_000]).await;
}

#[tokio::test]
async fn a_page_hears_how_far_a_file_has_come() {
    let stand = Stand::start().await;
    let mut events = stand.admin.user_events().await;
    let file = stand.admin.upload("heard.txt", b"something to be read".to_vec()).await;
    let mut states = Vec::new();
    while let Some(event) = events.next().await {
        if !matches!(event.name.as_str(), "file_created" | "file_updated") {
            continue;
        }
        let told: Value = serde_json::from_str(&event.data).expect("JSON");
        assert_eq!(told["file"]["id"], file.id.as_str());
        states.push(told["file"]["state"].as_str().unwrap_or_default().to_owned());
        if states.last().is_some_and(|state| state == "ready") {
            break;
        }
    }
    states.dedup();
    assert_eq!(states, ["uploaded", "extracting", "chunking", "ready"]);
}
