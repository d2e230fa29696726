//! Runs one generation: claim, call the model, stream, write the end.

use std::time::Duration;

use shared::Result;
use shared::generations::{self, Claim};
use shared::jobs::GenerateReply;
use shared::queue::Outcome;

use crate::{Worker, chat};

pub(crate) async fn run(worker: Worker, job: GenerateReply) -> Result<Outcome> {
    match generations::claim(&worker.ctx, job.generation_id).await? {
        Claim::Over => Ok(Outcome::Done),
        Claim::Held(ms) => Ok(Outcome::RetryIn(Duration::from_millis(ms), "another worker has it")),
        Claim::Full(ms) => Ok(Outcome::RetryIn(Duration::from_millis(ms), "its cap is used up")),
        Claim::Mine(claimed) => {
            let hold = worker.leases.hold(&claimed);
            chat::run(&worker, &claimed, &hold.run).await
        }
    }
}
