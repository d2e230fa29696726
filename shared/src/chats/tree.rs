//! Walks in a message tree. A path from a message to its root is one recursive query on all three databases.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use uuid::Uuid;

use crate::entity::generation;
use crate::entity::message::{Column, Entity, Model};
use crate::error::Result;
use crate::{Context, db, generations};

/// The messages from `leaf` towards the root, at most `limit`, oldest first.
pub async fn path(ctx: &Context, chat_id: Uuid, leaf: Uuid, limit: u64) -> Result<Vec<Model>> {
    walk(&ctx.db, chat_id, leaf, limit).await
}

async fn walk(db: &impl ConnectionTrait, chat_id: Uuid, leaf: Uuid, limit: u64) -> Result<Vec<Model>> {
    let backend = db.get_database_backend();
    let (chat, first, depth) = match backend {
        sea_orm::DbBackend::Postgres => ("$1", "$2", "$3"),
        _ => ("?", "?", "?"),
    };
    // The chat is named in both arms: a parent of another chat ends the walk. The rows are carried along: to join them
    // afterwards costs a planner that knows little of the walk a look at the whole table.
    let sql = format!(
        "WITH RECURSIVE walk AS (
           SELECT messages.*, 1 AS depth FROM messages WHERE chat_id = {chat} AND id = {first}
           UNION ALL
           SELECT m.*, walk.depth + 1 FROM messages m
             JOIN walk ON m.id = walk.parent_id AND m.chat_id = walk.chat_id WHERE walk.depth < {depth}
         ) SELECT * FROM walk ORDER BY depth DESC"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let walk = Statement::from_sql_and_values(backend, sql, [chat_id.into(), leaf.into(), limit.into()]);
    Ok(Entity::find().from_raw_sql(walk).all(db).await?)
}

/// The ids of the messages from `leaf` towards the root, at most `limit`, oldest first: for what reads the rows themselves
/// in portions.
pub async fn path_ids(ctx: &Context, chat_id: Uuid, leaf: Uuid, limit: u64) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Step {
        id: Uuid,
    }
    let backend = ctx.db.get_database_backend();
    let (chat, first, depth) = match backend {
        sea_orm::DbBackend::Postgres => ("$1", "$2", "$3"),
        _ => ("?", "?", "?"),
    };
    let sql = format!(
        "WITH RECURSIVE walk (id, parent_id, chat_id, depth) AS (
           SELECT id, parent_id, chat_id, 1 FROM messages WHERE chat_id = {chat} AND id = {first}
           UNION ALL
           SELECT m.id, m.parent_id, m.chat_id, walk.depth + 1 FROM messages m
             JOIN walk ON m.id = walk.parent_id AND m.chat_id = walk.chat_id WHERE walk.depth < {depth}
         ) SELECT id FROM walk ORDER BY depth DESC"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let walk = Statement::from_sql_and_values(backend, sql, [chat_id.into(), leaf.into(), limit.into()]);
    Ok(Step::find_by_statement(walk).all(&ctx.db).await?.into_iter().map(|step| step.id).collect())
}

/// The end of a branch with what a page needs to draw it.
#[derive(Debug, Default)]
pub struct BranchPage {
    /// Oldest first.
    pub messages: Vec<Model>,
    /// The newest run of each message that has one, in no order.
    pub runs: Vec<generation::Model>,
    /// The messages that have the same parent, by the parent.
    pub siblings: HashMap<Option<Uuid>, Vec<Sibling>>,
    /// Where the page before begins: the leaf to ask for next.
    pub next: Option<Uuid>,
}

/// The last `limit` messages of the branch that ends in `leaf`. All of it is of one moment: an answer that was read
/// before its end beside a run that was read after it would be an empty answer that is complete.
pub async fn branch(ctx: &Context, chat_id: Uuid, leaf: Uuid, limit: u64) -> Result<BranchPage> {
    let snapshot = db::snapshot(&ctx.db).await?;
    let messages = walk(&snapshot, chat_id, leaf, limit).await?;
    let runs = messages.iter().filter_map(|message| message.generation_id).collect();
    let runs = generations::find_many(&snapshot, runs).await?;
    let siblings = siblings(&snapshot, chat_id, &messages).await?;
    snapshot.commit().await?;
    let full = messages.len() as u64 >= limit;
    let next = messages.first().and_then(|oldest| oldest.parent_id).filter(|_| full);
    Ok(BranchPage { messages, runs, siblings, next })
}

/// A message among those that have the same parent.
#[derive(Clone, Copy, Debug)]
pub struct Sibling {
    pub id: Uuid,
    /// Answers that were made at the same moment belong to one turn.
    pub created_at: i64,
}

impl From<&Model> for Sibling {
    fn from(row: &Model) -> Self {
        Self { id: row.id, created_at: row.created_at }
    }
}

/// The messages that have the same parent, by the parent, oldest first.
pub async fn siblings(
    db: &impl ConnectionTrait,
    chat_id: Uuid,
    messages: &[Model],
) -> Result<HashMap<Option<Uuid>, Vec<Sibling>>> {
    let parents: Vec<Uuid> = messages.iter().filter_map(|m| m.parent_id).collect();
    let mut of = Condition::any();
    if messages.iter().any(|m| m.parent_id.is_none()) {
        of = of.add(Column::ParentId.is_null());
    }
    if !parents.is_empty() {
        of = of.add(Column::ParentId.is_in(parents));
    }
    let rows: Vec<(Uuid, Option<Uuid>, i64)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::ParentId)
        .column(Column::CreatedAt)
        .filter(Column::ChatId.eq(chat_id))
        .filter(of)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut out: HashMap<Option<Uuid>, Vec<Sibling>> = HashMap::new();
    for (id, parent, created_at) in rows {
        out.entry(parent).or_default().push(Sibling { id, created_at });
    }
    Ok(out)
}

/// Every message of a chat with its parent, oldest first.
pub(super) async fn links(ctx: &Context, chat_id: Uuid) -> Result<Vec<(Uuid, Option<Uuid>)>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::ParentId)
        .filter(Column::ChatId.eq(chat_id))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(&ctx.db)
        .await?)
}

/// The newest leaf below a message: the branch that opens when a reader picks a sibling.
pub async fn leaf_below(ctx: &Context, chat_id: Uuid, message_id: Uuid) -> Result<Uuid> {
    Ok(newest_leaf(&links(ctx, chat_id).await?, message_id))
}

/// The newest leaf below a message, by the links of its chat, oldest first.
pub(super) fn newest_leaf(links: &[(Uuid, Option<Uuid>)], message_id: Uuid) -> Uuid {
    // Later rows win, so each parent points at its newest child.
    let newest: HashMap<Uuid, Uuid> =
        links.iter().filter_map(|(id, parent)| Some(((*parent)?, *id))).collect();
    let mut leaf = message_id;
    for _ in 0..=newest.len() {
        match newest.get(&leaf) {
            Some(child) => leaf = *child,
            None => break,
        }
    }
    leaf
}

/// A message and everything below it, by the links of its chat in any order.
pub(super) fn below(links: &[(Uuid, Option<Uuid>)], message_id: Uuid) -> HashSet<Uuid> {
    let mut children: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (id, parent) in links {
        if let Some(parent) = parent {
            children.entry(*parent).or_default().push(*id);
        }
    }
    let mut found = HashSet::new();
    let mut open = vec![message_id];
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(children.remove(&id).unwrap_or_default());
        }
    }
    found
}
