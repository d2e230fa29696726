//! Whether the parts that a node needs can be reached now.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use crate::context::Context;
use crate::db;
use crate::error::Result;

/// A probe that takes longer than this counts as failed.
const LIMIT: Duration = Duration::from_secs(2);

/// One part and what is wrong with it, if anything. The text is for operators; it holds no addresses or credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: &'static str,
    pub problem: Option<String>,
    /// Whether nothing can be served without it. Chats go on while files can't be reached.
    pub vital: bool,
}

/// Every part of this node, asked at once.
pub async fn parts(ctx: &Context) -> Vec<Part> {
    let redis = async {
        match &ctx.redis {
            Some(redis) => Some(ask("redis", true, async { redis.ping().await.map(drop) }).await),
            None => None,
        }
    };
    let database = ask("database", true, async {
        ctx.db.execute_unprepared("SELECT 1").await.map(drop).map_err(db::error)
    });
    let blobs = ask("blobs", false, ctx.blobs.probe());
    let (database, redis, blobs) = tokio::join!(database, redis, blobs);
    [Some(database), redis, Some(blobs)].into_iter().flatten().collect()
}

/// True where no vital part has a problem: the node can take requests.
pub fn ready(parts: &[Part]) -> bool {
    parts.iter().all(|part| !part.vital || part.problem.is_none())
}

async fn ask(name: &'static str, vital: bool, probe: impl Future<Output = Result<()>>) -> Part {
    let problem = match tokio::time::timeout(LIMIT, probe).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.message.into_owned()),
        Err(_) => Some(format!("no answer within {} s", LIMIT.as_secs())),
    };
    Part { name, problem, vital }
}
