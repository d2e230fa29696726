//! Links to chats: what a branch was when it was shared.

use sea_orm_migration::prelude::*;

use crate::schema::{belongs_to, exact_text, id, index, json, long_text, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("shares")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(id("chat_id").not_null())
                    .col(exact_text(manager, "token", 64).not_null())
                    .col(text("title", 500).not_null())
                    .col(ColumnDef::new("messages").integer().not_null())
                    .col(time("created_at").not_null())
                    .foreign_key(&mut belongs_to(("shares", "user_id"), "users"))
                    .foreign_key(&mut belongs_to(("shares", "chat_id"), "chats"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("shares", &["token"], true)).await?;
        manager.create_index(index("shares", &["user_id", "id"], false)).await?;
        manager.create_index(index("shares", &["chat_id", "id"], false)).await?;
        manager
            .create_table(
                Table::create()
                    .table("shared_messages")
                    .col(id("share_id").not_null())
                    .col(ColumnDef::new("place").integer().not_null())
                    .col(text("role", 16).not_null())
                    .col(long_text(manager, "content").not_null())
                    .col(json("images"))
                    .col(long_text(manager, "reasoning"))
                    .col(text("model", 320))
                    .col(time("created_at").not_null())
                    .primary_key(Index::create().col("share_id").col("place"))
                    .foreign_key(&mut belongs_to(("shared_messages", "share_id"), "shares"))
                    .to_owned(),
            )
            .await
    }
}
