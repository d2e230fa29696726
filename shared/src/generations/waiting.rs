//! Messages sent while an answer runs. They wait in the database, in order, and each becomes a turn by itself when what
//! runs in its chat has ended: started by whoever ends the run, and by the sweep if that one died.
//!
//! That it happens once is the database's word: the transaction that makes the turn takes the waiting row away, and the
//! chat's row, which it changes first, lets one starter through at a time. The row's id is the id of the user message.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::accept::{self, NewMessage, Parent, Turn, Waited, accept_message};
use super::{TurnRequest, tell_user};
use crate::entity::waiting_message::{ActiveModel, Column, Entity, Model};
use crate::entity::{generation, message};
use crate::error::{Error, Kind, Result};
use crate::page::{Page, Slice};
use crate::quotas::Payer;
use crate::{Context, chats, ids, models};

/// Messages that may wait in one chat: more than anybody types during one answer.
const MAX_WAITING: u64 = 20;
/// Times that a start may find that the message was edited in between.
const RACES: usize = 5;

/// What a waiting message keeps of its request beside its columns.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Waits {
    #[serde(flatten)]
    turn: TurnRequest,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_key: Option<Uuid>,
}

/// What became of a message.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "made once a request and not kept")]
pub enum Sent {
    Turn(Turn),
    Waiting(Model),
}

/// What a user changes of a waiting message; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub content: Option<String>,
    pub images: Option<Vec<String>>,
    pub model: Option<String>,
}

