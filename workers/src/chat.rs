//! One run of a model: prompt, stream, end.
//!
//! The read of the upstream and the writes to the log go side by side: neither waits for the other.

mod answer;
pub(crate) mod beat;
mod log;
mod prompt;
mod retrieve;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;
use shared::config::s;
use shared::entity::generation::Kind as RunKind;
use shared::events::Topic;
use shared::generations::{self, Claimed, Ended, Outcome as End};
use shared::jobs::MakeTitle;
use shared::providers::ChatRequest;
use shared::queue::Outcome;
use shared::quotas::request_tokens;
use shared::{Context, Error, Result, models};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use self::answer::Answer;
use self::log::{LogWriter, Written};
use self::prompt::Prompt;
use crate::Worker;
use crate::leases::Run;

/// How long the end of a run is tried against a database that is away. The text waits in memory.
const SAVE_LIMIT: Duration = Duration::from_secs(300);
const SAVE_PAUSE: Duration = Duration::from_millis(500);

/// Why the model is no longer read.
enum Stop {
    /// The model has said all.
    Ended,
    Cancelled,
    Failed(Error),
    /// Another attempt has the run.
    Lost,
    /// This process ends before the model does.
    Released,
}

/// Runs what was claimed, to its end or until it belongs to somebody else.
pub(crate) async fn run(worker: &Worker, claimed: &Claimed, run: &Arc<Run>) -> Result<Outcome> {
    let ctx = &worker.ctx;
    let mut log = LogWriter::new(worker.clone(), run.clone());
    if claimed.attempt > 1 {
        // Readers forget what an earlier attempt showed; from here on the log refuses that attempt.
        log.append("restarted", &json!({})).await;
    }
    let answer = Arc::new(Answer::default());
    let mut title = false;
    // Retrieval may wait for a file that is still being read.
    let built = tokio::select! {
        biased;
        () = run.lost.cancelled() => Err(Stop::Lost),
        () = run.cancelled.cancelled() => Err(Stop::Cancelled),
        () = ctx.shutdown.stopped() => Err(Stop::Released),
        built = prompt::build(ctx, &claimed.row) => Ok(built),
    };
    let (stop, base) = match built {
        Ok(Ok(Prompt { request, entry, base, first, retrieved })) => {
            title = first;
            if let Some(retrieved) = retrieved {
                generations::cite(ctx, claimed, json!(retrieved.citations)).await?;
                log.append("retrieved", &retrieved.event()).await;
            }
            (converse(worker, run, &entry, request, &answer, &mut log).await, base)
        }
        Ok(Err(error)) if error.is_transient() && error.code != "model_not_found" => {
            // Nothing was shown yet: give it back, the queue waits and tries again.
            generations::release(ctx, claimed).await?;
            return Ok(Outcome::Retry(error));
        }
        Ok(Err(error)) => (Stop::Failed(error), None),
        Err(stop) => (stop, None),
    };
    let end = match stop {
        Stop::Ended => End::Completed,
        Stop::Cancelled => End::Cancelled,
        Stop::Failed(error) => {
            tracing::info!(generation = %run.id, code = error.code, source = ?error.source, "a run failed");
            End::Failed(error)
        }
        Stop::Lost => return Ok(Outcome::Done),
        Stop::Released => {
            return Ok(match generations::release(ctx, claimed).await? {
                true => Outcome::Released,
                false => Outcome::Done,
            });
        }
    };
    let completed = matches!(end, End::Completed);
    let said = terminal(&end, &answer);
    if !save(ctx, claimed, run, end, answer.ended(&claimed.row, base)).await {
        return Ok(Outcome::Done);
    }
    log.finish(said.0, &said.1).await;
    after(ctx, claimed, completed && title).await;
    Ok(Outcome::Done)
}

