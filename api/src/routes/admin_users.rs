//! Users, for admins.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use shared::Context;
use shared::users::{self, Change, Filter};
use uuid::Uuid;

use crate::auth::Admin;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::routes::Tag;
use crate::routes::me::{RoleName, UserView};

pub(crate) struct AdminUsers;

/// What to change of a user.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct UserChange {
    /// `user` approves somebody who waits.
    role: Option<RoleName>,
    /// 1 to 200 characters.
    name: Option<String>,
}

#[OpenApi(prefix_path = "/api/v1/admin/users", tag = "Tag::Admin")]
impl AdminUsers {
    /// List users
    ///
    /// The oldest first.
    #[oai(path = "/", method = "get", operation_id = "listUsers")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        /// Users with this role.
        role: Query<Option<RoleName>>,
        /// Words of which each is in the name or the email.
        #[oai(validator(max_length = 200))]
        query: Query<Option<String>>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<UserView>>> {
        let filter = Filter { role: role.0.map(Into::into), words: query.0 };
        Ok(Json(Page::of(users::list(&ctx, &filter, &slice(limit.0, after.0)).await?, UserView::from)))
    }

    /// Change a user
    ///
    /// In force on all nodes at once. 409 `last_admin`: somebody has to stay admin.
    #[oai(path = "/:id", method = "patch", operation_id = "updateUser")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        id: Path<Uuid>,
        change: Json<UserChange>,
    ) -> Result<Json<UserView>> {
        let UserChange { role, name } = change.0;
        let change = Change { role: role.map(Into::into), name };
        let user = users::update(&ctx, id.0, change).await?;
        tracing::info!(admin = %who.user.id, user = %user.id, role = ?user.role, "user changed");
        Ok(Json(user.into()))
    }
}
