//! Files with chats from elsewhere, on their way in.

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
                    .table("imports")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(text("file_name", 255).not_null())
                    .col(ColumnDef::new("bytes").big_integer().not_null())
                    .col(text("state", 16).not_null())
                    .col(ColumnDef::new("seen").integer().not_null())
                    .col(json("report"))
                    .col(text("error_code", 64))
                    .col(text("error_message", 500))
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("imports", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("imports", &["user_id", "id"], false)).await?;
        manager.create_index(index("imports", &["state", "updated_at"], false)).await
    }
}
