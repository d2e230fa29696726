//! Ollama by its own protocol, which can do what its OpenAI-compatible one cannot (thinking, options, keep-alive).
//!
//! ollama-rs gives the words (requests, options, formats, the model list). The calls are made and read here: its
//! client loses letters that are split between two chunks, prints what it cannot read to the terminal, keeps neither
//! the status of an error nor `done_reason`, passes over errors in mid-stream, and knows no time limit.

mod request;
mod stream;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use ollama_rs::generation::embeddings::request::GenerateEmbeddingsRequest;
use ollama_rs::models::LocalModel;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::request::Body;
use self::stream::Objects;
use super::http::{BODY_LIMIT, Transport, read};
use super::openai::{address, headers};
use super::{
    ChatRequest, ConnectionSettings, DeltaStream, EmbedOptions, Embeddings, ModelInfo, ModelProvider, Usage,
};
use super::{answer, faults};
use crate::error::{Error, Result};

/// An Ollama server.
pub(super) struct Ollama {
    transport: Transport,
    /// Without a slash at its end.
    base: String,
    headers: HeaderMap,
}

impl Ollama {
    /// # Errors
    /// When the base address, the key or a header cannot be used in HTTP.
    pub(super) fn new(settings: &ConnectionSettings, transport: Transport) -> Result<Self> {
        let url = address(&settings.base_url)?;
        let base = url.as_str().trim_end_matches('/');
        // People paste the address of its other door, too.
        let base = ["/api", "/v1"].iter().find_map(|end| base.strip_suffix(end)).unwrap_or(base);
        Ok(Self { transport, base: base.trim_end_matches('/').to_owned(), headers: headers(settings)? })
    }

    async fn start(&self, body: &Body) -> Result<DeltaStream> {
        let body = Bytes::from(serde_json::to_vec(body)?);
        answer::start::<Objects>(&self.transport, || self.post("/api/chat", body.clone())).await
    }

    fn post(&self, path: &str, body: Bytes) -> reqwest::RequestBuilder {
        self.transport
            .client
            .post(format!("{}{path}", self.base))
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body)
    }

    /// A call whose answer is one JSON object.
    async fn call<T: DeserializeOwned>(&self, request: impl Fn() -> reqwest::RequestBuilder) -> Result<T> {
        let body = self
            .transport
            .in_time(self.transport.attempts(|| async {
                let response = self.transport.send(request()).await?;
                read(response, BODY_LIMIT).await
            }))
            .await?;
        serde_json::from_slice(&body).map_err(|error| faults::bad_response(NOT_OLLAMA).source(error))
    }
}

const NOT_OLLAMA: &str = "The answer is not that of an Ollama. Check the address.";

#[async_trait]
impl ModelProvider for Ollama {
    async fn models(&self) -> Result<Vec<ModelInfo>> {
        #[derive(Deserialize)]
        struct Tags {
            models: Vec<LocalModel>,
        }
        let request =
            || self.transport.client.get(format!("{}/api/tags", self.base)).headers(self.headers.clone());
        let tags: Tags = self.call(request).await.map_err(|error| match error.code {
            "model_not_found" => faults::bad_response(NOT_OLLAMA),
            _ => error,
        })?;
        let info =
            |model: LocalModel| ModelInfo { id: model.name, name: None, created: None, context_length: None };
        Ok(tags.models.into_iter().map(info).collect())
    }

    async fn chat(&self, request: ChatRequest) -> Result<DeltaStream> {
        let thinks = request.reasoning_effort.is_some();
        let mut body = Body::new(request)?;
        let mut started = self.start(&body).await;
        // Asking a model to think that cannot is an error there; elsewhere the wish is just not granted.
        if thinks && started.as_ref().is_err_and(is_about_thinking) {
            body.without_thinking();
            started = self.start(&body).await;
        }
        started
    }

    async fn embed(&self, model: &str, input: Vec<String>, options: EmbedOptions) -> Result<Embeddings> {
        #[derive(Deserialize)]
        struct Answer {
            embeddings: Vec<Vec<f32>>,
            #[serde(default)]
            prompt_eval_count: u64,
        }
        let count = input.len();
        let mut request = GenerateEmbeddingsRequest::new(model.to_owned(), input.into());
        if let Some(dimensions) = options.dimensions {
            request = request.dimensions(dimensions);
        }
        let body = Bytes::from(serde_json::to_vec(&request)?);
        let answer: Answer = self.call(|| self.post("/api/embed", body.clone())).await?;
        if answer.embeddings.len() != count {
            return Err(faults::bad_response(
                "The model provider sent another number of vectors than asked for.",
            ));
        }
        Ok(Embeddings {
            vectors: answer.embeddings,
            usage: Usage { prompt_tokens: answer.prompt_eval_count, ..Usage::default() },
        })
    }
}

fn is_about_thinking(error: &Error) -> bool {
    error.code == "provider_refused" && error.message.contains("does not support thinking")
}
