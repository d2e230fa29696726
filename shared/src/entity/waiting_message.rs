//! A message that waits until the answer before it has ended. It becomes the user message of the same id.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waiting_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub chat_id: Uuid,
    /// The message that it is to follow; absent: the end of the active branch at that time.
    pub parent_id: Option<Uuid>,
    pub content: String,
    /// A JSON list of image addresses, mostly data URLs.
    pub images: Option<Json>,
    pub model: String,
    /// Parameters of the turn.
    pub request: Option<Json>,
    pub idempotency_key: Option<String>,
    /// Grows with each edit: what is started is what was last written.
    pub revision: i32,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
