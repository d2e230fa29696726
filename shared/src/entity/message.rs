//! One message of a chat.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub chat_id: Uuid,
    pub parent_id: Option<Uuid>,
    /// `system`, `user`, `assistant` or `tool`.
    pub role: String,
    pub content: String,
    /// A JSON list of image addresses, mostly data URLs.
    pub images: Option<Json>,
    pub reasoning: Option<String>,
    pub tool_calls: Option<Json>,
    /// What the answer to it may draw on: lists of collections and files.
    pub sources: Option<Json>,
    /// The passages that an answer was given, by number.
    pub citations: Option<Json>,
    pub model: Option<String>,
    pub finish_reason: Option<String>,
    /// The newest run that made or continued this message.
    pub generation_id: Option<Uuid>,
    /// What the reader thinks of an answer.
    pub rating: Option<Rating>,
    pub rating_note: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum Rating {
    #[sea_orm(string_value = "good")]
    Good,
    #[sea_orm(string_value = "bad")]
    Bad,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
