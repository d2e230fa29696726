//! One message of a shared branch, a copy.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shared_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub share_id: Uuid,
    /// Counted from 0 at the root.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    pub role: String,
    pub content: String,
    pub images: Option<Json>,
    pub reasoning: Option<String>,
    pub model: Option<String>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
