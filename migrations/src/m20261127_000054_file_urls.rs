//! Files that are known by their address first, and fetched afterwards.

use sea_orm_migration::prelude::*;

use crate::schema::text;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("files").add_column(text("url", 2000)).to_owned()).await
    }
}
