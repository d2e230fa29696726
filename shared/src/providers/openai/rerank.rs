//! `POST /rerank` as Cohere, Jina, vLLM, LiteLLM and others speak it. OpenAI itself has none.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::NOT_OPENAI;
use crate::error::Result;
use crate::providers::Ranked;
use crate::providers::faults::bad_response;

#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) model: &'a str,
    pub(super) query: &'a str,
    pub(super) documents: &'a [String],
    pub(super) top_n: usize,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(alias = "data")]
    results: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    index: usize,
    #[serde(alias = "score")]
    relevance_score: f64,
}

/// The documents by their places in the request, best first: each at most once, and none that was not sent.
pub(super) fn read(body: &Bytes, count: usize) -> Result<Vec<Ranked>> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| bad_response(NOT_OPENAI).source(error.to_string()))?;
    let mut seen = vec![false; count];
    let mut ranked: Vec<Ranked> = answer
        .results
        .into_iter()
        .map(|item| Ranked { index: item.index, score: item.relevance_score })
        .filter(|one| seen.get_mut(one.index).is_some_and(|seen| !std::mem::replace(seen, true)))
        .collect();
    if count > 0 && ranked.is_empty() {
        return Err(bad_response("The model provider ranked none of the documents."));
    }
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(ranked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(body: &str, count: usize) -> Option<Vec<usize>> {
        let ranked = read(&Bytes::copy_from_slice(body.as_bytes()), count).ok()?;
        Some(ranked.into_iter().map(|one| one.index).collect())
    }

    #[test]
    fn an_answer_is_an_order_of_what_was_sent() {
        let results = r#"{"results":[{"index":0,"relevance_score":0.1},{"index":2,"relevance_score":0.9}]}"#;
        assert_eq!(places(results, 3), Some(vec![2, 0]));
        let data =
            r#"{"object":"list","data":[{"index":1,"score":3,"document":"x"},{"index":0,"score":-2}]}"#;
        assert_eq!(places(data, 2), Some(vec![1, 0]));
        // Twice the same, and one that was never sent.
        let odd = r#"{"results":[{"index":0,"relevance_score":1},{"index":0,"relevance_score":2},{"index":7,"relevance_score":3}]}"#;
        assert_eq!(places(odd, 2), Some(vec![0]));
        for wrong in ["{}", "[]", r#"{"results":[]}"#, r#"{"results":[{"index":-1,"relevance_score":1}]}"#] {
            assert_eq!(places(wrong, 2), None, "{wrong}");
        }
    }
}
