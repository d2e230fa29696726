//! Prompts that people keep to use them again.

use sea_orm_migration::prelude::*;

use crate::schema::{belongs_to, exact_text, id, index, long_text, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("prompts")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(exact_text(manager, "command", 50).not_null())
                    .col(text("title", 100).not_null())
                    .col(long_text(manager, "content").not_null())
                    .col(ColumnDef::new("shared").boolean().not_null())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("prompts", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("prompts", &["user_id", "command"], true)).await?;
        manager.create_index(index("prompts", &["shared", "command"], false)).await
    }
}
