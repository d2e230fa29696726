//! One run that makes an assistant message, or answers a call through a compatible door.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "generations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// The key with which it was asked for.
    pub api_key_id: Option<Uuid>,
    pub chat_id: Option<Uuid>,
    pub message_id: Option<Uuid>,
    pub kind: Kind,
    pub model: String,
    pub state: State,
    /// Counts claims. Every write of a worker carries it, and an older one is refused.
    pub attempt: i32,
    /// Attempts whose worker died or stood still.
    pub lapses: i32,
    pub lease_owner: Option<String>,
    /// By the database's clock.
    pub lease_until: Option<i64>,
    pub cancel_requested_at: Option<i64>,
    /// Parameters of a chat turn, or the whole request of a call that belongs to no chat.
    pub request: Option<Json>,
    /// What a call that belongs to no chat was answered.
    pub output: Option<Json>,
    /// Characters that the message had before this run; a continued message begins there.
    pub base_length: i32,
    pub idempotency_key: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub finish_reason: Option<String>,
    pub prompt_tokens: Option<i32>,
    pub completion_tokens: Option<i32>,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A turn of a chat.
    #[sea_orm(string_value = "chat")]
    Chat,
    /// A chat completion through a compatible door.
    #[sea_orm(string_value = "completion")]
    Completion,
    #[sea_orm(string_value = "embedding")]
    Embedding,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[sea_orm(string_value = "queued")]
    Queued,
    #[sea_orm(string_value = "running")]
    Running,
    #[sea_orm(string_value = "completed")]
    Completed,
    #[sea_orm(string_value = "failed")]
    Failed,
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

impl State {
    /// True when nothing more will happen.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
