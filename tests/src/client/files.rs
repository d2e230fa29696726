use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Client, Failure};

/// A file as the API tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    pub id: String,
    pub name: String,
    pub url: Option<String>,
    pub media_type: String,
    pub bytes: u64,
    pub state: String,
    pub searchable: bool,
    pub pages: Option<u32>,
    pub chunks: Option<u64>,
    pub notice: Option<String>,
    pub error: Option<Failure>,
}

/// A passage that a search found.
#[derive(Clone, Debug, Deserialize)]
pub struct Passage {
    pub text: String,
    pub score: f64,
    pub file_id: String,
    pub page: Option<u32>,
    pub heading: Option<String>,
}

impl Client {
    /// The request that uploads a file.
    pub fn upload_request(&self, name: &str, bytes: Vec<u8>) -> RequestBuilder {
        let part = Part::bytes(bytes).file_name(name.to_owned());
        self.request(Method::POST, "/api/v1/files").multipart(Form::new().part("file", part))
    }

    /// Uploads a file and takes whatever the node answers.
    pub async fn try_upload(&self, name: &str, bytes: Vec<u8>) -> Answer {
        self.send_request(self.upload_request(name, bytes)).await
    }

    /// Uploads a file that must be accepted.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> File {
        self.try_upload(name, bytes).await.expect(202)
    }

    /// Adds a web page that must be accepted.
    pub async fn add_page(&self, url: &str) -> File {
        self.post("/api/v1/files/from-url", &json!({ "url": url })).await.expect(202)
    }

    pub async fn file(&self, id: &str) -> File {
        self.get(&format!("/api/v1/files/{id}")).await.expect(200)
    }

    /// The file once nothing more happens to it.
    pub async fn settled(&self, id: &str) -> File {
        for _ in 0..1200 {
            let file = self.file(id).await;
            if matches!(file.state.as_str(), "ready" | "failed") {
                return file;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("file {id} was not read within a minute: {:?}", self.file(id).await)
    }

    /// A collection of these files.
    pub async fn collect(&self, name: &str, files: &[&str]) -> String {
        let made: Value = self.post("/api/v1/collections", &json!({ "name": name })).await.expect(201);
        let id = made["id"].as_str().expect("an id").to_owned();
        for file in files {
            let path = format!("/api/v1/collections/{id}/files");
            let _: Value = self.post(&path, &json!({ "file_id": file })).await.expect(200);
        }
        id
    }

    pub async fn search(&self, collection: &str, query: &str, k: u64) -> Vec<Passage> {
        let path = format!("/api/v1/collections/{collection}/search");
        let found: Value = self.post(&path, &json!({ "query": query, "k": k })).await.expect(200);
        serde_json::from_value(found["items"].clone()).expect("passages")
    }
}
