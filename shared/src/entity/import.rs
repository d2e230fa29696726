//! A file with chats from elsewhere, on its way in. Its bytes are in the blob store until it has ended.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// As the user's device calls it.
    pub file_name: String,
    pub bytes: i64,
    pub state: State,
    /// Chats of the file that the work under way has come past.
    pub seen: i32,
    /// What the file has, and after the import what came of it.
    pub report: Option<Json>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Is read through; nothing is imported yet.
    #[sea_orm(string_value = "reading")]
    Reading,
    /// Was read through and waits for its user's word.
    #[sea_orm(string_value = "ready")]
    Ready,
    #[sea_orm(string_value = "importing")]
    Importing,
    #[sea_orm(string_value = "completed")]
    Completed,
    #[sea_orm(string_value = "failed")]
    Failed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
