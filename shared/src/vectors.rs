//! Vectors of passages, an index for each model that made them. A file says which index has all of its passages, so
//! that an old index answers until a new one is whole.

mod pgvector;
mod sqlite;

use async_trait::async_trait;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::embedding_index::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Result};
use crate::files::Claimed;
use crate::search::Scope;
use crate::{Context, db};

pub use self::sqlite::register;

/// The vector of one passage.
#[derive(Clone, Debug)]
pub struct Placed {
    pub chunk_id: i64,
    pub vector: Vec<f32>,
}

/// A store of vectors. The scope of a search is not optional.
#[async_trait]
pub trait VectorStore: Send + Sync {
    /// Makes what the store needs for this index, in the transaction that makes its row, as often as it is asked.
    async fn prepare(&self, transaction: &DatabaseTransaction, index: &Model) -> Result<()>;

    /// Keeps vectors of a file that this process holds. `false` when it is not ours any more.
    async fn put(&self, ctx: &Context, claimed: &Claimed, index: &Model, placed: &[Placed]) -> Result<bool>;

    /// Some passages of a file that have no vector in this index yet: id, headings and text.
    async fn missing(&self, ctx: &Context, index: &Model, file_id: Uuid, most: u64) -> Result<Vec<Bare>>;

    /// The passages nearest to a vector, nearest first, among the files of the scope that this index is whole for.
    async fn nearest(
        &self,
        ctx: &Context,
        index: &Model,
        scope: &Scope,
        vector: &[f32],
        most: u64,
    ) -> Result<Vec<i64>>;

    /// Forgets the vectors of a file in all other indexes.
    async fn forget_others(&self, ctx: &Context, index: &Model, file_id: Uuid) -> Result<()>;
}

/// A passage without a vector.
#[derive(Clone, Debug)]
pub struct Bare {
    pub id: i64,
    pub heading: String,
    pub text: String,
}

impl Bare {
    /// What is made into a vector: a passage means more with its headings.
    pub fn whole(&self) -> String {
        if self.heading.is_empty() { self.text.clone() } else { format!("{}\n\n{}", self.heading, self.text) }
    }
}

/// The store of this database.
///
/// `vectors_unsupported` says what to do where there is none.
pub async fn store(ctx: &Context) -> Result<&'static dyn VectorStore> {
    match ctx.db.get_database_backend() {
        DbBackend::Sqlite => Ok(&sqlite::SqliteVec),
        DbBackend::Postgres if pgvector::is_available(ctx).await? => Ok(&pgvector::PgVector),
        DbBackend::Postgres => Err(Error::conflict(
            "vectors_unsupported",
            "Vectors need the extension pgvector in PostgreSQL. Until it is installed, searches go by words alone.",
        )),
        _ => Err(Error::conflict(
            "vectors_unsupported",
            "MySQL and MariaDB keep no vectors for Skein: searches go by words alone. Use PostgreSQL with pgvector, or \
             one process with SQLite.",
        )),
    }
}

/// The index of a model, made if it is not there. The row and what the store needs come together: an index that a dead
/// worker had half made would be found by all, and hold nothing for ever.
pub async fn index_of(ctx: &Context, model: &str, dimensions: usize) -> Result<Model> {
    let dimensions = i32::try_from(dimensions).unwrap_or(i32::MAX);
    let index = match find(ctx, model).await? {
        Some(index) => index,
        None => make(ctx, model, dimensions).await?,
    };
    if index.dimensions != dimensions {
        return Err(Error::conflict(
            "embedding_dimensions",
            format!(
                "The model made vectors of {} numbers before, and makes {dimensions} now. Choose it under another name.",
                index.dimensions
            ),
        ));
    }
    Ok(index)
}

async fn make(ctx: &Context, model: &str, dimensions: i32) -> Result<Model> {
    let transaction = db::begin(&ctx.db).await?;
    let row = ActiveModel {
        id: NotSet,
        model: Set(model.to_owned()),
        dimensions: Set(dimensions),
        created_at: Set(ctx.clock.now_ms()),
    };
    // Who comes second waits here for the first.
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Model).update_column(Column::Model).to_owned())
        .exec_without_returning(&transaction)
        .await?;
    let index = Entity::find().filter(Column::Model.eq(model)).one(&transaction).await?;
    let index = index.ok_or_else(|| Error::internal("An index of vectors is gone."))?;
    store(ctx).await?.prepare(&transaction, &index).await?;
    transaction.commit().await?;
    Ok(index)
}

/// The index of a model, where it has made any vector.
pub async fn find(ctx: &Context, model: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Model.eq(model)).one(&ctx.db).await?)
}

/// Some indexes by id.
pub(crate) async fn find_many(ctx: &Context, ids: Vec<i32>) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(&ctx.db).await?)
}

async fn bare(ctx: &Context, statement: sea_orm::Statement) -> Result<Vec<Bare>> {
    let rows = ctx.db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            Ok(Bare {
                id: row.try_get("", "id")?,
                heading: row.try_get("", "heading")?,
                text: row.try_get("", "text")?,
            })
        })
        .collect()
}
