//! Makes the vectors of one embedding call.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use shared::config::s;
use shared::events::{Event, EventId, Topic};
use shared::generations::{self, Claim, Claimed, Ended, Outcome as End};
use shared::jobs::EmbedTexts;
use shared::providers::{EmbedOptions, Embeddings};
use shared::queue::Outcome;
use shared::{Error, Result, models};

use crate::Worker;
use crate::leases::Run;

/// The request of an embedding call, as its row keeps it.
#[derive(Deserialize)]
struct Request {
    input: Vec<String>,
    #[serde(flatten)]
    options: EmbedOptions,
}

pub(crate) async fn run(worker: Worker, job: EmbedTexts) -> Result<Outcome> {
    let ctx = &worker.ctx;
    let claimed = match generations::claim(ctx, job.generation_id).await? {
        Claim::Over => return Ok(Outcome::Done),
        Claim::Held(ms) => return Ok(Outcome::RetryIn(Duration::from_millis(ms), "another worker has it")),
        Claim::Full(ms) => return Ok(Outcome::RetryIn(Duration::from_millis(ms), "its cap is used up")),
        Claim::Mine(claimed) => claimed,
    };
    let hold = worker.leases.hold(&claimed);
    let Some(result) = embed_unless_stopped(&worker, &claimed, &hold.run).await else {
        return Ok(match generations::release(ctx, &claimed).await? {
            true => Outcome::Released,
            false => Outcome::Done,
        });
    };
    let (name, data, end, ended) = match result {
        Ok(Some(made)) => {
            let output = json!({ "vectors": made.vectors });
            let data = json!({ "usage": made.usage, "finish_reason": "stop" });
            let ended = Ended { output: Some(output), usage: Some(made.usage), ..Ended::default() };
            ("completed", data, End::Completed, ended)
        }
        Ok(None) => ("cancelled", json!({}), End::Cancelled, Ended::default()),
        Err(error) => {
            let data = json!({ "code": error.code, "message": error.message });
            ("failed", data, End::Failed(error), Ended::default())
        }
    };
    if !generations::finish(ctx, &claimed, end, ended).await? {
        return Ok(Outcome::Done);
    }
    let topic = Topic::generation(claimed.row.id);
    let id = EventId { attempt: u64::from(claimed.attempt.unsigned_abs()), seq: 1 };
    // The vectors are in the row; the event says that they are there.
    if let Err(error) = ctx.events.append(&topic, &Event::new(id, name, data.to_string())).await {
        tracing::debug!(generation = %claimed.row.id, ?error, "the end of a call could not be told");
    }
    drop(ctx.events.expire(&topic, s(ctx.config.stream.log_ttl_s)).await);
    Ok(Outcome::Done)
}

/// `None` when the run is to go on elsewhere; `Ok(None)` when its user wants no more of it.
async fn embed_unless_stopped(
    worker: &Worker,
    claimed: &Claimed,
    run: &Run,
) -> Option<Result<Option<Embeddings>>> {
    tokio::select! {
        biased;
        () = run.lost.cancelled() => None,
        () = worker.ctx.shutdown.stopped() => None,
        () = run.cancelled.cancelled() => Some(Ok(None)),
        made = embed(worker, claimed) => Some(made.map(Some)),
    }
}

async fn embed(worker: &Worker, claimed: &Claimed) -> Result<Embeddings> {
    let ctx = &worker.ctx;
    let entry = models::find(ctx, &claimed.row.model).await?;
    let request =
        claimed.row.request.clone().ok_or_else(|| Error::internal("The request of this call is gone."))?;
    let request: Request = serde_json::from_value(request)?;
    models::provider(ctx, &entry).await?.embed(&entry.provider_id, request.input, request.options).await
}
