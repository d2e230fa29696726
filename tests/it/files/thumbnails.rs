//! Small pictures of pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stand::Stand;

#[tokio::test]
async fn a_picture_has_a_small_one_until_it_is_deleted() {
    let stand = Stand::start().await;
    let other = stand.user("other").await;
    let mut files = Vec::new();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::from(RgbImage::from_pixel(1000, 500, Rgb([20, 120, 220])));
        picture.write_to(&mut bytes, format).expect("a picture");
        let file = stand.admin.upload("picture", bytes.into_inner()).await;
        let file = stand.admin.settled(&file.id).await;
        assert_eq!(file.error.map(|error| error.code).as_deref(), Some("no_text"));
        let path = format!("/api/v1/files/{}/thumbnail", file.id);
        let answer = stand.admin.request(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str().ok()),
            (200, Some("image/jpeg"))
        );
        let small = image::load_from_memory(&answer.bytes().await.expect("a body")).expect("a picture");
        assert_eq!((small.width(), small.height()), (320, 160), "{format:?}");
        other.get(&path).await.refuses(404, "not_found");
        stand.skein.client().get(&path).await.refuses(401, "unauthenticated");
        let links = format!("/api/v1/files/{}/links", file.id);
        let link: Value = stand.admin.post(&links, &json!({})).await.expect(201);
        let link = link["url"].as_str().expect("an address").replace("/content?", "/thumbnail?");
        assert_eq!(stand.skein.client().get(&link).await.status, 200);
        files.push(file.id);
    }
    // One that says it is 60,000 pixels wide and high is not unpacked.
    let mut bomb = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(1, 1)).write_to(&mut bomb, ImageFormat::Png).expect("a picture");
    let mut bomb = bomb.into_inner();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let bomb = stand.admin.upload("bomb.png", bomb).await;
    stand.admin.settled(&bomb.id).await;
    stand.admin.get(&format!("/api/v1/files/{}/thumbnail", bomb.id)).await.refuses(404, "not_found");
    let text = stand.admin.upload("text.txt", b"no picture".to_vec()).await;
    stand.admin.settled(&text.id).await;
    stand.admin.get(&format!("/api/v1/files/{}/thumbnail", text.id)).await.refuses(404, "not_found");
    assert_eq!(stand.skein.blobs().len(), 8);
    for id in files.iter().chain([&text.id, &bomb.id]) {
        assert_eq!(stand.admin.delete(&format!("/api/v1/files/{id}")).await.status, 204);
    }
    for _ in 0..200 {
        if stand.skein.blobs().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("something is still there: {:?}", stand.skein.blobs());
}
