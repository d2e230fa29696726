//! The account of a bucket for a day or a month: what was used, and what runs that have not ended hold of it.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use super::period::Period;
use super::policy::Ceiling;
use super::{Bucket, Measure, Money};
use crate::context::Context;
use crate::entity::usage_window::{ActiveModel, Column, Entity, Model};
use crate::entity::{group_member, reservation, usage_day};
use crate::error::{Error, Result};
use crate::ids;

/// Sums older than this are counted again from the days: whatever went by them is in after a minute.
const COUNT_EVERY_MS: i64 = 60_000;

/// A bucket's quotas in one period.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) bucket: Bucket,
    pub(super) subject: String,
    pub(super) period: Period,
    pub(super) tokens: Option<i64>,
    pub(super) budget: Option<Money>,
}

/// Tokens and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) tokens: i64,
    pub(super) cost: Money,
}

impl Sums {
    pub(super) fn and(self, other: Self) -> Self {
        Self { tokens: self.tokens.saturating_add(other.tokens), cost: self.cost.saturating_add(other.cost) }
    }
}

/// One quota of a window, and how much of it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) measure: Measure,
    pub(super) limit: i64,
    pub(super) taken: i64,
}

impl Window {
    /// The windows that a bucket's quotas are counted in at this moment.
    pub(super) fn of(ceiling: &Ceiling, now_ms: i64) -> Vec<Self> {
        let amounts = &ceiling.amounts;
        let window = |period, tokens, budget| Self {
            bucket: ceiling.bucket,
            subject: ceiling.subject.clone(),
            period,
            tokens,
            budget,
        };
        // The month's name is the shorter one and comes first: the order in which rows are locked.
        let month = window(Period::month(now_ms), None, amounts.budget_per_month);
        let day = window(Period::day(now_ms), amounts.tokens_per_day, amounts.budget_per_day);
        [month, day].into_iter().filter(|w| w.tokens.is_some() || w.budget.is_some()).collect()
    }

    /// Each quota with what is taken of it.
    pub(super) fn readings(&self, taken: Sums) -> impl Iterator<Item = Reading> {
        let budget = match self.period {
            Period::Day(_) => Measure::BudgetPerDay,
            Period::Month(_) => Measure::BudgetPerMonth,
        };
        let tokens = self.tokens.map(|limit| (Measure::TokensPerDay, limit, taken.tokens));
        let money = self.budget.map(|limit| (budget, limit, taken.cost));
        tokens.into_iter().chain(money).map(|(measure, limit, taken)| Reading { measure, limit, taken })
    }

    /// What is taken, without a lock: for a first look and for people.
    pub(super) async fn look(&self, ctx: &Context) -> Result<Sums> {
        match self.find(&ctx.db).await? {
            Some(row) if ctx.clock.now_ms() - row.counted_at < COUNT_EVERY_MS => {
                Ok(used(&row).and(held(&ctx.db, row.id).await?))
            }
            Some(row) => Ok(self.count(&ctx.db).await?.and(held(&ctx.db, row.id).await?)),
            None => self.count(&ctx.db).await,
        }
    }

    /// The row's id; the row is made if this is the first run of the period.
    pub(super) async fn open(&self, ctx: &Context) -> Result<Uuid> {
        if let Some(row) = self.find(&ctx.db).await? {
            return Ok(row.id);
        }
        // Counted under the lock of the first run that is let in.
        let row = ActiveModel {
            id: Set(ids::new()),
            bucket: Set(self.bucket.as_str().to_owned()),
            subject: Set(self.subject.clone()),
            period: Set(self.period.name()),
            tokens: Set(0),
            cost: Set(0),
            counted_at: Set(0),
        };
        Entity::insert(row)
            .on_conflict_do_nothing_on([Column::Bucket, Column::Subject, Column::Period])
            .exec_without_returning(&ctx.db)
            .await?;
        let row = self.find(&ctx.db).await?;
        Ok(row.ok_or_else(|| Error::internal("An account vanished while it was opened."))?.id)
    }

