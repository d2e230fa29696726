//! The processes that make up the system, for admins.

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::{Enum, Object, OpenApi};
use shared::Context;
use shared::processes::{self, Process, Role};

use crate::auth::Monitor;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::routes::Tag;
use crate::routes::admin_queues::PoolName;
use crate::time::Time;

pub(crate) struct AdminProcesses;

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum ProcessRole {
    Api,
    Worker,
}

/// One process, as it has said of itself within the last seconds.
#[derive(Object)]
#[oai(rename = "Process")]
struct ProcessView {
    name: String,
    version: String,
    roles: Vec<ProcessRole>,
    started_at: Time,
    /// Takes no new work any more.
    draining: bool,
    /// Streams and sockets that it serves.
    open_streams: u64,
    /// Pieces of text per second that its models have said, about a token each.
    tokens_per_s: f64,
    memory_bytes: Option<u64>,
    pools: Vec<PoolWork>,
}

/// What a process does in one pool.
#[derive(Object)]
struct PoolWork {
    pool: PoolName,
    /// Jobs that it runs at once, at most.
    slots: u64,
    running: u64,
}

impl From<Process> for ProcessView {
    fn from(process: Process) -> Self {
        let roles = process.roles.into_iter().map(|role| match role {
            Role::Api => ProcessRole::Api,
            Role::Worker => ProcessRole::Worker,
        });
        let pools = process.pools.into_iter().map(|work| PoolWork {
            pool: work.pool.into(),
            slots: work.slots as u64,
            running: work.running as u64,
        });
        Self {
            name: process.name,
            version: process.version,
            roles: roles.collect(),
            started_at: Time(process.started_at_ms),
            draining: process.draining,
            open_streams: process.open_streams as u64,
            tokens_per_s: process.tokens_per_s,
            memory_bytes: process.memory_bytes,
            pools: pools.collect(),
        }
    }
}

#[OpenApi(prefix_path = "/api/v1/admin/processes", tag = "Tag::Admin")]
impl AdminProcesses {
    /// List the running processes
    ///
    /// By name. One that has died is gone after ten seconds.
    #[oai(path = "/", method = "get", operation_id = "listProcesses")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        _who: Monitor,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ProcessView>>> {
        let page = processes::list(&ctx, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, ProcessView::from)))
    }
}
