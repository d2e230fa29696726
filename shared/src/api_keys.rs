//! Keys with which programs sign in: `sk-` and 256 random bits. Shown once, kept as a hash.

use rand::TryRngCore as _;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::context::Context;
use crate::credentials::{Identity, Login};
pub use crate::entity::api_key::Model as ApiKey;
use crate::entity::api_key::{ActiveModel, Column, Entity};
use crate::entity::user::Role;
use crate::error::{Error, Kind, Result};
use crate::page::{Page, Slice};
use crate::{bell, ids};

/// How every key begins.
pub const PREFIX: &str = "sk-";
const NAME_MAX: usize = 200;
const SHOWN: usize = 11;
/// The time of the last use is written this seldom.
pub(crate) const USED_EVERY_MS: i64 = 5 * 60_000;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The compatible doors under `/v1`.
    Inference,
    /// Everything of the own account.
    Chats,
    /// What admins may do, if the owner is one.
    Admin,
    /// How the system is doing, if the owner is an admin: for autoscalers and dashboards. Changes nothing.
    Monitor,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Inference, Self::Chats, Self::Admin, Self::Monitor];

    pub fn name(self) -> &'static str {
        match self {
            Self::Inference => "inference",
            Self::Chats => "chats",
            Self::Admin => "admin",
            Self::Monitor => "monitor",
        }
    }
}

/// A set of scopes. A sign-in has all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    pub fn new(mut scopes: Vec<Scope>) -> Self {
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// From the names in a row; an unknown one grants nothing.
    pub fn parse(text: &str) -> Self {
        Self::new(
            text.split(',').filter_map(|name| Scope::ALL.into_iter().find(|s| s.name() == name)).collect(),
        )
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.iter().map(Scope::name).collect();
        f.write_str(&names.join(","))
    }
}

/// A key at the only moment when it is whole.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub row: ApiKey,
    pub key: SecretString,
}

/// Makes a key. It cannot do more, nor live longer, than what its maker came with.
pub async fn create(
    ctx: &Context,
    who: &Identity,
    name: &str,
    scopes: Option<Vec<Scope>>,
    expires_at: Option<i64>,
) -> Result<NewKey> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::field("name", "must have 1 to 200 characters"));
    }
    let now = ctx.clock.now_ms();
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Error::field("expires_at", "must be in the future"));
    }
    let scopes = Scopes::new(scopes.unwrap_or_else(|| vec![Scope::Inference, Scope::Chats]));
    if scopes.0.is_empty() {
        return Err(Error::field("scopes", "must name one scope at least"));
    }
    let beyond = scopes.iter().any(|scope| !who.scopes.has(scope));
    if beyond || (scopes.has(Scope::Admin) && who.user.role != Role::Admin) {
        return Err(Error::new(Kind::Forbidden, "forbidden", "A key cannot be allowed more than its maker."));
    }
    let expires_at = match who.login {
        Login::ApiKey { expires_at: Some(own), .. } => Some(expires_at.map_or(own, |at| at.min(own))),
        _ => expires_at,
    };
    let key = random_key()?;
    let row = ApiKey {
        id: ids::new(),
        user_id: who.user.id,
        name: name.to_owned(),
        prefix: key.chars().take(SHOWN).collect(),
        key_hash: hash(&key),
        scopes: scopes.to_string(),
        expires_at,
        last_used_at: None,
        created_at: now,
        revoked_at: None,
    };
    Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(&ctx.db).await?;
    Ok(NewKey { row, key: key.into() })
}

/// The user's keys, the newest first; expired ones too, revoked ones not.
pub async fn list(ctx: &Context, user: Uuid, slice: &Slice) -> Result<Page<ApiKey>> {
    let mut query = Entity::find()
        .filter(Column::UserId.eq(user))
        .filter(Column::RevokedAt.is_null())
        .order_by_desc(Column::Id)
        .limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(Page::cut(query.all(&ctx.db).await?, slice.limit, |row: &ApiKey| row.id.to_string()))
}

/// Ends one key of the user on all nodes.
pub async fn revoke(ctx: &Context, user: Uuid, id: Uuid) -> Result<()> {
    let ended = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::UserId.eq(user))
        .filter(Column::RevokedAt.is_null())
        .exec(&ctx.db)
        .await?;
    if ended.rows_affected == 0 {
        return Err(Error::not_found("API key"));
    }
    bell::user_changed(ctx, user).await;
    Ok(())
}

pub(crate) async fn find(ctx: &Context, key: &str) -> Result<Option<ApiKey>> {
    let row = Entity::find()
        .filter(Column::KeyHash.eq(hash(key)))
        .filter(Column::RevokedAt.is_null())
        .one(&ctx.db)
        .await?;
    Ok(row)
}

/// Notes that the key was used, when the last note is old enough.
pub(crate) async fn note_used(ctx: &Context, id: Uuid) -> Result<()> {
    let now = ctx.clock.now_ms();
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(
            Condition::any()
                .add(Column::LastUsedAt.is_null())
                .add(Column::LastUsedAt.lte(now - USED_EVERY_MS)),
        )
        .exec(&ctx.db)
        .await?;
    Ok(())
}

fn random_key() -> Result<String> {
    let mut bytes = [0u8; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|e| Error::internal("The system gave no random bytes.").source(e))?;
    Ok(format!("{PREFIX}{}", hex(&bytes)))
}

/// SHA-256 in hex.
pub(crate) fn hash(key: &str) -> String {
    hex(&Sha256::digest(key))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_keep_their_names_and_unknown_ones_grant_nothing() {
        let scopes = Scopes::new(vec![Scope::Chats, Scope::Inference, Scope::Chats]);
        assert_eq!(scopes.to_string(), "inference,chats");
        assert_eq!(Scopes::parse("inference,chats"), scopes);
        assert_eq!(Scopes::parse("root,,"), Scopes(vec![]));
    }

    #[test]
    fn a_key_has_256_bits_and_is_recognised_by_its_beginning() {
        let key = random_key().unwrap();
        assert_eq!(key.len(), PREFIX.len() + 64);
        assert_ne!(key, random_key().unwrap());
        assert_eq!(hash(&key).len(), 64);
    }
}
