//! What was used of a quota in a day or a month. The row is the lock under which it is decided who is let in; its sums
//! follow from `usage_days` and are counted again from there every minute.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_windows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `user`, `group`, `api_key` or `model`.
    pub bucket: String,
    pub subject: String,
    /// A day like `2026-01-31` or a month like `2026-01`, in UTC.
    pub period: String,
    pub tokens: i64,
    pub cost: i64,
    /// When the sums were last counted from the days.
    pub counted_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
