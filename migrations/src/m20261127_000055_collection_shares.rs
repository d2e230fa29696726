//! Collections that groups may read or add to.

use sea_orm_migration::prelude::*;

use crate::schema::{belongs_to, id, index, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("collection_shares")
                    .col(id("collection_id").not_null())
                    .col(id("group_id").not_null())
                    .col(text("access", 8).not_null())
                    .col(time("created_at").not_null())
                    .primary_key(Index::create().col("collection_id").col("group_id"))
                    .foreign_key(&mut belongs_to(("collection_shares", "collection_id"), "collections"))
                    .foreign_key(&mut belongs_to(("collection_shares", "group_id"), "user_groups"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("collection_shares", &["group_id"], false)).await
    }
}
