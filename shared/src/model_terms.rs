//! What admins say of a model: its prices, and how many of its runs go at a time.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;

use crate::context::Context;
use crate::entity::model_terms::{ActiveModel, Column, Entity};
use crate::error::{Error, Result};
use crate::page::{Page, Slice};
use crate::quotas::{self, MONEY_MAX, Money, SUBJECT_MAX, Terms, UNIT};
use crate::{db, models};

const RUNNING_MAX: u32 = 100_000;

/// A model by its name, with what holds for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelTerms {
    pub model: String,
    /// Whether it can be asked for at present.
    pub offered: bool,
    pub terms: Terms,
}

/// The values to change: `None` leaves one as it is, `Some(None)` takes it away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change {
    pub prompt_price: Option<Option<Money>>,
    pub completion_price: Option<Option<Money>>,
    pub max_running: Option<Option<u32>>,
}

/// Every model that is offered or has a price or a cap, by name.
pub async fn list(ctx: &Context, slice: &Slice) -> Result<Page<ModelTerms>> {
    let mut all: BTreeMap<String, ModelTerms> = BTreeMap::new();
    for entry in &models::catalogue(ctx).await?.entries {
        let model = entry.id.clone();
        all.insert(model.clone(), ModelTerms { model, offered: true, terms: Terms::default() });
    }
    for row in Entity::find().all(&ctx.db).await? {
        let model = row.model.clone();
        let one = ModelTerms { model: model.clone(), offered: false, terms: Terms::default() };
        all.entry(model).or_insert(one).terms = Terms::of(&row);
    }
    let after = slice.after.as_deref().unwrap_or_default();
    let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
    let rest = all.into_values().filter(|one| one.model.as_str() > after);
    Ok(Page::cut(rest.take(limit.saturating_add(1)).collect(), slice.limit, |one| one.model.clone()))
}

/// Changes prices and cap of a model. In force for runs that are accepted from now on; a cap for all that wait.
pub async fn update(ctx: &Context, model: &str, change: Change) -> Result<ModelTerms> {
    let offered = models::find(ctx, model).await.is_ok();
    for (field, price) in
        [("prompt_price", change.prompt_price), ("completion_price", change.completion_price)]
    {
        if price.flatten().is_some_and(|price| !(0..=MONEY_MAX).contains(&price)) {
            return Err(Error::field(field, format!("must be 0 to {}", MONEY_MAX / UNIT)));
        }
    }
    if change.max_running.flatten().is_some_and(|most| !(1..=RUNNING_MAX).contains(&most)) {
        return Err(Error::field("max_running", format!("must be 1 to {RUNNING_MAX}")));
    }
    let transaction = db::begin(&ctx.db).await?;
    let known = Entity::find_by_id(model).one(&transaction).await?;
    if model.len() > SUBJECT_MAX || (known.is_none() && !offered) {
        return Err(Error::not_found("model"));
    }
    let mut now = known.as_ref().map(Terms::of).unwrap_or_default();
    now.prompt_price = change.prompt_price.unwrap_or(now.prompt_price);
    now.completion_price = change.completion_price.unwrap_or(now.completion_price);
    now.max_running = change.max_running.unwrap_or(now.max_running);
    let row = ActiveModel {
        model: Set(model.to_owned()),
        prompt_price: Set(now.prompt_price),
        completion_price: Set(now.completion_price),
        max_running: Set(now.max_running.and_then(|n| i32::try_from(n).ok())),
        updated_at: Set(ctx.clock.now_ms()),
    };
    let set = [Column::PromptPrice, Column::CompletionPrice, Column::MaxRunning, Column::UpdatedAt];
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Model).update_columns(set).to_owned())
        .exec_without_returning(&transaction)
        .await?;
    transaction.commit().await?;
    quotas::changed(ctx).await;
    Ok(ModelTerms { model: model.to_owned(), offered, terms: now })
}
