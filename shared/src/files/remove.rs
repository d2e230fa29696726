//! The end of a file: nobody sees it from one moment to the next; then its parts go, and last the row that knows them.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{blob_key, find_for, thumbnail};
use crate::entity::file::{Column, Entity};
use crate::error::Result;
use crate::generations::tell_user;
use crate::jobs::RemoveFile;
use crate::{Context, chunks};

/// Takes a file away from its user. Its bytes and passages follow in the background, also after a crash.
pub async fn remove(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    find_for(ctx, user_id, id).await?;
    mark(ctx, id).await?;
    // The sweep sees to it when the queue is away.
    let job = RemoveFile { file_id: id, user_id };
    drop(tokio::time::timeout(super::QUEUE_LIMIT, ctx.queue.push(&job)).await);
    tell_user(ctx, user_id, "file_deleted", json!({ "id": id }));
    Ok(())
}

/// From here on nobody sees the file, no worker may write about it, and its content may come again.
pub(super) async fn mark(ctx: &Context, id: Uuid) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(ctx.clock.now_ms()))
        .col_expr(Column::Sha256, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::DeletedAt.is_null())
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// Removes what is left of a file that was taken away. Again and again is as good as once.
pub async fn erase(ctx: &Context, id: Uuid) -> Result<()> {
    let row = Entity::find_by_id(id).filter(Column::DeletedAt.is_not_null()).one(&ctx.db).await?;
    let Some(row) = row else { return Ok(()) };
    ctx.blobs.delete(&blob_key(row.id)?).await?;
    thumbnail::forget(ctx, &row).await?;
    chunks::remove_all(ctx, row.id).await?;
    Entity::delete_by_id(row.id).exec(&ctx.db).await?;
    Ok(())
}
