//! The handlers, one file for each kind of job.

pub(crate) mod embed_file;
pub(crate) mod embed_texts;
pub(crate) mod generate_reply;
pub(crate) mod ingest_file;
pub(crate) mod make_title;
pub(crate) mod refresh_models;
pub(crate) mod remove_file;
pub(crate) mod run_import;

use std::time::Duration;

use shared::entity::file::State;
use shared::files::{self, Claimed};
use shared::queue::Outcome;
use shared::{Context, Result};

/// When a file that is ready is embedded anew again after that has failed.
const LATER: Duration = Duration::from_secs(600);

/// What becomes of a file after a piece of work: `None` when this process had to stop in the middle of it.
async fn settle_file(
    ctx: &Context,
    claimed: &mut Claimed,
    done: Option<Result<Option<()>>>,
) -> Result<Outcome> {
    match done {
        Some(Ok(_)) => Ok(Outcome::Done),
        None => {
            files::release(ctx, claimed).await?;
            Ok(Outcome::Released)
        }
        Some(Err(error)) => {
            let tries = u32::try_from(claimed.row.tries).unwrap_or_default();
            if error.is_transient() && tries < ctx.config.files.max_attempts {
                let pause = Duration::from_secs(1 << tries.min(6));
                tracing::info!(file = %claimed.row.id, code = error.code, source = ?error.source, tries, "a file waits for another try");
                files::rest(ctx, claimed, pause).await?;
                return Ok(Outcome::RetryIn(pause, "its store or provider is away"));
            }
            tracing::info!(file = %claimed.row.id, code = error.code, source = ?error.source, "a file cannot be read");
            if claimed.row.state == State::Ready {
                // It is found by what it has; the sweep comes again for the rest.
                files::rest(ctx, claimed, LATER).await?;
                return Ok(Outcome::Done);
            }
            files::fail(ctx, claimed, &error).await?;
            Ok(Outcome::Done)
        }
    }
}
