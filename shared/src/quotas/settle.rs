//! Closes the account of a run, in the transaction that ends it: exactly once, as a run ends once.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QuerySelect,
    RelationDef, Set,
};
use uuid::Uuid;

use super::policy::{self, Policy};
use super::window::{Sums, Window};
use super::{Money, Payer, day_of};
use crate::context::Context;
use crate::db;
use crate::entity::generation::Model;
use crate::entity::{generation, reservation, usage_day};
use crate::error::Result;
use crate::providers::Usage;

const FORGET_AT_ONCE: u64 = 1000;

/// What a run has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// As the provider counted it, or as near as can be told from the texts.
    Tokens(Usage),
    /// Nobody can tell: its worker was lost, or its row goes before it has ended. What was reserved counts.
    Unknown,
}

/// What is to be written for a run. Made before the transaction that writes it.
#[derive(Debug)]
pub(crate) struct Bill {
    /// The run whose reservations it replaces.
    generation_id: Option<Uuid>,
    day: usage_day::ActiveModel,
    sums: Sums,
    windows: Vec<Window>,
}

/// Reads what the bill of a run needs.
pub(crate) async fn bill(ctx: &Context, row: &Model, spent: Spent) -> Result<Bill> {
    let policy = policy::get(ctx).await?;
    let (prompt_tokens, completion_tokens, cost) = match spent {
        Spent::Tokens(usage) => {
            let cost = policy.terms(&row.model).cost(usage.prompt_tokens, usage.completion_tokens);
            (whole(usage.prompt_tokens), whole(usage.completion_tokens), cost)
        }
        Spent::Unknown => {
            let (tokens, cost) = reserved(ctx, row.id).await?;
            (0, tokens, cost)
        }
    };
    let payer = Payer { user_id: row.user_id, api_key: row.api_key_id };
    let spent = (prompt_tokens, completion_tokens, cost);
    Ok(Bill { generation_id: Some(row.id), ..of(ctx, &policy, payer, &row.model, 1, spent).await? })
}

/// Charges a call of a model that belongs to no run, such as the one that names a chat. It counts as no request.
pub async fn charge(ctx: &Context, payer: Payer, model: &str, usage: Usage) -> Result<()> {
    let policy = policy::get(ctx).await?;
    let cost = policy.terms(model).cost(usage.prompt_tokens, usage.completion_tokens);
    let spent = (whole(usage.prompt_tokens), whole(usage.completion_tokens), cost);
    let bill = of(ctx, &policy, payer, model, 0, spent).await?;
    let transaction = db::begin(&ctx.db).await?;
    bill.write(&transaction).await?;
    Ok(transaction.commit().await?)
}

async fn of(
    ctx: &Context,
    policy: &Policy,
    payer: Payer,
    model: &str,
    requests: i64,
    (prompt_tokens, completion_tokens, cost): (i64, i64, Money),
) -> Result<Bill> {
    let groups = policy::groups_of(ctx, policy, payer.user_id).await?;
    let now = ctx.clock.now_ms();
    let ceilings = policy.ceilings(payer.user_id, &groups, payer.api_key, Some(model));
    Ok(Bill {
        generation_id: None,
        day: usage_day::ActiveModel {
            day: Set(day_of(now)),
            user_id: Set(payer.user_id),
            api_key_id: Set(payer.api_key.unwrap_or_default()),
            model: Set(model.to_owned()),
            requests: Set(requests),
            prompt_tokens: Set(prompt_tokens),
            completion_tokens: Set(completion_tokens),
            cost: Set(cost),
        },
        sums: Sums { tokens: prompt_tokens.saturating_add(completion_tokens), cost },
        windows: ceilings.iter().flat_map(|ceiling| Window::of(ceiling, now)).collect(),
    })
}

impl Bill {
    /// Writes it. The windows come last, as everywhere: nobody waits for another row while holding one of theirs.
    pub(crate) async fn write(self, transaction: &DatabaseTransaction) -> Result<()> {
        if let Some(id) = self.generation_id {
            drop_reservations(transaction, id).await?;
        }
        use usage_day::Column;
        let key = [Column::Day, Column::UserId, Column::ApiKeyId, Column::Model];
        let mut add = OnConflict::columns(key);
        for (column, more) in [
            (Column::Requests, self.day.requests.clone().unwrap()),
            (Column::PromptTokens, self.day.prompt_tokens.clone().unwrap()),
            (Column::CompletionTokens, self.day.completion_tokens.clone().unwrap()),
            (Column::Cost, self.day.cost.clone().unwrap()),
        ] {
            add.value(column, Expr::col((usage_day::Entity, column)).add(more));
        }
        usage_day::Entity::insert(self.day).on_conflict(add).exec_without_returning(transaction).await?;
        for window in &self.windows {
            window.add(transaction, self.sums).await?;
        }
        Ok(())
    }
}

/// Gives back what a run holds that has ended without having begun.
pub(crate) async fn drop_reservations(db: &impl ConnectionTrait, generation_id: Uuid) -> Result<()> {
    reservation::Entity::delete_many()
        .filter(reservation::Column::GenerationId.eq(generation_id))
        .exec(db)
        .await?;
    Ok(())
}

/// Takes away what runs hold that ended before this moment: whoever ended them died before he could.
pub(crate) async fn forget_reservations(ctx: &Context, before_ms: i64) -> Result<()> {
    // Reservations are few and runs are many: it is the runs of these few that are looked at.
    let ended: Vec<Uuid> = reservation::Entity::find()
        .select_only()
        .column(reservation::Column::GenerationId)
        .distinct()
        .join(JoinType::InnerJoin, run_of_reservation())
        .filter(generation::Column::EndedAt.lt(before_ms))
        .limit(FORGET_AT_ONCE)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    if !ended.is_empty() {
        reservation::Entity::delete_many()
            .filter(reservation::Column::GenerationId.is_in(ended))
            .exec(&ctx.db)
            .await?;
    }
    Ok(())
}

fn run_of_reservation() -> RelationDef {
    reservation::Entity::belongs_to(generation::Entity)
        .from(reservation::Column::GenerationId)
        .to(generation::Column::Id)
        .into()
}

/// What a run holds: the same of every window.
async fn reserved(ctx: &Context, generation_id: Uuid) -> Result<(i64, Money)> {
    let row = reservation::Entity::find()
        .filter(reservation::Column::GenerationId.eq(generation_id))
        .one(&ctx.db)
        .await?;
    Ok(row.map_or((0, 0), |row| (row.tokens, row.cost)))
}

fn whole(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