    /// Locks the row to the end of the transaction and says what is taken.
    pub(super) async fn lock(
        &self,
        transaction: &DatabaseTransaction,
        id: Uuid,
        now_ms: i64,
    ) -> Result<Sums> {
        let row =
            Entity::find_by_id(id).lock_exclusive().one(transaction).await?.ok_or_else(|| {
                Error::unavailable("The account of this period is being tidied. Try again.")
            })?;
        let mut sums = used(&row);
        if now_ms - row.counted_at >= COUNT_EVERY_MS {
            sums = self.count(transaction).await?;
            Entity::update_many()
                .col_expr(Column::Tokens, Expr::value(sums.tokens))
                .col_expr(Column::Cost, Expr::value(sums.cost))
                .col_expr(Column::CountedAt, Expr::value(now_ms))
                .filter(Column::Id.eq(id))
                .exec(transaction)
                .await?;
        }
        Ok(sums.and(held(transaction, id).await?))
    }

    /// Adds what a run has used. A window that nobody has opened is counted when somebody does.
    pub(super) async fn add(&self, transaction: &DatabaseTransaction, spent: Sums) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Tokens, Expr::col(Column::Tokens).add(spent.tokens))
            .col_expr(Column::Cost, Expr::col(Column::Cost).add(spent.cost))
            .filter(self.key())
            .exec(transaction)
            .await?;
        Ok(())
    }

    fn key(&self) -> Condition {
        Condition::all()
            .add(Column::Bucket.eq(self.bucket.as_str()))
            .add(Column::Subject.eq(self.subject.as_str()))
            .add(Column::Period.eq(self.period.name()))
    }

    async fn find(&self, db: &impl ConnectionTrait) -> Result<Option<Model>> {
        Ok(Entity::find().filter(self.key()).one(db).await?)
    }

    /// The sums from the days: the truth that the row follows.
    async fn count(&self, db: &impl ConnectionTrait) -> Result<Sums> {
        let (first, last) = self.period.days();
        let id = || self.subject.parse::<Uuid>().unwrap_or_default();
        let whose = match self.bucket {
            Bucket::User => usage_day::Column::UserId.eq(id()),
            Bucket::ApiKey => usage_day::Column::ApiKeyId.eq(id()),
            Bucket::Model => usage_day::Column::Model.eq(self.subject.as_str()),
            Bucket::Group => usage_day::Column::UserId.in_subquery(
                Query::select()
                    .column(group_member::Column::UserId)
                    .from(group_member::Entity)
                    .and_where(group_member::Column::GroupId.eq(id()))
                    .to_owned(),
            ),
        };
        let backend = db.get_database_backend();
        let tokens =
            Expr::col(usage_day::Column::PromptTokens).add(Expr::col(usage_day::Column::CompletionTokens));
        let sums: Option<(i64, i64)> = usage_day::Entity::find()
            .select_only()
            .expr(whole(backend, tokens))
            .expr(whole(backend, Expr::col(usage_day::Column::Cost)))
            .filter(whose)
            .filter(usage_day::Column::Day.between(first, last))
            .into_tuple()
            .one(db)
            .await?;
        let (tokens, cost) = sums.unwrap_or_default();
        Ok(Sums { tokens, cost })
    }
}

fn used(row: &Model) -> Sums {
    Sums { tokens: row.tokens, cost: row.cost }
}

async fn held(db: &impl ConnectionTrait, window: Uuid) -> Result<Sums> {
    let backend = db.get_database_backend();
    let sums: Option<(i64, i64)> = reservation::Entity::find()
        .select_only()
        .expr(whole(backend, Expr::col(reservation::Column::Tokens)))
        .expr(whole(backend, Expr::col(reservation::Column::Cost)))
        .filter(reservation::Column::WindowId.eq(window))
        .into_tuple()
        .one(db)
        .await?;
    let (tokens, cost) = sums.unwrap_or_default();
    Ok(Sums { tokens, cost })
}

/// The sum as a 64-bit integer: servers widen it to a decimal, and it is NULL over no rows.
pub(crate) fn whole(backend: DbBackend, of: SimpleExpr) -> SimpleExpr {
    let kind = if backend == DbBackend::MySql { "signed" } else { "bigint" };
    Expr::expr(sea_orm::sea_query::Func::coalesce([of.sum(), Expr::value(0_i64)])).cast_as(kind)
}
