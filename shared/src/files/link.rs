//! Short-lived addresses, from which whoever has one reads a file without signing in.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::{blob_key, find_readable};
use crate::Context;
use crate::config::Links;
use crate::entity::file::{Column, Entity, Model};
use crate::error::{Error, Kind, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// An address and the Unix milliseconds until which it is good.
#[derive(Clone, Debug)]
pub struct Link {
    pub url: String,
    pub expires_at: i64,
}

/// The address of a file that this user may read: below the API, or of the store itself where the settings say so.
pub async fn link(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Link> {
    let row = find_readable(ctx, user_id, id).await?;
    let life = ctx.config.files.link_s;
    let expires_at = ctx.clock.now_ms() + i64::try_from(life).unwrap_or_default() * 1000;
    if ctx.config.files.links == Links::Store
        && let Some(url) = ctx.blobs.presign(&blob_key(row.id)?, Duration::from_secs(life)).await?
    {
        return Ok(Link { url: url.into(), expires_at });
    }
    let signature = URL_SAFE_NO_PAD.encode(mac(ctx, id, expires_at).finalize().into_bytes());
    Ok(Link {
        url: format!("/api/v1/files/{id}/content?expires={expires_at}&signature={signature}"),
        expires_at,
    })
}

/// The file that a signed address opens.
pub async fn opened_by(ctx: &Context, id: Uuid, expires_at: i64, signature: &str) -> Result<Model> {
    let refused = || Error::new(Kind::Unauthenticated, "link_expired", "This address is not good any more.");
    let bytes = URL_SAFE_NO_PAD.decode(signature).map_err(|_| refused())?;
    mac(ctx, id, expires_at).verify_slice(&bytes).map_err(|_| refused())?;
    if expires_at < ctx.clock.now_ms() {
        return Err(refused());
    }
    let row = Entity::find_by_id(id).filter(Column::DeletedAt.is_null()).one(&ctx.db).await?;
    row.ok_or_else(|| Error::not_found("file"))
}

fn mac(ctx: &Context, id: Uuid, expires_at: i64) -> Hmac<Sha256> {
    let key = ctx.secret.derive("skein file links v1");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{expires_at}").as_bytes());
    mac
}
