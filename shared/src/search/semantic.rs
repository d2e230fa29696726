//! By meaning: the question becomes a vector of each model that the files have vectors of, and the nearest are taken.
//! While files are being embedded anew, that is two models for a while.

use std::time::Duration;

use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait};

use super::scope::Scope;
use crate::entity::embedding_index::Model;
use crate::entity::file;
use crate::error::{Error, Kind, Result};
use crate::providers::EmbedOptions;
use crate::{Context, models, settings, vectors};

/// How long a search waits for the vector of its question.
const LIMIT: Duration = Duration::from_secs(10);
/// Models that one search asks at most.
const MODELS: usize = 2;

/// A ranking for each model that has vectors of the scope.
pub(super) async fn rank(ctx: &Context, scope: &Scope, question: &str, most: u64) -> Result<Vec<Vec<i64>>> {
    if settings::get(ctx).await?.embedding_model.is_none() {
        return Ok(Vec::new());
    }
    let mut rankings = Vec::new();
    for index in indexes(ctx, scope).await?.into_iter().take(MODELS) {
        let vector = embed(ctx, &index, question).await?;
        rankings.push(vectors::store(ctx).await?.nearest(ctx, &index, scope, &vector, most).await?);
    }
    Ok(rankings)
}

async fn indexes(ctx: &Context, scope: &Scope) -> Result<Vec<Model>> {
    let query = Query::select()
        .distinct()
        .expr_as(Expr::col(file::Column::IndexId), Alias::new("index_id"))
        .from(file::Entity)
        .and_where(file::Column::Id.in_subquery(scope.files()))
        .and_where(file::Column::IndexId.is_not_null())
        .to_owned();
    let rows = ctx.db.query_all(&query).await?;
    let ids: Vec<i32> = rows.iter().map(|row| row.try_get("", "index_id")).collect::<Result<_, _>>()?;
    if ids.is_empty() { Ok(Vec::new()) } else { vectors::find_many(ctx, ids).await }
}

async fn embed(ctx: &Context, index: &Model, question: &str) -> Result<Vec<f32>> {
    let asked = async {
        let entry = models::find(ctx, &index.model).await?;
        let provider = models::provider(ctx, &entry).await?;
        provider.embed(&entry.provider_id, vec![question.to_owned()], EmbedOptions::default()).await
    };
    let late = |_| Error::new(Kind::Upstream, "provider_timeout", "The model did not answer in time.");
    let made = tokio::time::timeout(LIMIT, asked).await.map_err(late)??;
    let vector = made.vectors.into_iter().next().unwrap_or_default();
    if usize::try_from(index.dimensions).ok() != Some(vector.len()) {
        return Err(Error::new(Kind::Upstream, "embedding_dimensions", "The model makes other vectors now."));
    }
    Ok(vector)
}
