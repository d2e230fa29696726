//! pgvector: one table for all models, and for each a partial HNSW index over its number of dimensions.

use async_trait::async_trait;
use sea_orm::sea_query::PostgresQueryBuilder;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait, Value};
use uuid::Uuid;

use super::{Bare, Placed, VectorStore};
use crate::entity::embedding_index::Model;
use crate::error::Result;
use crate::files::{self, Claimed};
use crate::search::Scope;
use crate::{Context, db};

/// Most dimensions of an HNSW index over 32-bit and over 16-bit numbers; beyond, every vector is compared.
const SINGLE: i32 = 2_000;
const HALF: i32 = 4_000;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS chunk_vectors (index_id integer NOT NULL, chunk_id bigint NOT NULL \
    REFERENCES chunks (id) ON DELETE CASCADE, embedding vector NOT NULL, PRIMARY KEY (chunk_id, index_id))";

pub(super) struct PgVector;

/// Whether the extension is there, or can be made.
pub(super) async fn is_available(ctx: &Context) -> Result<bool> {
    let sql = "SELECT 1 AS there FROM pg_available_extensions WHERE name = 'vector'";
    Ok(ctx.db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?.is_some())
}

#[async_trait]
impl VectorStore for PgVector {
    async fn prepare(&self, transaction: &DatabaseTransaction, index: &Model) -> Result<()> {
        // Two models that come at once would disturb each other.
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(6004799503160662)").await?;
        transaction.execute_unprepared("CREATE EXTENSION IF NOT EXISTS vector").await?;
        transaction.execute_unprepared(TABLE).await?;
        if let Some((kind, class)) = indexed(index.dimensions) {
            let id = index.id;
            transaction
                .execute_unprepared(&format!(
                    "CREATE INDEX IF NOT EXISTS ix_chunk_vectors_{id} ON chunk_vectors USING hnsw \
                     ((embedding::{kind}) {class}) WHERE index_id = {id}"
                ))
                .await?;
        }
        Ok(())
    }

    async fn put(&self, ctx: &Context, claimed: &Claimed, index: &Model, placed: &[Placed]) -> Result<bool> {
        let transaction = db::begin(&ctx.db).await?;
        if !files::fence(ctx, &transaction, claimed).await? {
            transaction.rollback().await?;
            return Ok(false);
        }
        for batch in placed.chunks(100) {
            let rows: Vec<String> = (0..batch.len())
                .map(|row| {
                    format!("(${}::integer, ${}::bigint, ${}::vector)", row * 3 + 1, row * 3 + 2, row * 3 + 3)
                })
                .collect();
            let values: Vec<Value> = batch
                .iter()
                .flat_map(|one| [index.id.into(), one.chunk_id.into(), literal(&one.vector).into()])
                .collect();
            let sql = format!(
                "INSERT INTO chunk_vectors (index_id, chunk_id, embedding) SELECT n.a, n.b, n.c FROM (VALUES {}) AS n (a, b, c) \
                 JOIN chunks ON chunks.id = n.b ON CONFLICT (chunk_id, index_id) DO UPDATE SET embedding = excluded.embedding",
                rows.join(", ")
            );
            transaction.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn missing(&self, ctx: &Context, index: &Model, file_id: Uuid, most: u64) -> Result<Vec<Bare>> {
        let sql = "SELECT id, heading, text FROM chunks c WHERE file_id = $1 AND NOT EXISTS (SELECT 1 FROM chunk_vectors v \
                   WHERE v.index_id = $2 AND v.chunk_id = c.id) ORDER BY ordinal LIMIT $3";
        let values: Vec<Value> =
            vec![file_id.into(), index.id.into(), i64::try_from(most).unwrap_or(1).into()];
        super::bare(ctx, Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await
    }

    async fn nearest(
        &self,
        ctx: &Context,
        index: &Model,
        scope: &Scope,
        vector: &[f32],
        most: u64,
    ) -> Result<Vec<i64>> {
        let kind = indexed(index.dimensions).map_or_else(|| "vector".to_owned(), |(kind, _)| kind);
        let (files, values) = scope.files_of(index.id).build(PostgresQueryBuilder);
        let mut values = values.0;
        let place = values.len() + 1;
        values.push(literal(vector).into());
        let sql = format!(
            "SELECT v.chunk_id FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE v.index_id = {} AND c.file_id \
             IN ({files}) ORDER BY v.embedding::{kind} <=> ${place}::{kind} LIMIT {most}",
            index.id
        );
        let transaction = ctx.db.begin().await?;
        // A filter that leaves little must not leave nothing: the index goes on until there is enough.
        transaction.execute_unprepared("SET LOCAL hnsw.iterative_scan = strict_order").await?;
        transaction.execute_unprepared("SET LOCAL hnsw.ef_search = 100").await?;
        let rows = transaction
            .query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
            .await?;
        transaction.commit().await?;
        Ok(rows.iter().map(|row| row.try_get("", "chunk_id")).collect::<Result<_, _>>()?)
    }

    async fn forget_others(&self, ctx: &Context, index: &Model, file_id: Uuid) -> Result<()> {
        let sql = "DELETE FROM chunk_vectors v USING chunks c WHERE c.id = v.chunk_id AND c.file_id = $1 AND v.index_id <> $2";
        let values: Vec<Value> = vec![file_id.into(), index.id.into()];
        ctx.db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        Ok(())
    }
}

/// The type that is indexed for so many dimensions, and its operators.
fn indexed(dimensions: i32) -> Option<(String, &'static str)> {
    match dimensions {
        _ if dimensions <= SINGLE => Some((format!("vector({dimensions})"), "vector_cosine_ops")),
        _ if dimensions <= HALF => Some((format!("halfvec({dimensions})"), "halfvec_cosine_ops")),
        _ => None,
    }
}

/// A vector as pgvector reads it.
fn literal(vector: &[f32]) -> String {
    let numbers: Vec<String> = vector.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}
