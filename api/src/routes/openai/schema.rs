//! What the document says of the doors. The doors themselves read and write JSON as it is, because a body may hold
//! parameters that only its model's provider knows.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::http::header;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::error::ContentTypeError;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{
    MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, Object};
use serde::Serialize;
use serde_json::Value;
use shared::Error;

use crate::error::{Failure, Result};
use crate::json::Json;

/// A JSON body as it came, described as a `T`.
pub(super) struct Body<T> {
    pub(super) bytes: Bytes,
    described: PhantomData<fn() -> T>,
}

impl<'a, T: Type> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: Json::<T>::CONTENT_TYPE, schema: T::schema_ref() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match request.content_type() {
            Some(kind) if Json::<T>::check_content_type(kind) => {}
            Some(kind) => return Err(ContentTypeError::NotSupported { content_type: kind.to_owned() }.into()),
            None => return Err(ContentTypeError::ExpectContentType.into()),
        }
        let bytes = <Bytes as FromRequest<'_>>::from_request(request, body).await?;
        Ok(Self { bytes, described: PhantomData })
    }
}

/// An answer that is described as a `T`.
pub(super) struct Answer<T> {
    response: Response,
    described: PhantomData<fn() -> T>,
}

impl<T> Answer<T> {
    pub(super) fn json(value: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(value)
            .map_err(|error| Failure(Error::internal("An answer could not be written.").source(error)))?;
        Ok(Response::builder().header(header::CONTENT_TYPE, "application/json").body(body).into())
    }
}

impl<T> From<Response> for Answer<T> {
    fn from(response: Response) -> Self {
        Self { response, described: PhantomData }
    }
}

impl<T> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        self.response
    }
}

