//! How many runs go at a time, by user and by model, in all workers together.
//!
//! The queue holds back jobs whose cap is used up, so that they take no slot of a worker. What it knows can be lost with
//! Redis, and jobs carry the caps of the moment when they were pushed; so the rows have the last word. Whoever claims a
//! run under a cap counts what runs, while he holds a row that stands for the cap. A dead worker's runs count until
//! their lease is over and no longer.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::context::Context;
use crate::entity::generation::{Column, Entity, Kind, Model, State};
use crate::entity::{cap_lock, model_hold};
use crate::error::Result;
use crate::queue::Cap;
use crate::{db, quotas, settings};

/// What a run is held back by, and how its owner's turns count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Turns {
    pub(super) weight: u32,
    pub(super) caps: Vec<Cap>,
}

/// What is in force for a run now.
pub(super) async fn turns(ctx: &Context, user_id: Uuid, kind: Kind, model: &str) -> Result<Turns> {
    let policy = quotas::policy(ctx).await?;
    let groups = quotas::groups_of(ctx, &policy, user_id).await?;
    Ok(Turns { weight: policy.weight(&groups), caps: caps(ctx, user_id, kind, model).await? })
}

/// True when any cap is in force: otherwise nobody has to read a row to know its caps.
pub(super) async fn are_set(ctx: &Context) -> Result<bool> {
    Ok(settings::get(ctx).await?.max_running_per_user.is_some() || quotas::policy(ctx).await?.caps_models())
}

async fn caps(ctx: &Context, user_id: Uuid, kind: Kind, model: &str) -> Result<Vec<Cap>> {
    let mut caps = Vec::new();
    if let Some(limit) = quotas::policy(ctx).await?.terms(model).max_running {
        // The queue writes caps in lines.
        let key = format!("model:{}", model.replace(char::is_control, " "));
        caps.push(Cap { key, limit });
    }
    // Embeddings are quick, and what is asked for in bulk must not keep its user from chatting.
    if kind != Kind::Embedding
        && let Some(limit) = settings::get(ctx).await?.max_running_per_user
    {
        caps.push(Cap { key: format!("user:{user_id}"), limit });
    }
    Ok(caps)
}

/// The caps of a run, each with a row to lock.
pub(super) async fn of_run(ctx: &Context, row: &Model) -> Result<Vec<Cap>> {
    let caps = caps(ctx, row.user_id, row.kind, &row.model).await?;
    make_locks(ctx, &caps).await?;
    Ok(caps)
}

async fn make_locks(ctx: &Context, caps: &[Cap]) -> Result<()> {
    for cap in caps {
        let lock = cap_lock::ActiveModel { name: Set(cap.key.clone()) };
        let known = cap_lock::Entity::find_by_id(cap.key.as_str()).one(&ctx.db).await?;
        if known.is_none() {
            cap_lock::Entity::insert(lock)
                .on_conflict_do_nothing_on([cap_lock::Column::Name])
                .exec_without_returning(&ctx.db)
                .await?;
        }
    }
    Ok(())
}

/// Whether one more may run under each of these caps. Others who ask wait until the transaction ends.
pub(super) async fn have_room(transaction: &DatabaseTransaction, row: &Model, caps: &[Cap]) -> Result<bool> {
    lock(transaction, caps).await?;
    for cap in caps {
        let whose = match cap.key.starts_with("model:") {
            true => Condition::all().add(Column::Model.eq(row.model.as_str())),
            false => {
                Condition::all().add(Column::UserId.eq(row.user_id)).add(Column::Kind.ne(Kind::Embedding))
            }
        };
        let running = running(transaction, whose.add(Column::Id.ne(row.id))).await?;
        let held = match cap.key.starts_with("model:") {
            true => held(transaction, &row.model).await?,
            false => 0,
        };
        if running + held >= u64::from(cap.limit) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A call of a model that belongs to no run. To be ended by [`Hold::end`]; of a dead worker's it ends with its time.
#[derive(Debug)]
pub struct Hold(Option<Uuid>);

/// Takes a place under a model's cap for a call that belongs to no run and lasts no longer than `ms` milliseconds. `None`
/// when there is none at present.
pub async fn hold_model(ctx: &Context, model: &str, ms: u64) -> Result<Option<Hold>> {
    let caps = caps(ctx, Uuid::nil(), Kind::Embedding, model).await?;
    let Some(cap) = caps.first() else { return Ok(Some(Hold(None))) };
    make_locks(ctx, &caps).await?;
    let transaction = db::begin(&ctx.db).await?;
    lock(&transaction, &caps).await?;
    let running = running(&transaction, Condition::all().add(Column::Model.eq(model))).await?;
    if running + held(&transaction, model).await? >= u64::from(cap.limit) {
        transaction.rollback().await?;
        return Ok(None);
    }
    let id = crate::ids::new();
    let row = model_hold::ActiveModel { id: Set(id), model: Set(model.to_owned()), until: Set(0) };
    model_hold::Entity::insert(row).exec_without_returning(&transaction).await?;
    model_hold::Entity::update_many()
        .col_expr(model_hold::Column::Until, db::in_ms(transaction.get_database_backend(), ms))
        .filter(model_hold::Column::Id.eq(id))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(Hold(Some(id))))
}

impl Hold {
    /// Gives the place back. One that could not be given back ends with its time.
    pub async fn end(self, ctx: &Context) {
        let Some(id) = self.0 else { return };
        if let Err(error) = model_hold::Entity::delete_by_id(id).exec(&ctx.db).await {
            tracing::debug!(?error, "a place under a cap comes back late");
        }
    }
}

/// Deletes holds whose time is over.
pub(super) async fn forget_holds(ctx: &Context) -> Result<()> {
    let now = db::now_ms(ctx.db.get_database_backend());
    model_hold::Entity::delete_many()
        .filter(Expr::col(model_hold::Column::Until).lt(now))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

async fn running(transaction: &DatabaseTransaction, whose: Condition) -> Result<u64> {
    let now = db::now_ms(transaction.get_database_backend());
    Ok(Entity::find()
        .filter(Column::State.eq(State::Running))
        .filter(Expr::col(Column::LeaseUntil).gte(now))
        .filter(whose)
        .count(transaction)
        .await?)
}

async fn held(transaction: &DatabaseTransaction, model: &str) -> Result<u64> {
    let now = db::now_ms(transaction.get_database_backend());
    Ok(model_hold::Entity::find()
        .filter(model_hold::Column::Model.eq(model))
        .filter(Expr::col(model_hold::Column::Until).gte(now))
        .count(transaction)
        .await?)
}

async fn lock(transaction: &DatabaseTransaction, caps: &[Cap]) -> Result<()> {
    let names: Vec<&str> = caps.iter().map(|cap| cap.key.as_str()).collect();
    cap_lock::Entity::find()
        .filter(cap_lock::Column::Name.is_in(names))
        .order_by_asc(cap_lock::Column::Name)
        .lock_exclusive()
        .all(transaction)
        .await?;
    Ok(())
}
