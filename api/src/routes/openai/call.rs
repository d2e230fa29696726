//! A call through a door: accepted as a row, run by a worker, read from its log. There is no other way to a model.

use serde_json::Value;
use shared::entity::generation::{Kind, Model};
use shared::events::{EventId, Topic};
use shared::generations::{self, accept_call};
use shared::limits::Left;
use shared::quotas::Payer;
use shared::{Context, Error, Result, ids, models};
use uuid::Uuid;

use super::reply::{Reply, Step};
use crate::events::{Follow, follow_run};

/// A call that runs. Dropping it before its end stops the run: nobody is left to read the answer.
pub(super) struct Call {
    follow: Follow,
    reply: Reply,
    guard: Guard,
    left: Option<Left>,
}

impl Call {
    /// Accepts the call and begins to follow it.
    pub(super) async fn start(
        ctx: &Context,
        payer: Payer,
        kind: Kind,
        model: &str,
        request: Value,
        reply: Reply,
    ) -> Result<Self> {
        models::find(ctx, model).await?;
        // Before the row: who leaves while it is being written must not leave it running.
        let guard = Guard { ctx: ctx.clone(), user_id: payer.user_id, id: ids::new(), ended: false };
        // The subscription stands by the time the row is written, so that the first word need not wait for it.
        let early = ctx.events.tail(&Topic::generation(guard.id), EventId::ZERO);
        let call = generations::Call { id: guard.id, kind, model: model.to_owned(), request };
        let (row, left) = accept_call(ctx, payer, call).await?;
        let follow = follow_run(ctx, &row, EventId::ZERO).await?.despite_drain();
        drop(early);
        Ok(Self { follow, reply, guard, left })
    }

    pub(super) fn user_id(&self) -> Uuid {
        self.guard.user_id
    }

    /// What is left of the limit that is nearest to its end.
    pub(super) fn left(&self) -> Option<Left> {
        self.left.clone()
    }

    pub(super) fn id(&self) -> Uuid {
        self.guard.id
    }

    /// The answer as far as it has come.
    pub(super) fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The next thing that happens. After [`Step::Completed`] or an error there is no more.
    pub(super) async fn next(&mut self) -> Result<Step> {
        let Some(told) = self.follow.next().await else {
            return Err(Error::unavailable("This server is shutting down."));
        };
        self.guard.ended |= told.is_terminal();
        self.reply.take(&told.name, &told.data)
    }

    /// Reads up to the end; gives the whole answer with it.
    pub(super) async fn finish(mut self) -> Result<(Reply, super::reply::Completed)> {
        loop {
            if let Step::Completed(end) = self.next().await? {
                return Ok((self.reply, end));
            }
        }
    }

    /// Reads up to the end; gives the row, which has what no event carries.
    pub(super) async fn row(mut self) -> Result<Model> {
        while !matches!(self.next().await?, Step::Completed(_)) {}
        generations::find_for(&self.guard.ctx, self.guard.user_id, self.guard.id).await
    }
}

/// Stops the run when its reader goes away.
struct Guard {
    ctx: Context,
    user_id: Uuid,
    id: Uuid,
    ended: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let (ctx, user_id, id) = (self.ctx.clone(), self.user_id, self.id);
        self.ctx.shutdown.spawn(async move {
            match generations::cancel(&ctx, user_id, id).await {
                Ok(_) => {}
                // It was never accepted.
                Err(error) if error.kind == shared::Kind::NotFound => {}
                Err(error) => {
                    tracing::warn!(generation = %id, code = error.code, "a run without a reader could not be stopped");
                }
            }
        });
    }
}
