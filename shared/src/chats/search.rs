//! Full-text search over the titles and messages of one user's chats.
//!
//! Every database has an index of its own kind (see the migration `chat_search`); this file speaks to all three. A word
//! of the search stands for all words that begin with it. All words must be in one title or in one message.

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::filter::Filter;
use super::highlight::{self, Part};
use super::list;
use crate::Context;
use crate::entity::chat::Model;
use crate::error::{Error, Result};
use crate::page::{Page, Slice};

const MOST_WORDS: usize = 16;
/// Messages that are shown of one chat.
const HITS_OF_A_CHAT: i64 = 3;
/// Characters of a message that are looked at: as many as the index has.
const READ: i32 = 200_000;

/// InnoDB keeps words of fewer letters out of its index, and these.
const SHORTEST_OF_MYSQL: usize = 3;
const STOPWORDS_OF_MYSQL: &[&str] = &[
    "about", "are", "com", "for", "from", "how", "that", "the", "this", "und", "was", "what", "when",
    "where", "who", "will", "with", "www",
];

/// The words of a search, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<String>);

/// A chat that was found.
#[derive(Debug)]
pub struct Found {
    pub chat: Model,
    /// The title, with the words that were looked for apart.
    pub title: Vec<Part>,
    /// Messages with all of the words, newest first.
    pub hits: Vec<Hit>,
}

/// A message that was found, cut to what is around the words.
#[derive(Debug)]
pub struct Hit {
    pub message_id: Uuid,
    pub role: String,
    pub created_at: i64,
    pub excerpt: Vec<Part>,
}

impl Words {
    /// The words of what somebody typed; an error when there is none.
    pub fn of(query: &str) -> Result<Self> {
        let words: Vec<String> = query
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .map(|word| word.chars().take(64).collect::<String>().to_lowercase())
            .collect();
        match words.is_empty() {
            true => Err(Error::field("query", "has no word")),
            false => Ok(Self(words)),
        }
    }

    pub(super) fn each(&self) -> &[String] {
        &self.0
    }

    /// The condition on a row of `chats`.
    pub(super) fn in_chats(&self, backend: DbBackend, user_id: Uuid) -> SimpleExpr {
        match backend {
            DbBackend::Postgres => Expr::cust_with_values(
                "chats.id IN (SELECT s.chat_id FROM chat_search s WHERE s.words @@ CAST($1 AS text)::tsquery)",
                [self.postgres(user_id)],
            ),
            DbBackend::MySql => match self.mysql() {
                Some(query) => Expr::cust_with_values(
                    "(MATCH (chats.title) AGAINST (? IN BOOLEAN MODE) OR chats.id IN (SELECT m.chat_id \
                     FROM messages m WHERE MATCH (m.content) AGAINST (? IN BOOLEAN MODE)))",
                    [query.clone(), query],
                ),
                None => {
                    let (title, content) = (self.like("chats.title"), self.like("m.content"));
                    let sql = format!(
                        "({title} OR EXISTS (SELECT 1 FROM messages m WHERE m.chat_id = chats.id AND {content}))"
                    );
                    Expr::cust(sql)
                }
            },
            _ => Expr::cust_with_values(
                "chats.id IN (SELECT s.chat_id FROM chat_search s WHERE s.number IN \
                 (SELECT rowid FROM chat_words WHERE chat_words MATCH ?))",
                [self.sqlite(user_id)],
            ),
        }
    }

    fn postgres(&self, user_id: Uuid) -> String {
        let words = self.0.iter().map(|word| format!(" & '{word}':*"));
        format!("'{}'{}", owner_word(user_id), words.collect::<String>())
    }

    fn sqlite(&self, user_id: Uuid) -> String {
        let words: Vec<String> = self.0.iter().map(|word| format!("\"{word}\" *")).collect();
        format!("owner : \"{}\" AND body : ({})", owner_word(user_id), words.join(" AND "))
    }

