//! How people keep chats in order: folders, tags, pinned, archived. And where an imported chat came from.

use sea_orm_migration::prelude::*;

use crate::schema::{belongs_to, exact_text, id, index, json, text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("folders")
                    .col(id("id").primary_key())
                    .col(id("user_id").not_null())
                    .col(id("parent_id"))
                    .col(text("name", 100).not_null())
                    .col(time("created_at").not_null())
                    .col(time("updated_at").not_null())
                    .foreign_key(&mut belongs_to(("folders", "user_id"), "users"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("folders", &["user_id", "id"], false)).await?;
        // SQLite adds one column a statement. The version before writes rows without them.
        let flag = |name: &'static str| ColumnDef::new(name).boolean().not_null().default(false).to_owned();
        let columns = [
            id("folder_id"),
            flag("pinned"),
            flag("archived"),
            json("tags"),
            exact_text(manager, "import_key", 160),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("chats").add_column(column).to_owned()).await?;
        }
        manager.create_index(index("chats", &["user_id", "folder_id", "updated_at", "id"], false)).await?;
        manager.create_index(index("chats", &["user_id", "pinned", "updated_at", "id"], false)).await?;
        manager.create_index(index("chats", &["user_id", "archived", "updated_at", "id"], false)).await?;
        manager.create_index(index("chats", &["user_id", "import_key"], true)).await?;
        manager
            .create_table(
                Table::create()
                    .table("chat_tags")
                    .col(id("chat_id").not_null())
                    .col(exact_text(manager, "name", 50).not_null())
                    .col(id("user_id").not_null())
                    .primary_key(Index::create().col("chat_id").col("name"))
                    .foreign_key(&mut belongs_to(("chat_tags", "chat_id"), "chats"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("chat_tags", &["user_id", "name", "chat_id"], false)).await
    }
}
