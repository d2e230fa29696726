//! Reads an uploaded file to its last passage.

use shared::Result;
use shared::files::{self, Claim, Stage};
use shared::jobs::IngestFile;
use shared::queue::Outcome;

use super::settle_file;
use crate::{Worker, ingest};

pub(crate) async fn run(worker: Worker, job: IngestFile) -> Result<Outcome> {
    let ctx = &worker.ctx;
    let mut claimed = match files::claim(ctx, job.file_id, Stage::Ingest).await? {
        Claim::Over => return Ok(Outcome::Done),
        Claim::Held(ms) => {
            return Ok(Outcome::RetryIn(std::time::Duration::from_millis(ms), "another worker has it"));
        }
        Claim::Mine(claimed) => claimed,
    };
    let done = tokio::select! {
        biased;
        () = ctx.shutdown.stopped() => None,
        done = ingest::run(&worker, &mut claimed) => Some(done),
    };
    settle_file(ctx, &mut claimed, done).await
}
