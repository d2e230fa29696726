//! What an admin allows somebody or something. A value that is absent limits nothing.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quotas")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub scope: Scope,
    /// An id, the name of a model, or nothing for everyone.
    pub subject: String,
    pub requests_per_minute: Option<i32>,
    pub tokens_per_day: Option<i64>,
    /// Money is counted in billionths of the currency's unit.
    pub budget_per_day: Option<i64>,
    pub budget_per_month: Option<i64>,
    /// Of files, at any time.
    pub storage_bytes: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Whom a quota is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Scope {
    /// Each user, unless something more specific says otherwise.
    #[sea_orm(string_value = "everyone")]
    Everyone,
    #[sea_orm(string_value = "user")]
    User,
    /// Each member of a group.
    #[sea_orm(string_value = "member")]
    Member,
    /// All members of a group together.
    #[sea_orm(string_value = "group")]
    Group,
    #[sea_orm(string_value = "api_key")]
    ApiKey,
    /// All calls of a model together.
    #[sea_orm(string_value = "model")]
    Model,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
