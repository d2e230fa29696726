//! Chats that are not kept.

use sea_orm_migration::prelude::*;

use crate::schema::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The version before this one does not name the column when it makes a row.
        let temporary = ColumnDef::new("temporary").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("chats").add_column(temporary).to_owned()).await?;
        manager.create_index(index("chats", &["temporary", "updated_at"], false)).await
    }
}
