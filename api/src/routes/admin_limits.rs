//! Limits and budgets, for admins.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use shared::Context;
use shared::quotas::{self, Amounts, Quota, Scope};
use uuid::Uuid;

use crate::auth::Admin;
use crate::error::Result;
use crate::json::Json;
use crate::money::{from_money, to_money};
use crate::page::{Page, slice};
use crate::routes::Tag;
use crate::routes::me::Done;
use crate::time::Time;

pub(crate) struct AdminLimits;

/// Whom limits are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "LimitScope", rename_all = "snake_case")]
enum ScopeName {
    /// Each user, unless something more specific says otherwise.
    Everyone,
    /// One user. Goes before what a group or everyone has.
    User,
    /// Each member of a group. Of several groups the largest value counts; it goes before what everyone has.
    Member,
    /// All members of a group together.
    Group,
    /// All calls with an API key.
    ApiKey,
    /// All calls of a model together.
    Model,
}

impl From<Scope> for ScopeName {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Everyone => Self::Everyone,
            Scope::User => Self::User,
            Scope::Member => Self::Member,
            Scope::Group => Self::Group,
            Scope::ApiKey => Self::ApiKey,
            Scope::Model => Self::Model,
        }
    }
}

impl From<ScopeName> for Scope {
    fn from(scope: ScopeName) -> Self {
        match scope {
            ScopeName::Everyone => Self::Everyone,
            ScopeName::User => Self::User,
            ScopeName::Member => Self::Member,
            ScopeName::Group => Self::Group,
            ScopeName::ApiKey => Self::ApiKey,
            ScopeName::Model => Self::Model,
        }
    }
}

/// The limits of somebody or something. A value that is null limits nothing.
#[derive(Object)]
#[oai(rename = "Limits")]
struct LimitsView {
    id: Uuid,
    scope: ScopeName,
    /// The id of a user, group or API key, or the name of a model; empty for everyone.
    subject: String,
    /// The user's address, or the name of the group, key or model; empty when it is gone.
    name: String,
    requests_per_minute: Option<u32>,
    tokens_per_day: Option<i64>,
    /// In the currency of the settings. Days and months are those of UTC.
    budget_per_day: Option<f64>,
    budget_per_month: Option<f64>,
    /// Of files that are kept; for users and groups. What a group keeps is what its members keep.
    storage_bytes: Option<i64>,
    updated_at: Time,
}

impl From<Quota> for LimitsView {
    fn from(quota: Quota) -> Self {
        Self {
            id: quota.id,
            scope: quota.scope.into(),
            subject: quota.subject,
            name: quota.name,
            requests_per_minute: quota.amounts.requests_per_minute,
            tokens_per_day: quota.amounts.tokens_per_day,
            budget_per_day: quota.amounts.budget_per_day.map(from_money),
            budget_per_month: quota.amounts.budget_per_month.map(from_money),
            storage_bytes: quota.amounts.storage_bytes,
            updated_at: Time(quota.updated_at),
        }
    }
}

/// Limits to set. They replace what the subject had: a value that is absent is off.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewLimits {
    scope: ScopeName,
    /// The id of a user, group or API key, or the name of a model; absent for everyone.
    #[oai(validator(max_length = 320))]
    subject: Option<String>,
    /// 1 to 1,000,000.
    requests_per_minute: Option<u32>,
    /// Prompt and completion together. 0 allows nothing.
    tokens_per_day: Option<i64>,
    /// In the currency of the settings, with up to nine decimals. 0 allows only models without a price.
    budget_per_day: Option<f64>,
    budget_per_month: Option<f64>,
    /// Of files that are kept; not for API keys and models. 0 allows none.
    storage_bytes: Option<i64>,
}

#[OpenApi(prefix_path = "/api/v1/admin/limits", tag = "Tag::Admin")]
impl AdminLimits {
    /// List all limits
    ///
    /// A run needs room in each bucket that it is charged to: its user's, its API key's, each of the user's groups' and
    /// its model's. Nothing is limited until it is set here.
    #[oai(path = "/", method = "get", operation_id = "listLimits")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<LimitsView>>> {
        Ok(Json(Page::of(quotas::list(&ctx, &slice(limit.0, after.0)).await?, LimitsView::from)))
    }

    /// Set the limits of somebody or something
    ///
    /// In force on all nodes at once. What was used before in the same day or month counts.
    #[oai(path = "/", method = "post", operation_id = "setLimits")]
    async fn set(&self, ctx: Data<&Context>, who: Admin, new: Json<NewLimits>) -> Result<Json<LimitsView>> {
        let new = new.0;
        let amounts = Amounts {
            requests_per_minute: new.requests_per_minute,
            tokens_per_day: new.tokens_per_day,
            budget_per_day: new.budget_per_day.map(|n| to_money("budget_per_day", n)).transpose()?,
            budget_per_month: new.budget_per_month.map(|n| to_money("budget_per_month", n)).transpose()?,
            storage_bytes: new.storage_bytes,
        };
        let subject = new.subject.unwrap_or_default();
        let quota = quotas::set(&ctx, new.scope.into(), &subject, amounts).await?;
        tracing::info!(admin = %who.user.id, limits = %quota.id, "limits set");
        Ok(Json(quota.into()))
    }

    /// Delete limits
    #[oai(path = "/:id", method = "delete", operation_id = "deleteLimits")]
    async fn delete(&self, ctx: Data<&Context>, who: Admin, id: Path<Uuid>) -> Result<Done> {
        quotas::delete(&ctx, id.0).await?;
        tracing::info!(admin = %who.user.id, limits = %id.0, "limits deleted");
        Ok(Done::NoContent)
    }
}
