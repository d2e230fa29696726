//! Removes what is left of a file that was taken away.

use shared::jobs::RemoveFile;
use shared::queue::Outcome;
use shared::{Result, files};

use crate::Worker;

pub(crate) async fn run(worker: Worker, job: RemoveFile) -> Result<Outcome> {
    files::erase(&worker.ctx, job.file_id).await?;
    Ok(Outcome::Done)
}
