//! Starts the chosen roles over one Context and one Shutdown. The only place that names both api and workers.

use std::io::Write as _;
use std::time::Duration;

use shared::config::s;
use shared::processes::{self, Role};
use shared::queue::Pool;
use shared::{Config, Context, Error, Kind, Result, Shutdown, settings, telemetry};
use tokio::signal::unix::{SignalKind, signal};
use workers::Plan;

use crate::cli::PoolName;
use crate::detect;

/// What may still be written after running work was given back.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// Everything in one process.
pub(crate) async fn all(config: Config) -> Result<()> {
    telemetry::init(&config.telemetry)?;
    telemetry::metrics()?;
    let shutdown = Shutdown::new();
    let ctx = Context::connect(config, shutdown.clone()).await?;
    if ctx.config.database.migrate {
        migrations::apply(&ctx.config, &ctx.db).await?;
    }
    ready(&ctx).await?;
    if !ctx.config.is_cluster() {
        shared::generations::forget_own_leases(&ctx).await?;
        shared::files::forget_own_leases(&ctx).await?;
    }
    let listener = api::bind(ctx.config.server.listen).await?;
    announce(&ctx);
    shutdown.spawn(detect::connect_what_is_there(ctx.clone()));
    watch_signals(&ctx)?;
    ctx.shutdown.spawn(processes::announce(ctx.clone(), &[Role::Api, Role::Worker]));
    let plan = Plan::new(&ctx, &Pool::ALL, None);
    let (served, worked) = tokio::join!(api::serve(ctx.clone(), listener), workers::run(ctx.clone(), plan));
    end(&ctx).await;
    served.and(worked)
}

/// The page and the API.
pub(crate) async fn api(config: Config) -> Result<()> {
    let ctx = join_cluster(config).await?;
    let listener = api::bind(ctx.config.server.listen).await?;
    announce(&ctx);
    watch_signals(&ctx)?;
    ctx.shutdown.spawn(processes::announce(ctx.clone(), &[Role::Api]));
    let served = api::serve(ctx.clone(), listener).await;
    end(&ctx).await;
    served
}

/// Workers of some pools, with health and metrics on the configured address.
pub(crate) async fn worker(config: Config, pools: &[PoolName], concurrency: Option<usize>) -> Result<()> {
    let ctx = join_cluster(config).await?;
    let listener = api::bind(ctx.config.server.listen).await?;
    let pools: Vec<Pool> = pools.iter().map(|name| Pool::from(*name)).collect();
    watch_signals(&ctx)?;
    ctx.shutdown.spawn(processes::announce(ctx.clone(), &[Role::Worker]));
    let plan = Plan::new(&ctx, &pools, concurrency);
    let (served, worked) =
        tokio::join!(api::serve_operations(ctx.clone(), listener), workers::run(ctx.clone(), plan));
    end(&ctx).await;
    served.and(worked)
}

pub(crate) async fn migrate(config: Config) -> Result<()> {
    telemetry::init(&config.telemetry)?;
    let db = shared::db::connect(&config).await?;
    let applied = migrations::apply(&config, &db).await?;
    say(&format!("{applied} migrations applied"));
    Ok(())
}

pub(crate) fn print_openapi() -> Result<()> {
    say(api::openapi_json().trim_end());
    Ok(())
}

/// One line on standard output.
pub(crate) fn say(line: &str) {
    // A closed pipe is the reader's choice.
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Wires a node that shares its work with others, and refuses what could not work.
async fn join_cluster(config: Config) -> Result<Context> {
    telemetry::init(&config.telemetry)?;
    telemetry::metrics()?;
    if !config.is_cluster() {
        return Err(Error::new(
            Kind::Invalid,
            "cluster_incomplete",
            "Roles in processes of their own need a Redis and a PostgreSQL or MySQL that all of them reach: set \
             SKEIN_REDIS__URL and SKEIN_DATABASE__URL. Without a command, `skein` runs everything in one process.",
        ));
    }
    let ctx = Context::connect(config, Shutdown::new()).await?;
    migrations::check(&ctx.db).await?;
    ready(&ctx).await?;
    Ok(ctx)
}

async fn ready(ctx: &Context) -> Result<()> {
    settings::agree_on_secret(ctx).await
}

fn announce(ctx: &Context) {
    let config = &ctx.config.server;
    let address = match config.public_url.as_str() {
        "" => format!("http://{}", config.listen),
        url => url.to_owned(),
    };
    say(&format!("Skein is ready: {address}"));
}

/// The first signal drains, the second one ends at once; when the time to drain is over, what runs is given back.
fn watch_signals(ctx: &Context) -> Result<()> {
    let failed = |e: std::io::Error| Error::internal("Signals cannot be received.").source(e);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let ctx = ctx.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("draining");
        ctx.shutdown.drain();
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = tokio::time::sleep(s(ctx.config.server.drain_s)) => {}
        }
        ctx.shutdown.stop();
    });
    Ok(())
}

async fn end(ctx: &Context) {
    ctx.shutdown.stop();
    if !ctx.shutdown.wait(LAST_WRITES).await {
        tracing::warn!("some tasks did not end in time");
    }
}
