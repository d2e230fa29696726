//! Which groups may use a collection.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::Context;
use shared::collections::{self, Access};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;

/// What a group may do with a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum ShareAccess {
    /// See it, search it, and read its files.
    Read,
    /// Also put files in and take files out.
    Write,
}

impl From<ShareAccess> for Access {
    fn from(access: ShareAccess) -> Self {
        match access {
            ShareAccess::Read => Self::Read,
            ShareAccess::Write => Self::Write,
        }
    }
}

impl From<Access> for ShareAccess {
    fn from(access: Access) -> Self {
        match access {
            Access::Read => Self::Read,
            Access::Write => Self::Write,
        }
    }
}

/// A group that a collection is shared with.
#[derive(Debug, Object)]
struct CollectionShare {
    group_id: Uuid,
    group_name: String,
    access: ShareAccess,
}

impl From<collections::Share> for CollectionShare {
    fn from(share: collections::Share) -> Self {
        Self { group_id: share.group_id, group_name: share.group_name, access: share.access.into() }
    }
}

/// All groups that a collection is shared with, by name.
#[derive(Debug, Object)]
struct CollectionShareList {
    items: Vec<CollectionShare>,
}

impl From<Vec<collections::Share>> for CollectionShareList {
    fn from(shares: Vec<collections::Share>) -> Self {
        Self { items: shares.into_iter().map(CollectionShare::from).collect() }
    }
}

#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewShare {
    access: ShareAccess,
}

#[derive(ApiResponse)]
enum Unshared {
    #[oai(status = 204)]
    Unshared,
}

pub(crate) struct CollectionShares;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Files")]
impl CollectionShares {
    /// List the groups that a collection is shared with
    #[oai(path = "/collections/:id/shares", method = "get", operation_id = "listCollectionShares")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
    ) -> Result<Json<CollectionShareList>> {
        Ok(Json(collections::list_shares(&ctx, user.user.id, id.0).await?.into()))
    }

    /// Share a collection with a group
    ///
    /// Its members see it and can read every file that is in it, for as long as they belong to the group. Again with
    /// another `access` changes what they may.
    #[oai(path = "/collections/:id/shares/:group_id", method = "put", operation_id = "shareCollection")]
    async fn share(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        group_id: Path<Uuid>,
        body: Json<NewShare>,
    ) -> Result<Json<CollectionShareList>> {
        let shares = collections::share(&ctx, &user.user, id.0, group_id.0, body.0.access.into()).await?;
        Ok(Json(shares.into()))
    }

    /// Take a collection back from a group
    #[oai(path = "/collections/:id/shares/:group_id", method = "delete", operation_id = "unshareCollection")]
    async fn unshare(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        group_id: Path<Uuid>,
    ) -> Result<Unshared> {
        collections::unshare(&ctx, user.user.id, id.0, group_id.0).await?;
        Ok(Unshared::Unshared)
    }
}
