//! One uploaded file.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    /// Where it is fetched from, if it was not uploaded.
    pub url: Option<String>,
    pub media_type: String,
    /// 0 until a file that is fetched is here.
    pub bytes: i64,
    /// Of the content, in hexadecimal digits; absent until all of it is here and once it is removed.
    pub sha256: Option<String>,
    pub state: State,
    /// Per cent of the state it is in.
    pub progress: i32,
    pub pages: Option<i32>,
    /// How many passages there are, once all are written.
    pub chunks: Option<i32>,
    /// The index that has a vector for each of them.
    pub index_id: Option<i32>,
    /// What a user should know of a file that is ready, such as pages without text.
    pub notice: Option<String>,
    /// Counts claims. Every write of a worker carries it, and an older one is refused.
    pub attempt: i32,
    /// Claims since the file last got further; after `files.max_attempts` it counts as failed.
    pub tries: i32,
    pub lease_owner: Option<String>,
    /// By the database's clock.
    pub lease_until: Option<i64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    /// Nobody sees it any more; its bytes and passages go, and then this row.
    pub deleted_at: Option<i64>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its bytes are on their way; nobody sees it yet.
    #[sea_orm(string_value = "uploading")]
    Uploading,
    #[sea_orm(string_value = "uploaded")]
    Uploaded,
    #[sea_orm(string_value = "extracting")]
    Extracting,
    #[sea_orm(string_value = "chunking")]
    Chunking,
    #[sea_orm(string_value = "embedding")]
    Embedding,
    #[sea_orm(string_value = "ready")]
    Ready,
    #[sea_orm(string_value = "failed")]
    Failed,
}

impl State {
    /// True when nothing more will happen by itself.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Ready | Self::Failed)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
