//! The models that can be asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poem::http::header;
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::{Binary, Response};
use poem_openapi::{Object, OpenApi};
use shared::{Context, Error, model_cards, models};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;

/// A model by the name that is asked for.
#[derive(Clone, Debug, Object)]
pub(crate) struct ModelView {
    /// What a request names as `model`.
    id: String,
    /// For people.
    name: String,
    /// Where it comes from; absent for the built-in model.
    connection: Option<ModelConnection>,
    /// The provider's own id.
    provider_id: String,
    /// A line that helps to choose.
    description: Option<String>,
    /// Where its picture is, if it has one.
    picture_url: Option<String>,
    /// What a new chat with it may begin with, as an admin has set it.
    starters: Vec<String>,
}

#[derive(Clone, Debug, Object)]
struct ModelConnection {
    id: Uuid,
    name: String,
    /// `openai` or `ollama`.
    kind: String,
}

/// All models. There is one page: the catalogue is bounded.
#[derive(Debug, Object)]
struct Models {
    items: Vec<ModelView>,
    /// Always absent.
    next: Option<String>,
    /// The model that a new chat takes.
    default: Option<String>,
}

impl From<&models::Entry> for ModelView {
    fn from(entry: &models::Entry) -> Self {
        Self {
            id: entry.id.clone(),
            name: entry.name.clone(),
            connection: entry.connection.as_ref().map(|row| ModelConnection {
                id: row.id,
                name: row.name.clone(),
                kind: row.kind.clone(),
            }),
            provider_id: entry.provider_id.clone(),
            description: entry.card.as_ref().and_then(|set| set.description.clone()),
            picture_url: picture_url(entry),
            starters: entry.card.as_deref().map(model_cards::starters).unwrap_or_default(),
        }
    }
}

/// The address of a model's picture; another one whenever the picture may be another.
pub(crate) fn picture_url(entry: &models::Entry) -> Option<String> {
    let set = entry.card.as_ref().filter(|set| set.picture.is_some())?;
    let name: String = url::form_urlencoded::byte_serialize(entry.id.as_bytes()).collect();
    Some(format!("/api/v1/models/picture?model={name}&at={}", set.updated_at))
}

pub(crate) struct ModelsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Models")]
impl ModelsApi {
    /// Get the picture of a model
    #[oai(path = "/models/picture", method = "get", operation_id = "getModelPicture")]
    async fn picture(
        &self,
        ctx: Data<&Context>,
        _user: CurrentUser,
        /// The model's id.
        #[oai(validator(max_length = 320))]
        model: Query<String>,
        /// When it was set, so that a browser keeps it until it changes.
        #[oai(name = "at")]
        _at: Query<Option<i64>>,
    ) -> Result<Response<Binary<Vec<u8>>>> {
        let entry = models::known(&ctx, &model.0).await?;
        let missing = || Error::not_found("picture");
        let address = entry.card.as_ref().and_then(|set| set.picture.as_deref()).ok_or_else(missing)?;
        let (kind, data) =
            address.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).ok_or_else(missing)?;
        let bytes = STANDARD.decode(data).map_err(|_| missing())?;
        Ok(Response::new(Binary(bytes))
            .header(header::CONTENT_TYPE, kind)
            .header(header::CACHE_CONTROL, "private, max-age=604800, immutable"))
    }

    /// List the models
    ///
    /// From the cached catalogue: a provider that is down does not slow this.
    #[oai(path = "/models", method = "get", operation_id = "listModels")]
    async fn list(&self, ctx: Data<&Context>, _user: CurrentUser) -> Result<Json<Models>> {
        let catalogue = models::catalogue(&ctx).await?;
        let items = catalogue.entries.iter().map(ModelView::from).collect();
        Ok(Json(Models { items, next: None, default: models::default(&ctx).await? }))
    }
}
