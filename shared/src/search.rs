//! Finds passages of files: by their words always, by their meaning where vectors are made, both put together by their
//! ranks; a reranker, where one is chosen, has the last word. Whatever is asked, only what the asker may read is looked at.

mod fuse;
mod lexical;
mod rerank;
mod scope;
mod semantic;

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::{chunk, file};
use crate::error::{Error, Result};
use crate::{Context, settings};

pub use self::scope::Scope;

/// Passages that one search may ask for.
pub const MOST: u64 = 100;
/// Candidates of each ranking for each passage that is wanted.
const DEPTH: u64 = 4;
/// Passages are hardly ever shorter, in characters.
const LEAST: usize = 100;
/// Characters of a question that are looked at.
const QUESTION: usize = 4_000;

/// A passage that was found, the best one first.
#[derive(Clone, Debug)]
pub struct Found {
    pub chunk: chunk::Model,
    pub file: file::Model,
    /// Higher is better; only passages of one answer can be compared.
    pub score: f64,
}

/// The `k` passages within the scope that fit the question best.
pub async fn search(ctx: &Context, scope: &Scope, question: &str, k: u64) -> Result<Vec<Found>> {
    let question: String = question.trim().chars().take(QUESTION).collect();
    if question.is_empty() {
        return Err(Error::field("query", "must not be empty"));
    }
    let k = k.clamp(1, MOST);
    if scope.is_empty() {
        return Ok(Vec::new());
    }
    let most = (k * DEPTH).max(40);
    let (words, meanings) =
        tokio::join!(lexical::rank(ctx, scope, &question, most), semantic::rank(ctx, scope, &question, most));
    let mut rankings = vec![words?];
    match meanings {
        Ok(found) => rankings.extend(found),
        // A provider that is away makes a search worse, not impossible.
        Err(error) => tracing::warn!(code = error.code, "a search goes by words alone"),
    }
    let reranker = settings::get(ctx).await?.rerank_model.clone();
    let depth = if reranker.is_some() { Ord::max(k, rerank::CANDIDATES) } else { k };
    let best = fuse::fuse(&rankings, usize::try_from(depth).unwrap_or(usize::MAX));
    let mut found = load(ctx, best).await?;
    if let Some(model) = reranker {
        found = rerank::rerank(ctx, &model, &question, found).await;
    }
    found.truncate(usize::try_from(k).unwrap_or(usize::MAX));
    Ok(found)
}

/// Every passage within the scope in its order, where all of them together have at most so many characters.
pub async fn all(ctx: &Context, scope: &Scope, most: usize) -> Result<Option<Vec<Found>>> {
    if scope.is_empty() {
        return Ok(None);
    }
    let limit = u64::try_from(most / LEAST).unwrap_or(u64::MAX);
    let ids: Vec<i64> = chunk::Entity::find()
        .select_only()
        .column(chunk::Column::Id)
        .filter(chunk::Column::FileId.in_subquery(scope.files()))
        .order_by_asc(chunk::Column::FileId)
        .order_by_asc(chunk::Column::Ordinal)
        .limit(limit + 1)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    if ids.is_empty() || ids.len() as u64 > limit {
        return Ok(None);
    }
    let found = load(ctx, ids.into_iter().map(|id| (id, 1.0)).collect()).await?;
    let length: usize = found.iter().map(|found| found.chunk.text.chars().count()).sum();
    Ok((length <= most).then_some(found))
}

async fn load(ctx: &Context, best: Vec<(i64, f64)>) -> Result<Vec<Found>> {
    if best.is_empty() {
        return Ok(Vec::new());
    }
    let ids = best.iter().map(|(id, _)| *id);
    let rows = chunk::Entity::find().filter(chunk::Column::Id.is_in(ids)).all(&ctx.db).await?;
    let owners: Vec<Uuid> = rows.iter().map(|row| row.file_id).collect();
    let files = file::Entity::find()
        .filter(file::Column::Id.is_in(owners))
        .filter(file::Column::DeletedAt.is_null())
        .all(&ctx.db)
        .await?;
    let files: HashMap<Uuid, file::Model> = files.into_iter().map(|row| (row.id, row)).collect();
    let mut chunks: HashMap<i64, chunk::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(best
        .into_iter()
        .filter_map(|(id, score)| {
            let chunk = chunks.remove(&id)?;
            let file = files.get(&chunk.file_id)?.clone();
            Some(Found { chunk, file, score })
        })
        .collect())
}
