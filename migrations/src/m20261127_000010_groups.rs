//! Groups of users: who gets which turns and limits, and what is shared with whom.

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
                    // `groups` is a reserved word of MySQL.
                    .table("user_groups")
                    .col(id("id").primary_key())
                    .col(text("name", 200).not_null())
                    .col(ColumnDef::new("weight").integer().not_null())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("user_groups", &["name"], true)).await?;
        manager
            .create_table(
                Table::create()
                    .table("group_members")
                    .col(id("group_id").not_null())
                    .col(id("user_id").not_null())
                    .col(time("created_at").not_null())
                    .primary_key(Index::create().col("group_id").col("user_id"))
                    .foreign_key(&mut belongs_to(("group_members", "group_id"), "user_groups"))
                    .foreign_key(&mut belongs_to(("group_members", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("group_members", &["user_id"], false)).await
    }
}
