//! Work that comes round by time. Every maintenance worker does it; doing it twice is harmless.

use std::time::Duration;

use rand::Rng as _;
use shared::config::{ms, s};
use shared::generations::Look;
use shared::jobs::RefreshModels;
use shared::page::Slice;
use shared::redis::{Reconnections, Redis};
use shared::{Context, chats, connections, files, generations, imports};

/// Rows accepted longer ago than this that still wait are pushed again.
const WAITING_MS: u64 = 5_000;
/// The same after Redis was away, when what was pushed may be lost.
const LOST_MS: u64 = 500;
/// Between two looks for imports that have lost their worker.
const IMPORTS: Duration = Duration::from_secs(30);

/// Looks for runs that nobody has: at the start, every `generation.sweep_s`, and when Redis has come back.
pub(crate) async fn sweep(ctx: Context) {
    // The queue of one process starts empty: all that waits in the rows goes into it at once.
    let mut look = Look { older_than_ms: if ctx.config.is_cluster() { WAITING_MS } else { 0 }, lapsed: true };
    let mut redis = ctx.redis.as_ref().map(Redis::reconnections);
    loop {
        let answered = match generations::sweep(&ctx, &look).await {
            Ok(swept) => {
                if swept.pushed > 0 {
                    tracing::info!(pushed = swept.pushed, "runs were found and queued again");
                }
                true
            }
            Err(error) => {
                tracing::warn!(code = error.code, "the sweep failed and comes again");
                false
            }
        };
        // After an outage of the database all leases have run out, and their holders are given a round to say a word.
        look = Look { older_than_ms: WAITING_MS, lapsed: answered };
        tokio::select! {
            goes_on = pause(&ctx, s(ctx.config.generation.sweep_s)) => if !goes_on { return },
            () = is_back(redis.as_mut()) => {
                // What was accepted until then counts as waiting.
                if !pause(&ctx, ms(2 * LOST_MS)).await {
                    return;
                }
                look.older_than_ms = LOST_MS;
            }
        }
    }
}

async fn is_back(redis: Option<&mut Reconnections>) {
    match redis {
        Some(redis) => redis.next().await,
        None => std::future::pending().await,
    }
}

/// Looks for imports that nobody works on, and takes away what is old.
pub(crate) async fn sweep_imports(ctx: Context) {
    let mut silent_ms = if ctx.config.is_cluster() { None } else { Some(0) };
    loop {
        if let Err(error) = imports::sweep(&ctx, silent_ms).await {
            tracing::warn!(code = error.code, "the sweep of imports failed and comes again");
        }
        silent_ms = None;
        if !pause(&ctx, IMPORTS).await {
            return;
        }
    }
}

/// Looks for files that nobody works on, and for what is left of those that were taken away.
pub(crate) async fn sweep_files(ctx: Context) {
    let mut older_than = if ctx.config.is_cluster() { WAITING_MS } else { 0 };
    loop {
        match files::sweep(&ctx, older_than).await {
            Ok(0) => {}
            Ok(pushed) => tracing::debug!(pushed, "files were found and queued again"),
            Err(error) => tracing::warn!(code = error.code, "the sweep of files failed and comes again"),
        }
        older_than = WAITING_MS;
        if !pause(&ctx, s(ctx.config.generation.sweep_s)).await {
            return;
        }
    }
}

/// Deletes temporary chats that nobody has come back to.
pub(crate) async fn sweep_chats(ctx: Context) {
    loop {
        match chats::delete_forgotten(&ctx).await {
            Ok(0) => {}
            Ok(gone) => tracing::debug!(gone, "temporary chats were deleted"),
            Err(error) => tracing::warn!(code = error.code, "the sweep of chats failed and comes again"),
        }
        if !pause(&ctx, s(ctx.config.generation.sweep_s)).await {
            return;
        }
    }
}

/// Has every provider's model list read again each `providers.refresh_s`.
pub(crate) async fn refresh_models(ctx: Context) {
    loop {
        if !pause(&ctx, s(ctx.config.providers.refresh_s.max(5))).await {
            return;
        }
        match connections::list(&ctx, &Slice::new(1000, None)).await {
            Ok(page) => {
                for row in page.items.iter().filter(|row| row.enabled) {
                    if let Err(error) = ctx.queue.push(&RefreshModels { connection_id: row.id }).await {
                        tracing::debug!(code = error.code, "a refresh could not be queued");
                    }
                }
            }
            Err(error) => tracing::warn!(code = error.code, "the connections could not be read"),
        }
    }
}

/// Waits with some jitter, so that workers do not look at the same moment; `false` when the process drains.
async fn pause(ctx: &Context, pause: Duration) -> bool {
    let pause = pause.mul_f64(rand::rng().random_range(0.8..1.2));
    tokio::select! {
        () = ctx.shutdown.draining() => false,
        () = tokio::time::sleep(pause) => true,
    }
}
