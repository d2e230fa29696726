//! Reads a file of chats through, or imports it, as its row says.

use shared::entity::import::State;
use shared::jobs::RunImport;
use shared::queue::Outcome;
use shared::{Kind, Result, imports};

use crate::Worker;
use crate::import::{self, Done};

pub(crate) async fn run(worker: Worker, job: RunImport) -> Result<Outcome> {
    let ctx = &worker.ctx;
    let row = match imports::find_for(ctx, job.user_id, job.import_id).await {
        Ok(row) if matches!(row.state, State::Reading | State::Importing) => row,
        Ok(_) => return Ok(Outcome::Done),
        Err(error) if error.kind == Kind::NotFound => return Ok(Outcome::Done),
        Err(error) => return Err(error),
    };
    let done = tokio::select! {
        done = import::run(ctx, &row) => done?,
        // What has come so far stays, and the next worker passes over it.
        () = ctx.shutdown.stopped() => return Ok(Outcome::Released),
    };
    if let Done::Ended(result) = done {
        imports::finish(ctx, &row, result).await?;
    }
    Ok(Outcome::Done)
}
