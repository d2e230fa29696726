//! Starts the pools of a process and what runs beside them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use shared::config::ms;
use shared::queue::Pool;
use shared::web::Web;
use shared::{Context, Result, generations, models};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::chat::beat::Beat;
use crate::leases::Leases;
use crate::{Worker, rounds};

/// Which pools a process serves and how many jobs of each it runs at once.
#[derive(Clone, Debug)]
pub struct Plan(Vec<(Pool, usize)>);

impl Plan {
    /// These pools with their configured concurrency, or with `concurrency` for each.
    pub fn new(ctx: &Context, pools: &[Pool], concurrency: Option<usize>) -> Self {
        let settings = &ctx.config.workers;
        let slots = |pool| match pool {
            Pool::Chat => settings.chat,
            Pool::Ingest => settings.ingest,
            Pool::Embed => settings.embed,
            Pool::Maintenance => settings.maintenance,
        };
        Self(pools.iter().map(|pool| (*pool, concurrency.unwrap_or_else(|| slots(*pool)).max(1))).collect())
    }
}

/// Works until the shutdown drains and what runs has ended or been given back.
///
/// No `async fn`: such a one is compiled again, with all that it calls, in the crate that awaits it.
pub fn run(ctx: Context, plan: Plan) -> BoxFuture<'static, Result<()>> {
    Box::pin(work(ctx, plan))
}

async fn work(ctx: Context, plan: Plan) -> Result<()> {
    let leases = Leases::new(ctx.clone());
    let beat = Beat::every(ms(ctx.config.generation.coalesce_ms));
    let readers = std::thread::available_parallelism().map_or(2, usize::from);
    let readers = Arc::new(Semaphore::new(readers));
    let web = Web::new(&ctx.config);
    let worker = Worker { ctx: ctx.clone(), leases: leases.clone(), beat, readers, web };
    ctx.shutdown.spawn(leases.clone().keep());
    ctx.shutdown.spawn(hear_cancels(ctx.clone(), leases));
    if plan.0.iter().any(|(pool, _)| *pool == Pool::Maintenance) {
        ctx.shutdown.spawn(rounds::sweep(ctx.clone()));
        ctx.shutdown.spawn(rounds::sweep_files(ctx.clone()));
        ctx.shutdown.spawn(rounds::refresh_models(ctx.clone()));
        ctx.shutdown.spawn(rounds::sweep_imports(ctx.clone()));
        ctx.shutdown.spawn(rounds::sweep_chats(ctx.clone()));
    }
    let pools = plan.0.into_iter().map(|(pool, slots)| {
        tracing::info!(pool = pool.as_str(), slots, "working");
        let name = format!("{}-{}", ctx.process, pool.as_str());
        shared::queue::worker(
            &ctx.queue,
            pool,
            slots,
            name,
            &ctx.shutdown,
            crate::routes(&worker).into_handler(),
        )
    });
    futures_util::future::join_all(pools).await;
    Ok(())
}

async fn hear_cancels(ctx: Context, leases: Arc<Leases>) {
    let mut bell = ctx.bus.listen(generations::CANCELLED);
    let mut changed = ctx.bus.listen(models::CHANGED);
    loop {
        tokio::select! {
            () = ctx.shutdown.stopped() => return,
            heard = bell.next() => {
                // A lost bell is no loss: the renewal sees the mark in the row.
                if let Some(id) = heard.as_deref().and_then(|b| std::str::from_utf8(b).ok()).and_then(|s| s.parse::<Uuid>().ok()) {
                    leases.cancel(id);
                }
            }
            _ = changed.next() => ctx.models.invalidate(&()).await,
        }
    }
}
