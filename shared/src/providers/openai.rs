//! OpenAI and the many servers that speak its protocol.
//!
//! Model lists and embeddings go through async-openai over our transport. A streamed answer takes its address and
//! headers from the same configuration, but is sent and read here: async-openai's stream puts a task and a channel
//! without a bound between us and the connection, drops the connection at `[DONE]` where it could be kept, knows no
//! limit for the size of an event, and writes what it cannot read into the log.

mod endpoint;
mod rerank;
mod stream;

use std::sync::atomic::{AtomicBool, Ordering};

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::endpoint::Endpoint;
pub(super) use self::endpoint::{address, headers};
use self::stream::Chunks;
use super::answer;
use super::faults::{self, Failure};
use super::http::{BODY_LIMIT, Transport, read};
use super::{
    ChatRequest, ConnectionSettings, DeltaStream, EmbedOptions, Embeddings, ModelInfo, ModelProvider, Ranked,
    Role, Usage,
};
use crate::error::{Error, Result};

/// A server that speaks OpenAI's protocol.
pub(super) struct OpenAi {
    transport: Transport,
    endpoint: Endpoint,
    client: async_openai::Client<Endpoint>,
    /// Set once the server has refused to be asked for usage in a stream.
    usage_refused: AtomicBool,
}

impl OpenAi {
    /// # Errors
    /// When the base address, the key or a header cannot be used in HTTP.
    pub(super) fn new(settings: &ConnectionSettings, transport: Transport) -> Result<Self> {
        let endpoint = Endpoint::new(settings)?;
        let service = tower::service_fn({
            let transport = transport.clone();
            move |factory: HttpRequestFactory| {
                let transport = transport.clone();
                async move {
                    bounded(transport, factory).await.map_err(|error| OpenAIError::Boxed(Box::new(error)))
                }
            }
        });
        let client = async_openai::Client::with_config(endpoint.clone())
            .with_http_client(transport.client.clone())
            .with_http_service(service);
        Ok(Self { transport, endpoint, client, usage_refused: AtomicBool::new(false) })
    }

    async fn start(&self, request: &ChatRequest, usage: bool) -> Result<DeltaStream> {
        let body =
            Body { request, stream: true, stream_options: usage.then(|| json!({"include_usage": true})) };
        let body = Bytes::from(serde_json::to_vec(&body)?);
        let post = || self.endpoint.post(&self.transport.client, "/chat/completions").body(body.clone());
        answer::start::<Chunks>(&self.transport, post).await
    }

    /// Puts a request into the words that this server understands.
    fn adapt(&self, request: &mut ChatRequest) {
        // These are ours to say.
        for key in ["stream", "stream_options", "n"] {
            request.extra.remove(key);
        }
        if self.endpoint.is_openai() {
            // Its reasoning models refuse the old name, which in turn is the only one that other servers all know.
            if let Some(limit) = request.max_tokens.take() {
                request.extra.entry("max_completion_tokens").or_insert(limit.into());
            }
        } else {
            for message in &mut request.messages {
                if message.role == Role::Developer {
                    message.role = Role::System;
                }
            }
        }
    }
}

#[async_trait]
impl ModelProvider for OpenAi {
    async fn models(&self) -> Result<Vec<ModelInfo>> {
        let list: ModelList = self
            .transport
            .in_time(async { self.client.models().list_byot().await.map_err(from_sdk) })
            .await
            .map_err(|error| match error.code {
                "model_not_found" => {
                    faults::bad_response("There is no model list at this address. Check its path.")
                }
                _ => error,
            })?;
        let models = match list {
            ModelList::Wrapped { data } | ModelList::Bare(data) => data,
        };
        Ok(models.into_iter().map(ListedModel::into_info).collect())
    }

    async fn chat(&self, mut request: ChatRequest) -> Result<DeltaStream> {
        self.adapt(&mut request);
        let usage = !self.usage_refused.load(Ordering::Relaxed);
        let mut started = self.start(&request, usage).await;
        if usage && started.as_ref().is_err_and(is_about_usage) {
            started = self.start(&request, false).await;
            self.usage_refused.store(started.is_ok(), Ordering::Relaxed);
        }
        started
    }

