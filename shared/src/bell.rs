//! Tells all nodes that rows which they may hold in memory have changed.
//!
//! A ring that is lost is no loss for long: what is held ends by itself after seconds.

use std::time::Duration;

use uuid::Uuid;

use crate::context::Context;
use crate::models;

const CHANNEL: &str = "changed";
const SETTINGS: &str = "settings";
const QUOTAS: &str = "quotas";
/// Longest wait for a queue server that does not answer: the change itself is made.
const LIMIT: Duration = Duration::from_secs(1);

/// A user's role, name, sessions or keys have changed.
pub(crate) async fn user_changed(ctx: &Context, user: Uuid) {
    ctx.credentials.forget_user(user);
    ring(ctx, format!("user:{user}")).await;
}

/// A session has ended.
pub(crate) async fn session_ended(ctx: &Context, session: Uuid) {
    ctx.credentials.forget_session(session).await;
    ring(ctx, format!("session:{session}")).await;
}

/// An admin has changed settings.
pub(crate) async fn settings_changed(ctx: &Context) {
    ctx.settings.forget();
    ring(ctx, SETTINGS.to_owned()).await;
}

/// An admin has changed quotas, groups, prices or caps.
pub(crate) async fn quotas_changed(ctx: &Context) {
    ctx.quotas.forget();
    ring(ctx, QUOTAS.to_owned()).await;
}

async fn ring(ctx: &Context, message: String) {
    if tokio::time::timeout(LIMIT, ctx.bus.publish(CHANNEL, message.into_bytes())).await.is_err() {
        tracing::warn!(
            "other nodes will notice a change some seconds late: the queue server does not answer"
        );
    }
}

/// Forgets what other nodes have changed, until the process stops. Runs once in each process.
pub async fn follow(ctx: Context) {
    let mut changed = ctx.bus.listen(CHANNEL);
    let mut models = ctx.bus.listen(models::CHANGED);
    loop {
        tokio::select! {
            () = ctx.shutdown.stopped() => return,
            heard = changed.next() => match heard {
                Some(message) => heed(&ctx, &message).await,
                None => return,
            },
            heard = models.next() => match heard {
                Some(_) => ctx.models.invalidate(&()).await,
                None => return,
            },
        }
    }
}

async fn heed(ctx: &Context, message: &[u8]) {
    let text = std::str::from_utf8(message).unwrap_or_default();
    match text.split_once(':').map(|(what, id)| (what, id.parse::<Uuid>())) {
        Some(("user", Ok(user))) => ctx.credentials.forget_user(user),
        Some(("session", Ok(session))) => ctx.credentials.forget_session(session).await,
        _ if text == SETTINGS => ctx.settings.forget(),
        _ if text == QUOTAS => ctx.quotas.forget(),
        // Messages were lost, or come from a newer version: anything may have changed.
        _ => {
            ctx.credentials.forget_all();
            ctx.settings.forget();
            ctx.quotas.forget();
        }
    }
}
