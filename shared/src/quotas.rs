//! What admins allow: requests in a minute, tokens in a day, money in a day or a month, bytes of files. All of it is off until an admin
//! sets it.
//!
//! # Which of them count
//! A run is charged to up to four kinds of bucket, and each of them must have room: that of its user, of the API key it
//! came with, of each group of the user, and of its model. So the strictest one decides. A bucket has one quota for each
//! measure. A key's, a group's and a model's are what was set for it; all who share the key, the group or the model share
//! the bucket. A user's is the most specific of what was set: for the user; else for each member of one of the user's
//! groups (the most generous group, as a further group takes nothing away); else for everyone.
//!
//! # How they are kept
//! Requests are counted by GCRA in [`crate::limits`], in Redis for all nodes. Tokens and money are rows: what was used
//! is `usage_days`, what runs hold in advance is `reservations`, which are written and taken away in the very transactions
//! that accept and end a run. A lost Redis loses nothing of them, and a run that is deleted takes its reservation along.
//!
//! An estimate is reserved when a run is accepted, and what it really used is written when it ends, so that a bucket is
//! overdrawn by no more than what the runs of that moment say beyond their estimates.
//!
//! # Files
//! `policy` what admins have set, held in memory; `period` days and months; `estimate` what a run may cost; `window` a
//! day's or month's account and its lock; `admit` lets a run in; `settle` closes its account; `left` tells a user.

mod admit;
mod estimate;
mod left;
mod period;
mod policy;
mod settle;
mod window;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::context::Context;
pub use crate::entity::quota::Scope;
use crate::entity::quota::{ActiveModel, Column, Entity, Model};
use crate::entity::{api_key, group, user};
use crate::error::{Error, Result};
use crate::page::{Page, Slice};
use crate::{bell, ids};

pub use admit::{Payer, Ticket, admit, reserve};
pub use estimate::{Work, request_tokens, tokens_of};
pub use left::{Allowance, allowances};
pub(crate) use period::{day_of, month_of};
pub use policy::{Cache, Policy, Terms};
pub(crate) use policy::{get as policy, groups_of};
pub use settle::{Spent, charge};
pub(crate) use settle::{bill, drop_reservations, forget_reservations};
pub(crate) use window::whole;

/// Money in billionths of the currency's unit: the price of one token of a cheap model is a whole number of them.
pub type Money = i64;
/// One unit of the currency.
pub const UNIT: Money = 1_000_000_000;
/// More is a slip of the finger, and sums must fit.
pub const MONEY_MAX: Money = 1_000_000 * UNIT;
const TOKENS_MAX: i64 = 1_000_000_000_000;
/// A pebibyte.
const STORAGE_MAX: i64 = 1 << 50;
const REQUESTS_MAX: u32 = 1_000_000;
pub(crate) const SUBJECT_MAX: usize = 320;

/// What a bucket may use; `None` is no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub requests_per_minute: Option<u32>,
    pub tokens_per_day: Option<i64>,
    pub budget_per_day: Option<Money>,
    pub budget_per_month: Option<Money>,
    /// Bytes of files that are kept; runs have nothing to do with it.
    pub storage_bytes: Option<i64>,
}

impl Amounts {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is set here, else what is set there.
    fn or(self, other: Self) -> Self {
        Self {
            requests_per_minute: self.requests_per_minute.or(other.requests_per_minute),
            tokens_per_day: self.tokens_per_day.or(other.tokens_per_day),
            budget_per_day: self.budget_per_day.or(other.budget_per_day),
            budget_per_month: self.budget_per_month.or(other.budget_per_month),
            storage_bytes: self.storage_bytes.or(other.storage_bytes),
        }
    }

