//! Which chats of a user a list shows.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DbBackend};
use uuid::Uuid;

use super::search::Words;
use crate::entity::chat::Column;
use crate::entity::chat_tag;

/// What is absent does not matter, but archived chats are listed only when they are asked for, and temporary ones never.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `Some(None)`: chats in no folder.
    pub folder: Option<Option<Uuid>>,
    pub tag: Option<String>,
    pub pinned: Option<bool>,
    pub archived: bool,
    /// Chats with all of these words in the title, or in one of their messages.
    pub words: Option<Words>,
}

impl Filter {
    pub(super) fn condition(&self, backend: DbBackend, user_id: Uuid) -> Condition {
        let mut all =
            Condition::all().add(Column::UserId.eq(user_id)).add(Column::Archived.eq(self.archived));
        all = all.add(Column::Temporary.eq(false));
        match self.folder {
            Some(Some(id)) => all = all.add(Column::FolderId.eq(id)),
            Some(None) => all = all.add(Column::FolderId.is_null()),
            None => {}
        }
        if let Some(pinned) = self.pinned {
            all = all.add(Column::Pinned.eq(pinned));
        }
        if let Some(tag) = &self.tag {
            let tagged = Query::select()
                .column(chat_tag::Column::ChatId)
                .from(chat_tag::Entity)
                .and_where(chat_tag::Column::UserId.eq(user_id))
                .and_where(chat_tag::Column::Name.eq(tag.as_str()))
                .to_owned();
            all = all.add(Expr::col(Column::Id).in_subquery(tagged));
        }
        if let Some(words) = &self.words {
            all = all.add(words.in_chats(backend, user_id));
        }
        all
    }
}
