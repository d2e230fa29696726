//! What admins say of models: the name that is shown, a picture, instructions, parameters, and who may ask for them.
//! Settings are kept by a model's name; they stay when its provider is away and when it comes back.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;
use serde_json::{Map, Value};

use crate::entity::model_card::{ActiveModel, Column, Entity, Model, Visibility};
use crate::error::{Error, Result};
use crate::providers::ChatRequest;
use crate::{Context, models};

/// Bytes of a picture as a data URL: about 96 KiB of image.
const PICTURE_LIMIT: usize = 128 * 1024;
const PROMPT_LIMIT: usize = 100_000;
const NAME_LIMIT: usize = 100;
const DESCRIPTION_LIMIT: usize = 500;
const PARAMETERS_LIMIT: usize = 32;
const STARTERS_LIMIT: usize = 6;
const STARTER_LIMIT: usize = 200;

/// What changes; `Some(None)` takes a setting away, `None` leaves it.
#[derive(Debug, Default)]
pub struct Change {
    pub display_name: Option<Option<String>>,
    pub description: Option<Option<String>>,
    pub picture: Option<Option<String>>,
    pub system_prompt: Option<Option<String>>,
    pub parameters: Option<Option<Map<String, Value>>>,
    pub visibility: Option<Visibility>,
    /// An empty list takes them away.
    pub starters: Option<Vec<String>>,
}

/// All settings by the name of the model.
pub(crate) async fn all(ctx: &Context) -> Result<HashMap<String, Model>> {
    let rows = Entity::find().all(&ctx.db).await?;
    Ok(rows.into_iter().map(|row| (row.model.clone(), row)).collect())
}

/// The settings of a model, or what holds where nobody has set anything.
pub async fn of(ctx: &Context, model: &str) -> Result<Model> {
    Ok(Entity::find_by_id(model).one(&ctx.db).await?.unwrap_or_else(|| unset(model)))
}

/// Changes the settings of a model of the catalogue, also of a hidden one.
pub async fn change(ctx: &Context, model: &str, change: Change) -> Result<Model> {
    models::known(ctx, model).await?;
    let mut row = of(ctx, model).await?;
    if let Some(name) = change.display_name {
        row.display_name = line(name, NAME_LIMIT);
    }
    if let Some(text) = change.description {
        row.description = line(text, DESCRIPTION_LIMIT);
    }
    if let Some(picture) = change.picture {
        row.picture = picture.map(checked_picture).transpose()?;
    }
    if let Some(text) = change.system_prompt {
        row.system_prompt = text.filter(|text| !text.trim().is_empty());
        if row.system_prompt.as_ref().is_some_and(|text| text.chars().count() > PROMPT_LIMIT) {
            return Err(Error::field(
                "system_prompt",
                format!("must have at most {PROMPT_LIMIT} characters"),
            ));
        }
    }
    if let Some(parameters) = change.parameters {
        let parameters = parameters.filter(|parameters| !parameters.is_empty());
        row.parameters = parameters.map(checked_parameters).transpose()?;
    }
    if let Some(starters) = change.starters {
        row.starters = checked_starters(starters)?;
    }
    row.visibility = change.visibility.unwrap_or(row.visibility);
    row.updated_at = ctx.clock.now_ms();
    let new = ActiveModel {
        model: Set(row.model.clone()),
        display_name: Set(row.display_name.clone()),
        description: Set(row.description.clone()),
        picture: Set(row.picture.clone()),
        system_prompt: Set(row.system_prompt.clone()),
        parameters: Set(row.parameters.clone()),
        visibility: Set(row.visibility),
        starters: Set(row.starters.clone()),
        updated_at: Set(row.updated_at),
    };
    let changed = [
        Column::DisplayName,
        Column::Description,
        Column::Picture,
        Column::SystemPrompt,
        Column::Parameters,
        Column::Visibility,
        Column::Starters,
        Column::UpdatedAt,
    ];
    Entity::insert(new)
        .on_conflict(OnConflict::column(Column::Model).update_columns(changed).to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    models::changed(ctx).await;
    Ok(row)
}

fn unset(model: &str) -> Model {
    Model {
        model: model.to_owned(),
        display_name: None,
        description: None,
        picture: None,
        system_prompt: None,
        parameters: None,
        visibility: Visibility::Everybody,
        starters: None,
        updated_at: 0,
    }
}

/// What a new chat with this model may begin with.
pub fn starters(card: &Model) -> Vec<String> {
    card.starters.as_ref().and_then(|set| serde_json::from_value(set.clone()).ok()).unwrap_or_default()
}

fn checked_starters(starters: Vec<String>) -> Result<Option<Value>> {
    let lines: Vec<String> =
        starters.into_iter().filter_map(|text| line(Some(text), STARTER_LIMIT)).collect();
    if lines.len() > STARTERS_LIMIT {
        return Err(Error::field("starters", format!("must be at most {STARTERS_LIMIT}")));
    }
    Ok((!lines.is_empty()).then(|| lines.into()))
}

fn line(text: Option<String>, limit: usize) -> Option<String> {
    let line = text?.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(limit).collect();
    (!line.is_empty()).then_some(line)
}

/// A picture of a kind that browsers draw and that holds no script.
fn checked_picture(picture: String) -> Result<String> {
    let kinds = ["png", "jpeg", "webp", "gif", "avif"];
    let known = kinds.iter().any(|kind| picture.starts_with(&format!("data:image/{kind};base64,")));
    if !known {
        return Err(Error::field("picture", "must be a data URL of a PNG, JPEG, WebP, GIF or AVIF image"));
    }
    if picture.len() > PICTURE_LIMIT {
        return Err(Error::field("picture", format!("must have at most {PICTURE_LIMIT} bytes")));
    }
    Ok(picture)
}

/// Parameters that a chat completion has; messages and model are not among them.
fn checked_parameters(parameters: Map<String, Value>) -> Result<Value> {
    let bad = || Error::field("parameters", "are not those of a chat completion");
    let taken = ["model", "messages", "stream", "stream_options", "tools"];
    if parameters.len() > PARAMETERS_LIMIT || taken.iter().any(|name| parameters.contains_key(*name)) {
        return Err(bad());
    }
    let mut request = parameters.clone();
    request.insert("model".into(), "m".into());
    request.insert("messages".into(), Value::Array(Vec::new()));
    serde_json::from_value::<ChatRequest>(request.into()).map_err(|error| bad().source(error))?;
    Ok(parameters.into())
}