    /// The larger of each. What only one sets holds: the other says nothing of it.
    fn most(self, other: Self) -> Self {
        Self {
            requests_per_minute: self.requests_per_minute.max(other.requests_per_minute),
            tokens_per_day: self.tokens_per_day.max(other.tokens_per_day),
            budget_per_day: self.budget_per_day.max(other.budget_per_day),
            budget_per_month: self.budget_per_month.max(other.budget_per_month),
            storage_bytes: self.storage_bytes.max(other.storage_bytes),
        }
    }

    fn check(&self) -> Result<()> {
        if self.is_empty() {
            return Err(Error::invalid("invalid_request", "Set at least one limit, or delete the quota."));
        }
        if self.requests_per_minute.is_some_and(|n| !(1..=REQUESTS_MAX).contains(&n)) {
            return Err(Error::field("requests_per_minute", format!("must be 1 to {REQUESTS_MAX}")));
        }
        if self.tokens_per_day.is_some_and(|n| !(0..=TOKENS_MAX).contains(&n)) {
            return Err(Error::field("tokens_per_day", format!("must be 0 to {TOKENS_MAX}")));
        }
        if self.storage_bytes.is_some_and(|n| !(0..=STORAGE_MAX).contains(&n)) {
            return Err(Error::field("storage_bytes", format!("must be 0 to {STORAGE_MAX}")));
        }
        for (field, budget) in
            [("budget_per_day", self.budget_per_day), ("budget_per_month", self.budget_per_month)]
        {
            if budget.is_some_and(|n| !(0..=MONEY_MAX).contains(&n)) {
                return Err(Error::field(field, format!("must be 0 to {}", MONEY_MAX / UNIT)));
            }
        }
        Ok(())
    }
}

/// What runs are charged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    ApiKey,
    Group,
    Model,
    User,
}

impl Bucket {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Group => "group",
            Self::Model => "model",
            Self::User => "user",
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    RequestsPerMinute,
    TokensPerDay,
    BudgetPerDay,
    BudgetPerMonth,
}

impl Measure {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestsPerMinute => "requests_per_minute",
            Self::TokensPerDay => "tokens_per_day",
            Self::BudgetPerDay => "budget_per_day",
            Self::BudgetPerMonth => "budget_per_month",
        }
    }
}

/// A quota as admins see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    pub id: Uuid,
    pub scope: Scope,
    /// An id, the name of a model, or nothing for everyone.
    pub subject: String,
    /// What people call the subject; empty when it is gone.
    pub name: String,
    pub amounts: Amounts,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// Sets the quota of somebody or something, whole: what is `None` is off from now on.
