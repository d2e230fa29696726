//! Pages on the wire: `{items, next}`.

use poem_openapi::Object;
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use shared::page::Slice;

/// Part of a list.
#[derive(Object)]
pub struct Page<T: ParseFromJSON + ToJSON + Type + Send + Sync> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Give this as `after` to read on; null at the end.
    pub next: Option<String>,
}

impl<T: ParseFromJSON + ToJSON + Type + Send + Sync> Page<T> {
    /// From the rows of a list.
    pub fn of<R>(page: shared::page::Page<R>, view: impl FnMut(R) -> T) -> Self {
        let page = page.map(view);
        Self { items: page.items, next: page.next }
    }
}

/// The slice that the parameters `limit` (bounds are checked by the framework) and `after` name.
pub fn slice(limit: Option<u64>, after: Option<String>) -> Slice {
    Slice::new(limit.unwrap_or(50), after)
}
