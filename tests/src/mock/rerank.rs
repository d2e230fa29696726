use std::collections::BTreeSet;

use serde_json::{Value, json};

/// How well a document answers a query, from 0 to 1, without a model: the share of the query's words that it has. A
/// document that says `[[score=0.7]]` decides for itself.
pub fn relevance(query: &str, document: &str) -> f64 {
    let said = document.split_once("[[score=").and_then(|(_, rest)| rest.split_once("]]"));
    if let Some(score) = said.and_then(|(score, _)| score.parse().ok()) {
        return score;
    }
    let (wanted, there) = (words(query), words(document));
    if wanted.is_empty() {
        return 0.0;
    }
    wanted.intersection(&there).count() as f64 / wanted.len() as f64
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The answer of `/v1/rerank`.
pub(super) fn answer(body: &Value) -> Value {
    let query = body["query"].as_str().unwrap_or_default();
    let documents = body["documents"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut results: Vec<(usize, f64)> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| (index, relevance(query, document.as_str().unwrap_or_default())))
        .collect();
    results.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let most = body["top_n"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(results.len());
    let results: Vec<Value> = results
        .into_iter()
        .take(most)
        .map(|(index, score)| json!({"index": index, "relevance_score": score}))
        .collect();
    json!({"id": "rerank-mock", "model": body["model"], "results": results})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first_and_no_more_than_asked_for() {
        let documents = json!(["red", "a red fox", "[[score=0.95]]", "nothing"]);
        let answer = answer(&json!({"query": "red fox", "documents": documents, "top_n": 3}));
        let order: Vec<u64> = answer["results"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|result| result["index"].as_u64())
            .collect();
        assert_eq!(order, [1, 2, 0]);
    }
}
