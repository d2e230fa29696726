//! What a reader thinks of an answer.

use sea_orm_migration::prelude::*;

use crate::schema::text;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [text("rating", 8), text("rating_note", 1000)] {
            let mut table = Table::alter();
            manager.alter_table(table.table("messages").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
