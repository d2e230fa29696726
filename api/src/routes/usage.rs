//! What the caller has used, and what is left.

use poem::web::Data;
use poem_openapi::{Enum, Object, OpenApi};
use shared::quotas::{self, Allowance, Bucket, Measure, Payer};
use shared::{Context, generations, settings, usage};

use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::money::from_money;
use crate::routes::Tag;
use crate::routes::admin_usage::TotalsView;
use crate::time::Time;

pub(crate) struct UsageApi;

/// What is shared by those who use it up.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "LimitBucket", rename_all = "snake_case")]
enum BucketName {
    User,
    ApiKey,
    Group,
    Model,
}

/// What is limited.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "LimitMeasure", rename_all = "snake_case")]
enum MeasureName {
    RequestsPerMinute,
    TokensPerDay,
    BudgetPerDay,
    BudgetPerMonth,
}

/// One limit that counts for the caller. Days and months are those of UTC.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Allowance")]
struct AllowanceView {
    bucket: BucketName,
    /// The name of the group, API key or model; null for the user's own.
    name: Option<String>,
    measure: MeasureName,
    /// Requests, tokens, or money in the currency.
    limit: f64,
    /// With what runs hold that have not ended.
    used: f64,
    remaining: f64,
    /// When all of it is there again.
    resets_at: Time,
}

impl From<Allowance> for AllowanceView {
    fn from(one: Allowance) -> Self {
        let is_money = matches!(one.measure, Measure::BudgetPerDay | Measure::BudgetPerMonth);
        let number = |n: i64| if is_money { from_money(n) } else { n as f64 };
        Self {
            bucket: match one.bucket {
                Bucket::User => BucketName::User,
                Bucket::ApiKey => BucketName::ApiKey,
                Bucket::Group => BucketName::Group,
                Bucket::Model => BucketName::Model,
            },
            name: one.name,
            measure: match one.measure {
                Measure::RequestsPerMinute => MeasureName::RequestsPerMinute,
                Measure::TokensPerDay => MeasureName::TokensPerDay,
                Measure::BudgetPerDay => MeasureName::BudgetPerDay,
                Measure::BudgetPerMonth => MeasureName::BudgetPerMonth,
            },
            limit: number(one.limit),
            used: number(one.used),
            remaining: number(one.limit.saturating_sub(one.used).max(0)),
            resets_at: Time(one.resets_at),
        }
    }
}

/// What the caller has used, and what is left.
#[derive(Debug, Object)]
struct OwnUsage {
    /// What money is in: three letters of ISO 4217.
    currency: String,
    today: TotalsView,
    month: TotalsView,
    /// Every limit that counts for the caller; those of the API key only in calls with it. There is one page.
    limits: Vec<AllowanceView>,
    /// Runs of the caller that go on now.
    running: u64,
    /// As many may at a time; null: no bound.
    max_running: Option<u32>,
}

#[OpenApi(prefix_path = "/api/v1/me/usage", tag = "Tag::Account")]
impl UsageApi {
    /// See what you have used and what is left
    #[oai(path = "/", method = "get", operation_id = "getUsage")]
    async fn get(&self, ctx: Data<&Context>, who: CurrentUser) -> Result<Json<OwnUsage>> {
        let settings = settings::get(&ctx).await?;
        let (today, month) = usage::of_user(&ctx, who.user.id).await?;
        let limits = quotas::allowances(&ctx, Payer::from(&*who)).await?;
        Ok(Json(OwnUsage {
            currency: settings.currency.clone(),
            today: today.into(),
            month: month.into(),
            limits: limits.into_iter().map(AllowanceView::from).collect(),
            running: generations::count_running(&ctx, who.user.id).await?,
            max_running: settings.max_running_per_user,
        }))
    }
}
