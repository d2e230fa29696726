//! How many bytes of files a user may keep: by the user's own limit, and by what each group of the user may keep in all.
//! An own limit is what admins have set for the user, a group or everyone; else the setting `files.quota_bytes`.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::Context;
use crate::entity::file::{Column, Entity};
use crate::entity::{group, group_member, user};
use crate::error::{Error, Kind, Result};
use crate::{groups, quotas};

/// The limits that count for a user.
pub(super) struct Limits {
    user_id: Uuid,
    own: Option<u64>,
    /// In the order in which their rows are locked.
    groups: Vec<(Uuid, u64)>,
}

impl Limits {
    /// As they are now; the groups are read from the rows, since who was in one a moment ago is not asked.
    pub(super) async fn of<C: ConnectionTrait>(ctx: &Context, db: &C, user_id: Uuid) -> Result<Self> {
        let policy = quotas::policy(ctx).await?;
        let groups = if policy.limits_storage() { groups::of_user(db, user_id).await? } else { Vec::new() };
        let (own, groups) = policy.storage(user_id, &groups);
        let configured = Some(ctx.config.files.quota_bytes).filter(|bytes| *bytes > 0);
        Ok(Self { user_id, own: own.or(configured), groups })
    }

    /// Makes one file after the other count, for whoever shares one of these limits.
    pub(super) async fn lock<C: ConnectionTrait>(&self, db: &C) -> Result<()> {
        user::Entity::update_many()
            .col_expr(user::Column::UpdatedAt, Expr::col(user::Column::UpdatedAt))
            .filter(user::Column::Id.eq(self.user_id))
            .exec(db)
            .await?;
        for (id, _) in &self.groups {
            group::Entity::update_many()
                .col_expr(group::Column::UpdatedAt, Expr::col(group::Column::UpdatedAt))
                .filter(group::Column::Id.eq(*id))
                .exec(db)
                .await?;
        }
        Ok(())
    }

    /// Bytes that the user may still add.
    ///
    /// `quota_exceeded` where there are none.
    pub(super) async fn room<C: ConnectionTrait>(&self, db: &C) -> Result<u64> {
        let mut room = u64::MAX;
        if let Some(own) = self.own {
            room = own.saturating_sub(used(db, Column::UserId.eq(self.user_id)).await?);
        }
        for (id, limit) in &self.groups {
            let members = Query::select()
                .column(group_member::Column::UserId)
                .from(group_member::Entity)
                .and_where(group_member::Column::GroupId.eq(*id))
                .to_owned();
            let left = limit.saturating_sub(used(db, Column::UserId.in_subquery(members)).await?);
            room = Ord::min(room, left);
        }
        if room == 0 { Err(quota_exceeded()) } else { Ok(room) }
    }
}

/// Bytes that a user may still add, as far as it can be said without a lock.
///
/// `quota_exceeded` where there are none.
pub(super) async fn room(ctx: &Context, user_id: Uuid) -> Result<u64> {
    Limits::of(ctx, &ctx.db, user_id).await?.room(&ctx.db).await
}

async fn used<C: ConnectionTrait>(db: &C, whose: sea_orm::sea_query::SimpleExpr) -> Result<u64> {
    let sum = quotas::whole(db.get_database_backend(), Expr::col(Column::Bytes));
    let bytes: Option<i64> = Entity::find()
        .select_only()
        .expr(sum)
        .filter(whose)
        .filter(Column::DeletedAt.is_null())
        .into_tuple()
        .one(db)
        .await?;
    Ok(u64::try_from(bytes.unwrap_or_default()).unwrap_or_default())
}

pub fn quota_exceeded() -> Error {
    Error::new(
        Kind::TooLarge,
        "quota_exceeded",
        "There is no room left for this file. Delete files that are no longer needed.",
    )
}
