//! Groups of users, for admins.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::Context;
use shared::groups::{self, Change, Group};
use uuid::Uuid;

use crate::auth::Admin;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::routes::Tag;
use crate::routes::me::{Done, UserView};
use crate::time::Time;

pub(crate) struct AdminGroups;

/// A group of users.
#[derive(Object)]
#[oai(rename = "Group")]
struct GroupView {
    id: Uuid,
    name: String,
    /// Turns in the queue that a member gets for one of somebody with weight 1. Who is in several groups has the largest.
    weight: u32,
    /// How many users belong to it.
    members: u64,
    created_at: Time,
    updated_at: Time,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        Self {
            id: group.id,
            name: group.name,
            weight: group.weight,
            members: group.members,
            created_at: Time(group.created_at),
            updated_at: Time(group.updated_at),
        }
    }
}

/// A group that is to be made.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewGroup {
    /// 1 to 200 characters, another than those of all other groups.
    name: String,
    /// 1 to 100; 1 if absent.
    weight: Option<u32>,
}

/// What to change of a group; what is absent stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct GroupChange {
    /// 1 to 200 characters, another than those of all other groups.
    name: Option<String>,
    /// 1 to 100.
    weight: Option<u32>,
}

/// Users who are to belong to a group.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewMembers {
    /// 1 to 1000 ids.
    #[oai(validator(max_items = 1000))]
    user_ids: Vec<Uuid>,
}

#[derive(ApiResponse)]
enum Made {
    /// The group is made
    #[oai(status = 201)]
    Created(Json<GroupView>),
}

#[OpenApi(prefix_path = "/api/v1/admin/groups", tag = "Tag::Admin")]
impl AdminGroups {
    /// Create a group
    #[oai(path = "/", method = "post", operation_id = "createGroup")]
    async fn create(&self, ctx: Data<&Context>, who: Admin, new: Json<NewGroup>) -> Result<Made> {
        let group = groups::create(&ctx, &new.name, new.weight).await?;
        tracing::info!(admin = %who.user.id, group = %group.id, "group made");
        Ok(Made::Created(Json(group.into())))
    }

    /// List the groups
    #[oai(path = "/", method = "get", operation_id = "listGroups")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<GroupView>>> {
        Ok(Json(Page::of(groups::list(&ctx, &slice(limit.0, after.0)).await?, GroupView::from)))
    }

    /// Get a group
    #[oai(path = "/:id", method = "get", operation_id = "getGroup")]
    async fn get(&self, ctx: Data<&Context>, _who: Admin, id: Path<Uuid>) -> Result<Json<GroupView>> {
        Ok(Json(groups::find(&ctx, id.0).await?.into()))
    }

    /// Change a group
    ///
    /// In force on all nodes at once; jobs that wait already keep the weight they came with.
    #[oai(path = "/:id", method = "patch", operation_id = "updateGroup")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        id: Path<Uuid>,
        change: Json<GroupChange>,
    ) -> Result<Json<GroupView>> {
        let GroupChange { name, weight } = change.0;
        let group = groups::update(&ctx, id.0, Change { name, weight }).await?;
        tracing::info!(admin = %who.user.id, group = %group.id, "group changed");
        Ok(Json(group.into()))
    }

    /// Delete a group
    ///
    /// Its limits go with it. Its members stay users.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteGroup")]
    async fn delete(&self, ctx: Data<&Context>, who: Admin, id: Path<Uuid>) -> Result<Done> {
        groups::delete(&ctx, id.0).await?;
        tracing::info!(admin = %who.user.id, group = %id.0, "group deleted");
        Ok(Done::NoContent)
    }

    /// List the members of a group
    #[oai(path = "/:id/members", method = "get", operation_id = "listGroupMembers")]
    async fn members(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        id: Path<Uuid>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<UserView>>> {
        let page = groups::members(&ctx, id.0, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, UserView::from)))
    }

    /// Put users into a group
    ///
    /// Those who belong to it already stay.
    #[oai(path = "/:id/members", method = "post", operation_id = "addGroupMembers")]
    async fn add(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        id: Path<Uuid>,
        new: Json<NewMembers>,
    ) -> Result<Json<GroupView>> {
        let group = groups::add_members(&ctx, id.0, &new.user_ids).await?;
        tracing::info!(admin = %who.user.id, group = %group.id, added = new.user_ids.len(), "members added");
        Ok(Json(group.into()))
    }

    /// Take a user out of a group
    #[oai(path = "/:id/members/:user_id", method = "delete", operation_id = "removeGroupMember")]
    async fn remove(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        id: Path<Uuid>,
        user_id: Path<Uuid>,
    ) -> Result<Done> {
        groups::remove_member(&ctx, id.0, user_id.0).await?;
        tracing::info!(admin = %who.user.id, group = %id.0, user = %user_id.0, "member removed");
        Ok(Done::NoContent)
    }
}
