//! One passage of a file: what searches find and answers cite.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chunks")]
pub struct Model {
    /// A number, as the indexes of words and vectors need one.
    #[sea_orm(primary_key)]
    pub id: i64,
    pub file_id: Uuid,
    /// The version of the way from text to passages.
    pub pipeline: i32,
    /// Its place in the file, from 0.
    pub ordinal: i32,
    pub page: Option<i32>,
    /// The headings above it, outermost first; empty where there are none.
    pub heading: String,
    /// Where it begins and ends, in characters of its page, or of the file's text where there are no pages.
    pub from_char: i32,
    pub to_char: i32,
    pub text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
