//! Makes the vectors of a file's passages, a batch at a time; what is made stays made.

use std::time::Duration;

use shared::Result;
use shared::files::{self, Claim, Stage};
use shared::jobs::EmbedFile;
use shared::queue::Outcome;

use super::settle_file;
use crate::{Worker, ingest};

pub(crate) async fn run(worker: Worker, job: EmbedFile) -> Result<Outcome> {
    let ctx = &worker.ctx;
    let mut claimed = match files::claim(ctx, job.file_id, Stage::Embed).await? {
        Claim::Over => return Ok(Outcome::Done),
        Claim::Held(ms) => return Ok(Outcome::RetryIn(Duration::from_millis(ms), "another worker has it")),
        Claim::Mine(claimed) => claimed,
    };
    let done = tokio::select! {
        biased;
        () = ctx.shutdown.stopped() => None,
        done = ingest::embed(ctx, &mut claimed) => Some(done),
    };
    settle_file(ctx, &mut claimed, done).await
}
