//! Chats from elsewhere. A file is taken in, read through without consequence, and imported on its user's word.
//!
//! The row says how far it is; the job does what the row says, and does no harm the second time: a chat is known by an
//! `import_key`, which a user has only once. What reads and writes the chats is in the workers.

mod report;

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blobs::{BlobKey, ByteStream};
use crate::clock::rfc3339;
use crate::entity::import::{ActiveModel, Column, Entity, Model, State};
use crate::error::{Error, Kind, Result};
use crate::jobs::RunImport;
use crate::page::{Page, Slice};
use crate::{Context, generations, ids};

pub use report::{Problem, Report, Source, Trouble};

/// Imports that one user may have under way at a time.
const UNDER_WAY: u64 = 3;
/// How long the queue may take.
const QUEUE_LIMIT: Duration = Duration::from_secs(1);
/// A row that says nothing for this long has lost its worker.
const SILENT_MS: i64 = 60_000;
/// How long a file is kept that its user has not decided on, and how long an ended import is listed.
const KEEP_MS: i64 = 24 * 3_600_000;
const KEEP_ENDED_MS: i64 = 30 * KEEP_MS;

/// Takes a file in and has it read through.
pub async fn accept(ctx: &Context, user_id: Uuid, file_name: &str, body: ByteStream) -> Result<Model> {
    let under_way = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::State.is_in([State::Reading, State::Ready, State::Importing]))
        .count(&ctx.db)
        .await?;
    if under_way >= UNDER_WAY {
        return Err(Error::conflict(
            "too_many_imports",
            format!("{UNDER_WAY} imports are under way. Finish or delete one first."),
        ));
    }
    let id = ids::new();
    let stored =
        ctx.blobs.put(&key(id)?, body, "application/octet-stream", ctx.config.imports.max_bytes).await?;
    let now = ctx.clock.now_ms();
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user_id),
        file_name: Set(file_name.chars().filter(|c| !c.is_control()).take(255).collect()),
        bytes: Set(i64::try_from(stored.bytes).unwrap_or(i64::MAX)),
        state: Set(State::Reading),
        seen: Set(0),
        report: Set(None),
        error_code: Set(None),
        error_message: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&ctx.db)
    .await;
    match row {
        Ok(row) => {
            push(ctx, &row).await;
            Ok(row)
        }
        Err(error) => {
            forget_file(ctx, id).await;
            Err(error.into())
        }
    }
}

/// An import of this user; another's looks like one that is not there.
pub async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::UserId.eq(user_id))
        .one(&ctx.db)
        .await?
        .ok_or_else(|| Error::not_found("import"))
}

/// A page, newest first.
pub async fn list(ctx: &Context, user_id: Uuid, slice: &Slice) -> Result<Page<Model>> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id));
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.lt(after));
    }
    let rows = query.order_by_desc(Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

/// The user's word: what was read through is imported. Once is enough; more often changes nothing.
pub async fn start(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    let row = find_for(ctx, user_id, id).await?;
    match row.state {
        State::Ready => {}
        State::Importing | State::Completed => return Ok(row),
        State::Reading => return Err(Error::conflict("import_reading", "The file is still being read.")),
        State::Failed => return Err(Error::conflict("import_failed", "This file cannot be imported.")),
    }
    let now = ctx.clock.now_ms();
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Importing))
        .col_expr(Column::Seen, Expr::value(0))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Ready))
        .exec(&ctx.db)
        .await?;
    let row = find_for(ctx, user_id, id).await?;
    push(ctx, &row).await;
    Ok(row)
}

/// Takes an import away, with its file. One that is under way stops; chats that it has brought stay.
pub async fn delete(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    find_for(ctx, user_id, id).await?;
    Entity::delete_by_id(id).exec(&ctx.db).await?;
    forget_file(ctx, id).await;
    Ok(())
}

/// The file of an import.
pub async fn file(ctx: &Context, id: Uuid) -> Result<ByteStream> {
    Ok(ctx.blobs.get(&key(id)?, None).await?.1)
}

/// Says how far the work is. `false` when it is no longer wanted.
pub async fn advance(ctx: &Context, row: &Model, seen: u32) -> Result<bool> {
    let now = ctx.clock.now_ms();
    let seen = i32::try_from(seen).unwrap_or(i32::MAX);
    let done = Entity::update_many()
        .col_expr(Column::Seen, Expr::value(seen))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state))
        .exec(&ctx.db)
        .await?;
    let wanted = done.rows_affected > 0
        || Entity::find_by_id(row.id).one(&ctx.db).await?.is_some_and(|now| now.state == row.state);
    if wanted {
        tell(ctx, &Model { seen, updated_at: now, ..row.clone() });
    }
    Ok(wanted)
}

