//! Collections of files, and what a message was given to draw on.

use sea_orm_migration::prelude::*;

use crate::schema::{belongs_to, id, index, json, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("collections")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(text("name", 200).not_null())
                    .col(text("description", 2000).not_null())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("collections", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("collections", &["user_id", "id"], false)).await?;
        manager
            .create_table(
                Table::create()
                    .table("collection_files")
                    .col(id("collection_id").not_null())
                    .col(id("file_id").not_null())
                    .col(time("created_at").not_null())
                    .primary_key(Index::create().col("collection_id").col("file_id"))
                    .foreign_key(&mut belongs_to(("collection_files", "collection_id"), "collections"))
                    .foreign_key(&mut belongs_to(("collection_files", "file_id"), "files"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("collection_files", &["file_id"], false)).await?;
        for column in [json("sources"), json("citations")] {
            manager.alter_table(Table::alter().table("messages").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
