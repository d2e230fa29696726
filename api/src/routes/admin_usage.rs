//! Who and what used how much, for admins.

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::{Enum, Object, OpenApi};
use shared::Context;
use shared::usage::{self, By, Filter, Line, Totals};
use uuid::Uuid;

use crate::auth::Admin;
use crate::error::Result;
use crate::json::Json;
use crate::money::from_money;
use crate::page::{Page, slice};
use crate::routes::Tag;

pub(crate) struct AdminUsage;

/// What the lines of a report are.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "UsageBy", rename_all = "snake_case")]
enum ByName {
    User,
    ApiKey,
    Group,
    Model,
    Day,
}

/// Sums over runs that have ended.
#[derive(Clone, Copy, Debug, Object)]
#[oai(rename = "UsageTotals")]
pub(crate) struct TotalsView {
    requests: i64,
    prompt_tokens: i64,
    completion_tokens: i64,
    /// In the currency of the settings.
    cost: f64,
}

impl From<Totals> for TotalsView {
    fn from(totals: Totals) -> Self {
        Self {
            requests: totals.requests,
            prompt_tokens: totals.prompt_tokens,
            completion_tokens: totals.completion_tokens,
            cost: from_money(totals.cost),
        }
    }
}

/// One line of a report.
#[derive(Object)]
#[oai(rename = "UsageLine")]
struct LineView {
    /// An id, a model or a day. Empty for what was asked without an API key.
    key: String,
    /// The user's address, or the name of the group or key; empty when it is gone.
    name: String,
    totals: TotalsView,
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        Self { key: line.key, name: line.name, totals: line.totals.into() }
    }
}

#[OpenApi(prefix_path = "/api/v1/admin/usage", tag = "Tag::Admin")]
impl AdminUsage {
    /// Report what was used
    ///
    /// The largest cost first, then the most tokens. By group, a user counts in each of the own groups.
    #[oai(path = "/", method = "get", operation_id = "reportUsage")]
    #[allow(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn report(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        /// What the lines are; users if absent.
        by: Query<Option<ByName>>,
        /// The first day, such as 2026-01-31 in UTC.
        from: Query<Option<String>>,
        /// The last day.
        to: Query<Option<String>>,
        /// This user alone.
        user: Query<Option<Uuid>>,
        /// This model alone.
        model: Query<Option<String>>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<LineView>>> {
        let by = match by.0.unwrap_or(ByName::User) {
            ByName::User => By::User,
            ByName::ApiKey => By::ApiKey,
            ByName::Group => By::Group,
            ByName::Model => By::Model,
            ByName::Day => By::Day,
        };
        let filter = Filter { from: from.0, to: to.0, user: user.0, model: model.0 };
        let page = usage::report(&ctx, by, &filter, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, LineView::from)))
    }
}
