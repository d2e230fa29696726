//! `/v1/embeddings`: through the embed pool like every other call.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::entity::generation::Kind;
use shared::quotas::Payer;
use shared::{Context, Error, Result};

use super::call::Call;
use super::read_json;
use super::reply::Reply;
use super::schema::{Answer, EmbeddingList};
use crate::limits::Counted;

/// Texts of one request, as OpenAI bounds them.
const MOST_TEXTS: usize = 2048;

/// Makes the vectors of one request.
pub(super) async fn create(
    ctx: &Context,
    payer: Payer,
    body: &[u8],
) -> crate::error::Result<Counted<Answer<EmbeddingList>>> {
    let asked = read(body)?;
    let call = Call::start(ctx, payer, Kind::Embedding, &asked.model, asked.request, Reply::whole());
    let call = call.await?;
    let left = call.left();
    let row = call.row().await?;
    let output = row.output.ok_or_else(|| Error::internal("The vectors of this call are gone."))?;
    let made: Made = serde_json::from_value(output).map_err(Error::from)?;
    let tokens = row.prompt_tokens.unwrap_or_default();
    let data: Vec<Value> = made
        .vectors
        .iter()
        .enumerate()
        .map(|(index, vector)| {
            let vector = if asked.base64 { base64(vector).into() } else { json!(vector) };
            json!({"object": "embedding", "index": index, "embedding": vector})
        })
        .collect();
    let answer = Answer::json(&json!({
        "object": "list",
        "data": data,
        "model": asked.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }))?;
    Ok(Counted { answer, left })
}

#[derive(Debug)]
struct Asked {
    model: String,
    base64: bool,
    request: Value,
}

#[derive(Deserialize)]
struct Body {
    model: String,
    input: Value,
    #[serde(default)]
    encoding_format: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Made {
    vectors: Vec<Vec<f32>>,
}

fn read(body: &[u8]) -> Result<Asked> {
    let Body { model, input, encoding_format, rest: mut request } = read_json(body)?;
    let base64 = match encoding_format.as_deref() {
        None | Some("float") => false,
        Some("base64") => true,
        Some(_) => return Err(Error::field("encoding_format", "must be \"float\" or \"base64\"")),
    };
    request.insert("input".into(), texts(input)?.into());
    Ok(Asked { model, base64, request: request.into() })
}

fn texts(input: Value) -> Result<Vec<String>> {
    let items = match input {
        Value::Array(items) => items,
        item => vec![item],
    };
    if items.is_empty() || items.len() > MOST_TEXTS {
        return Err(Error::field("input", format!("must hold 1 to {MOST_TEXTS} texts")));
    }
    items
        .into_iter()
        .map(|item| match item {
            Value::String(text) if !text.is_empty() => Ok(text),
            Value::String(_) => Err(Error::field("input", "must not hold an empty text")),
            // Numbers mean nothing without the model's own tokenizer, which only its provider has.
            _ => Err(Error::field("input", "must be text or a list of texts; tokens are not taken")),
        })
        .collect()
}

/// Little-endian 32-bit floats, as OpenAI's clients read them.
fn base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_and_a_list_of_texts_are_taken() {
        let one = read(br#"{"model":"m","input":"a","dimensions":8,"user":"u"}"#).unwrap();
        assert_eq!(one.request, json!({"input": ["a"], "dimensions": 8, "user": "u"}));
        let two = read(br#"{"model":"m","input":["a","b"],"encoding_format":"base64"}"#).unwrap();
        assert!(two.base64 && two.request["input"] == json!(["a", "b"]));
    }

    #[test]
    fn tokens_and_empty_texts_are_refused() {
        for input in ["[1,2]", "[[1,2]]", "\"\"", "[]", "null"] {
            let body = format!(r#"{{"model":"m","input":{input}}}"#);
            assert_eq!(read(body.as_bytes()).unwrap_err().fields[0].field, "input", "{input}");
        }
    }

    #[test]
    fn base64_is_little_endian() {
        assert_eq!(base64(&[1.0, -2.0]), "AACAPwAAAMA=");
    }
}
