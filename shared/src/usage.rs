//! What was used: sums by day, user, key, group and model. The rows are written when runs end.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select,
};
use uuid::Uuid;

use crate::context::Context;
use crate::entity::usage_day::{Column, Entity};
use crate::entity::{api_key, group, group_member, usage_window, user};
use crate::error::{Error, Result};
use crate::page::{Page, Slice};
use crate::quotas::{Money, day_of, month_of, whole};

/// What the rows of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    User,
    ApiKey,
    Group,
    Model,
    Day,
}

/// Which rows count; days are inclusive, like `2026-01-31`, in UTC.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub from: Option<String>,
    pub to: Option<String>,
    pub user: Option<Uuid>,
    pub model: Option<String>,
}

/// Sums over some runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub requests: i64,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub cost: Money,
}

/// One row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// An id, a model or a day. Nothing for what was asked without a key.
    pub key: String,
    /// What people call it; empty when it is gone.
    pub name: String,
    pub totals: Totals,
}

/// What a user has used today and in this month.
pub async fn of_user(ctx: &Context, user: Uuid) -> Result<(Totals, Totals)> {
    let now = ctx.clock.now_ms();
    let (first, last) = month_of(now);
    let sum = async |from: String, to: String| -> Result<Totals> {
        let rows = Entity::find().select_only().filter(Column::UserId.eq(user));
        let backend = ctx.db.get_database_backend();
        let totals = sums(rows.filter(Column::Day.between(from, to)), backend);
        let totals: Option<Row> = totals.into_tuple().one(&ctx.db).await?;
        Ok(totals.map(Totals::from).unwrap_or_default())
    };
    Ok((sum(day_of(now), day_of(now)).await?, sum(first, last).await?))
}

/// Who or what used how much, the most first. In a report by group a user counts in each of the own groups.
pub async fn report(ctx: &Context, by: By, filter: &Filter, slice: &Slice) -> Result<Page<Line>> {
    for (field, day) in [("from", &filter.from), ("to", &filter.to)] {
        if day.as_deref().is_some_and(|day| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err()) {
            return Err(Error::field(field, "must be a day like 2026-01-31"));
        }
    }
    // An order by sums has no other cursor than the place in it.
    let skip: u64 = match slice.after.as_deref() {
        Some(text) => text.parse().map_err(|_| Error::field("after", "is no cursor of this list"))?,
        None => 0,
    };
    let mut rows = Entity::find().select_only();
    if let Some(from) = &filter.from {
        rows = rows.filter(Column::Day.gte(from.as_str()));
    }
    if let Some(to) = &filter.to {
        rows = rows.filter(Column::Day.lte(to.as_str()));
    }
    if let Some(user) = filter.user {
        rows = rows.filter(Column::UserId.eq(user));
    }
    if let Some(model) = &filter.model {
        rows = rows.filter(Column::Model.eq(model.as_str()));
    }
    let range = (skip, slice.limit + 1);
    let lines = match by {
        By::User => by_id(ctx, rows, Column::UserId, range).await?,
        By::ApiKey => by_id(ctx, rows, Column::ApiKeyId, range).await?,
        By::Group => {
            let rows = rows.join(JoinType::InnerJoin, member_of_group());
            by_id(ctx, rows, group_member::Column::GroupId, range).await?
        }
        By::Model => by_text(ctx, rows, Column::Model, range).await?,
        By::Day => by_text(ctx, rows, Column::Day, range).await?,
    };
    let more = lines.len() as u64 > slice.limit;
    let mut items: Vec<Line> =
        lines.into_iter().take(usize::try_from(slice.limit).unwrap_or(usize::MAX)).collect();
    let ids: Vec<Uuid> = items.iter().filter_map(|line| line.key.parse().ok()).collect();
    let names = match by {
        By::User => names(ctx, &ids, &[], &[]).await?,
        By::Group => names(ctx, &[], &ids, &[]).await?,
        By::ApiKey => names(ctx, &[], &[], &ids).await?,
        By::Model | By::Day => HashMap::new(),
    };
    for line in &mut items {
        line.name = match line.key.parse::<Uuid>() {
            Ok(id) => names.get(&id).cloned().unwrap_or_default(),
            Err(_) => line.key.clone(),
        };
    }
    Ok(Page { items, next: more.then(|| (skip + slice.limit).to_string()) })
}

