//! Uploaded files and what became of them.

use sea_orm_migration::prelude::*;

use crate::schema::{id, index, long_text, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("files")
                    .col(id("id").primary_key())
                    // No foreign key: the bytes have to go before the row that knows where they are.
                    .col(id("user_id").not_null())
                    .col(text("name", 255).not_null())
                    .col(text("media_type", 127).not_null())
                    .col(ColumnDef::new("bytes").big_integer().not_null())
                    .col(text("sha256", 64))
                    .col(text("state", 16).not_null())
                    .col(ColumnDef::new("progress").integer().not_null())
                    .col(ColumnDef::new("pages").integer())
                    .col(ColumnDef::new("chunks").integer())
                    .col(text("notice", 500))
                    .col(ColumnDef::new("attempt").integer().not_null())
                    .col(ColumnDef::new("tries").integer().not_null())
                    .col(text("lease_owner", 160))
                    .col(time("lease_until"))
                    .col(text("error_code", 64))
                    .col(long_text(manager, "error_message"))
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .col(time("deleted_at"))
                    .to_owned(),
            )
            .await?;
        // One row for the same content of the same user; what is being uploaded or removed has no hash yet or any more.
        manager.create_index(index("files", &["user_id", "sha256"], true)).await?;
        manager.create_index(index("files", &["user_id", "id"], false)).await?;
        manager.create_index(index("files", &["state", "lease_until"], false)).await?;
        manager.create_index(index("files", &["deleted_at"], false)).await
    }
}
