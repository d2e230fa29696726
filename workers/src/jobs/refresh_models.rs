//! Reads a provider's model list again.

use shared::jobs::RefreshModels;
use shared::queue::Outcome;
use shared::{Kind, Result, connections, models};

use crate::Worker;

pub(crate) async fn run(worker: Worker, job: RefreshModels) -> Result<Outcome> {
    match connections::find(&worker.ctx, job.connection_id).await {
        Ok(row) => {
            models::refresh(&worker.ctx, &row).await?;
            Ok(Outcome::Done)
        }
        Err(error) if error.kind == Kind::NotFound => Ok(Outcome::Done),
        Err(error) => Err(error),
    }
}
