//! What admins allow, what models cost, and what was used.

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
                    .table("quotas")
                    .col(id("id").primary_key())
                    .col(text("scope", 16).not_null())
                    .col(text("subject", 320).not_null())
                    .col(ColumnDef::new("requests_per_minute").integer())
                    .col(ColumnDef::new("tokens_per_day").big_integer())
                    .col(ColumnDef::new("budget_per_day").big_integer())
                    .col(ColumnDef::new("budget_per_month").big_integer())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("quotas", &["scope", "subject"], true)).await?;
        manager
            .create_table(
                Table::create()
                    // Beside `models`, whose rows come and go with what the provider lists.
                    .table("model_terms")
                    .col(text("model", 320).not_null().primary_key())
                    .col(ColumnDef::new("prompt_price").big_integer())
                    .col(ColumnDef::new("completion_price").big_integer())
                    .col(ColumnDef::new("max_running").integer())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        usage(manager).await?;
        manager
            .create_table(
                Table::create().table("cap_locks").col(text("name", 330).not_null().primary_key()).to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("model_holds")
                    .col(id("id").primary_key())
                    .col(text("model", 320).not_null())
                    .col(time("until").not_null())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("model_holds", &["model", "until"], false)).await?;
        manager.alter_table(Table::alter().table("generations").add_column(id("api_key_id")).to_owned()).await
    }
}

async fn usage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sum = |name: &'static str| ColumnDef::new(name).big_integer().not_null().to_owned();
    manager
        .create_table(
            Table::create()
                .table("usage_days")
                .col(text("day", 10).not_null())
                .col(id("user_id").not_null())
                .col(id("api_key_id").not_null())
                .col(text("model", 320).not_null())
                .col(sum("requests"))
                .col(sum("prompt_tokens"))
                .col(sum("completion_tokens"))
                .col(sum("cost"))
                .primary_key(Index::create().col("day").col("user_id").col("api_key_id").col("model"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("usage_days", &["user_id", "day"], false)).await?;
    manager.create_index(index("usage_days", &["api_key_id", "day"], false)).await?;
    manager.create_index(index("usage_days", &["model", "day"], false)).await?;
    manager
        .create_table(
            Table::create()
                .table("usage_windows")
                .col(id("id").primary_key())
                .col(text("bucket", 16).not_null())
                .col(text("subject", 320).not_null())
                .col(text("period", 10).not_null())
                .col(sum("tokens"))
                .col(sum("cost"))
                .col(time("counted_at").not_null())
                .to_owned(),
        )
        .await?;
    manager.create_index(index("usage_windows", &["bucket", "subject", "period"], true)).await?;
    manager
        .create_table(
            Table::create()
                .table("reservations")
                .col(id("generation_id").not_null())
                .col(id("window_id").not_null())
                .col(sum("tokens"))
                .col(sum("cost"))
                .primary_key(Index::create().col("generation_id").col("window_id"))
                .foreign_key(&mut belongs_to(("reservations", "generation_id"), "generations"))
                .foreign_key(&mut belongs_to(("reservations", "window_id"), "usage_windows"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("reservations", &["window_id"], false)).await
}