impl<T: Described> ApiResponse for Answer<T> {
    fn meta() -> MetaResponses {
        let mut content = vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }];
        if T::STREAMS {
            content.push(MetaMediaType {
                content_type: "text/event-stream",
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
            });
        }
        MetaResponses {
            responses: vec![MetaResponse {
                description: T::WHAT,
                status: Some(200),
                status_range: None,
                content,
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// What the document says of an answer.
pub(super) trait Described: Type {
    const WHAT: &'static str;
    /// The same answer can be had as server-sent events.
    const STREAMS: bool;
}

macro_rules! described {
    ($($name:ty: $what:literal, $streams:literal;)*) => {$(
        impl Described for $name {
            const WHAT: &'static str = $what;
            const STREAMS: bool = $streams;
        }
    )*};
}

described! {
    OpenAiModels: "The models", false;
    OpenAiModel: "The model", false;
    ChatCompletion: "The answer. With `\"stream\": true` it comes as chunks and ends with `[DONE]`", true;
    EmbeddingList: "The vectors", false;
    OpenAiFile: "The file", false;
    OpenAiFiles: "The files", false;
    OpenAiDeleted: "It is gone", false;
    VectorStore: "The store", false;
    VectorStores: "The stores", false;
    VectorStoreFile: "The file in its store", false;
    VectorStoreFiles: "The files of the store", false;
    VectorStoreFound: "The passages that fit best", false;
    ResponseObject: "The response. With `\"stream\": true` it comes as events", true;
}

/// Models in OpenAI's form.
#[derive(Object)]
pub(super) struct OpenAiModels {
    /// `list`.
    object: String,
    data: Vec<OpenAiModel>,
}

/// A model in OpenAI's form.
#[derive(Object)]
pub(super) struct OpenAiModel {
    /// The name to ask for it.
    id: String,
    /// `model`.
    object: String,
    /// Unix time in seconds.
    created: i64,
    /// The connection that offers it.
    owned_by: String,
}

/// A request for a chat completion in OpenAI's form. Parameters that are not named here go to the model's provider as
/// they are.
#[derive(Object)]
pub(super) struct ChatCompletionRequest {
    model: String,
    /// The conversation: objects with `role` and `content` (text, or parts of type `text` and `image_url`).
    #[oai(validator(min_items = 1))]
    messages: Vec<Value>,
    stream: Option<bool>,
    /// `{"include_usage": true}` asks for a last chunk with the usage.
    stream_options: Option<Value>,
    /// Functions that the model may call.
    tools: Option<Vec<Value>>,
    tool_choice: Option<Value>,
    /// `json_object`, or `json_schema` with a schema.
    response_format: Option<Value>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
    /// A text, or up to four, that end the answer.
    stop: Option<Value>,
    seed: Option<i64>,
    reasoning_effort: Option<String>,
    /// 1, if anything.
    n: Option<u32>,
}

/// A chat completion in OpenAI's form. What a model thought is in `reasoning_content` of its message.
#[derive(Object)]
pub(super) struct ChatCompletion {
    id: String,
    /// `chat.completion`.
    object: String,
    /// Unix time in seconds.
    created: i64,
    model: String,
    /// One: `{index, message, finish_reason}`.
    choices: Vec<Value>,
    usage: TokenUsage,
}

/// Tokens that an answer cost.
#[derive(Object)]
pub(super) struct TokenUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
}

/// A request for embeddings in OpenAI's form.
#[derive(Object)]
pub(super) struct EmbeddingRequest {
    model: String,
    /// A text or a list of texts. Tokens are not taken.
    input: Value,
    /// `float` or `base64`.
    encoding_format: Option<String>,
    dimensions: Option<u32>,
}

/// Embeddings in OpenAI's form.
#[derive(Object)]
pub(super) struct EmbeddingList {
    /// `list`.
    object: String,
    /// One for each text, in their order: `{object, index, embedding}`.
    data: Vec<Value>,
    model: String,
    /// `{prompt_tokens, total_tokens}`.
    usage: Value,
}

/// A request for a response in OpenAI's form, without a memory: `previous_response_id`, `conversation` and `background`
/// are refused, `store` has no effect.
#[derive(Object)]
pub(super) struct ResponseRequest {
    model: String,
    /// A text, or the items of the conversation: messages, function calls and their outputs.
    input: Value,
    instructions: Option<String>,
    stream: Option<bool>,
    /// Functions that the model may call; other tools are refused.
    tools: Option<Vec<Value>>,
    tool_choice: Option<Value>,
    /// `{"format": ...}`: `text`, `json_object`, or `json_schema` with a schema.
    text: Option<Value>,
    /// `{"effort": ...}`.
    reasoning: Option<Value>,
    max_output_tokens: Option<u32>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    metadata: Option<Value>,
}

/// A response in OpenAI's form.
#[derive(Object)]
#[oai(rename = "Response")]
pub(super) struct ResponseObject {
    id: String,
    /// `response`.
    object: String,
    /// Unix time in seconds.
    created_at: i64,
    /// `completed`, or `incomplete` when a limit cut it.
    status: String,
    model: String,
    /// Items of type `message`, `reasoning` and `function_call`.
    output: Vec<Value>,
    /// `{input_tokens, output_tokens, total_tokens}`.
    usage: Value,
    /// False: nothing is kept to go on from.
    store: bool,
}

/// A file in OpenAI's form.
#[derive(Object)]
pub(super) struct OpenAiFile {
    id: String,
    /// `file`.
    object: String,
    bytes: i64,
    /// Unix time in seconds.
    created_at: i64,
    filename: String,
    /// `user_data`.
    purpose: String,
    /// `uploaded`, `processed` or `error`.
    status: String,
    /// Why it could not be read.
    status_details: Option<String>,
}

/// A page of files in OpenAI's form.
#[derive(Object)]
pub(super) struct OpenAiFiles {
    /// `list`.
    object: String,
    data: Vec<OpenAiFile>,
    first_id: Option<String>,
    /// Give this as `after` to read on.
    last_id: Option<String>,
    has_more: bool,
}

/// What was deleted, in OpenAI's form.
#[derive(Object)]
pub(super) struct OpenAiDeleted {
    id: String,
    object: String,
    deleted: bool,
}

/// A collection in OpenAI's form.
#[derive(Object)]
pub(super) struct VectorStore {
    id: String,
    /// `vector_store`.
    object: String,
    /// Unix time in seconds.
    created_at: i64,
    last_active_at: i64,
    name: String,
    status: String,
    usage_bytes: i64,
    metadata: Value,
    file_counts: Value,
}

/// A page of collections in OpenAI's form.
#[derive(Object)]
pub(super) struct VectorStores {
    /// `list`.
    object: String,
    data: Vec<VectorStore>,
    first_id: Option<String>,
    /// Give this as `after` to read on.
    last_id: Option<String>,
    has_more: bool,
}

/// A file of a collection in OpenAI's form.
#[derive(Object)]
pub(super) struct VectorStoreFile {
    id: String,
    /// `vector_store.file`.
    object: String,
    /// Unix time in seconds.
    created_at: i64,
    vector_store_id: String,
    usage_bytes: i64,
    /// `in_progress`, `completed` or `failed`.
    status: String,
    last_error: Option<Value>,
    attributes: Value,
}

/// A page of the files of a collection in OpenAI's form.
#[derive(Object)]
pub(super) struct VectorStoreFiles {
    /// `list`.
    object: String,
    data: Vec<VectorStoreFile>,
    first_id: Option<String>,
    /// Give this as `after` to read on.
    last_id: Option<String>,
    has_more: bool,
}

/// Passages that were found, in OpenAI's form.
#[derive(Object)]
pub(super) struct VectorStoreFound {
    /// `vector_store.search_results.page`.
    object: String,
    search_query: Vec<String>,
    /// Objects with `file_id`, `filename`, `score`, `attributes` and `content`.
    data: Vec<Value>,
    has_more: bool,
    next_page: Option<String>,
}