    async fn embed(&self, model: &str, input: Vec<String>, options: EmbedOptions) -> Result<Embeddings> {
        let count = input.len();
        let mut body = options.extra;
        body.insert("model".into(), model.into());
        body.insert("input".into(), input.into());
        // Not every server knows base64, and the numbers go into a database as numbers.
        body.insert("encoding_format".into(), "float".into());
        if let Some(dimensions) = options.dimensions {
            body.insert("dimensions".into(), dimensions.into());
        }
        let answer: EmbeddingAnswer = self
            .transport
            .in_time(async { self.client.embeddings().create_byot(body).await.map_err(from_sdk) })
            .await?;
        let mut data = answer.data;
        data.sort_by_key(|item| item.index);
        if data.len() != count {
            return Err(faults::bad_response(
                "The model provider sent another number of vectors than asked for.",
            ));
        }
        let prompt_tokens = answer.usage.get("prompt_tokens").and_then(Value::as_u64).unwrap_or_default();
        Ok(Embeddings {
            vectors: data.into_iter().map(|item| item.embedding).collect(),
            usage: Usage { prompt_tokens, ..Usage::default() },
        })
    }

    async fn rerank(&self, model: &str, query: &str, documents: Vec<String>) -> Result<Vec<Ranked>> {
        let top_n = documents.len();
        let body = serde_json::to_vec(&rerank::Request { model, query, documents: &documents, top_n })?;
        let post = self.endpoint.post(&self.transport.client, "/rerank").body(body);
        let ask = async {
            let response = self.transport.send(post).await.map_err(|failure| failure.error)?;
            read(response, BODY_LIMIT).await.map_err(|failure| failure.error)
        };
        rerank::read(&self.transport.in_time(ask).await?, top_n)
    }
}

/// Answers async-openai's request: patient, and with a bound on the body, which async-openai reads as a whole.
async fn bounded(transport: Transport, factory: HttpRequestFactory) -> Result<reqwest::Response> {
    let response = transport
        .attempts(|| async {
            let request = factory.build().await.map_err(|error| Failure::fatal(from_sdk(error)))?;
            transport.send(reqwest::RequestBuilder::from_parts(transport.client.clone(), request)).await
        })
        .await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut left = BODY_LIMIT;
    let body = response.bytes_stream().map_err(std::io::Error::other).and_then(move |chunk| {
        let rest = left.checked_sub(chunk.len());
        left = rest.unwrap_or_default();
        std::future::ready(
            rest.map(|_| chunk).ok_or_else(|| std::io::Error::other("the answer is too large")),
        )
    });
    let mut bounded = http::Response::new(reqwest::Body::wrap_stream(body));
    *bounded.status_mut() = status;
    *bounded.headers_mut() = headers;
    Ok(bounded.into())
}

fn from_sdk(error: OpenAIError) -> Error {
    match error {
        OpenAIError::Boxed(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => faults::bad_response(NOT_OPENAI).source(error),
        },
        OpenAIError::Reqwest(error) => faults::transport(error).error,
        // The content is in this error, so it goes no further.
        OpenAIError::JSONDeserialize(error, _) => faults::bad_response(NOT_OPENAI).source(error),
        error => faults::bad_response(NOT_OPENAI).source(error),
    }
}

const NOT_OPENAI: &str = "The model provider's answer is not what OpenAI's protocol says. Check the address.";

/// A server that does not know `stream_options` says so by its name.
fn is_about_usage(error: &Error) -> bool {
    error.code == "provider_refused"
        && (error.message.contains("stream_options") || error.message.contains("include_usage"))
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    request: &'a ChatRequest,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ModelList {
    Wrapped { data: Vec<ListedModel> },
    Bare(Vec<ListedModel>),
}

#[derive(Deserialize)]
struct ListedModel {
    id: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl ListedModel {
    fn into_info(self) -> ModelInfo {
        let rest = Value::Object(self.rest);
        let length = [&rest["context_length"], &rest["max_model_len"], &rest["meta"]["n_ctx_train"]];
        ModelInfo {
            id: self.id,
            name: rest["name"].as_str().map(str::to_owned),
            created: rest["created"].as_i64(),
            context_length: length.iter().find_map(|v| v.as_u64()).and_then(|v| u32::try_from(v).ok()),
        }
    }
}

#[derive(Deserialize)]
struct EmbeddingAnswer {
    data: Vec<EmbeddingItem>,
    #[serde(default)]
    usage: Value,
}

#[derive(Deserialize)]
struct EmbeddingItem {
    #[serde(default)]
    index: u32,
    embedding: Vec<f32>,
}