/// Accepts a message at once, or keeps it until what runs before it has ended.
///
/// # Errors
/// As [`accept_message`], without `message_running`; `too_many_waiting` when the chat has enough of them.
pub async fn send_or_wait(ctx: &Context, payer: Payer, chat_id: Uuid, new: NewMessage) -> Result<Sent> {
    let user_id = payer.user_id;
    accept::check(&new.content, &new.images)?;
    if let Some(sent) = sent_before(ctx, user_id, &new).await? {
        return Ok(sent);
    }
    let chat = chats::find_for(ctx, user_id, chat_id).await?;
    let waiting = Entity::find().filter(Column::ChatId.eq(chat_id)).count(&ctx.db).await?;
    if waiting == 0 {
        match accept_message(ctx, payer, chat_id, new.clone()).await {
            Ok(turn) => return Ok(Sent::Turn(turn)),
            Err(error) if error.code == "message_running" => {}
            Err(error) => return Err(error),
        }
    }
    if waiting >= MAX_WAITING {
        return Err(Error::conflict(
            "too_many_waiting",
            "Enough messages wait in this chat already. Change one of them, or wait.",
        ));
    }
    let model = accept::choose_model(ctx, new.model.as_deref(), &chat).await?;
    for other in &new.others {
        models::find(ctx, other).await?;
    }
    let parent_id = match new.parent {
        Parent::Message(id) => Some(chats::message_of(ctx, chat_id, id).await?.id),
        Parent::Current | Parent::Root => None,
    };
    let now = ctx.clock.now_ms();
    let request = Waits {
        turn: TurnRequest {
            system: new.system.clone(),
            parameters: new.parameters.clone(),
            sources: new.sources.clone(),
        },
        others: new.others.clone(),
        api_key: payer.api_key,
    };
    let row = ActiveModel {
        id: Set(ids::new()),
        user_id: Set(user_id),
        chat_id: Set(chat_id),
        parent_id: Set(parent_id),
        content: Set(new.content.clone()),
        images: Set((!new.images.is_empty()).then(|| new.images.clone().into())),
        model: Set(model),
        request: Set(Some(serde_json::to_value(request)?)),
        idempotency_key: Set(new.idempotency_key.clone()),
        revision: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = match row.insert(&ctx.db).await {
        Ok(row) => row,
        // The same request came twice at once and the other one won.
        Err(error) => return sent_before(ctx, user_id, &new).await?.ok_or_else(|| error.into()),
    };
    told(ctx, user_id, chat_id);
    // What ran may have ended before the row was there to be seen.
    match start_waiting(ctx, chat_id).await? {
        Some(turn) if turn.user_message.as_ref().is_some_and(|m| m.id == row.id) => Ok(Sent::Turn(turn)),
        _ => Ok(Sent::Waiting(row)),
    }
}

/// What waits in a chat of this user, in the order in which it will start.
pub async fn list_waiting(ctx: &Context, user_id: Uuid, chat_id: Uuid, slice: &Slice) -> Result<Page<Model>> {
    chats::find_for(ctx, user_id, chat_id).await?;
    let mut query = Entity::find().filter(Column::ChatId.eq(chat_id));
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(slice.limit + 1).all(&ctx.db).await?;
    Ok(Page::cut(rows, slice.limit, |row: &Model| row.id.to_string()))
}

/// Changes a message that still waits; its place stays.
///
/// # Errors
/// `already_started` when its turn has come.
pub async fn edit_waiting(ctx: &Context, user_id: Uuid, id: Uuid, edit: Edit) -> Result<Model> {
    for _ in 0..RACES {
        let row = find_for(ctx, user_id, id).await?;
        let content = edit.content.clone().unwrap_or_else(|| row.content.clone());
        let images = edit.images.clone().unwrap_or_else(|| images(&row));
        accept::check(&content, &images)?;
        let model = match &edit.model {
            Some(name) => models::find(ctx, name).await?.id,
            None => row.model.clone(),
        };
        let images = (!images.is_empty()).then(|| serde_json::Value::from(images));
        let changed = Entity::update_many()
            .col_expr(Column::Content, Expr::value(content))
            .col_expr(Column::Images, Expr::value(images))
            .col_expr(Column::Model, Expr::value(model))
            .col_expr(Column::Revision, Expr::value(row.revision + 1))
            .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
            .filter(Column::Id.eq(id))
            .filter(Column::Revision.eq(row.revision))
            .exec(&ctx.db)
            .await?;
        if changed.rows_affected > 0 {
            told(ctx, user_id, row.chat_id);
            return find_for(ctx, user_id, id).await;
        }
    }
    Err(changed())
}

/// Takes a message back that still waits.
///
/// # Errors
/// `already_started` when its turn has come.
pub async fn discard_waiting(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<()> {
    let row = find_for(ctx, user_id, id).await?;
    if Entity::delete_by_id(id).exec(&ctx.db).await?.rows_affected == 0 {
        // Started, or taken back, since it was read.
        find_for(ctx, user_id, id).await?;
    }
    told(ctx, user_id, row.chat_id);
    Ok(())
}

/// Starts the first message that waits in a chat, unless something before it still runs. Harmless when repeated.
///
/// # Errors
/// The database is away; the message stays and the sweep comes back to it.
pub async fn start_waiting(ctx: &Context, chat_id: Uuid) -> Result<Option<Turn>> {
    for _ in 0..RACES {
        let first = Entity::find()
            .filter(Column::ChatId.eq(chat_id))
            .order_by_asc(Column::Id)
            .limit(1)
            .one(&ctx.db)
            .await?;
        let Some(row) = first else { return Ok(None) };
        let (id, user_id) = (row.id, row.user_id);
        if accept::replayed(ctx, user_id, row.idempotency_key.as_deref()).await?.is_some() {
            // The same request came twice, and the other one did not have to wait.
            Entity::delete_by_id(id).exec(&ctx.db).await?;
            continue;
        }
        let (api_key, new) = as_new(ctx, row).await?;
        match accept_message(ctx, Payer { user_id, api_key }, chat_id, new).await {
            Ok(turn) => {
                told(ctx, user_id, chat_id);
                return Ok(Some(turn));
            }
            Err(error) if error.code == CHANGED => {}
            // Another starter was quicker, or there is no room at the moment: it stays, and the sweep comes back.
            Err(error)
                if matches!(error.code, "message_running" | "chat_changed")
                    || error.kind == Kind::RateLimited
                    || error.is_transient() =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// To be called after the end of a run was told: what waited for it starts. If this is lost, the sweep sees to it.
pub async fn go_on(ctx: &Context, row: &generation::Model) {
    let Some(chat_id) = row.chat_id else { return };
    if let Err(error) = start_waiting(ctx, chat_id).await {
        tracing::warn!(chat = %chat_id, ?error, "what waits in a chat could not be started yet");
    }
}

/// Starts what waits in chats where nothing runs: whoever ended the last run there died before he could. Says how many.
pub(super) async fn start_stranded(ctx: &Context, limit: u64) -> Result<usize> {
    let busy = Query::select()
        .column(generation::Column::ChatId)
        .from(generation::Entity)
        .and_where(Expr::col(generation::Column::ChatId).is_not_null())
        .and_where(generation::Column::State.is_in([generation::State::Queued, generation::State::Running]))
        .to_owned();
    let chats: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::ChatId)
        .filter(Column::ChatId.not_in_subquery(busy))
        .distinct()
        .limit(limit)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut started = 0;
    for chat in chats {
        match start_waiting(ctx, chat).await {
            Ok(turn) => started += usize::from(turn.is_some()),
            // One chat that cannot go on holds up no other.
            Err(error) => tracing::warn!(%chat, ?error, "what waits in a chat cannot be started"),
        }
    }
    Ok(started)
}

/// Takes the row away in the transaction that makes its turn; false if it has changed or gone since it was read.
pub(super) async fn take<C: ConnectionTrait>(db: &C, waited: Waited) -> Result<bool> {
    let taken = Entity::delete_many()
        .filter(Column::Id.eq(waited.id))
        .filter(Column::Revision.eq(waited.revision))
        .exec(db)
        .await?;
    Ok(taken.rows_affected > 0)
}

const CHANGED: &str = "waiting_changed";

pub(super) fn changed() -> Error {
    Error::conflict(CHANGED, "The message was changed from elsewhere at the same time. Try again.")
}

async fn find_for(ctx: &Context, user_id: Uuid, id: Uuid) -> Result<Model> {
    let row = Entity::find_by_id(id).filter(Column::UserId.eq(user_id)).one(&ctx.db).await?;
    if let Some(row) = row {
        return Ok(row);
    }
    match chats::message_for(ctx, user_id, id).await {
        Ok(_) => Err(Error::conflict("already_started", "This message waits no longer: its turn has come.")),
        Err(_) => Err(Error::not_found("waiting message")),
    }
}

/// The turn or the waiting message that a request with the same key made before.
async fn sent_before(ctx: &Context, user_id: Uuid, new: &NewMessage) -> Result<Option<Sent>> {
    let Some(key) = new.idempotency_key.as_deref() else { return Ok(None) };
    if let Some(turn) = accept::replayed(ctx, user_id, Some(key)).await? {
        return accept::same(turn, new).map(|turn| Some(Sent::Turn(turn)));
    }
    let row = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::IdempotencyKey.eq(key))
        .one(&ctx.db)
        .await?;
    match row {
        // An edit does not make it another message.
        Some(row) if row.content == new.content || row.revision > 0 => Ok(Some(Sent::Waiting(row))),
        Some(_) => Err(accept::reused()),
        None => Ok(None),
    }
}

/// The message, and the key that it was sent with, which pays for what starts later.
async fn as_new(ctx: &Context, row: Model) -> Result<(Option<Uuid>, NewMessage)> {
    let images = images(&row);
    let Waits { turn, others, api_key } =
        row.request.map(serde_json::from_value).transpose()?.unwrap_or_default();
    // What it was to follow may have been deleted: then it follows what is there.
    let parent = match row.parent_id {
        Some(id) if message::Entity::find_by_id(id).one(&ctx.db).await?.is_some() => Parent::Message(id),
        _ => Parent::Current,
    };
    let new = NewMessage {
        content: row.content,
        images,
        model: Some(row.model),
        others,
        parent,
        system: turn.system,
        parameters: turn.parameters,
        sources: turn.sources,
        idempotency_key: row.idempotency_key,
        waited: Some(Waited { id: row.id, revision: row.revision }),
    };
    Ok((api_key, new))
}

fn images(row: &Model) -> Vec<String> {
    row.images.clone().and_then(|images| serde_json::from_value(images).ok()).unwrap_or_default()
}

/// Pages load the list again: it is short.
fn told(ctx: &Context, user_id: Uuid, chat_id: Uuid) {
    tell_user(ctx, user_id, "waiting_changed", json!({ "chat_id": chat_id }));
}
