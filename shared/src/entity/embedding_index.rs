//! The vectors of one model.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "embedding_indexes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// As users and programs ask for it.
    pub model: String,
    pub dimensions: i32,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