/// Writes the end of what the row said is to be done: reading leads to `ready`, importing to `completed`, an error to
/// `failed`.
pub async fn finish(ctx: &Context, row: &Model, result: Result<Report>) -> Result<()> {
    let now = ctx.clock.now_ms();
    let mut ended = Model { updated_at: now, ..row.clone() };
    match result {
        Ok(report) => {
            ended.state = if row.state == State::Reading { State::Ready } else { State::Completed };
            ended.seen = i32::try_from(report.chats + report.already).unwrap_or(i32::MAX);
            ended.report = Some(serde_json::to_value(&report)?);
        }
        Err(error) => {
            ended.state = State::Failed;
            ended.error_code = Some(error.code.to_owned());
            ended.error_message = Some(error.message.to_string());
        }
    }
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(ended.state))
        .col_expr(Column::Seen, Expr::value(ended.seen))
        .col_expr(Column::Report, Expr::value(ended.report.clone()))
        .col_expr(Column::ErrorCode, Expr::value(ended.error_code.clone()))
        .col_expr(Column::ErrorMessage, Expr::value(ended.error_message.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state))
        .exec(&ctx.db)
        .await?;
    if done.rows_affected > 0 {
        if ended.state != State::Ready {
            forget_file(ctx, row.id).await;
        }
        tell(ctx, &ended);
    }
    Ok(())
}

/// Queues again what lost its worker, and takes away what is old. A second push is harmless.
pub async fn sweep(ctx: &Context, silent_ms: Option<i64>) -> Result<()> {
    let now = ctx.clock.now_ms();
    let silent = now - silent_ms.unwrap_or(SILENT_MS);
    let stuck = Entity::find()
        .filter(Column::State.is_in([State::Reading, State::Importing]))
        .filter(Column::UpdatedAt.lte(silent))
        .limit(100)
        .all(&ctx.db)
        .await?;
    for row in &stuck {
        push(ctx, row).await;
    }
    for (states, age) in [
        (vec![State::Reading, State::Ready], KEEP_MS),
        (vec![State::Completed, State::Failed], KEEP_ENDED_MS),
    ] {
        let old = Entity::find()
            .filter(Column::State.is_in(states))
            .filter(Column::UpdatedAt.lt(now - age))
            .limit(100)
            .all(&ctx.db)
            .await?;
        for row in old {
            Entity::delete_by_id(row.id).exec(&ctx.db).await?;
            forget_file(ctx, row.id).await;
        }
    }
    Ok(())
}

/// An import as the API and the events show it.
pub fn as_json(row: &Model) -> Value {
    json!({
        "id": row.id,
        "file_name": row.file_name,
        "bytes": row.bytes,
        "state": row.state,
        "seen": row.seen,
        "report": row.report,
        "error": row.error_code.as_ref().map(|code| json!({
            "code": code,
            "message": row.error_message.as_deref().unwrap_or("The file cannot be imported."),
        })),
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    })
}

fn tell(ctx: &Context, row: &Model) {
    generations::tell_user(ctx, row.user_id, "import_changed", json!({ "import": as_json(row) }));
}

/// When the queue is away the sweep tells it later.
async fn push(ctx: &Context, row: &Model) {
    let job = RunImport { import_id: row.id, user_id: row.user_id };
    match tokio::time::timeout(QUEUE_LIMIT, ctx.queue.push(&job)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(import = %row.id, code = error.code, "an import waits for the sweep");
        }
        Err(_) => tracing::warn!(import = %row.id, "the queue did not answer; an import waits for the sweep"),
    }
}

fn key(id: Uuid) -> Result<BlobKey> {
    BlobKey::new(format!("imports/{id}"))
}

async fn forget_file(ctx: &Context, id: Uuid) {
    let gone = match key(id) {
        Ok(key) => ctx.blobs.delete(&key).await,
        Err(error) => Err(error),
    };
    match gone {
        Ok(()) => {}
        Err(error) if error.kind == Kind::NotFound => {}
        Err(error) => tracing::warn!(import = %id, code = error.code, "the file of an import stays behind"),
    }
}
