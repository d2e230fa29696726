//! Beginning a run anew that was given up because its workers died.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::claim::WORKER_LOST;
use super::{as_json, tell_user};
use crate::Context;
use crate::entity::generation::{Column, Entity, Kind, State};
use crate::entity::message;
use crate::error::Result;

/// Lets a turn wait again whose workers died too often, with a clean record. Does nothing to one that ended otherwise, whose
/// user has asked again since, or whose caller is gone.
pub async fn reopen(ctx: &Context, id: Uuid) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Lapses, Expr::value(0))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in([State::Queued, State::Running]))
        .exec(&ctx.db)
        .await?;
    let Some(row) = Entity::find_by_id(id).one(&ctx.db).await? else { return Ok(()) };
    let Some(message_id) = row.message_id.filter(|_| row.kind == Kind::Chat) else { return Ok(()) };
    let answer = message::Entity::find_by_id(message_id).one(&ctx.db).await?;
    if answer.is_none_or(|answer| answer.generation_id != Some(id)) {
        return Ok(());
    }
    let opened = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Queued))
        .col_expr(Column::Lapses, Expr::value(0))
        .col_expr(Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(Column::ErrorMessage, Expr::value(Option::<String>::None))
        .col_expr(Column::EndedAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Failed))
        .filter(Column::ErrorCode.eq(WORKER_LOST))
        .exec(&ctx.db)
        .await?;
    if opened.rows_affected > 0
        && let Some(row) = Entity::find_by_id(id).one(&ctx.db).await?
    {
        tell_user(ctx, row.user_id, "generation_started", serde_json::json!({ "generation": as_json(&row) }));
    }
    Ok(())
}