pub async fn set(ctx: &Context, scope: Scope, subject: &str, amounts: Amounts) -> Result<Quota> {
    amounts.check()?;
    if amounts.storage_bytes.is_some() && matches!(scope, Scope::ApiKey | Scope::Model) {
        return Err(Error::field(
            "storage_bytes",
            "is for users and groups: a key or a model keeps no files",
        ));
    }
    let (subject, name) = known(ctx, scope, subject).await?;
    let now = ctx.clock.now_ms();
    let row = ActiveModel {
        id: Set(ids::new()),
        scope: Set(scope),
        subject: Set(subject.clone()),
        requests_per_minute: Set(amounts.requests_per_minute.and_then(|n| i32::try_from(n).ok())),
        tokens_per_day: Set(amounts.tokens_per_day),
        budget_per_day: Set(amounts.budget_per_day),
        budget_per_month: Set(amounts.budget_per_month),
        storage_bytes: Set(amounts.storage_bytes),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let set = [
        Column::RequestsPerMinute,
        Column::TokensPerDay,
        Column::BudgetPerDay,
        Column::BudgetPerMonth,
        Column::StorageBytes,
        Column::UpdatedAt,
    ];
    Entity::insert(row)
        .on_conflict(OnConflict::columns([Column::Scope, Column::Subject]).update_columns(set).to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    changed(ctx).await;
    let row = Entity::find()
        .filter(Column::Scope.eq(scope))
        .filter(Column::Subject.eq(subject))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("limit"))?;
    Ok(view(row, name))
}

/// Takes a quota away.
pub async fn delete(ctx: &Context, id: Uuid) -> Result<()> {
    if Entity::delete_by_id(id).exec(&ctx.db).await?.rows_affected == 0 {
        return Err(Error::not_found("limit"));
    }
    changed(ctx).await;
    Ok(())
}

/// All quotas in order of creation.
pub async fn list(ctx: &Context, slice: &Slice) -> Result<Page<Quota>> {
    let mut query = Entity::find().order_by_asc(Column::Id).limit(slice.limit + 1);
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    let page = Page::cut(query.all(&ctx.db).await?, slice.limit, |row: &Model| row.id.to_string());
    let subjects: Vec<(Scope, String)> =
        page.items.iter().map(|row| (row.scope, row.subject.clone())).collect();
    let mut names = names(ctx, &subjects).await?.into_iter();
    Ok(page.map(|row| view(row, names.next().unwrap_or_default())))
}

/// What people call these subjects, in the same order; empty for what is gone.
async fn names(ctx: &Context, subjects: &[(Scope, String)]) -> Result<Vec<String>> {
    let ids = |scopes: &[Scope]| -> Vec<Uuid> {
        let of = subjects.iter().filter(|(scope, _)| scopes.contains(scope));
        of.filter_map(|(_, subject)| subject.parse().ok()).collect()
    };
    let named = crate::usage::names(
        ctx,
        &ids(&[Scope::User]),
        &ids(&[Scope::Group, Scope::Member]),
        &ids(&[Scope::ApiKey]),
    )
    .await?;
    Ok(subjects
        .iter()
        .map(|(scope, subject)| match scope {
            Scope::Everyone => String::new(),
            Scope::Model => subject.clone(),
            _ => subject.parse().ok().and_then(|id: Uuid| named.get(&id).cloned()).unwrap_or_default(),
        })
        .collect())
}

/// The subject in its one spelling and what people call it.
async fn known(ctx: &Context, scope: Scope, subject: &str) -> Result<(String, String)> {
    let id = || subject.parse::<Uuid>().map_err(|_| Error::field("subject", "must be an id"));
    let found = match scope {
        Scope::Everyone => return Ok((String::new(), String::new())),
        Scope::Model => {
            let subject = subject.trim();
            if subject.is_empty() || subject.len() > SUBJECT_MAX {
                return Err(Error::field("subject", "must be the name of a model"));
            }
            return Ok((subject.to_owned(), subject.to_owned()));
        }
        Scope::User => user::Entity::find_by_id(id()?).one(&ctx.db).await?.map(|row| (row.id, row.email)),
        Scope::Group | Scope::Member => {
            group::Entity::find_by_id(id()?).one(&ctx.db).await?.map(|row| (row.id, row.name))
        }
        Scope::ApiKey => {
            let row = api_key::Entity::find_by_id(id()?).one(&ctx.db).await?;
            row.filter(|row| row.revoked_at.is_none()).map(|row| (row.id, row.name))
        }
    };
    let (id, name) = found.ok_or_else(|| Error::field("subject", "is not there"))?;
    Ok((id.to_string(), name))
}

fn view(row: Model, name: String) -> Quota {
    Quota {
        id: row.id,
        scope: row.scope,
        amounts: amounts(&row),
        subject: row.subject,
        name,
        updated_at: row.updated_at,
    }
}

fn amounts(row: &Model) -> Amounts {
    Amounts {
        requests_per_minute: row.requests_per_minute.map(i32::unsigned_abs),
        tokens_per_day: row.tokens_per_day,
        budget_per_day: row.budget_per_day,
        budget_per_month: row.budget_per_month,
        storage_bytes: row.storage_bytes,
    }
}

/// Tells all nodes to read what admins have set again: quotas, groups, prices and caps.
pub(crate) async fn changed(ctx: &Context) {
    bell::quotas_changed(ctx).await;
}
