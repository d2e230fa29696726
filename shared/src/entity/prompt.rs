//! A text that its user keeps to use it again, or an admin for everybody.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "prompts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// What is typed after a slash: small letters, digits, `-` and `_`.
    pub command: String,
    pub title: String,
    /// May have places to fill in: `{{name}}`.
    pub content: String,
    /// For everybody on this server.
    pub shared: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
