//! Model providers: one trait, three real implementations.
//!
//! A call is tried again only before its first delta, inside [`ModelProvider::chat`]; what fails later is an error on
//! the stream. Nobody else has to retry a provider, and no provider SDK is named outside this module.

mod answer;
mod chat;
mod delta;
mod detect;
mod faults;
mod http;
mod lines;
mod loopback;
mod ollama;
mod openai;
mod registry;
mod tools;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod scripted;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

pub use chat::{ChatMessage, ChatRequest, FunctionCall, ImageUrl, Part, Role, ToolCall};
pub use delta::{Delta, DeltaStream, FinishReason, ToolCallDelta, Usage};
pub use detect::{Detected, detect};
pub use faults::told;
pub use http::Patience;
pub use loopback::Loopback;
pub use registry::Registry;

/// Something that answers chats, makes embeddings or ranks documents.
#[async_trait]
pub trait ModelProvider: Send + Sync {
    /// The models that can be asked for, in the provider's order and by its own ids.
    async fn models(&self) -> Result<Vec<ModelInfo>>;

    /// Starts an answer and resolves when its first delta is there.
    ///
    /// An error means that nothing was answered and that trying again at once is no use: the bounded retries are over.
    /// Dropping the future or the stream closes the connection to the provider.
    async fn chat(&self, request: ChatRequest) -> Result<DeltaStream>;

    /// Makes one vector for each input, in the order of the inputs.
    async fn embed(&self, model: &str, input: Vec<String>, options: EmbedOptions) -> Result<Embeddings>;

    /// How well each document answers the query, best first. Asked once: whoever asks cannot wait for a second try.
    async fn rerank(&self, _model: &str, _query: &str, _documents: Vec<String>) -> Result<Vec<Ranked>> {
        Err(Error::new(Kind::Invalid, "provider_refused", "This provider cannot rank documents."))
    }
}

/// The kinds of connection that exist, by their names in the database and the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    OpenAi,
    Ollama,
    Loopback,
}

impl ProviderKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
            Self::Loopback => "loopback",
        }
    }
}

impl std::str::FromStr for ProviderKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "openai" => Ok(Self::OpenAi),
            "ollama" => Ok(Self::Ollama),
            "loopback" => Ok(Self::Loopback),
            _ => Err(Error::field("kind", "must be \"openai\" or \"ollama\"")),
        }
    }
}

/// Where a provider is and how to get in.
#[derive(Clone, Debug, Default)]
pub struct ConnectionSettings {
    /// With or without a version or a slash at its end.
    pub base_url: String,
    pub api_key: Option<SecretString>,
    /// Headers that go into every request.
    pub headers: BTreeMap<String, SecretString>,
}

/// A model as its provider lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The provider's own id, without the prefix of the connection.
    pub id: String,
    /// A name for people where the provider has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Unix time in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// Tokens of prompt and answer together, where the provider says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u32>,
}

/// What an embedding request may ask for beside its input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbedOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u32>,
    /// Parameters that we do not know, passed to the provider untouched.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// The vectors of one embedding request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embeddings {
    pub vectors: Vec<Vec<f32>>,
    pub usage: Usage,
}

/// One of the documents of a ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Its place in the request, from 0.
    pub index: usize,
    /// Higher is better; only scores of one ranking can be compared.
    pub score: f64,
}

/// A provider that can be shared between runs.
pub type SharedProvider = Arc<dyn ModelProvider>;

fn no_embeddings() -> Error {
    Error::new(Kind::Invalid, "provider_refused", "This model cannot make embeddings.")
}
