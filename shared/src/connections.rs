//! Connections to model providers, as admins manage them.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entity::connection::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, FieldError, Result};
use crate::page::{Page, Slice};
use crate::{Context, ids, models};

/// What an admin gives to make a connection.
#[derive(Debug)]
pub struct NewConnection {
    pub kind: String,
    pub name: String,
    pub base_url: String,
    pub api_key: Option<SecretString>,
    pub headers: BTreeMap<String, SecretString>,
    pub allow_models: Option<Vec<String>>,
    pub prefix: String,
    pub enabled: bool,
}

/// What an admin changes; what is absent stays. An empty key or list takes the value away.
#[derive(Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub base_url: Option<String>,
    pub api_key: Option<SecretString>,
    pub headers: Option<BTreeMap<String, SecretString>>,
    pub allow_models: Option<Vec<String>>,
    pub prefix: Option<String>,
    pub enabled: Option<bool>,
}

/// How the last look at a provider went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    pub ok: bool,
    /// Unix milliseconds.
    pub checked_at: i64,
    pub models: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StatusError>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusError {
    pub code: String,
    pub message: String,
}

/// Keeps a connection and looks at its models once; a provider that does not answer is kept with its reason.
pub async fn create(ctx: &Context, new: NewConnection) -> Result<Model> {
    validate(Some(&new.kind), Some(&new.name), Some(&new.base_url), Some(&new.prefix), Some(&new.headers))?;
    let id = ids::new();
    let now = ctx.clock.now_ms();
    let row = ActiveModel {
        id: Set(id),
        kind: Set(new.kind),
        name: Set(new.name.trim().to_owned()),
        base_url: Set(new.base_url.trim().to_owned()),
        api_key: Set(seal_key(ctx, id, new.api_key.as_ref())?),
        headers: Set(seal_headers(ctx, id, &new.headers)?),
        allow_models: Set(allow(new.allow_models)),
        prefix: Set(new.prefix),
        enabled: Set(new.enabled),
        status: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&ctx.db)
    .await?;
    models::refresh(ctx, &row).await?;
    find(ctx, id).await
}

pub async fn update(ctx: &Context, id: Uuid, change: Change) -> Result<Model> {
    let old = find(ctx, id).await?;
    validate(
        None,
        change.name.as_deref(),
        change.base_url.as_deref(),
        change.prefix.as_deref(),
        change.headers.as_ref(),
    )?;
    let mut row = ActiveModel { id: Unchanged(id), ..Default::default() };
    if let Some(name) = change.name {
        row.name = Set(name.trim().to_owned());
    }
    if let Some(url) = change.base_url {
        row.base_url = Set(url.trim().to_owned());
    }
    if let Some(key) = &change.api_key {
        row.api_key = Set(seal_key(ctx, id, Some(key))?);
    }
    if let Some(headers) = &change.headers {
        row.headers = Set(seal_headers(ctx, id, headers)?);
    }
    if let Some(list) = change.allow_models {
        row.allow_models = Set(allow(Some(list)));
    }
    if let Some(prefix) = change.prefix {
        row.prefix = Set(prefix);
    }
    if let Some(enabled) = change.enabled {
        row.enabled = Set(enabled);
    }
    // Clients are cached by this stamp, so two changes within a millisecond must differ.
    row.updated_at = Set(ctx.clock.now_ms().max(old.updated_at + 1));
    let row = row.update(&ctx.db).await?;
    models::refresh(ctx, &row).await?;
    find(ctx, id).await
}

pub async fn delete(ctx: &Context, id: Uuid) -> Result<()> {
    let deleted = Entity::delete_by_id(id).exec(&ctx.db).await?;
    if deleted.rows_affected == 0 {
        return Err(Error::not_found("connection"));
    }
    models::changed(ctx).await;
    Ok(())
}

pub async fn find(ctx: &Context, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::not_found("connection"))
}

/// A page in order of creation.
pub async fn list(ctx: &Context, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().order_by_asc(Column::Id).limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

/// The provider's key in the clear, for a call.
pub fn api_key(ctx: &Context, row: &Model) -> Result<Option<SecretString>> {
    row.api_key.as_deref().map(|sealed| ctx.seal.open(sealed, &binding(row.id))).transpose()
}

/// The extra headers in the clear, for a call.
pub fn headers(ctx: &Context, row: &Model) -> Result<BTreeMap<String, SecretString>> {
    let Some(sealed) = row.headers.as_deref() else { return Ok(BTreeMap::new()) };
    let plain = ctx.seal.open(sealed, &binding(row.id))?;
    Ok(serde_json::from_str(plain.expose_secret())?)
}

/// The provider's ids that may be used; all when `None`.
pub fn allowed(row: &Model) -> Option<Vec<String>> {
    row.allow_models.as_ref().and_then(|list| serde_json::from_value(list.clone()).ok())
}

fn binding(id: Uuid) -> String {
    format!("connection:{id}")
}

fn seal_key(ctx: &Context, id: Uuid, key: Option<&SecretString>) -> Result<Option<String>> {
    key.map(|k| k.expose_secret().trim())
        .filter(|k| !k.is_empty())
        .map(|k| ctx.seal.seal(k, &binding(id)))
        .transpose()
}

fn seal_headers(ctx: &Context, id: Uuid, headers: &BTreeMap<String, SecretString>) -> Result<Option<String>> {
    if headers.is_empty() {
        return Ok(None);
    }
    let plain: BTreeMap<&str, &str> =
        headers.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    ctx.seal.seal(&serde_json::to_string(&plain)?, &binding(id)).map(Some)
}

fn allow(list: Option<Vec<String>>) -> Option<serde_json::Value> {
    list.filter(|l| !l.is_empty()).map(Into::into)
}

fn validate(
    kind: Option<&str>,
    name: Option<&str>,
    base_url: Option<&str>,
    prefix: Option<&str>,
    headers: Option<&BTreeMap<String, SecretString>>,
) -> Result<()> {
    let mut fields = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        fields.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    };
    if kind.is_some_and(|k| !matches!(k, "openai" | "ollama")) {
        wrong("kind", "must be openai or ollama");
    }
    if name.is_some_and(|n| n.trim().is_empty() || n.chars().count() > 200) {
        wrong("name", "must have 1 to 200 characters");
    }
    if base_url.is_some_and(|u| {
        u.len() > 1000
            || !url::Url::parse(u.trim()).is_ok_and(|u| {
                matches!(u.scheme(), "http" | "https") && u.has_host() && u.username().is_empty()
            })
    }) {
        wrong(
            "base_url",
            "must be an http or https address without a user name, like https://api.example.com/v1",
        );
    }
    if prefix.is_some_and(|p| p.len() > 64 || p.chars().any(|c| c.is_whitespace() || c.is_control())) {
        wrong("prefix", "must have at most 64 characters and no spaces");
    }
    for (header, value) in headers.into_iter().flatten() {
        if http::HeaderName::from_bytes(header.as_bytes()).is_err()
            || http::HeaderValue::from_str(value.expose_secret()).is_err()
        {
            wrong("headers", &format!("{header:?} is no valid header"));
        }
    }
    if fields.is_empty() {
        return Ok(());
    }
    let mut error = Error::invalid("invalid_request", "The connection is not complete.");
    error.fields = fields;
    Err(error)
}
