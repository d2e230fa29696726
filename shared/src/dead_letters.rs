//! Dead letters, where more than the queue has to know: raising one may mean to begin its row anew.

use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::generations;
use crate::jobs::{EmbedTexts, GenerateReply};
use crate::page::Slice;
use crate::queue::{Job, JobState, Pool};

/// More are never kept (`Settings::dead_letters`).
const ALL: u64 = 1_000;

/// The ids of all dead letters of a pool.
pub async fn all(ctx: &Context, pool: Pool) -> Result<Vec<Uuid>> {
    let page = ctx.queue.jobs(pool, JobState::Dead, &Slice::new(ALL, None)).await?;
    Ok(page.items.into_iter().map(|letter| letter.id).collect())
}

/// Queues dead letters again as if they had never failed; says how many were there. A run that was given up because its
/// workers died waits again, since a job for a run that has ended does nothing.
pub async fn replay(ctx: &Context, pool: Pool, ids: &[Uuid]) -> Result<u64> {
    for id in ids {
        let Some(letter) = ctx.queue.dead_letter(pool, *id).await? else { continue };
        let Some(envelope) = letter.envelope else { continue };
        if [GenerateReply::NAME, EmbedTexts::NAME].contains(&envelope.name.as_str())
            && let Some(run) = envelope.payload["generation_id"].as_str().and_then(|id| id.parse().ok())
        {
            generations::reopen(ctx, run).await?;
        }
    }
    ctx.queue.replay(pool, ids).await
}