/// Calls the model and streams until it ends or somebody wants it to.
///
/// The model is read in a task of its own: it wakes for every token, and this one with all the layers around it only
/// for what is written.
async fn converse(
    worker: &Worker,
    run: &Arc<Run>,
    entry: &models::Entry,
    request: ChatRequest,
    answer: &Arc<Answer>,
    log: &mut LogWriter,
) -> Stop {
    let ctx = &worker.ctx;
    let ended = CancellationToken::new();
    let reading = read(ctx.clone(), entry.clone(), request, answer.clone());
    let mut reader = AbortOnDropHandle::new(ctx.shutdown.spawn(reading));
    let watcher = async {
        let stop = tokio::select! {
            biased;
            () = run.lost.cancelled() => Stop::Lost,
            () = run.cancelled.cancelled() => Stop::Cancelled,
            () = ctx.shutdown.stopped() => Stop::Released,
            read = &mut reader => match read {
                Ok(Ok(())) => Stop::Ended,
                Ok(Err(error)) => Stop::Failed(error),
                Err(error) => Stop::Failed(Error::internal("The reader of the model broke off.").source(error)),
            },
        };
        if !reader.is_finished() {
            // What is said from here on is not heard; the connection is closed when the task is gone.
            reader.abort();
            let _ = (&mut reader).await;
        }
        ended.cancel();
        stop
    };
    let writer = async {
        loop {
            tokio::select! {
                biased;
                () = answer.news() => {}
                () = ended.cancelled() => break,
            }
            if log.flush(answer, &ended).await == Written::Lost {
                run.lost.cancel();
                return;
            }
            tokio::select! {
                () = worker.beat.next() => {}
                () = ended.cancelled() => {}
            }
        }
        log.flush(answer, &ended).await;
    };
    let (stop, ()) = tokio::join!(watcher, writer);
    if run.lost.is_cancelled() { Stop::Lost } else { stop }
}

async fn read(ctx: Context, entry: models::Entry, request: ChatRequest, answer: Arc<Answer>) -> Result<()> {
    let tokens = request_tokens(&request);
    let mut stream = models::provider(&ctx, &entry).await?.chat(request).await?;
    answer.asked(tokens);
    while let Some(delta) = stream.next().await {
        answer.add(delta?);
        ctx.activity.wrote();
    }
    Ok(())
}

fn terminal(end: &End, answer: &Answer) -> (&'static str, serde_json::Value) {
    match end {
        End::Completed => {
            ("completed", json!({ "usage": answer.usage(), "finish_reason": answer.finish_reason() }))
        }
        End::Cancelled => ("cancelled", json!({})),
        End::Failed(error) => {
            let mut data = json!({ "code": error.code, "message": error.message });
            if let Some(after) = error.retry_after {
                data["retry_after_s"] = after.as_secs().max(1).into();
            }
            ("failed", data)
        }
    }
}

/// Writes the end, as long as it takes: the answer is in memory and nowhere else. `false` when it is not ours any more.
async fn save(ctx: &Context, claimed: &Claimed, run: &Run, end: End, ended: Ended) -> bool {
    let deadline = tokio::time::Instant::now() + SAVE_LIMIT;
    let mut end = Some(end);
    loop {
        let attempt = match end.take() {
            Some(End::Failed(error)) => {
                end = Some(End::Failed(error.again()));
                End::Failed(error)
            }
            Some(End::Cancelled) => {
                end = Some(End::Cancelled);
                End::Cancelled
            }
            _ => {
                end = Some(End::Completed);
                End::Completed
            }
        };
        match generations::finish(ctx, claimed, attempt, ended.clone()).await {
            Ok(written) => return written,
            Err(error) if tokio::time::Instant::now() < deadline && !run.lost.is_cancelled() => {
                tracing::warn!(generation = %run.id, code = error.code, "the end of a run could not be written yet");
                tokio::time::sleep(SAVE_PAUSE).await;
            }
            Err(error) => {
                tracing::error!(generation = %run.id, ?error, "the end of a run could not be written");
                return false;
            }
        }
    }
}

/// What follows an end and may be lost: the log's time to live, the user's other tabs, the title.
async fn after(ctx: &Context, claimed: &Claimed, title: bool) {
    let row = &claimed.row;
    if let Err(error) = ctx.events.expire(&Topic::generation(row.id), s(ctx.config.stream.log_ttl_s)).await {
        tracing::debug!(code = error.code, "a log keeps its longer time to live");
    }
    if row.kind != RunKind::Chat {
        return;
    }
    if let Ok(row) = generations::find_for(ctx, row.user_id, row.id).await {
        let data = json!({ "generation": generations::as_json(&row) });
        generations::tell_user(ctx, row.user_id, "generation_ended", data);
    }
    generations::go_on(ctx, row).await;
    if let Some(chat_id) = row.chat_id.filter(|_| title)
        && let Err(error) = ctx.queue.push(&MakeTitle { chat_id, user_id: row.user_id }).await
    {
        tracing::debug!(code = error.code, "a chat keeps its first words as its title");
    }
}
