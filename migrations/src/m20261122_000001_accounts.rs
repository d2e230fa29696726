//! Users, their logins and keys, and settings.

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
                    .table("users")
                    .col(id("id").primary_key())
                    .col(text("email", 254).not_null())
                    .col(text("name", 200).not_null())
                    .col(text("password_hash", 255).not_null())
                    .col(text("role", 16).not_null())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("users", &["email"], true)).await?;
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(text("user_agent", 300).not_null())
                    .col(time("created_at").not_null())
                    .col(time("last_seen_at").not_null())
                    .col(time("expires_at").not_null())
                    .col(time("revoked_at"))
                    .foreign_key(&mut belongs_to(("sessions", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("sessions", &["user_id", "id"], false)).await?;
        manager.create_index(index("sessions", &["expires_at"], false)).await?;
        manager
            .create_table(
                Table::create()
                    .table("api_keys")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(text("name", 200).not_null())
                    .col(text("prefix", 16).not_null())
                    .col(text("key_hash", 64).not_null())
                    .col(text("scopes", 200).not_null())
                    .col(time("expires_at"))
                    .col(time("last_used_at"))
                    .col(time("created_at").not_null())
                    .col(time("revoked_at"))
                    .foreign_key(&mut belongs_to(("api_keys", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("api_keys", &["key_hash"], true)).await?;
        manager.create_index(index("api_keys", &["user_id", "id"], false)).await?;
        manager
            .create_table(
                Table::create()
                    .table("settings")
                    .col(text("name", 100).not_null().primary_key())
                    .col(json("value").not_null())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await
    }
}
