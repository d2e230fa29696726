//! How often the worker of a run has died.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The version before this one does not name the column when it makes a row.
        let lapses = ColumnDef::new("lapses").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("generations").add_column(lapses).to_owned()).await
    }
}
