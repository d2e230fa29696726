//! Connections to model providers and the models they offer.

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
                    .table("connections")
                    .col(id("id").primary_key())
                    .col(text("kind", 16).not_null())
                    .col(text("name", 200).not_null())
                    .col(text("base_url", 1000).not_null())
                    .col(long_text(manager, "api_key"))
                    .col(long_text(manager, "headers"))
                    .col(json("allow_models"))
                    .col(text("prefix", 64).not_null())
                    .col(ColumnDef::new("enabled").boolean().not_null())
                    .col(json("status"))
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("models")
                    .col(id("connection_id").not_null())
                    .col(text("provider_id", 255).not_null())
                    .col(text("name", 320).not_null())
                    .col(time("created_at").not_null())
                    .primary_key(Index::create().col("connection_id").col("provider_id"))
                    .foreign_key(&mut belongs_to(("models", "connection_id"), "connections"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("models", &["name"], false)).await
    }
}
