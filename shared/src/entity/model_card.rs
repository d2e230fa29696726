//! What admins say of a model, by the name under which users ask for it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_cards")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    /// In place of the provider's own name.
    pub display_name: Option<String>,
    /// A line that helps to choose.
    pub description: Option<String>,
    /// A data URL of a small image.
    pub picture: Option<String>,
    /// Goes before the instructions of a chat.
    pub system_prompt: Option<String>,
    /// Parameters of a chat completion where the chat sets none.
    pub parameters: Option<Json>,
    pub visibility: Visibility,
    /// What a new chat may begin with: an array of lines.
    pub starters: Option<Json>,
    pub updated_at: i64,
}

/// Who may ask for a model.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    #[default]
    #[sea_orm(string_value = "everybody")]
    Everybody,
    /// Nobody: as if it were not there.
    #[sea_orm(string_value = "hidden")]
    Hidden,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
