//! The groups that a user may share with.

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};
use shared::entity::group::Model;
use shared::{Context, groups};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};

/// A group by its name.
#[derive(Debug, Object)]
struct GroupName {
    id: Uuid,
    name: String,
}

impl From<Model> for GroupName {
    fn from(row: Model) -> Self {
        Self { id: row.id, name: row.name }
    }
}

pub(crate) struct Groups;

#[OpenApi(prefix_path = "/api/v1/groups", tag = "Tag::Files")]
impl Groups {
    /// List the groups to share with
    ///
    /// Those that the caller belongs to; all of them for an admin.
    #[oai(path = "/", method = "get", operation_id = "listOwnGroups")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<GroupName>>> {
        let page = groups::list_for(&ctx, &user.user, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, GroupName::from)))
    }
}
