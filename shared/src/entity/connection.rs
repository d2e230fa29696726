//! A model provider that an admin has connected.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `openai` or `ollama`.
    pub kind: String,
    pub name: String,
    pub base_url: String,
    /// Sealed.
    pub api_key: Option<String>,
    /// A JSON object of extra headers, sealed.
    pub headers: Option<String>,
    /// A JSON list of provider model ids; all when absent.
    pub allow_models: Option<Json>,
    /// Put before the provider's model ids.
    pub prefix: String,
    pub enabled: bool,
    /// How the last look at its model list went: `{ok, checked_at, models, error}`.
    pub status: Option<Json>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
