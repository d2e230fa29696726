//! A conversation. Its messages are rows of their own, a tree by parent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chats")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub title: String,
    pub title_source: TitleSource,
    pub model: Option<String>,
    /// The leaf of the active branch.
    pub current_message_id: Option<Uuid>,
    pub folder_id: Option<Uuid>,
    pub pinned: bool,
    /// An archived chat is never pinned.
    pub archived: bool,
    /// A JSON list of names in small letters; the rows of `chat_tags` follow it.
    pub tags: Option<Json>,
    /// What an import knows it by, so that the same chat does not come twice.
    pub import_key: Option<String>,
    /// Not listed, and gone some time after its last message.
    pub temporary: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Who named the chat. A title that a person gave is never overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum TitleSource {
    #[sea_orm(string_value = "none")]
    None,
    #[sea_orm(string_value = "model")]
    Model,
    #[sea_orm(string_value = "user")]
    User,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
