//! Passages that an answer is given, numbered: kept with the message, so that they are still there when the file is not.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::search::Found;

/// One numbered passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// From 1, as it stands in brackets in the answer.
    pub number: u32,
    pub file_id: Uuid,
    pub file_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// In characters of its page, or of the text where there are no pages.
    pub from: i32,
    pub to: i32,
    pub text: String,
}

impl Citation {
    pub fn new(number: u32, found: Found) -> Self {
        Self {
            number,
            file_id: found.file.id,
            file_name: found.file.name,
            page: found.chunk.page,
            heading: Some(found.chunk.heading).filter(|heading| !heading.is_empty()),
            from: found.chunk.from_char,
            to: found.chunk.to_char,
            text: found.chunk.text,
        }
    }
}
