//! Chats, their messages, and the runs that make them.

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
                    .table("chats")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(text("title", 500).not_null())
                    .col(text("title_source", 16).not_null())
                    .col(text("model", 320))
                    .col(id("current_message_id"))
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("chats", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("chats", &["user_id", "updated_at", "id"], false)).await?;
        manager
            .create_table(
                Table::create()
                    .table("messages")
                    .col(id("id").primary_key())
                    .col(id("chat_id").not_null())
                    .col(id("parent_id"))
                    .col(text("role", 16).not_null())
                    .col(long_text(manager, "content").not_null())
                    .col(json("images"))
                    .col(long_text(manager, "reasoning"))
                    .col(json("tool_calls"))
                    .col(text("model", 320))
                    .col(text("finish_reason", 32))
                    .col(id("generation_id"))
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("messages", "chat_id"), "chats"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("messages", &["chat_id", "parent_id"], false)).await?;
        manager
            .create_table(
                Table::create()
                    .table("generations")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(id("chat_id"))
                    .col(id("message_id"))
                    .col(text("kind", 16).not_null())
                    .col(text("model", 320).not_null())
                    .col(text("state", 16).not_null())
                    .col(ColumnDef::new("attempt").integer().not_null())
                    .col(text("lease_owner", 160))
                    .col(time("lease_until"))
                    .col(time("cancel_requested_at"))
                    .col(json("request"))
                    .col(json("output"))
                    .col(ColumnDef::new("base_length").integer().not_null())
                    .col(text("idempotency_key", 128))
                    .col(text("error_code", 64))
                    .col(long_text(manager, "error_message"))
                    .col(text("finish_reason", 32))
                    .col(ColumnDef::new("prompt_tokens").integer())
                    .col(ColumnDef::new("completion_tokens").integer())
                    .col(time("created_at").not_null())
                    .col(time("started_at"))
                    .col(time("ended_at"))
                    .foreign_key(&mut belongs_to(("generations", "user_id"), "users"))
                    .foreign_key(&mut belongs_to(("generations", "chat_id"), "chats"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("generations", &["user_id", "idempotency_key"], true)).await?;
        manager.create_index(index("generations", &["state", "lease_until"], false)).await?;
        manager.create_index(index("generations", &["chat_id", "state"], false)).await?;
        manager.create_index(index("generations", &["kind", "ended_at"], false)).await
    }
}