    /// `None` where the index has none of the words.
    fn mysql(&self) -> Option<String> {
        let kept = |word: &&String| {
            word.chars().count() >= SHORTEST_OF_MYSQL && !STOPWORDS_OF_MYSQL.contains(&word.as_str())
        };
        let words: Vec<String> = self.0.iter().filter(kept).map(|word| format!("+{word}*")).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// For words that MySQL does not index. They are letters and digits, so nothing in them needs a quotation.
    fn like(&self, column: &str) -> String {
        let each: Vec<String> = self.0.iter().map(|word| format!("{column} LIKE '%{word}%'")).collect();
        format!("({})", each.join(" AND "))
    }

    /// The ids of matching messages within some chats, newest first and so many of each chat.
    fn hits(&self, backend: DbBackend, user_id: Uuid, chats: &[Uuid]) -> Statement {
        let mut values: Vec<Value> = Vec::new();
        let mut place = |value: Value| {
            values.push(value);
            match backend {
                DbBackend::Postgres => format!("${}", values.len()),
                _ => "?".to_owned(),
            }
        };
        let length = place(READ.into());
        let matching = match backend {
            DbBackend::Postgres => {
                let query = place(self.postgres(user_id).into());
                format!(
                    "m.id IN (SELECT s.id FROM chat_search s WHERE s.words @@ CAST({query} AS text)::tsquery)"
                )
            }
            DbBackend::MySql => match self.mysql() {
                Some(query) => format!("MATCH (m.content) AGAINST ({} IN BOOLEAN MODE)", place(query.into())),
                None => self.like("m.content"),
            },
            _ => format!(
                "m.id IN (SELECT s.id FROM chat_search s WHERE s.number IN \
                 (SELECT rowid FROM chat_words WHERE chat_words MATCH {}))",
                place(self.sqlite(user_id).into())
            ),
        };
        let within: Vec<String> = chats.iter().map(|id| place((*id).into())).collect();
        let most = place(HITS_OF_A_CHAT.into());
        let sql = format!(
            "SELECT id, chat_id, role, created_at, body FROM (
               SELECT m.id, m.chat_id, m.role, m.created_at, substr(m.content, 1, {length}) AS body,
                 row_number() OVER (PARTITION BY m.chat_id ORDER BY m.id DESC) AS nth
               FROM messages m WHERE {matching} AND m.chat_id IN ({})
             ) AS hits WHERE nth <= {most} ORDER BY id DESC",
            within.join(", ")
        );
        Statement::from_sql_and_values(backend, sql, values)
    }
}

/// The word that stands for a user in the index, as the triggers write it.
fn owner_word(user_id: Uuid) -> String {
    format!("u{}", user_id.simple())
}

/// A page of the chats that have these words, last used first.
pub async fn search(ctx: &Context, user_id: Uuid, filter: &Filter, slice: &Slice) -> Result<Page<Found>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        chat_id: Uuid,
        role: String,
        created_at: i64,
        body: String,
    }
    let words = filter.words.as_ref().ok_or_else(|| Error::field("query", "has no word"))?;
    let page = list(ctx, user_id, filter, slice).await?;
    let chats: Vec<Uuid> = page.items.iter().map(|chat| chat.id).collect();
    let rows = match chats.is_empty() {
        true => Vec::new(),
        false => {
            let statement = words.hits(ctx.db.get_database_backend(), user_id, &chats);
            Row::find_by_statement(statement).all(&ctx.db).await?
        }
    };
    Ok(page.map(|chat| {
        let hits = rows.iter().filter(|row| row.chat_id == chat.id).map(|row| Hit {
            message_id: row.id,
            role: row.role.clone(),
            created_at: row.created_at,
            excerpt: highlight::excerpt(&row.body, words.each()),
        });
        Found { title: highlight::mark(&chat.title, words.each()), hits: hits.collect(), chat }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_plain_words() {
        assert_eq!(Words::of("  Über-Geese: fly!! ").unwrap().0, ["über", "geese", "fly"]);
        assert_eq!(Words::of("';-- \"* :").unwrap_err().code, "invalid_request");
        assert_eq!(Words::of(&"a ".repeat(100)).unwrap().0.len(), MOST_WORDS);
    }

    #[test]
    fn mysql_is_asked_only_for_what_it_keeps() {
        assert_eq!(Words::of("the geese of it").unwrap().mysql().as_deref(), Some("+geese*"));
        assert_eq!(Words::of("AI").unwrap().mysql(), None);
    }
}
