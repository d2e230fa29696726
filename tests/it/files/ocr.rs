//! Pictures of text, where the machine has programs that read them.

use std::io::{Cursor, Write as _};
use std::process::{Command, Stdio};

use image::{DynamicImage, ImageFormat};
use serde_json::Value;
use skein_tests::cluster::Single;
use skein_tests::services::Missing;
use skein_tests::{corpus, or_skip};

use crate::stand::Stand;

const SAYS: &str = "The heron keeps the secret of the northern lighthouse.";

/// A picture of a page that says this.
fn page(text: &str) -> Result<DynamicImage, Missing> {
    let there =
        |program: &str| Command::new(program).arg("-v").stderr(Stdio::null()).stdout(Stdio::null()).status();
    if there("tesseract").is_err() {
        return Err(Missing { program: "tesseract", packages: "tesseract-ocr" });
    }
    let mut drawing = Command::new("pdftoppm")
        .args(["-png", "-r", "150", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|_| Missing { program: "pdftoppm", packages: "poppler-utils" })?;
    let pdf = corpus::pdf(&[text.to_owned()]);
    drawing.stdin.take().expect("a pipe").write_all(&pdf).expect("a PDF");
    let drawn = drawing.wait_with_output().expect("a page");
    Ok(image::load_from_memory(&drawn.stdout).expect("a picture"))
}

fn packed(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture.to_rgb8()).write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

#[tokio::test]
async fn a_scanned_page_is_read_and_found_at_its_place() {
    let picture = or_skip!(page(SAYS));
    let stand = Stand::start().await;
    let jpeg = || (packed(&picture, ImageFormat::Jpeg), picture.width(), picture.height());
    let blank = DynamicImage::from(image::RgbImage::from_pixel(100, 140, image::Rgb([255, 255, 255])));
    let blank = (packed(&blank, ImageFormat::Jpeg), 100, 140);
    let file = stand.admin.upload("scan.pdf", corpus::scanned(&[blank, jpeg()])).await;
    let file = stand.admin.settled(&file.id).await;
    assert_eq!((file.state.as_str(), file.pages), ("ready", Some(2)), "{file:?}");
    assert!(file.notice.is_some_and(|notice| notice.contains(": 1.")), "the empty page is named");
    let photo = stand.admin.upload("photo.png", packed(&picture, ImageFormat::Png)).await;
    let photo = stand.admin.settled(&photo.id).await;
    assert_eq!(photo.state, "ready", "{photo:?}");
    let collection = stand.admin.collect("scans", &[&file.id, &photo.id]).await;
    let found = stand.admin.search(&collection, "northern lighthouse", 5).await;
    let places: Vec<_> = found.iter().map(|passage| (passage.file_id.as_str(), passage.page)).collect();
    assert!(places.contains(&(&file.id, Some(2))) && places.contains(&(&photo.id, None)), "{found:?}");
}

#[tokio::test]
async fn pictures_are_not_read_where_an_admin_has_said_so() {
    let picture = or_skip!(page(SAYS));
    let stand = Stand::with(Single::builder().setting("SKEIN_FILES__OCR", "off")).await;
    let jpeg = (packed(&picture, ImageFormat::Jpeg), picture.width(), picture.height());
    for (name, bytes) in
        [("scan.pdf", corpus::scanned(&[jpeg])), ("photo.png", packed(&picture, ImageFormat::Png))]
    {
        let file = stand.admin.upload(name, bytes).await;
        let file = stand.admin.settled(&file.id).await;
        let error = file.error.unwrap_or_else(|| panic!("{name} was read"));
        assert_eq!(error.code, "no_text");
    }
    let list: Value = stand.admin.get("/api/v1/files").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
}
