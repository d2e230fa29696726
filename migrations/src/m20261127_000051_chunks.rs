//! Passages of files and the index of their words: FTS5, tsvector or FULLTEXT.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::schema::{belongs_to, id, index, long_text, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The words of a passage and of its headings, without a copy of the text.
const SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE chunks_fts USING fts5(heading, text, content='chunks', content_rowid='id', \
     tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER chunks_fts_insert AFTER INSERT ON chunks BEGIN \
     INSERT INTO chunks_fts(rowid, heading, text) VALUES (new.id, new.heading, new.text); END",
    "CREATE TRIGGER chunks_fts_delete AFTER DELETE ON chunks BEGIN \
     INSERT INTO chunks_fts(chunks_fts, rowid, heading, text) VALUES ('delete', old.id, old.heading, old.text); END",
];

const POSTGRES: &[&str] = &[
    "ALTER TABLE chunks ADD COLUMN words tsvector GENERATED ALWAYS AS \
     (setweight(to_tsvector('english', heading), 'B') || to_tsvector('english', text)) STORED",
    "CREATE INDEX ix_chunks_words ON chunks USING gin (words)",
];

const MYSQL: &[&str] = &["ALTER TABLE chunks ADD FULLTEXT INDEX ix_chunks_words (heading, text)"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("chunks")
                    .col(ColumnDef::new("id").big_integer().auto_increment().primary_key())
                    .col(id("file_id").not_null())
                    .col(ColumnDef::new("pipeline").integer().not_null())
                    .col(ColumnDef::new("ordinal").integer().not_null())
                    .col(ColumnDef::new("page").integer())
                    .col(text("heading", 500).not_null())
                    .col(ColumnDef::new("from_char").integer().not_null())
                    .col(ColumnDef::new("to_char").integer().not_null())
                    .col(long_text(manager, "text").not_null())
                    .foreign_key(&mut belongs_to(("chunks", "file_id"), "files"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("chunks", &["file_id", "pipeline", "ordinal"], true)).await?;
        let statements = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES,
            DbBackend::MySql => MYSQL,
            _ => SQLITE,
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
