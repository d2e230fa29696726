//! Connections to model providers, for admins.

use std::collections::BTreeMap;
use std::time::Instant;

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use secrecy::SecretString;
use shared::connections::{self, NewConnection, Status};
use shared::entity::connection::Model;
use shared::{Context, Error, models};
use uuid::Uuid;

use super::Tag;
use crate::auth::Admin;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
enum ConnectionKind {
    Openai,
    Ollama,
}

/// A model provider.
#[derive(Clone, Debug, Object)]
struct Connection {
    id: Uuid,
    /// `openai` (any compatible server) or `ollama`.
    kind: String,
    name: String,
    base_url: String,
    /// Whether a key is kept. It is never told.
    has_api_key: bool,
    /// The names of the extra headers. Their values are never told.
    headers: Vec<String>,
    /// The provider's ids that may be used; all when absent.
    allow_models: Option<Vec<String>>,
    /// Put before the provider's ids.
    prefix: String,
    enabled: bool,
    created_at: Time,
    updated_at: Time,
    /// How the last look at its models went.
    status: Option<ConnectionStatus>,
}

#[derive(Clone, Debug, Object)]
struct ConnectionStatus {
    ok: bool,
    checked_at: Time,
    models: u32,
    error: Option<ProviderError>,
}

#[derive(Clone, Debug, Object)]
struct ProviderError {
    /// Stable, for programs.
    code: String,
    /// For people.
    message: String,
}

/// How a provider answered just now.
#[derive(Debug, Object)]
struct Tested {
    ok: bool,
    /// The provider's ids.
    models: Vec<String>,
    latency_ms: u64,
    error: Option<ProviderError>,
}

#[derive(Debug, Object)]
struct ConnectionNew {
    kind: ConnectionKind,
    name: String,
    /// With or without a version at its end, like `https://api.example.com/v1`.
    base_url: String,
    api_key: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    allow_models: Option<Vec<String>>,
    prefix: Option<String>,
    enabled: Option<bool>,
}

/// What changes; what is absent stays, `null` takes a value away.
#[derive(Debug, Object)]
struct ConnectionChange {
    name: Option<String>,
    base_url: Option<String>,
    api_key: MaybeUndefined<String>,
    headers: MaybeUndefined<BTreeMap<String, String>>,
    allow_models: MaybeUndefined<Vec<String>>,
    prefix: Option<String>,
    enabled: Option<bool>,
}

#[derive(ApiResponse)]
enum Created {
    #[oai(status = 201)]
    Created(Json<Connection>),
}

#[derive(ApiResponse)]
enum Deleted {
    #[oai(status = 204)]
    Deleted,
}

pub(crate) struct ConnectionsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Connections")]
impl ConnectionsApi {
    /// Connect a provider
    ///
    /// Its models are looked up at once. A provider that does not answer is kept, and `status` says why.
    #[oai(path = "/connections", method = "post", operation_id = "createConnection")]
    async fn create(&self, ctx: Data<&Context>, _admin: Admin, body: Json<ConnectionNew>) -> Result<Created> {
        let body = body.0;
        let new = NewConnection {
            kind: match body.kind {
                ConnectionKind::Openai => "openai".into(),
                ConnectionKind::Ollama => "ollama".into(),
            },
            name: body.name,
            base_url: body.base_url,
            api_key: body.api_key.map(Into::into),
            headers: secret(body.headers.unwrap_or_default()),
            allow_models: body.allow_models,
            prefix: body.prefix.unwrap_or_default(),
            enabled: body.enabled.unwrap_or(true),
        };
        let row = connections::create(&ctx, new).await?;
        Ok(Created::Created(Json(view(&ctx, row)?)))
    }

    /// List the connections
    #[oai(path = "/connections", method = "get", operation_id = "listConnections")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _admin: Admin,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<Connection>>> {
        let page = connections::list(&ctx, &slice(limit.0, after.0)).await?;
        let items = page.items.into_iter().map(|row| view(&ctx, row)).collect::<Result<_>>()?;
        Ok(Json(Page { items, next: page.next }))
    }

    /// Get a connection
    #[oai(path = "/connections/:id", method = "get", operation_id = "getConnection")]
    async fn get(&self, ctx: Data<&Context>, _admin: Admin, id: Path<Uuid>) -> Result<Json<Connection>> {
        Ok(Json(view(&ctx, connections::find(&ctx, id.0).await?)?))
    }

    /// Change a connection
    #[oai(path = "/connections/:id", method = "patch", operation_id = "updateConnection")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        _admin: Admin,
        id: Path<Uuid>,
        body: Json<ConnectionChange>,
    ) -> Result<Json<Connection>> {
        let body = body.0;
        let change = connections::Change {
            name: body.name,
            base_url: body.base_url,
            api_key: or_empty(body.api_key).map(Into::into),
            headers: or_empty(body.headers).map(secret),
            allow_models: or_empty(body.allow_models),
            prefix: body.prefix,
            enabled: body.enabled,
        };
        Ok(Json(view(&ctx, connections::update(&ctx, id.0, change).await?)?))
    }

    /// Delete a connection
    ///
    /// Its models can no longer be asked for. Chats and answers stay.
    #[oai(path = "/connections/:id", method = "delete", operation_id = "deleteConnection")]
    async fn delete(&self, ctx: Data<&Context>, _admin: Admin, id: Path<Uuid>) -> Result<Deleted> {
        connections::delete(&ctx, id.0).await?;
        Ok(Deleted::Deleted)
    }

    /// Ask a provider for its models now
    #[oai(path = "/connections/:id/test", method = "post", operation_id = "testConnection")]
    async fn test(&self, ctx: Data<&Context>, _admin: Admin, id: Path<Uuid>) -> Result<Json<Tested>> {
        let row = connections::find(&ctx, id.0).await?;
        let asked = Instant::now();
        let looked = models::look(&ctx, &row).await;
        let latency_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Json(match looked {
            Ok(models) => Tested { ok: true, models, latency_ms, error: None },
            Err(error) => Tested {
                ok: false,
                models: Vec::new(),
                latency_ms,
                error: Some(ProviderError {
                    code: error.code.to_owned(),
                    message: error.message.to_string(),
                }),
            },
        }))
    }
}

fn view(ctx: &Context, row: Model) -> Result<Connection> {
    let status: Option<Status> =
        row.status.clone().map(serde_json::from_value).transpose().map_err(Error::from)?;
    Ok(Connection {
        has_api_key: row.api_key.is_some(),
        headers: connections::headers(ctx, &row)?.into_keys().collect(),
        allow_models: connections::allowed(&row),
        id: row.id,
        kind: row.kind,
        name: row.name,
        base_url: row.base_url,
        prefix: row.prefix,
        enabled: row.enabled,
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
        status: status.map(|status| ConnectionStatus {
            ok: status.ok,
            checked_at: Time(status.checked_at),
            models: u32::try_from(status.models).unwrap_or(u32::MAX),
            error: status.error.map(|e| ProviderError { code: e.code, message: e.message }),
        }),
    })
}
/// `null` takes away, which the domain writes as empty.
fn or_empty<T: Default>(value: MaybeUndefined<T>) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(T::default()),
        MaybeUndefined::Value(value) => Some(value),
    }
}

fn secret(headers: BTreeMap<String, String>) -> BTreeMap<String, SecretString> {
    headers.into_iter().map(|(name, value)| (name, value.into())).collect()
}
