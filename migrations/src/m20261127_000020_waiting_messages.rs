//! Messages that wait until the answer before them has ended.

use sea_orm_migration::prelude::*;

use crate::schema::{belongs_to, id, index, json, long_text, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("waiting_messages")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(id("chat_id").not_null())
                    .col(id("parent_id"))
                    .col(long_text(manager, "content").not_null())
                    .col(json("images"))
                    .col(text("model", 320).not_null())
                    .col(json("request"))
                    .col(text("idempotency_key", 128))
                    .col(ColumnDef::new("revision").integer().not_null())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("waiting_messages", "user_id"), "users"))
                    .foreign_key(&mut belongs_to(("waiting_messages", "chat_id"), "chats"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("waiting_messages", &["user_id", "idempotency_key"], true)).await?;
        manager.create_index(index("waiting_messages", &["chat_id", "id"], false)).await
    }
}
