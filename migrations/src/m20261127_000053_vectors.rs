//! Vectors of passages, by the model that made them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::schema::{index, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Signs of each number for a quick first look, apart from the numbers themselves; both go with their passage. Triggers
/// do what foreign keys would need an index of their own for.
const SQLITE: &[&str] = &[
    "CREATE TABLE chunk_bits (index_id INTEGER NOT NULL, file_id BLOB NOT NULL, chunk_id INTEGER NOT NULL, \
     bits BLOB NOT NULL, PRIMARY KEY (index_id, file_id, chunk_id)) WITHOUT ROWID",
    "CREATE TABLE chunk_vectors (index_id INTEGER NOT NULL, chunk_id INTEGER NOT NULL, vector BLOB NOT NULL, \
     PRIMARY KEY (index_id, chunk_id))",
    "CREATE TRIGGER chunk_vectors_delete AFTER DELETE ON chunks BEGIN \
     DELETE FROM chunk_bits WHERE index_id IN (SELECT id FROM embedding_indexes) AND file_id = old.file_id \
     AND chunk_id = old.id; \
     DELETE FROM chunk_vectors WHERE index_id IN (SELECT id FROM embedding_indexes) AND chunk_id = old.id; END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("embedding_indexes")
                    .col(ColumnDef::new("id").integer().not_null().auto_increment().primary_key())
                    .col(text("model", 320).not_null())
                    .col(ColumnDef::new("dimensions").integer().not_null())
                    .col(time("created_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("embedding_indexes", &["model"], true)).await?;
        let mut by = ColumnDef::new("index_id");
        by.integer();
        manager.alter_table(Table::alter().table("files").add_column(by).to_owned()).await?;
        // PostgreSQL gets its table when vectors are first wanted: it needs an extension that may not be there.
        if manager.get_database_backend() == DbBackend::Sqlite {
            for statement in SQLITE {
                manager.get_connection().execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }
}
