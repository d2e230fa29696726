//! What admins say of models.

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::{Map, Value};
use shared::entity::model_card::{self, Visibility};
use shared::model_cards::{self, Change};
use shared::models::{self, Entry};
use shared::{Context, Error};

use super::Tag;
use super::models::picture_url;
use crate::auth::Admin;
use crate::error::{Failure, Result};
use crate::json::{Json, given};
use crate::page::Page;
use crate::time::Time;

/// Who may ask for a model.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum ModelVisibility {
    Everybody,
    /// Nobody: as if it were not there.
    Hidden,
}

impl From<Visibility> for ModelVisibility {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Everybody => Self::Everybody,
            Visibility::Hidden => Self::Hidden,
        }
    }
}

impl From<ModelVisibility> for Visibility {
    fn from(visibility: ModelVisibility) -> Self {
        match visibility {
            ModelVisibility::Everybody => Self::Everybody,
            ModelVisibility::Hidden => Self::Hidden,
        }
    }
}

/// A model with what admins have set.
#[derive(Debug, Object)]
struct ModelCard {
    /// What a request names as `model`.
    id: String,
    /// The provider's own id.
    provider_id: String,
    /// The name of the connection; absent for the built-in model.
    connection: Option<String>,
    /// Shown in place of the id.
    display_name: Option<String>,
    /// A line that helps to choose.
    description: Option<String>,
    /// Where its picture is, if it has one.
    picture_url: Option<String>,
    /// Goes before the instructions of a chat.
    system_prompt: Option<String>,
    /// Parameters of a chat completion where the chat sets none.
    parameters: Option<Value>,
    visibility: ModelVisibility,
    /// What a new chat with it may begin with, in place of what the page offers.
    starters: Vec<String>,
    /// When this was last changed; absent where nothing was set.
    updated_at: Option<Time>,
}

impl From<&Entry> for ModelCard {
    fn from(entry: &Entry) -> Self {
        let set: Option<&model_card::Model> = entry.card.as_deref();
        Self {
            id: entry.id.clone(),
            provider_id: entry.provider_id.clone(),
            connection: entry.connection.as_ref().map(|row| row.name.clone()),
            display_name: set.and_then(|set| set.display_name.clone()),
            description: set.and_then(|set| set.description.clone()),
            picture_url: picture_url(entry),
            system_prompt: set.and_then(|set| set.system_prompt.clone()),
            parameters: set.and_then(|set| set.parameters.clone()),
            visibility: set.map(|set| set.visibility).unwrap_or_default().into(),
            starters: set.map(model_cards::starters).unwrap_or_default(),
            updated_at: set.map(|set| Time(set.updated_at)),
        }
    }
}

/// What changes; what is absent stays, `null` takes a setting away.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ModelCardChange {
    /// The id of the model.
    #[oai(validator(max_length = 320))]
    model: String,
    display_name: MaybeUndefined<String>,
    description: MaybeUndefined<String>,
    /// A data URL of a small PNG, JPEG, WebP, GIF or AVIF image, 128 KiB at most.
    picture: MaybeUndefined<String>,
    system_prompt: MaybeUndefined<String>,
    /// Parameters of a chat completion: `temperature`, `top_p`, `max_tokens`, ...
    parameters: MaybeUndefined<Value>,
    visibility: Option<ModelVisibility>,
    /// At most 6 lines of 200 characters; an empty list takes them away.
    starters: Option<Vec<String>>,
}

pub(crate) struct AdminModelCards;

#[OpenApi(prefix_path = "/api/v1/admin", tag = "Tag::Admin")]
impl AdminModelCards {
    /// List all models with what admins have set
    ///
    /// Hidden ones too, in the order of their ids.
    #[oai(path = "/model-cards", method = "get", operation_id = "listModelCards")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        /// Models whose id or name has this in it.
        #[oai(validator(max_length = 200))]
        query: Query<Option<String>>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ModelCard>>> {
        let catalogue = models::catalogue(&ctx).await?;
        let wanted = query.0.unwrap_or_default().to_lowercase();
        let fits = |entry: &&Entry| {
            entry.id.to_lowercase().contains(&wanted) || entry.name.to_lowercase().contains(&wanted)
        };
        let mut entries: Vec<&Entry> =
            catalogue.entries.iter().chain(&catalogue.hidden).filter(fits).collect();
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(after) = &after.0 {
            entries.retain(|entry| entry.id > *after);
        }
        let limit = limit.0.unwrap_or(50);
        let page = shared::page::Page::cut(entries, limit, |entry| entry.id.clone());
        Ok(Json(Page::of(page, ModelCard::from)))
    }

    /// Change what is said of a model
    ///
    /// In force on all nodes at once. Answers that are being written keep what they began with.
    #[oai(path = "/model-cards", method = "patch", operation_id = "updateModelCard")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        body: Json<ModelCardChange>,
    ) -> Result<Json<ModelCard>> {
        let body = body.0;
        let change = Change {
            display_name: given(body.display_name),
            description: given(body.description),
            picture: given(body.picture),
            system_prompt: given(body.system_prompt),
            parameters: given(body.parameters).map(|given| given.map(object).transpose()).transpose()?,
            visibility: body.visibility.map(Into::into),
            starters: body.starters,
        };
        model_cards::change(&ctx, &body.model, change).await?;
        tracing::info!(admin = %who.user.id, model = body.model, "the settings of a model changed");
        Ok(Json(ModelCard::from(&models::known(&ctx, &body.model).await?)))
    }
}

fn object(value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(Failure(Error::field("parameters", "must be an object"))),
    }
}
