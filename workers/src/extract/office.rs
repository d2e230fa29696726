//! Texts and slides of office programs, as Markdown: what is a heading, a list or a table there is one here.

mod markdown;
mod open_document;
mod slides;
mod word;

pub(super) use self::open_document::open_document;
pub(super) use self::slides::slides;
pub(super) use self::word::word;

use super::archive::Archive;
use super::xml::{Node, get, walk};
use super::{Form, Page, Text, Unreadable};
