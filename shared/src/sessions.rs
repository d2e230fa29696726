//! Logins and the tokens that name them.
//!
//! A token (JWT, HS256) is good for hours. The session behind it can be refreshed for days and revoked at once.

mod hs256;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::credentials::Identity;
use crate::entity::session::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Kind, Result};
use crate::page::{Page, Slice};
use crate::users::{self, User};
use crate::{bell, db, ids};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const USER_AGENT_MAX: usize = 300;
/// The time of the last request is written this seldom.
pub(crate) const SEEN_EVERY_MS: i64 = 5 * 60_000;

/// A user with a fresh token.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: User,
    pub session: Uuid,
    pub token: SecretString,
    /// Unix milliseconds until which the token is good.
    pub expires_at: i64,
    /// Unix milliseconds until which the session can be refreshed.
    pub session_expires_at: i64,
}

impl SignedIn {
    pub(crate) fn new(ctx: &Context, user: User, session: &Model) -> Result<Self> {
        let now = ctx.clock.now_ms();
        let life = i64::from(ctx.config.auth.token_hours) * HOUR_MS;
        // Whole seconds, as claims are.
        let expires_at = (now + life).min(session.expires_at) / 1000 * 1000;
        let claims = Claims { sub: user.id, sid: session.id, iat: now / 1000, exp: expires_at / 1000 };
        hs256::install();
        let key = EncodingKey::from_secret(&signing_key(ctx));
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
            .map_err(|e| Error::internal("A token could not be signed.").source(e))?;
        Ok(Self {
            user,
            session: session.id,
            token: token.into(),
            expires_at,
            session_expires_at: session.expires_at,
        })
    }
}

/// What a token says. Times are Unix seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: Uuid,
    pub(crate) sid: Uuid,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

/// Reads a token that this installation signed; it may have expired.
pub(crate) fn read_token(ctx: &Context, token: &str) -> Result<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    // Checked by the caller: against the injected clock, and not at all for a refresh.
    rules.validate_exp = false;
    rules.validate_aud = false;
    hs256::install();
    let key = DecodingKey::from_secret(&signing_key(ctx));
    jsonwebtoken::decode::<Claims>(token, &key, &rules).map(|data| data.claims).map_err(|_| invalid_token())
}

fn signing_key(ctx: &Context) -> [u8; 32] {
    ctx.secret.derive("sign-in tokens v1")
}

/// A new session of the user. Their dead ones are cleared away.
pub(crate) async fn open(
    db: &impl ConnectionTrait,
    ctx: &Context,
    user: Uuid,
    user_agent: &str,
) -> Result<Model> {
    let now = ctx.clock.now_ms();
    Entity::delete_many()
        .filter(Column::UserId.eq(user))
        .filter(Condition::any().add(Column::ExpiresAt.lt(now)).add(Column::RevokedAt.lt(now - DAY_MS)))
        .exec(db)
        .await?;
    let row = Model {
        id: ids::new(),
        user_id: user,
        user_agent: user_agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX).collect(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + life_ms(ctx),
        revoked_at: None,
    };
    Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(db).await?;
    Ok(row)
}

/// A fresh token for a session that is alive, and a longer life for it. The old token may have expired.
pub async fn refresh(ctx: &Context, token: &str) -> Result<SignedIn> {
    let claims = read_token(ctx, token)?;
    let mut session = find_alive(ctx, claims.sid).await?.ok_or_else(ended)?;
    let user = users::find(&ctx.db, session.user_id).await?.ok_or_else(ended)?;
    let now = ctx.clock.now_ms();
    session.expires_at = now + life_ms(ctx);
    let kept = Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(session.expires_at))
        .col_expr(Column::LastSeenAt, Expr::value(now))
        .filter(Column::Id.eq(session.id))
        // It may have been revoked since it was read.
        .filter(Column::RevokedAt.is_null())
        .exec(&ctx.db)
        .await?;
    if kept.rows_affected == 0 {
        return Err(ended());
    }
    ctx.credentials.forget_session(session.id).await;
    SignedIn::new(ctx, user, &session)
}

/// The row of a session that can still be used.
pub(crate) async fn find_alive(ctx: &Context, id: Uuid) -> Result<Option<Model>> {
    let row = Entity::find_by_id(id).filter(Column::RevokedAt.is_null()).one(&ctx.db).await?;
    Ok(row.filter(|row| row.expires_at > ctx.clock.now_ms()))
}

/// The user's sessions that are alive, the newest first.
pub async fn list(ctx: &Context, user: Uuid, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find()
        .filter(Column::UserId.eq(user))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(ctx.clock.now_ms()))
        .order_by_desc(Column::Id)
        .limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(Page::cut(query.all(&ctx.db).await?, slice.limit, |row: &Model| row.id.to_string()))
}

/// Ends one session of the user on all nodes.
pub async fn revoke(ctx: &Context, user: Uuid, id: Uuid) -> Result<()> {
    let ended = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::UserId.eq(user))
        .filter(Column::RevokedAt.is_null())
        .exec(&ctx.db)
        .await?;
    if ended.rows_affected == 0 {
        return Err(Error::not_found("session"));
    }
    bell::session_ended(ctx, id).await;
    Ok(())
}

/// Ends the session that the caller came with; nothing to end is fine too.
pub async fn sign_out(ctx: &Context, who: &Identity) -> Result<()> {
    match who.session() {
        Some(id) => match revoke(ctx, who.user.id, id).await {
            Err(error) if error.kind == Kind::NotFound => Ok(()),
            done => done,
        },
        None => Ok(()),
    }
}

/// Ends all sessions of the user but one. The caller rings the bell once that is committed.
pub(crate) async fn revoke_others(
    db: &impl ConnectionTrait,
    ctx: &Context,
    user: Uuid,
    keep: Option<Uuid>,
) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::UserId.eq(user))
        .filter(Column::RevokedAt.is_null());
    if let Some(keep) = keep {
        update = update.filter(Column::Id.ne(keep));
    }
    update.exec(db).await?;
    Ok(())
}

/// Notes that the session was used, when the last note is old enough.
pub(crate) async fn note_seen(ctx: &Context, id: Uuid) -> Result<()> {
    let now = ctx.clock.now_ms();
    Entity::update_many()
        .col_expr(Column::LastSeenAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::LastSeenAt.lte(now - SEEN_EVERY_MS))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// Deletes sessions that ended a day ago or more, at most `limit` of them; says how many.
pub async fn delete_dead(ctx: &Context, limit: u64) -> Result<u64> {
    let before = ctx.clock.now_ms() - DAY_MS;
    let transaction = db::begin(&ctx.db).await?;
    let dead: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Condition::any().add(Column::ExpiresAt.lt(before)).add(Column::RevokedAt.lt(before)))
        .limit(limit)
        .into_tuple()
        .all(&transaction)
        .await?;
    let deleted =
        Entity::delete_many().filter(Column::Id.is_in(dead)).exec(&transaction).await?.rows_affected;
    transaction.commit().await?;
    Ok(deleted)
}

fn life_ms(ctx: &Context) -> i64 {
    i64::from(ctx.config.auth.session_days) * DAY_MS
}

pub(crate) fn invalid_token() -> Error {
    Error::new(Kind::Unauthenticated, "invalid_token", "The token is not valid. Sign in again.")
}

pub(crate) fn expired_token() -> Error {
    Error::new(Kind::Unauthenticated, "token_expired", "The token has expired. Refresh it or sign in again.")
}

pub(crate) fn ended() -> Error {
    Error::new(Kind::Unauthenticated, "session_ended", "The session has ended. Sign in again.")
}
