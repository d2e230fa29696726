//! The doors under `/v1` that OpenAI's clients know: models, chat completions, embeddings and responses.
//!
//! Each call is accepted, queued, run by a worker and read from its log like a turn of a chat. Errors come in OpenAI's
//! form, which the edge writes for everything under `/v1`.

mod call;
mod chat_completions;
mod embeddings;
mod files;
mod reply;
mod responses;
mod schema;
mod sse;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::models::{self, Entry};
use shared::quotas::Payer;
use shared::{Context, Error};

use self::schema::{
    Answer, Body, ChatCompletion, ChatCompletionRequest, EmbeddingList, EmbeddingRequest, OpenAiModel,
    OpenAiModels, ResponseObject, ResponseRequest,
};
use crate::auth::Caller;
use crate::error::Result;
use crate::limits::Counted;
use crate::routes::Tag;

pub(crate) use self::files::OpenAiFilesApi;

pub(crate) struct OpenAi;

#[OpenApi(prefix_path = "/v1", tag = "Tag::Compatible")]
impl OpenAi {
    /// List the models in OpenAI's form
    #[oai(path = "/models", method = "get", operation_id = "listOpenAiModels")]
    async fn models(&self, ctx: Data<&Context>, _who: Caller) -> Result<Answer<OpenAiModels>> {
        let catalogue = models::catalogue(&ctx).await?;
        let data: Vec<Value> = catalogue.entries.iter().map(model).collect();
        Answer::json(&json!({"object": "list", "data": data}))
    }

    /// Get a model in OpenAI's form
    #[oai(path = "/models/:name", method = "get", operation_id = "getOpenAiModel")]
    async fn find(
        &self,
        ctx: Data<&Context>,
        _who: Caller,
        /// The name of the model; slashes in it are percent-encoded.
        name: Path<String>,
    ) -> Result<Answer<OpenAiModel>> {
        Answer::json(&model(&models::find(&ctx, &name).await?))
    }

    /// Complete a chat in OpenAI's form
    ///
    /// Whole or, with `"stream": true`, as server-sent events. Closing the connection stops the model.
    #[oai(path = "/chat/completions", method = "post", operation_id = "createChatCompletion")]
    async fn complete(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        body: Body<ChatCompletionRequest>,
    ) -> Result<Counted<Answer<ChatCompletion>>> {
        chat_completions::create(&ctx, Payer::from(&*who), &body.bytes).await
    }

    /// Make embeddings in OpenAI's form
    #[oai(path = "/embeddings", method = "post", operation_id = "createEmbedding")]
    async fn embed(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        body: Body<EmbeddingRequest>,
    ) -> Result<Counted<Answer<EmbeddingList>>> {
        embeddings::create(&ctx, Payer::from(&*who), &body.bytes).await
    }

    /// Create a response in OpenAI's form
    ///
    /// Every request brings its whole conversation: nothing is kept to go on from.
    #[oai(path = "/responses", method = "post", operation_id = "createResponse")]
    async fn respond(
        &self,
        ctx: Data<&Context>,
        who: Caller,
        body: Body<ResponseRequest>,
    ) -> Result<Counted<Answer<ResponseObject>>> {
        responses::create(&ctx, Payer::from(&*who), &body.bytes).await
    }
}

fn model(entry: &Entry) -> Value {
    let connection = entry.connection.as_deref();
    json!({
        "id": entry.id,
        "object": "model",
        "created": connection.map_or(0, |connection| connection.created_at / 1000),
        "owned_by": connection.map_or("skein", |connection| connection.name.as_str()),
    })
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> shared::Result<T> {
    serde_json::from_slice(body)
        .map_err(|error| Error::invalid("invalid_request", format!("The body cannot be read: {error}.")))
}

/// Unix time in seconds, as answers are stamped.
fn now_s(ctx: &Context) -> i64 {
    ctx.clock.now_ms() / 1000
}
