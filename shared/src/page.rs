//! Lists are read in pages: some items, and a cursor where the next ones begin.

use uuid::Uuid;

use crate::error::{Error, Result};

/// Items in order. `next` is the cursor for the following page, `None` at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// Which page is asked for: at most `limit` items after the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub limit: u64,
    pub after: Option<String>,
}

impl Slice {
    pub fn new(limit: u64, after: Option<String>) -> Self {
        Self { limit, after }
    }

    /// The cursor of a list that is ordered by id.
    pub fn after_id(&self) -> Result<Option<Uuid>> {
        self.after.as_deref().map(|text| text.parse().map_err(|_| bad_cursor())).transpose()
    }

    /// The cursor of a list that is ordered by a number.
    pub fn after_number(&self) -> Result<Option<i64>> {
        self.after.as_deref().map(|text| text.parse().map_err(|_| bad_cursor())).transpose()
    }

    /// The cursor of a list that is ordered by a time (Unix milliseconds) and then by id.
    pub fn after_time_and_id(&self) -> Result<Option<(i64, Uuid)>> {
        let Some(text) = self.after.as_deref() else { return Ok(None) };
        let (time, id) = text.split_once('.').ok_or_else(bad_cursor)?;
        Ok(Some((time.parse().map_err(|_| bad_cursor())?, id.parse().map_err(|_| bad_cursor())?)))
    }
}

impl<T> Page<T> {
    /// From a query that asked for one row more than the page holds, so that the end is known without a second query.
    pub fn cut(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next }
    }

    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// The cursor that [`Slice::after_time_and_id`] reads.
pub fn time_and_id(time_ms: i64, id: Uuid) -> String {
    format!("{time_ms}.{id}")
}

fn bad_cursor() -> Error {
    Error::field("after", "is no cursor of this list; take the value of `next` as it is")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_cursor() {
        let page = Page::cut(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!(page, Page { items: vec![1, 2], next: Some("2".into()) });
        assert_eq!(Page::cut(vec![1, 2], 2, ToString::to_string).next, None);
    }

    #[test]
    fn a_cursor_comes_back_as_it_was_given() {
        let id = Uuid::now_v7();
        let slice = Slice::new(1, Some(time_and_id(-5, id)));
        assert_eq!(slice.after_time_and_id().unwrap(), Some((-5, id)));
        assert!(Slice::new(1, Some("x".into())).after_id().is_err());
    }
}
