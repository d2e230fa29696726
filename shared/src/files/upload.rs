//! The way of a file into the store: hashed, counted and bounded while it passes; then its row counts.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::quota::{Limits, quota_exceeded, room};
use super::{blob_key, kind, push, remove, retry, tell};
use crate::blobs::{ByteStream, Stored};
use crate::entity::file::{ActiveModel, Column, Entity, Model, State};
use crate::error::{Error, Result};
use crate::{Context, db, ids};

/// Characters of a name; longer ones lose their middle and keep their ending.
const NAME_LIMIT: usize = 200;
/// What is looked at to tell the type.
const HEAD: usize = 8 * 1024;

/// What a user uploads.
pub struct NewFile {
    pub name: String,
    pub body: ByteStream,
}

/// Keeps a file. The same content of the same user is kept, and worked on, once: the answer is then the file that was
/// there.
///
/// `file_empty`, `file_too_large`, `quota_exceeded`, `upload_broken`; nothing is left of a file that is refused.
pub async fn upload(ctx: &Context, user_id: Uuid, new: NewFile) -> Result<Model> {
    let name = clean_name(&new.name);
    let room = room(ctx, user_id).await?;
    let limit = Ord::min(ctx.config.files.max_bytes, room);
    let (head, body) = head_of(new.body).await?;
    let media_type = kind::media_type(&name, &head);
    let mut unfinished = Unfinished::begin(ctx, user_id, name, media_type).await?;
    let key = blob_key(unfinished.id)?;
    let stored = match ctx.blobs.put(&key, body, kind::served_as(media_type), limit).await {
        Ok(stored) => stored,
        Err(error) => {
            unfinished.give_up().await;
            // Which bound it was that the file met.
            let by_quota = error.code == "file_too_large" && room < ctx.config.files.max_bytes;
            return Err(if by_quota { quota_exceeded() } else { error });
        }
    };
    match keep(ctx, user_id, unfinished.id, &stored).await {
        Ok(Kept::New(row)) => {
            unfinished.done();
            push(ctx, &row).await;
            tell(ctx, "file_created", &row);
            Ok(row)
        }
        Ok(Kept::Same(row)) => {
            unfinished.give_up().await;
            // Who sends a file again wants it read.
            if row.state == State::Failed { retry(ctx, user_id, row.id).await } else { Ok(row) }
        }
        Err(error) => {
            unfinished.give_up().await;
            Err(error)
        }
    }
}

enum Kept {
    New(Model),
    Same(Model),
}

/// Makes the row count, one upload of a user after the other: a quota holds however many come at once.
async fn keep(ctx: &Context, user_id: Uuid, id: Uuid, stored: &Stored) -> Result<Kept> {
    let transaction = db::begin(&ctx.db).await?;
    let limits = Limits::of(ctx, &transaction, user_id).await?;
    limits.lock(&transaction).await?;
    let same = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Sha256.eq(stored.sha256.as_str()))
        .one(&transaction)
        .await?;
    if let Some(row) = same {
        transaction.rollback().await?;
        return Ok(Kept::Same(row));
    }
    if limits.room(&transaction).await? < stored.bytes {
        transaction.rollback().await?;
        return Err(quota_exceeded());
    }
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Uploaded))
        .col_expr(Column::Bytes, Expr::value(i64::try_from(stored.bytes).unwrap_or(i64::MAX)))
        .col_expr(Column::Sha256, Expr::value(stored.sha256.as_str()))
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Uploading))
        .filter(Column::DeletedAt.is_null())
        .exec(&transaction)
        .await?;
    let row = Entity::find_by_id(id).one(&transaction).await?;
    match row {
        Some(row) if done.rows_affected == 1 => {
            transaction.commit().await?;
            Ok(Kept::New(row))
        }
        _ => Err(Error::invalid("upload_broken", "The upload took too long and was given up.")),
    }
}

