//! Web pages as files: kept as an address first; a worker brings the content.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use url::Url;
use uuid::Uuid;

use super::claim::{self, Claimed};
use super::quota::{Limits, quota_exceeded, room};
use super::upload::{clean_name, new_row};
use super::{push, tell};
use crate::blobs::Stored;
use crate::entity::file::{Column, Entity, Model, State};
use crate::error::{Error, Result};
use crate::web::Guard;
use crate::{Context, collections, db};

/// A page that a user names.
pub struct NewPage {
    pub url: String,
    /// What it is to be called; its address says it otherwise.
    pub name: Option<String>,
    /// A collection that it goes into.
    pub collection: Option<Uuid>,
}

/// Keeps an address, whose content is fetched in the background.
///
/// `url_invalid`, `url_refused`, `quota_exceeded`.
pub async fn add_page(ctx: &Context, user_id: Uuid, new: NewPage) -> Result<Model> {
    let url = Guard::new(&ctx.config.web.allow_private).check(&new.url, None)?;
    if let Some(collection) = new.collection {
        collections::find_writable(ctx, user_id, collection).await?;
    }
    room(ctx, user_id).await?;
    let name = new.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| name_of(&url));
    let mut row = new_row(ctx, user_id, clean_name(&name), "application/octet-stream", State::Uploaded);
    row.url = Set(Some(url.into()));
    let id = row.id.clone().unwrap();
    Entity::insert(row).exec_without_returning(&ctx.db).await?;
    if let Some(collection) = new.collection {
        collections::add_file(ctx, user_id, collection, id).await?;
    }
    let row = super::find_for(ctx, user_id, id).await?;
    push(ctx, &row).await;
    tell(ctx, "file_created", &row);
    Ok(row)
}

/// The address that is still to be fetched.
pub fn to_fetch(row: &Model) -> Option<&str> {
    row.url.as_deref().filter(|_| row.bytes == 0)
}

/// Bytes that a page of this user may have.
pub async fn page_limit(ctx: &Context, user_id: Uuid) -> Result<u64> {
    Ok(Ord::min(ctx.config.files.max_bytes, room(ctx, user_id).await?))
}

/// Makes the content count that was fetched. `false` when the file is not ours any more.
///
/// `already_kept`, `quota_exceeded`: the file stays without content, and the collections that it is in have the other
/// one.
pub async fn keep_page(
    ctx: &Context,
    claimed: &mut Claimed,
    media_type: &str,
    stored: &Stored,
) -> Result<bool> {
    let (id, user_id) = (claimed.row.id, claimed.row.user_id);
    let transaction = db::begin(&ctx.db).await?;
    let limits = Limits::of(ctx, &transaction, user_id).await?;
    limits.lock(&transaction).await?;
    if !claim::fence(ctx, &transaction, claimed).await? {
        transaction.rollback().await?;
        return Ok(false);
    }
    let same = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Sha256.eq(stored.sha256.as_str()))
        .one(&transaction)
        .await?;
    if let Some(same) = same {
        transaction.rollback().await?;
        collections::stand_in(ctx, id, same.id).await?;
        let message = format!("The same content is kept already, as \"{}\".", same.name);
        return Err(Error::conflict("already_kept", message));
    }
    if limits.room(&transaction).await? < stored.bytes {
        transaction.rollback().await?;
        return Err(quota_exceeded());
    }
    let bytes = i64::try_from(stored.bytes).unwrap_or(i64::MAX);
    Entity::update_many()
        .col_expr(Column::Bytes, Expr::value(bytes))
        .col_expr(Column::Sha256, Expr::value(stored.sha256.as_str()))
        .col_expr(Column::MediaType, Expr::value(media_type))
        .filter(Column::Id.eq(id))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    let row = &mut claimed.row;
    (row.bytes, row.sha256, row.media_type) = (bytes, Some(stored.sha256.clone()), media_type.to_owned());
    tell(ctx, "file_updated", row);
    Ok(true)
}

/// Whether a file is not there any more, so that nobody else will remove its bytes.
pub async fn is_gone(ctx: &Context, id: Uuid) -> Result<bool> {
    let row = Entity::find_by_id(id).one(&ctx.db).await?;
    Ok(row.is_none_or(|row| row.deleted_at.is_some()))
}

/// The last part of its path, or its host.
fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
    let decoded = |part: &str| {
        // A plus sign stands for itself in a path.
        let pair = format!("={}", part.replace('+', "%2B"));
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    last.and_then(decoded).unwrap_or_else(|| url.host_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_called_by_the_end_of_its_address() {
        for (url, name) in [
            ("https://example.org/docs/Getting%20started.html?x=1", "Getting started.html"),
            ("https://example.org/docs/c++/", "c++"),
            ("https://example.org/", "example.org"),
            ("https://example.org/a/..%2F..%2Fetc%2Fpasswd", "../../etc/passwd"),
            ("https://example.org/%E6%96%87", "文"),
        ] {
            assert_eq!(name_of(&Url::parse(url).unwrap()), name);
        }
    }
}
