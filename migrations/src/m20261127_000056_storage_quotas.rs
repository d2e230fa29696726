//! How many bytes of files somebody may keep.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut bytes = ColumnDef::new("storage_bytes");
        bytes.big_integer();
        manager.alter_table(Table::alter().table("quotas").add_column(bytes).to_owned()).await
    }
}
