//! Who sends a request: from a bearer token, an API key or the cookie.
//!
//! A handler says what it needs by the type of its parameter. [`CurrentUser`] is the usual one.

use std::ops::Deref;
use std::sync::Arc;

use poem::http::header;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use secrecy::SecretString;
use shared::api_keys::Scope;
use shared::credentials::{self, Identity};
use shared::users::Role;
use shared::{Context, Error, Kind, Result, settings};

use crate::client::Client;
use crate::cookie;
use crate::error::Failure;
use crate::origin::Origins;

/// An approved user with the scope `chats`: everything of the own account.
#[derive(Clone, Debug)]
pub struct CurrentUser(Arc<Identity>);

/// Any user, also one who waits for approval, with the scope `chats`.
#[derive(Clone, Debug)]
pub struct AnyUser(Arc<Identity>);

/// An admin with the scope `admin`.
#[derive(Clone, Debug)]
pub struct Admin(Arc<Identity>);

/// Whoever may open the link to a shared chat: an approved user, or anybody where the admins allow that.
#[derive(Clone, Copy, Debug)]
pub struct ShareReader(());
/// An admin with the scope `monitor` or `admin`: what only looks.
#[derive(Clone, Debug)]
pub struct Monitor(Arc<Identity>);

/// An approved user with the scope `inference`: the compatible doors.
#[derive(Clone, Debug)]
pub struct Caller(Arc<Identity>);

impl CurrentUser {
    /// For endpoints that poem-openapi does not drive.
    pub async fn of(request: &Request) -> Result<Self> {
        let identity = identify(request).await?;
        approved(&identity)?;
        scoped(&identity, Scope::Chats)?;
        Ok(Self(identity))
    }

    /// For a WebSocket: it begins with a GET, so the page it comes from is checked here.
    pub async fn of_websocket(request: &Request) -> Result<Self> {
        let (client, origins) = (part::<Client>(request)?, part::<Origins>(request)?);
        if cookie::token(request.headers()).is_some() {
            origins.check_page(request.headers(), client)?;
        }
        Self::of(request).await
    }
}

impl AnyUser {
    async fn of(request: &Request) -> Result<Self> {
        let identity = identify(request).await?;
        scoped(&identity, Scope::Chats)?;
        Ok(Self(identity))
    }
}

impl Admin {
    async fn of(request: &Request) -> Result<Self> {
        let identity = identify(request).await?;
        approved(&identity)?;
        scoped(&identity, Scope::Admin)?;
        admins_only(&identity)?;
        Ok(Self(identity))
    }
}

impl Monitor {
    async fn of(request: &Request) -> Result<Self> {
        let identity = identify(request).await?;
        approved(&identity)?;
        if !identity.scopes.has(Scope::Admin) {
            scoped(&identity, Scope::Monitor)?;
        }
        admins_only(&identity)?;
        Ok(Self(identity))
    }
}

impl ShareReader {
    async fn of(request: &Request) -> Result<Self> {
        if !settings::get(part::<Context>(request)?).await?.public_shares {
            CurrentUser::of(request).await?;
        }
        Ok(Self(()))
    }
}

impl Caller {
    /// For endpoints that poem-openapi does not drive.
    pub async fn of(request: &Request) -> Result<Self> {
        let identity = identify(request).await?;
        approved(&identity)?;
        scoped(&identity, Scope::Inference)?;
        Ok(Self(identity))
    }
}

fn approved(identity: &Identity) -> Result<()> {
    if identity.user.role == Role::Pending {
        return Err(Error::new(
            Kind::Forbidden,
            "account_pending",
            "This account waits for the approval of an admin.",
        ));
    }
    Ok(())
}

fn admins_only(identity: &Identity) -> Result<()> {
    if identity.user.role == Role::Admin {
        return Ok(());
    }
    Err(Error::new(Kind::Forbidden, "forbidden", "Only admins may do this."))
}

fn scoped(identity: &Identity, scope: Scope) -> Result<()> {
    if identity.scopes.has(scope) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Forbidden,
        "scope_missing",
        format!("This API key has not the scope {:?}.", scope.name()),
    ))
}

async fn identify(request: &Request) -> Result<Arc<Identity>> {
    let token = presented(request)?.ok_or_else(|| {
        Error::new(Kind::Unauthenticated, "unauthenticated", "Sign in, or send a token or an API key.")
    })?;
    credentials::identify(part::<Context>(request)?, token).await
}

/// The token or key that came with the request. One from the cookie counts only when our own page sent it.
pub(crate) fn presented(request: &Request) -> Result<Option<&str>> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let bearer = value
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        return match bearer {
            Some(token) => Ok(Some(token)),
            None => Err(Error::new(
                Kind::Unauthenticated,
                "unauthenticated",
                "The header Authorization must be: Bearer <token or API key>.",
            )),
        };
    }
    let Some(token) = cookie::token(request.headers()) else { return Ok(None) };
    part::<Origins>(request)?.check(request.method(), request.headers(), part::<Client>(request)?)?;
    Ok(Some(token))
}

/// Refuses what another site's page sends, for requests that nobody is signed in for yet.
pub(crate) fn own_page(request: &Request) -> Result<()> {
    part::<Origins>(request)?.check_page(request.headers(), part::<Client>(request)?)
}

/// What the edge has put beside every request.
pub(crate) fn part<T: Send + Sync + 'static>(request: &Request) -> Result<&T> {
    request.data::<T>().ok_or_else(|| Error::internal("A request came past the edge."))
}

/// A token or key of a caller who may have expired: `refresh` takes it.
#[derive(Clone, Debug)]
pub(crate) struct Presented(pub(crate) SecretString);

impl Presented {
    async fn of(request: &Request) -> Result<Self> {
        let token = presented(request)?.ok_or_else(|| {
            Error::new(Kind::Unauthenticated, "unauthenticated", "Send the token that is to be refreshed.")
        })?;
        Ok(Self(token.to_owned().into()))
    }
}

macro_rules! extract {
    ($($name:ident),*) => {$(
        impl<'a> ApiExtractor<'a> for $name {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                register(registry);
            }

            fn security_schemes() -> Vec<&'static str> {
                vec!["bearer", "cookie"]
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                Ok(Self::of(request).await.map_err(Failure)?)
            }
        }
    )*};
}

extract!(CurrentUser, AnyUser, Admin, Monitor, ShareReader, Caller, Presented);

macro_rules! is_an_identity {
    ($($name:ident),*) => {$(
        impl Deref for $name {
            type Target = Identity;

            fn deref(&self) -> &Identity {
                &self.0
            }
        }
    )*};
}

is_an_identity!(CurrentUser, AnyUser, Admin, Monitor, Caller);

fn register(registry: &mut Registry) {
    registry.create_security_scheme(
        "bearer",
        MetaSecurityScheme {
            ty: "http",
            description: Some("A sign-in token, or an API key (`sk-...`)."),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        },
    );
    registry.create_security_scheme(
        "cookie",
        MetaSecurityScheme {
            ty: "apiKey",
            description: Some(
                "The sign-in token of a browser. Set by sign-in; named `skein` where the page is served over plain \
                 http from another machine. Requests that change something must come from the same origin.",
            ),
            name: Some("__Host-skein"),
            key_in: Some("cookie"),
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        },
    );
}
