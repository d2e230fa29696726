//! By words: FTS5 with BM25, tsvector, or FULLTEXT. Each word that a passage shares with the question counts.

use std::collections::HashSet;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend};

use super::scope::Scope;
use crate::Context;
use crate::entity::chunk;
use crate::error::Result;

/// Words of a question that are looked for.
const MAX_WORDS: usize = 32;
/// A heading that fits weighs more than a text that does.
const HEADING: f32 = 2.0;

/// Words that are in every text of a language: looking for them finds everything and says nothing.
const COMMON: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "did", "do", "does", "for", "from", "had", "has",
    "have", "how", "i", "if", "in", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our",
    "so", "than", "that", "the", "their", "there", "they", "this", "to", "was", "we", "were", "what", "when",
    "where", "which", "who", "why", "will", "with", "you", "your", "der", "die", "das", "und", "ist", "ein",
    "eine", "wie", "was", "le", "la", "les", "et", "est", "de", "des", "du", "un", "une", "el", "los", "las",
    "es", "que",
];

/// The best passages by their words, best first.
pub(super) async fn rank(ctx: &Context, scope: &Scope, question: &str, most: u64) -> Result<Vec<i64>> {
    let words = words(question);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let backend = ctx.db.get_database_backend();
    let statement = statement(backend, scope, &words, most);
    let rows = ctx.db.query_all(&statement).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

fn statement(backend: DbBackend, scope: &Scope, words: &[String], most: u64) -> SelectStatement {
    let mut query = Query::select();
    query
        .column((chunk::Entity, chunk::Column::Id))
        .from(chunk::Entity)
        .and_where(chunk::Column::FileId.in_subquery(scope.files()))
        .limit(most);
    let quoted = |mark: &str, between: &str| {
        words.iter().map(|word| format!("{mark}{word}{mark}")).collect::<Vec<_>>().join(between)
    };
    let rank = Alias::new("word_rank");
    match backend {
        DbBackend::Postgres => {
            let wanted = quoted("'", " | ");
            query
                .expr_as(
                    Expr::cust_with_values(
                        "ts_rank_cd(words, to_tsquery('english', $1), 1)",
                        [wanted.clone()],
                    ),
                    rank.clone(),
                )
                .and_where(Expr::cust_with_values("words @@ to_tsquery('english', $1)", [wanted]))
                .order_by(rank, Order::Desc);
        }
        DbBackend::MySql => {
            let wanted = words.join(" ");
            let fits = "MATCH (heading, text) AGAINST (? IN NATURAL LANGUAGE MODE)";
            query
                .expr_as(Expr::cust_with_values(fits, [wanted.clone()]), rank.clone())
                .and_where(Expr::cust_with_values(fits, [wanted]))
                .order_by(rank, Order::Desc);
        }
        _ => {
            // bm25() is better the smaller it is.
            query
                .expr_as(Expr::cust(format!("bm25(chunks_fts, {HEADING:.1}, 1.0)")), rank.clone())
                .inner_join(
                    Alias::new("chunks_fts"),
                    Expr::col((Alias::new("chunks_fts"), Alias::new("rowid")))
                        .equals((chunk::Entity, chunk::Column::Id)),
                )
                .and_where(Expr::cust_with_values("chunks_fts MATCH ?", [quoted("\"", " OR ")]))
                .order_by(rank, Order::Asc);
        }
    }
    // The same order for equal ranks, every time.
    query.order_by((chunk::Entity, chunk::Column::Id), Order::Asc).to_owned()
}

/// The words of a question, each once: letters and digits only, so that none can be an operator of a query language.
fn words(question: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let all: Vec<String> = question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .filter(|word| seen.insert(word.clone()))
        .collect();
    let telling: Vec<String> =
        all.iter().filter(|word| !COMMON.contains(&word.as_str())).take(MAX_WORDS).cloned().collect();
    // "To be or not to be" has nothing but common words.
    if telling.is_empty() { all.into_iter().take(MAX_WORDS).collect() } else { telling }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_a_question_is_an_operator() {
        assert_eq!(
            words("What is \"NEAR(a b)\" AND text:* OR -x; DROP?"),
            ["near", "b", "text", "x", "drop"]
        );
        assert_eq!(words("to be or not to be"), ["to", "be", "or", "not"]);
        assert_eq!(words("naïve Größe 2026"), ["naïve", "größe", "2026"]);
        assert!(words("?! --").is_empty());
    }
}
