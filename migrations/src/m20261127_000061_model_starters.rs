//! What a new chat with a model may begin with.

use sea_orm_migration::prelude::*;

use crate::schema::json;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("model_cards").add_column(json("starters")).to_owned()).await
    }
}
