//! Queues, their jobs and dead letters, for admins and for what scales the workers.

mod view;

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::queue::Pool;
use shared::{Context, Error, dead_letters, processes};
use uuid::Uuid;

use self::view::{JobStateName, QueueView, QueuedJob};
use crate::auth::{Admin, Monitor};
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::routes::Tag;

pub(crate) use self::view::PoolName;

pub(crate) struct AdminQueues;

/// Which dead letters.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DeadLetters {
    /// These. Those that are gone already do no harm.
    #[oai(validator(max_items = 1000))]
    ids: Option<Vec<Uuid>>,
    /// All that are there now.
    all: Option<bool>,
}

/// How many there were.
#[derive(Object)]
struct Raised {
    count: u64,
}

#[derive(ApiResponse)]
enum Replayed {
    /// Queued again.
    #[oai(status = 202)]
    Queued(Json<Raised>),
}

#[derive(ApiResponse)]
enum Discarded {
    #[oai(status = 204)]
    Discarded,
}

#[OpenApi(prefix_path = "/api/v1/admin/queues", tag = "Tag::Admin")]
impl AdminQueues {
    /// List the queues
    ///
    /// One for each pool. An API key with the scope `monitor` is enough, so an autoscaler can read it: `demand` of a
    /// pool, divided by the slots of one worker, is the number of workers that it needs.
    #[oai(path = "/", method = "get", operation_id = "listQueues")]
    async fn list(&self, ctx: Data<&Context>, _who: Monitor) -> Result<Json<Page<QueueView>>> {
        let processes = processes::all(&ctx).await?;
        let mut items = Vec::new();
        for pool in Pool::ALL {
            items.push(QueueView::new(pool, &ctx.queue, &processes).await?);
        }
        Ok(Json(Page { items, next: None }))
    }

    /// Get a queue
    ///
    /// Flat numbers, for autoscalers such as KEDA's `metrics-api` scaler.
    #[oai(path = "/:pool", method = "get", operation_id = "getQueue")]
    async fn get(&self, ctx: Data<&Context>, _who: Monitor, pool: Path<PoolName>) -> Result<Json<QueueView>> {
        let processes = processes::all(&ctx).await?;
        Ok(Json(QueueView::new(pool.0.into(), &ctx.queue, &processes).await?))
    }

    /// List the jobs of a queue
    ///
    /// Dead ones with the newest first, all others with the oldest first. They move while they are read.
    #[oai(path = "/:pool/jobs", method = "get", operation_id = "listJobs")]
    async fn jobs(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        pool: Path<PoolName>,
        /// Which jobs; those that wait if absent.
        state: Query<Option<JobStateName>>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<QueuedJob>>> {
        let state = state.0.unwrap_or(JobStateName::Waiting);
        let page = ctx.queue.jobs(pool.0.into(), state.into(), &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, |job| QueuedJob::new(state, job))))
    }

    /// List the dead letters of a queue
    ///
    /// Jobs that were put aside because they failed too often, killed their worker, or could not be read. The newest
    /// first.
    #[oai(path = "/:pool/dead-letters", method = "get", operation_id = "listDeadLetters")]
    async fn dead(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        pool: Path<PoolName>,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<QueuedJob>>> {
        let slice = slice(limit.0, after.0);
        let page = ctx.queue.jobs(pool.0.into(), JobStateName::Dead.into(), &slice).await?;
        Ok(Json(Page::of(page, |job| QueuedJob::new(JobStateName::Dead, job))))
    }

    /// Get a dead letter
    #[oai(path = "/:pool/dead-letters/:id", method = "get", operation_id = "getDeadLetter")]
    async fn letter(
        &self,
        ctx: Data<&Context>,
        _who: Admin,
        pool: Path<PoolName>,
        id: Path<Uuid>,
    ) -> Result<Json<QueuedJob>> {
        let letter = ctx.queue.dead_letter(pool.0.into(), id.0).await?;
        let letter = letter.ok_or_else(|| Error::not_found("dead letter"))?;
        Ok(Json(QueuedJob::new(JobStateName::Dead, letter)))
    }

    /// Queue dead letters again
    ///
    /// As if they had never failed. A run that was given up because its workers died is begun anew.
    #[oai(path = "/:pool/dead-letters/replay", method = "post", operation_id = "replayDeadLetters")]
    async fn replay(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        pool: Path<PoolName>,
        body: Json<DeadLetters>,
    ) -> Result<Replayed> {
        let pool = Pool::from(pool.0);
        let ids = chosen(&ctx, pool, body.0).await?;
        let count = dead_letters::replay(&ctx, pool, &ids).await?;
        tracing::info!(admin = %who.user.id, %pool, count, "dead letters replayed");
        Ok(Replayed::Queued(Json(Raised { count })))
    }

    /// Throw dead letters away
    #[oai(path = "/:pool/dead-letters/discard", method = "post", operation_id = "discardDeadLetters")]
    async fn discard_many(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        pool: Path<PoolName>,
        body: Json<DeadLetters>,
    ) -> Result<Json<Raised>> {
        let pool = Pool::from(pool.0);
        let ids = chosen(&ctx, pool, body.0).await?;
        let count = ctx.queue.discard(pool, &ids).await?;
        tracing::info!(admin = %who.user.id, %pool, count, "dead letters discarded");
        Ok(Json(Raised { count }))
    }

    /// Queue a dead letter again
    #[oai(path = "/:pool/dead-letters/:id/replay", method = "post", operation_id = "replayDeadLetter")]
    async fn replay_one(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        pool: Path<PoolName>,
        id: Path<Uuid>,
    ) -> Result<Replayed> {
        let pool = Pool::from(pool.0);
        let count = dead_letters::replay(&ctx, pool, &[id.0]).await?;
        if count == 0 {
            return Err(Error::not_found("dead letter").into());
        }
        tracing::info!(admin = %who.user.id, %pool, count, "dead letters replayed");
        Ok(Replayed::Queued(Json(Raised { count })))
    }

    /// Throw a dead letter away
    #[oai(path = "/:pool/dead-letters/:id", method = "delete", operation_id = "discardDeadLetter")]
    async fn discard(
        &self,
        ctx: Data<&Context>,
        who: Admin,
        pool: Path<PoolName>,
        id: Path<Uuid>,
    ) -> Result<Discarded> {
        let pool = Pool::from(pool.0);
        if ctx.queue.discard(pool, &[id.0]).await? == 0 {
            return Err(Error::not_found("dead letter").into());
        }
        tracing::info!(admin = %who.user.id, %pool, count = 1, "dead letters discarded");
        Ok(Discarded::Discarded)
    }
}

async fn chosen(ctx: &Context, pool: Pool, which: DeadLetters) -> Result<Vec<Uuid>> {
    match (which.ids, which.all) {
        (Some(ids), None | Some(false)) => Ok(ids),
        (None, Some(true)) => Ok(dead_letters::all(ctx, pool).await?),
        _ => Err(Error::field("ids", "must be given, or `all` must be true").into()),
    }
}
