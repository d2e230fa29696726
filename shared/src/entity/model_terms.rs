//! What an admin says of a model: its prices and how many of its runs go at a time. Kept by name, so that it outlives
//! what a provider lists today.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_terms")]
pub struct Model {
    /// The name by which users ask for it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    /// Billionths of the currency's unit for a million tokens.
    pub prompt_price: Option<i64>,
    pub completion_price: Option<i64>,
    pub max_running: Option<i32>,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
