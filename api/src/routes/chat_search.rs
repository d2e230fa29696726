//! Finding chats: by words, folder and tag.

use std::borrow::Cow;

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};
use poem_openapi::{Object, OpenApi};
use shared::Context;
use shared::chats::{self, Filter, Found, Hit, Part, Tagged, Words};
use uuid::Uuid;

use super::Tag;
use super::chats::Chat;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::json::Json;
use crate::page::{Page, slice};
use crate::time::Time;

/// A folder by its id, or `none`.
pub(crate) struct InFolder(Option<Uuid>);

impl Type for InFolder {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for InFolder {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        match value {
            "none" => Ok(Self(None)),
            id => {
                let id =
                    id.parse().map_err(|_| ParseError::custom("is neither `none` nor the id of a folder"))?;
                Ok(Self(Some(id)))
            }
        }
    }
}

/// The parameters of a list as a filter.
pub(crate) fn filter(
    folder: Option<InFolder>,
    tag: Option<String>,
    pinned: Option<bool>,
    archived: Option<bool>,
    words: Option<Words>,
) -> Filter {
    Filter {
        folder: folder.map(|folder| folder.0),
        tag: tag.map(|tag| chats::clean_tag(&tag)),
        pinned,
        archived: archived.unwrap_or(false),
        words,
    }
}

/// A piece of a text in which words were looked for. The pieces together are the text.
#[derive(Debug, Object)]
#[oai(rename = "TextPart")]
struct PartView {
    text: String,
    /// One of the words that were looked for.
    hit: bool,
}

/// A message that was found.
#[derive(Debug, Object)]
#[oai(rename = "ChatHit")]
struct HitView {
    message_id: Uuid,
    /// `user`, `assistant`, `system` or `tool`.
    role: String,
    created_at: Time,
    /// One line around the first of the words.
    excerpt: Vec<PartView>,
}

/// A chat that was found.
#[derive(Debug, Object)]
#[oai(rename = "FoundChat")]
struct FoundView {
    chat: Chat,
    title: Vec<PartView>,
    /// Up to three messages that have all of the words, newest first. None when the title alone has them.
    hits: Vec<HitView>,
}

/// A tag and how many chats have it.
#[derive(Debug, Object)]
#[oai(rename = "ChatTag")]
struct TagView {
    name: String,
    chats: u64,
}

fn parts(parts: Vec<Part>) -> Vec<PartView> {
    parts.into_iter().map(|part| PartView { text: part.text, hit: part.hit }).collect()
}

impl From<Hit> for HitView {
    fn from(hit: Hit) -> Self {
        Self {
            message_id: hit.message_id,
            role: hit.role,
            created_at: Time(hit.created_at),
            excerpt: parts(hit.excerpt),
        }
    }
}

impl From<Found> for FoundView {
    fn from(found: Found) -> Self {
        Self {
            chat: found.chat.into(),
            title: parts(found.title),
            hits: found.hits.into_iter().map(HitView::from).collect(),
        }
    }
}

impl From<Tagged> for TagView {
    fn from(tag: Tagged) -> Self {
        Self { name: tag.name, chats: tag.chats.unsigned_abs() }
    }
}

pub(crate) struct ChatSearch;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Chats")]
impl ChatSearch {
    /// Search the own chats, last used first
    ///
    /// Finds chats whose title, or one of whose messages, has all of the words. A word stands for all that begin with it.
    #[oai(path = "/chats/search", method = "get", operation_id = "searchChats")]
    #[allow(clippy::too_many_arguments, reason = "each is a parameter of the request")]
    async fn search(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Words, 16 at most.
        #[oai(validator(max_length = 1000))]
        query: Query<String>,
        /// The id of a folder, or `none` for chats in no folder.
        folder: Query<Option<InFolder>>,
        /// Chats with this tag.
        tag: Query<Option<String>>,
        pinned: Query<Option<bool>>,
        /// `true`: the archived chats instead of the others.
        archived: Query<Option<bool>>,
        /// Items on a page; 20 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "50")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<FoundView>>> {
        let filter = filter(folder.0, tag.0, pinned.0, archived.0, Some(Words::of(&query.0)?));
        let slice = slice(Some(limit.0.unwrap_or(20)), after.0);
        let page = chats::search(&ctx, user.user.id, &filter, &slice).await?;
        Ok(Json(Page::of(page, FoundView::from)))
    }

    /// List the tags of the own chats
    #[oai(path = "/tags", method = "get", operation_id = "listTags")]
    async fn tags(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// Items on a page; 50 if absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<TagView>>> {
        let page = chats::tags(&ctx, user.user.id, &slice(limit.0, after.0)).await?;
        Ok(Json(Page::of(page, TagView::from)))
    }
}
