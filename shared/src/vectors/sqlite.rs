//! sqlite-vec: its functions over tables of our own, which take part in transactions like all others.
//!
//! A first look compares signs (one bit for each number), a second one the numbers of those that came near.

use async_trait::async_trait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, Value};
use uuid::Uuid;

use super::{Bare, Placed, VectorStore};
use crate::entity::chunk;
use crate::entity::embedding_index::Model;
use crate::error::Result;
use crate::files::{self, Claimed};
use crate::search::Scope;
use crate::{Context, db};

/// How many of the first look are looked at again, for each passage that is wanted, and at least.
const WIDER: u64 = 8;
const LEAST: u64 = 400;

pub(super) struct SqliteVec;

/// Makes the functions known to every connection that is opened afterwards.
pub fn register() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[allow(unsafe_code, reason = "SQLite takes its extensions as pointers to C functions")]
        // SAFETY: sqlite-vec's entry point has the signature that SQLite calls; the crate declares it without one.
        unsafe {
            let entry = std::mem::transmute::<
                *const (),
                unsafe extern "C" fn(
                    *mut libsqlite3_sys::sqlite3,
                    *mut *mut std::ffi::c_char,
                    *const libsqlite3_sys::sqlite3_api_routines,
                ) -> std::ffi::c_int,
            >(sqlite_vec::sqlite3_vec_init as *const ());
            libsqlite3_sys::sqlite3_auto_extension(Some(entry));
        }
    });
}

#[async_trait]
impl VectorStore for SqliteVec {
    async fn prepare(&self, _: &DatabaseTransaction, _: &Model) -> Result<()> {
        Ok(())
    }

    async fn put(&self, ctx: &Context, claimed: &Claimed, index: &Model, placed: &[Placed]) -> Result<bool> {
        let transaction = db::begin(&ctx.db).await?;
        if !files::fence(ctx, &transaction, claimed).await? {
            transaction.rollback().await?;
            return Ok(false);
        }
        for one in placed {
            // The passage may be gone: then its trigger has run, and nobody would remove this again.
            let there = "EXISTS (SELECT 1 FROM chunks WHERE id = ?)";
            for (sql, values) in [
                (
                    format!("INSERT OR REPLACE INTO chunk_bits SELECT ?, ?, ?, ? WHERE {there}"),
                    vec![
                        Value::from(index.id),
                        claimed.row.id.into(),
                        one.chunk_id.into(),
                        bits(&one.vector).into(),
                        one.chunk_id.into(),
                    ],
                ),
                (
                    format!("INSERT OR REPLACE INTO chunk_vectors SELECT ?, ?, ? WHERE {there}"),
                    vec![
                        index.id.into(),
                        one.chunk_id.into(),
                        bytes(&one.vector).into(),
                        one.chunk_id.into(),
                    ],
                ),
            ] {
                transaction
                    .execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn missing(&self, ctx: &Context, index: &Model, file_id: Uuid, most: u64) -> Result<Vec<Bare>> {
        let sql = "SELECT id, heading, text FROM chunks c WHERE file_id = ? AND NOT EXISTS (SELECT 1 FROM chunk_vectors v \
                   WHERE v.index_id = ? AND v.chunk_id = c.id) ORDER BY ordinal LIMIT ?";
        let values: Vec<Value> =
            vec![file_id.into(), index.id.into(), i64::try_from(most).unwrap_or(1).into()];
        super::bare(ctx, Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await
    }

    async fn nearest(
        &self,
        ctx: &Context,
        index: &Model,
        scope: &Scope,
        vector: &[f32],
        most: u64,
    ) -> Result<Vec<i64>> {
        let near = by_signs(index, scope, vector, Ord::max(most * WIDER, LEAST));
        let distance = Expr::cust_with_values("vec_distance_cosine(vector, ?)", [bytes(vector)]);
        let query = Query::select()
            .column(Alias::new("chunk_id"))
            .from(Alias::new("chunk_vectors"))
            .and_where(Expr::col(Alias::new("index_id")).eq(index.id))
            .and_where(Expr::col(Alias::new("chunk_id")).in_subquery(near))
            .order_by_expr(distance, Order::Asc)
            .order_by(Alias::new("chunk_id"), Order::Asc)
            .limit(most)
            .to_owned();
        let rows = ctx.db.query_all(&query).await?;
        Ok(rows.iter().map(|row| row.try_get("", "chunk_id")).collect::<Result<_, _>>()?)
    }

    async fn forget_others(&self, ctx: &Context, index: &Model, file_id: Uuid) -> Result<()> {
        let others = "index_id IN (SELECT id FROM embedding_indexes WHERE id <> ?)";
        for sql in [
            format!(
                "DELETE FROM chunk_vectors WHERE {others} AND chunk_id IN (SELECT id FROM chunks WHERE file_id = ?)"
            ),
            format!("DELETE FROM chunk_bits WHERE {others} AND file_id = ?"),
        ] {
            let values: Vec<Value> = vec![index.id.into(), file_id.into()];
            ctx.db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
        }
        Ok(())
    }
}

fn by_signs(index: &Model, scope: &Scope, vector: &[f32], most: u64) -> SelectStatement {
    let distance = Expr::cust_with_values("vec_distance_hamming(vec_bit(bits), vec_bit(?))", [bits(vector)]);
    Query::select()
        .column(Alias::new("chunk_id"))
        .from(Alias::new("chunk_bits"))
        .and_where(Expr::col(Alias::new("index_id")).eq(index.id))
        .and_where(Expr::col(chunk::Column::FileId).in_subquery(scope.files_of(index.id)))
        .order_by_expr(distance, Order::Asc)
        .limit(most)
        .to_owned()
}

/// Little-endian 32-bit floats, as sqlite-vec reads them.
fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// One bit for each number: whether it is more than 0. Whole bytes, so that the last may be filled up.
fn bits(vector: &[f32]) -> Vec<u8> {
    vector
        .chunks(8)
        .map(|part| {
            part.iter().enumerate().fold(0, |byte, (at, number)| byte | (u8::from(*number > 0.0) << at))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_bits() {
        assert_eq!(bits(&[1.0, -1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 2.0, 3.0]), [0b1000_0101, 1]);
        assert_eq!(bytes(&[1.0]), [0, 0, 128, 63]);
    }
}
