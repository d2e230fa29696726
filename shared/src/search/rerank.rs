//! A model that reads the question and each passage together puts the best candidates into a better order. It has
//! little time: without it the order is the one that was there before.

use std::time::Duration;

use super::Found;
use crate::error::Result;
use crate::providers::Ranked;
use crate::vectors::Bare;
use crate::{Context, models};

/// Candidates that are looked at again.
pub(super) const CANDIDATES: u64 = 30;
/// How long a search waits for the better order.
const LIMIT: Duration = Duration::from_millis(1500);
/// Characters of a passage that are sent; models read no more than a few hundred tokens of each.
const LENGTH: usize = 4_000;

/// The passages in the order of this model; in the one that they have where the model does not answer in time.
pub(super) async fn rerank(ctx: &Context, model: &str, question: &str, found: Vec<Found>) -> Vec<Found> {
    if found.len() < 2 {
        return found;
    }
    match tokio::time::timeout(LIMIT, ask(ctx, model, question, &found)).await {
        Ok(Ok(ranked)) => return reorder(found, &ranked),
        Ok(Err(error)) => {
            tracing::warn!(code = error.code, "passages keep the order that they were found in");
        }
        Err(_) => {
            tracing::warn!("passages keep the order that they were found in: the reranker took too long");
        }
    }
    metrics::counter!("skein_rerank_failures_total").increment(1);
    found
}

async fn ask(ctx: &Context, model: &str, question: &str, found: &[Found]) -> Result<Vec<Ranked>> {
    let entry = models::known(ctx, model).await?;
    let provider = models::provider(ctx, &entry).await?;
    let documents = found.iter().map(|found| {
        let (heading, text) = (found.chunk.heading.clone(), found.chunk.text.clone());
        Bare { id: found.chunk.id, heading, text }.whole().chars().take(LENGTH).collect()
    });
    provider.rerank(&entry.provider_id, question, documents.collect()).await
}

/// What was ranked first, with its new score; then the rest as it was, with scores that are no higher.
fn reorder(found: Vec<Found>, ranked: &[Ranked]) -> Vec<Found> {
    let lowest = ranked.last().map_or(0.0, |last| last.score);
    let mut left: Vec<Option<Found>> = found.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(left.len());
    for one in ranked {
        if let Some(found) = left.get_mut(one.index).and_then(Option::take) {
            ordered.push(Found { score: one.score, ..found });
        }
    }
    ordered.extend(left.into_iter().flatten().map(|found| Found { score: lowest, ..found }));
    ordered
}
