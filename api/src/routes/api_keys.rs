//! Keys for programs.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use secrecy::ExposeSecret;
use shared::Context;
use shared::api_keys::{self, ApiKey, Scope, Scopes};
use uuid::Uuid;

use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::routes::Tag;
use crate::routes::me::Done;
use crate::time::Time;

pub(crate) struct ApiKeys;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Scope", rename_all = "snake_case")]
enum ScopeName {
    /// The compatible doors under `/v1`.
    Inference,
    /// Everything of the own account.
    Chats,
    /// What admins may do, if the owner is one.
    Admin,
    /// How the system is doing, if the owner is an admin. Changes nothing.
    Monitor,
}

impl From<Scope> for ScopeName {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Inference => Self::Inference,
            Scope::Chats => Self::Chats,
            Scope::Admin => Self::Admin,
            Scope::Monitor => Self::Monitor,
        }
    }
}

impl From<ScopeName> for Scope {
    fn from(scope: ScopeName) -> Self {
        match scope {
            ScopeName::Inference => Self::Inference,
            ScopeName::Chats => Self::Chats,
            ScopeName::Admin => Self::Admin,
            ScopeName::Monitor => Self::Monitor,
        }
    }
}

/// A key that is to be made.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct NewApiKey {
    /// What it is for: 1 to 200 characters.
    name: String,
    /// When it ends; never if absent.
    expires_at: Option<Time>,
    /// What it may do; `inference` and `chats` if absent. No more than what its maker may.
    scopes: Option<Vec<ScopeName>>,
}

impl Example for NewApiKey {
    fn example() -> Self {
        Self { name: "notebook".into(), expires_at: None, scopes: Some(vec![ScopeName::Inference]) }
    }
}

/// A key. Only its beginning is known after it was made.
#[derive(Object)]
#[oai(rename = "ApiKey")]
struct ApiKeyView {
    id: Uuid,
    name: String,
    /// How the key begins, to recognise it by.
    prefix: String,
    scopes: Vec<ScopeName>,
    /// When it ends; null: never.
    expires_at: Option<Time>,
    /// Right to five minutes; null: never.
    last_used_at: Option<Time>,
    created_at: Time,
}

impl From<ApiKey> for ApiKeyView {
    fn from(row: ApiKey) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes: Scopes::parse(&row.scopes).iter().map(ScopeName::from).collect(),
            expires_at: row.expires_at.map(Time),
            last_used_at: row.last_used_at.map(Time),
            created_at: Time(row.created_at),
        }
    }
}

/// A key at the only moment when it is whole.
#[derive(Object)]
#[oai(rename = "CreatedApiKey")]
struct CreatedApiKeyView {
    id: Uuid,
    name: String,
    /// The key. It is shown this once.
    key: String,
    /// How the key begins, to recognise it by.
    prefix: String,
    scopes: Vec<ScopeName>,
    /// When it ends; null: never.
    expires_at: Option<Time>,
    created_at: Time,
}

#[derive(ApiResponse)]
enum Made {
    /// The key is made
    #[oai(status = 201)]
    Created(Json<CreatedApiKeyView>),
}

#[OpenApi(prefix_path = "/api/v1/api-keys", tag = "Tag::Account")]
impl ApiKeys {
    /// Create an API key
    #[oai(path = "/", method = "post", operation_id = "createApiKey")]
    async fn create(&self, ctx: Data<&Context>, who: CurrentUser, new: Json<NewApiKey>) -> Result<Made> {
        let NewApiKey { name, expires_at, scopes } = new.0;
        let scopes = scopes.map(|names| names.into_iter().map(Scope::from).collect());
        let made = api_keys::create(&ctx, &who, &name, scopes, expires_at.map(|time| time.0)).await?;
        let view = ApiKeyView::from(made.row);
        Ok(Made::Created(Json(CreatedApiKeyView {
            id: view.id,
            name: view.name,
            key: made.key.expose_secret().to_owned(),
            prefix: view.prefix,
            scopes: view.scopes,
            expires_at: view.expires_at,
            created_at: view.created_at,
        })))
    }

    /// List the own API keys
    ///
    /// The newest first.
    #[oai(path = "/", method = "get", operation_id = "listApiKeys")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        who: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ApiKeyView>>> {
        let page = api_keys::list(&ctx, who.user.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, ApiKeyView::from)))
    }

    /// Revoke an API key
    ///
    /// It is refused on all nodes from now on.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteApiKey")]
    async fn delete(&self, ctx: Data<&Context>, who: CurrentUser, id: Path<Uuid>) -> Result<Done> {
        api_keys::revoke(&ctx, who.user.id, id.0).await?;
        Ok(Done::NoContent)
    }
}
