//! Who a bearer is: a sign-in token or an API key, looked up at most once in 5 s.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;
use uuid::Uuid;

use crate::api_keys::{self, Scopes};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::sessions;
use crate::users::{self, User};

/// How long a revocation on another node may stay unseen when its message was lost.
const FRESH: Duration = Duration::from_secs(5);
const MAX_HELD: u64 = 20_000;

/// Who sends a request and what they may do.
#[derive(Clone, Debug)]
pub struct Identity {
    pub user: User,
    pub login: Login,
    pub scopes: Scopes,
}

/// What the caller came with. Times are Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    Session { id: Uuid, expires_at: i64 },
    ApiKey { id: Uuid, expires_at: Option<i64> },
}

impl Identity {
    /// The session, when the caller signed in.
    pub fn session(&self) -> Option<Uuid> {
        match self.login {
            Login::Session { id, .. } => Some(id),
            Login::ApiKey { .. } => None,
        }
    }
}

/// What was looked up lately in this process.
#[derive(Debug)]
pub struct Credentials {
    held: Cache<Key, Arc<Identity>>,
    /// Counts revocations, so that a lookup that began before one is not kept.
    changes: AtomicU64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Session(Uuid),
    ApiKey(String),
}

impl Default for Credentials {
    fn default() -> Self {
        let held = Cache::builder()
            .max_capacity(MAX_HELD)
            .time_to_live(FRESH)
            .support_invalidation_closures()
            .build();
        Self { held, changes: AtomicU64::new(0) }
    }
}

impl Credentials {
    /// The next request with this session asks the database.
    pub async fn forget_session(&self, id: Uuid) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.held.invalidate(&Key::Session(id)).await;
    }

    /// The next request with any session or key of this user asks the database.
    pub fn forget_user(&self, user: Uuid) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        if self.held.invalidate_entries_if(move |_, identity| identity.user.id == user).is_err() {
            self.held.invalidate_all();
        }
    }

    /// The next request of everybody asks the database.
    pub fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.held.invalidate_all();
    }

    async fn keep(&self, key: Key, identity: &Arc<Identity>, changes_before: u64) {
        self.held.insert(key.clone(), Arc::clone(identity)).await;
        // Checked afterwards: a revocation from now on finds the entry itself.
        if self.changes.load(Ordering::Acquire) != changes_before {
            self.held.invalidate(&key).await;
        }
    }
}

/// Who presents this token or key. Refused with kind `Unauthenticated` when it is unknown, expired or revoked.
pub async fn identify(ctx: &Context, bearer: &str) -> Result<Arc<Identity>> {
    if bearer.starts_with(api_keys::PREFIX) {
        return identify_key(ctx, bearer).await;
    }
    let claims = sessions::read_token(ctx, bearer)?;
    if claims.exp.saturating_mul(1000) <= ctx.clock.now_ms() {
        return Err(sessions::expired_token());
    }
    let key = Key::Session(claims.sid);
    let identity = match ctx.credentials.held.get(&key).await {
        Some(identity) => identity,
        None => {
            let changes = ctx.credentials.changes.load(Ordering::Acquire);
            let identity = Arc::new(look_up_session(ctx, claims.sid).await?);
            ctx.credentials.keep(key, &identity, changes).await;
            identity
        }
    };
    match identity.login {
        Login::Session { expires_at, .. } if expires_at <= ctx.clock.now_ms() => Err(sessions::ended()),
        _ if identity.user.id != claims.sub => Err(sessions::invalid_token()),
        _ => Ok(identity),
    }
}

async fn identify_key(ctx: &Context, bearer: &str) -> Result<Arc<Identity>> {
    let key = Key::ApiKey(api_keys::hash(bearer));
    let identity = match ctx.credentials.held.get(&key).await {
        Some(identity) => identity,
        None => {
            let changes = ctx.credentials.changes.load(Ordering::Acquire);
            let identity = Arc::new(look_up_key(ctx, bearer).await?);
            ctx.credentials.keep(key, &identity, changes).await;
            identity
        }
    };
    match identity.login {
        Login::ApiKey { expires_at: Some(at), .. } if at <= ctx.clock.now_ms() => {
            Err(Error::new(Kind::Unauthenticated, "api_key_expired", "The API key has expired."))
        }
        _ => Ok(identity),
    }
}

async fn look_up_session(ctx: &Context, id: Uuid) -> Result<Identity> {
    let session = sessions::find_alive(ctx, id).await?.ok_or_else(sessions::ended)?;
    let user = users::find(&ctx.db, session.user_id).await?.ok_or_else(sessions::ended)?;
    if session.last_seen_at <= ctx.clock.now_ms() - sessions::SEEN_EVERY_MS {
        let node = ctx.clone();
        ctx.shutdown.spawn(async move {
            if let Err(error) = sessions::note_seen(&node, id).await {
                tracing::warn!(session = %id, ?error, "the time of a session's last request was not noted");
            }
        });
    }
    let login = Login::Session { id, expires_at: session.expires_at };
    Ok(Identity { user, login, scopes: Scopes::all() })
}

async fn look_up_key(ctx: &Context, bearer: &str) -> Result<Identity> {
    let unknown = || Error::new(Kind::Unauthenticated, "invalid_api_key", "The API key is not valid.");
    let row = api_keys::find(ctx, bearer).await?.ok_or_else(unknown)?;
    let user = users::find(&ctx.db, row.user_id).await?.ok_or_else(unknown)?;
    let id = row.id;
    if row.last_used_at.is_none_or(|at| at <= ctx.clock.now_ms() - api_keys::USED_EVERY_MS) {
        let node = ctx.clone();
        ctx.shutdown.spawn(async move {
            if let Err(error) = api_keys::note_used(&node, id).await {
                tracing::warn!(key = %id, ?error, "the time of an API key's last use was not noted");
            }
        });
    }
    let login = Login::ApiKey { id, expires_at: row.expires_at };
    Ok(Identity { user, login, scopes: Scopes::parse(&row.scopes) })
}