/// A row of a file that has no content yet.
pub(super) fn new_row(
    ctx: &Context,
    user_id: Uuid,
    name: String,
    media_type: &str,
    state: State,
) -> ActiveModel {
    let now = ctx.clock.now_ms();
    ActiveModel {
        id: Set(ids::new()),
        user_id: Set(user_id),
        name: Set(name),
        url: Set(None),
        media_type: Set(media_type.to_owned()),
        bytes: Set(0),
        sha256: Set(None),
        state: Set(state),
        progress: Set(0),
        pages: Set(None),
        chunks: Set(None),
        index_id: Set(None),
        notice: Set(None),
        attempt: Set(0),
        tries: Set(0),
        lease_owner: Set(None),
        lease_until: Set(None),
        error_code: Set(None),
        error_message: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
    }
}

/// A row without a whole file: it goes unless the upload gets to its end, also when the caller goes away.
struct Unfinished {
    ctx: Context,
    id: Uuid,
    armed: bool,
}

impl Unfinished {
    async fn begin(ctx: &Context, user_id: Uuid, name: String, media_type: &str) -> Result<Self> {
        let row = new_row(ctx, user_id, name, media_type, State::Uploading);
        // Armed before the insert: who is dropped in the middle of it has a row, perhaps.
        let unfinished = Self { ctx: ctx.clone(), id: row.id.clone().unwrap(), armed: true };
        Entity::insert(row).exec_without_returning(&ctx.db).await?;
        Ok(unfinished)
    }

    fn done(&mut self) {
        self.armed = false;
    }

    async fn give_up(&mut self) {
        self.armed = false;
        give_up(&self.ctx, self.id).await;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.armed {
            let (ctx, id) = (self.ctx.clone(), self.id);
            self.ctx.shutdown.spawn(async move { give_up(&ctx, id).await });
        }
    }
}

async fn give_up(ctx: &Context, id: Uuid) {
    let given_up = async {
        remove::mark(ctx, id).await?;
        remove::erase(ctx, id).await
    };
    if let Err(error) = given_up.await {
        tracing::debug!(file = %id, code = error.code, "an unfinished file waits for the sweep");
    }
}

/// The first bytes of a body, and the whole of it.
pub async fn head_of(mut body: ByteStream) -> Result<(Bytes, ByteStream)> {
    let mut head = BytesMut::new();
    let mut pieces: Vec<io::Result<Bytes>> = Vec::new();
    while head.len() < HEAD {
        let next = tokio::time::timeout(std::time::Duration::from_secs(60), body.next()).await;
        match next.map_err(|stalled| broken().source(stalled))? {
            Some(Ok(piece)) => {
                head.extend_from_slice(&piece[..piece.len().min(HEAD - head.len())]);
                pieces.push(Ok(piece));
            }
            Some(Err(error)) => return Err(broken().source(error)),
            None => break,
        }
    }
    if head.is_empty() {
        return Err(Error::invalid("file_empty", "The file is empty."));
    }
    Ok((head.freeze(), stream::iter(pieces).chain(body).boxed()))
}

fn broken() -> Error {
    Error::invalid("upload_broken", "The upload did not come to its end.")
}

/// The last part of a path, without what no name should hold; never empty.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control() && !is_reordering(*c)).collect();
    let plain = plain.trim().trim_start_matches('.').trim();
    if plain.is_empty() {
        return "file".to_owned();
    }
    let count = plain.chars().count();
    if count <= NAME_LIMIT {
        return plain.to_owned();
    }
    let ending: String = plain.chars().skip(count - 20).collect();
    let begin: String = plain.chars().take(NAME_LIMIT - 21).collect();
    format!("{begin}…{ending}")
}

/// Characters that make `exe.txt` look like `txt.exe`.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_of_a_path() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\plan.docx", "plan.docx"),
            ("a\u{202e}txt.exe", "atxt.exe"),
            ("..", "file"),
            ("", "file"),
            (" .hidden ", "hidden"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
        let long = clean_name(&format!("{}.tar.gz", "ä".repeat(400)));
        assert_eq!(long.chars().count(), NAME_LIMIT);
        assert!(long.ends_with(".tar.gz"));
    }
}
