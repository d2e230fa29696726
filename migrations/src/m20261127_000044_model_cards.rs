//! What admins say of a model. Kept by its name, since a look at the provider writes the rows of `models` anew.

use sea_orm_migration::prelude::*;

use crate::schema::{exact_text, json, long_text, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("model_cards")
                    .col(exact_text(manager, "model", 320).not_null().primary_key())
                    .col(text("display_name", 100))
                    .col(long_text(manager, "description"))
                    .col(long_text(manager, "picture"))
                    .col(long_text(manager, "system_prompt"))
                    .col(json("parameters"))
                    .col(text("visibility", 16).not_null())
                    .col(time("updated_at").not_null())
                    .to_owned(),
            )
            .await
    }
}
