use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::Context;
use crate::entity::file;
use crate::error::Result;
use crate::{collections, files};

/// What is searched, and for whom. There is no search without an asker.
#[derive(Clone, Debug)]
pub struct Scope {
    user_id: Uuid,
    collections: Vec<Uuid>,
    files: Vec<Uuid>,
}

impl Scope {
    /// Some collections that the user may read, and some own files. What is another's is not there.
    pub async fn of(ctx: &Context, user_id: Uuid, collections: &[Uuid], files: &[Uuid]) -> Result<Self> {
        collections::find_all_readable(ctx, user_id, collections).await?;
        for id in files {
            files::find_for(ctx, user_id, *id).await?;
        }
        Ok(Self { user_id, collections: collections.to_vec(), files: files.to_vec() })
    }

    /// The same without a look whether all of it is still there: what is gone is left out.
    pub fn as_far_as_there(user_id: Uuid, collections: Vec<Uuid>, files: Vec<Uuid>) -> Self {
        Self { user_id, collections, files }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.collections.is_empty() && self.files.is_empty()
    }

    /// Those of the files whose passages all have a vector in this index.
    pub(crate) fn files_of(&self, index_id: i32) -> SelectStatement {
        self.files().and_where(file::Column::IndexId.eq(index_id)).to_owned()
    }

    /// The files that may be looked at, whatever the lists say: the asker's own, and those of collections that the asker
    /// may read at this moment.
    pub(super) fn files(&self) -> SelectStatement {
        let mut named = Condition::any();
        if !self.files.is_empty() {
            let own = Condition::all()
                .add(file::Column::UserId.eq(self.user_id))
                .add(file::Column::Id.is_in(self.files.iter().copied()));
            named = named.add(own);
        }
        if !self.collections.is_empty() {
            let collected = collections::files_readable_by(self.user_id, Some(&self.collections));
            named = named.add(file::Column::Id.in_subquery(collected));
        }
        Query::select()
            .column(file::Column::Id)
            .from(file::Entity)
            .and_where(file::Column::DeletedAt.is_null())
            .and_where(file::Column::Chunks.is_not_null())
            .cond_where(named)
            .to_owned()
    }
}