/// Deletes what is older than `limits.usage_keep_days`, and accounts of periods that are over for long.
pub(crate) async fn forget_old(ctx: &Context) -> Result<()> {
    let ago = |days: u32| day_of(ctx.clock.now_ms() - i64::from(days) * 86_400_000);
    let keep = ctx.config.limits.usage_keep_days;
    Entity::delete_many().filter(Column::Day.lt(ago(keep))).exec(&ctx.db).await?;
    // A month's name sorts before its days, so this keeps every period of the last two months.
    usage_window::Entity::delete_many()
        .filter(usage_window::Column::Period.lt(ago(70)))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// What people call these: the address of a user, the name of a group or a key. What is gone is not there.
pub(crate) async fn names(
    ctx: &Context,
    users: &[Uuid],
    groups: &[Uuid],
    keys: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    if !users.is_empty() {
        let query = user::Entity::find().select_only().columns([user::Column::Id, user::Column::Email]);
        let ids = user::Column::Id.is_in(users.iter().copied());
        names.extend(query.filter(ids).into_tuple::<(Uuid, String)>().all(&ctx.db).await?);
    }
    if !groups.is_empty() {
        let query = group::Entity::find().select_only().columns([group::Column::Id, group::Column::Name]);
        let ids = group::Column::Id.is_in(groups.iter().copied());
        names.extend(query.filter(ids).into_tuple::<(Uuid, String)>().all(&ctx.db).await?);
    }
    if !keys.is_empty() {
        let query =
            api_key::Entity::find().select_only().columns([api_key::Column::Id, api_key::Column::Name]);
        let ids = api_key::Column::Id.is_in(keys.iter().copied());
        names.extend(query.filter(ids).into_tuple::<(Uuid, String)>().all(&ctx.db).await?);
    }
    Ok(names)
}

type Row = (i64, i64, i64, i64);

impl From<Row> for Totals {
    fn from((requests, prompt_tokens, completion_tokens, cost): Row) -> Self {
        Self { requests, prompt_tokens, completion_tokens, cost }
    }
}

fn sums(rows: Select<Entity>, backend: DbBackend) -> Select<Entity> {
    let columns = [Column::Requests, Column::PromptTokens, Column::CompletionTokens, Column::Cost];
    columns.into_iter().fold(rows, |rows, column| rows.expr(whole(backend, Expr::col((Entity, column)))))
}

/// Grouped by a column that comes first, the largest cost first.
fn grouped(
    rows: Select<Entity>,
    by: impl ColumnTrait,
    backend: DbBackend,
    (skip, take): (u64, u64),
) -> Select<Entity> {
    sums(rows.column(by), backend)
        .group_by(by)
        .order_by(Expr::col((Entity, Column::Cost)).sum(), Order::Desc)
        .order_by(
            Expr::col((Entity, Column::PromptTokens))
                .add(Expr::col((Entity, Column::CompletionTokens)))
                .sum(),
            Order::Desc,
        )
        .order_by(by.into_expr(), Order::Asc)
        .offset(skip)
        .limit(take)
}

async fn by_id(
    ctx: &Context,
    rows: Select<Entity>,
    by: impl ColumnTrait,
    range: (u64, u64),
) -> Result<Vec<Line>> {
    let rows = grouped(rows, by, ctx.db.get_database_backend(), range);
    let rows: Vec<(Uuid, i64, i64, i64, i64)> = rows.into_tuple().all(&ctx.db).await?;
    Ok(rows
        .into_iter()
        .map(|(id, requests, prompt, completion, cost)| Line {
            key: if id.is_nil() { String::new() } else { id.to_string() },
            name: String::new(),
            totals: (requests, prompt, completion, cost).into(),
        })
        .collect())
}

async fn by_text(
    ctx: &Context,
    rows: Select<Entity>,
    by: impl ColumnTrait,
    range: (u64, u64),
) -> Result<Vec<Line>> {
    let rows = grouped(rows, by, ctx.db.get_database_backend(), range);
    let rows: Vec<(String, i64, i64, i64, i64)> = rows.into_tuple().all(&ctx.db).await?;
    Ok(rows
        .into_iter()
        .map(|(key, requests, prompt, completion, cost)| Line {
            key,
            name: String::new(),
            totals: (requests, prompt, completion, cost).into(),
        })
        .collect())
}

fn member_of_group() -> RelationDef {
    Entity::belongs_to(group_member::Entity).from(Column::UserId).to(group_member::Column::UserId).into()
}
