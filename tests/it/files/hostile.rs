//! Files that nobody should send.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use skein_tests::cluster::Single;
use skein_tests::corpus;

use crate::stand::Stand;

#[tokio::test]
async fn a_bomb_is_a_failed_file_with_its_reason_and_no_dead_worker() {
    let bounds = Single::builder()
        .setting("SKEIN_FILES__EXTRACT_MEMORY_MB", "700")
        .setting("SKEIN_FILES__EXTRACT_CPU_S", "20");
    let stand = Stand::with(bounds).await;
    let deep = format!("<w:document>{}", "<w:p>".repeat(300_000));
    let word =
        |document: Vec<u8>| corpus::zip(&[("[Content_Types].xml", vec![]), ("word/document.xml", document)]);
    let sheet = corpus::zip(&[
        ("[Content_Types].xml", vec![]),
        ("_rels/.rels", b"<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_vec()),
        ("xl/workbook.xml", b"<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>".to_vec()),
        ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>".to_vec()),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData></worksheet>".to_vec()),
    ]);
    let laughs = format!(
        "<!DOCTYPE d [{}]><w:document><w:p><w:r><w:t>&e30;</w:t></w:r></w:p></w:document>",
        (1..=30).map(|n| format!("<!ENTITY e{n} \"&e{0};&e{0};\">", n - 1)).collect::<String>()
    );
    let polyglot = [b"%PDF-1.7\n".to_vec(), word(b"<w:document/>".to_vec())].concat();
    let cases: [(&str, Vec<u8>, &[&str]); 12] = [
        ("zeros.docx", word(vec![b' '; 70 << 20]), &["archive_too_large"]),
        (
            "deep.docx",
            word(deep.into_bytes()),
            &["no_text", "file_damaged", "file_too_complex", "reader_crashed"],
        ),
        ("laughs.docx", word(laughs.into_bytes()), &["no_text", "file_damaged"]),
        ("wide.xlsx", sheet, &["file_too_complex", "reader_crashed", "file_too_slow"]),
        (
            "broken.pdf",
            b"%PDF-1.7\n1 0 obj << /Kids [1 0 R] >> endobj trailer << /Root 1 0 R >>".to_vec(),
            &["file_damaged", "reader_crashed"],
        ),
        ("cut.docx", word(vec![b' '; 1000])[..150].to_vec(), &["file_damaged"]),
        ("archive.zip", corpus::zip(&[("../../etc/passwd", b"x".to_vec())]), &["unsupported_type"]),
        (
            "tags.html",
            format!("<html>{}", "<div>".repeat(20_000)).into_bytes(),
            &["no_text", "reader_crashed", "file_too_slow", "file_too_complex", "file_damaged"],
        ),
        ("program.txt", vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0], &["unsupported_type"]),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01".to_vec(), &["no_text"]),
        ("spaces.txt", vec![b' '; 5000], &["no_text"]),
        // A PDF to those who read its beginning, a document to those who read its end: it is one of them to us.
        ("polyglot.docx", polyglot, &["file_damaged", "no_text", "reader_crashed"]),
    ];
    for (name, bytes, codes) in cases {
        let file = stand.admin.upload(name, bytes).await;
        let file = stand.admin.settled(&file.id).await;
        let error = file.error.as_ref().unwrap_or_else(|| panic!("{name} was read: {file:?}"));
        assert!(codes.contains(&error.code.as_str()), "{name}: {error:?}");
        assert!(!error.message.is_empty());
    }
    let good = stand.admin.upload("good.txt", b"after all of them".to_vec()).await;
    assert_eq!(stand.admin.settled(&good.id).await.state, "ready");
}

#[tokio::test]
async fn a_name_leads_nowhere() {
    let stand = Stand::start().await;
    for (name, kept) in [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        ("a\u{202e}fdp.exe", "afdp.exe"),
        ("%2e%2e%2fescaped", "%2e%2e%2fescaped"),
    ] {
        let file = stand.admin.upload(name, name.as_bytes().to_vec()).await;
        assert_eq!(file.name, kept, "{name:?}");
        let answer = stand.admin.get(&format!("/api/v1/files/{}/content", file.id)).await;
        assert_eq!(answer.text, name);
    }
    assert_eq!(stand.skein.blobs().len(), 5, "all of them are where files are");
}

#[tokio::test]
async fn a_file_that_failed_can_be_tried_again_and_another_cannot() {
    let stand = Stand::start().await;
    let file = stand.admin.upload("broken.pdf", b"%PDF-1.7 and no more".to_vec()).await;
    assert_eq!(stand.admin.settled(&file.id).await.state, "failed");
    let retry = format!("/api/v1/files/{}/retry", file.id);
    assert_eq!(stand.admin.post(&retry, &json!({})).await.status, 202);
    assert_eq!(stand.admin.settled(&file.id).await.state, "failed");
    let good = stand.admin.upload("good.txt", b"fine".to_vec()).await;
    assert_eq!(stand.admin.settled(&good.id).await.state, "ready");
    let retry = format!("/api/v1/files/{}/retry", good.id);
    stand.admin.post(&retry, &json!({})).await.refuses(409, "file_not_failed");
}

#[tokio::test]
async fn nothing_is_left_of_a_file_that_is_refused() {
    let stand = Stand::with(Single::builder().setting("SKEIN_FILES__MAX_BYTES", "100000")).await;
    stand.admin.try_upload("empty.txt", Vec::new()).await.refuses(400, "file_empty");
    stand.admin.try_upload("large.txt", vec![b'a'; 100_001]).await.refuses(413, "file_too_large");
    stand.admin.post("/api/v1/files", &json!({"file": "x"})).await.refuses(400, "invalid_request");
    // Without a length, and longer than anybody said.
    let endless =
        stream::repeat(()).take(400).map(|()| Ok::<_, std::io::Error>(Bytes::from(vec![b'b'; 10_000])));
    let part = Part::stream(reqwest::Body::wrap_stream(endless)).file_name("endless.txt");
    let request =
        stand.admin.request(Method::POST, "/api/v1/files").multipart(Form::new().part("file", part));
    // The node may close before it has read all of it.
    if let Ok(answer) = request.send().await {
        assert_eq!(answer.status(), 413);
    }
    // A client that goes away in the middle.
    let stalled =
        stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![b'c'; 20_000]))]).chain(stream::pending());
    let part = Part::stream(reqwest::Body::wrap_stream(stalled)).file_name("stalled.txt");
    let request =
        stand.admin.request(Method::POST, "/api/v1/files").multipart(Form::new().part("file", part));
    assert!(request.timeout(Duration::from_millis(500)).send().await.is_err());
    let fits = stand.admin.upload("fits.txt", vec![b'd'; 100_000]).await;
    for _ in 0..200 {
        if stand.skein.blobs().len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(stand.skein.blobs().len(), 1);
    let list: serde_json::Value = stand.admin.get("/api/v1/files").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["items"][0]["id"], fits.id.as_str());
}
