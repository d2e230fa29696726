//! A request to a model, in the form in which it is kept with its run.
//!
//! The JSON is that of OpenAI's chat completions, so what a compatible door receives, what the row holds and what an
//! OpenAI-compatible provider is sent are the same words, and fields that we do not know survive the way.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

/// Everything that a provider needs to answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The provider's own id of the model, without the prefix of the connection.
    pub model: String,
    pub messages: Vec<ChatMessage>,
    /// Tool definitions in OpenAI's form (`{"type":"function","function":{..}}`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Texts that end the answer. A single string is read as a list of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub stop: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
    /// Parameters that we do not know, passed to the provider untouched.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ChatRequest {
    /// The bound of the answer in tokens, under either of its two names.
    pub fn token_limit(&self) -> Option<u32> {
        self.max_tokens.or_else(|| {
            let limit = self.extra.get("max_completion_tokens")?.as_u64()?;
            Some(u32::try_from(limit).unwrap_or(u32::MAX))
        })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    /// OpenAI's newer word for instructions; providers that do not know it are sent `system`.
    Developer,
    #[default]
    User,
    Assistant,
    Tool,
}

/// One message of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatMessage {
    pub role: Role,
    #[serde(default, serialize_with = "write_content", deserialize_with = "read_content")]
    pub content: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "null_as_default")]
    pub tool_calls: Vec<ToolCall>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Earlier reasoning. Set it only if the provider is to see it again; some refuse it.
    #[serde(rename = "reasoning_content", default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// Fields that we do not know, passed to the provider untouched.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ChatMessage {
    /// A message of text alone.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self { role, content: vec![Part::Text(text.into())], ..Self::default() }
    }

    /// The text of all its parts, one after the other.
    pub fn plain(&self) -> String {
        self.content.iter().filter_map(Part::as_text).collect()
    }
}

/// A piece of a message's content.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Text(String),
    Image(ImageUrl),
    /// A part of a kind or with fields that we do not know, kept as it came.
    Other(Value),
}

impl Part {
    /// The text of a text part.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(value) if value["type"] == "text" => value["text"].as_str(),
            Self::Image(_) | Self::Other(_) => None,
        }
    }

    /// The address of an image part.
    pub fn as_image(&self) -> Option<&str> {
        match self {
            Self::Image(image) => Some(&image.url),
            Self::Other(value) if value["type"] == "image_url" => value["image_url"]["url"].as_str(),
            Self::Text(_) | Self::Other(_) => None,
        }
    }
}

/// An image in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageUrl {
    /// A data URL, or an address that the provider fetches itself.
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A call of a tool that the model asked for in an earlier message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    pub id: String,
    #[serde(rename = "type", default = "function")]
    pub kind: String,
    pub function: FunctionCall,
    /// Fields that we do not know (signatures of reasoning, for one), passed to the provider untouched.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Name and arguments of a called function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCall {
    pub name: String,
    /// JSON as the model wrote it: it may not be valid.
    #[serde(default)]
    pub arguments: String,
}

fn function() -> String {
    "function".into()
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => json!({"type": "text", "text": text}).serialize(serializer),
            Self::Image(image) => json!({"type": "image_url", "image_url": image}).serialize(serializer),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let Some(fields) = value.as_object_mut() else {
            return Err(D::Error::custom("a part of a message's content must be an object"));
        };
        if fields.len() != 2 {
            return Ok(Self::Other(value));
        }
        match (fields.get("type").and_then(Value::as_str), fields.get("text"), fields.get("image_url")) {
            (Some("text"), Some(Value::String(_)), _) => match fields.remove("text") {
                Some(Value::String(text)) => Ok(Self::Text(text)),
                _ => Ok(Self::Other(value)),
            },
            (Some("image_url"), _, Some(image)) => match ImageUrl::deserialize(image) {
                Ok(image) => Ok(Self::Image(image)),
                Err(_) => Ok(Self::Other(value)),
            },
            _ => Ok(Self::Other(value)),
        }
    }
}

/// Text alone is written as a string: that is what every server understands.
fn write_content<S: Serializer>(content: &[Part], serializer: S) -> Result<S::Ok, S::Error> {
    match content {
        [] => serializer.serialize_none(),
        [Part::Text(text)] => serializer.serialize_str(text),
        parts => parts.serialize(serializer),
    }
}

fn read_content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Part>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Content {
        Text(String),
        Parts(Vec<Part>),
    }
    Ok(match Option::<Content>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(Content::Text(text)) => vec![Part::Text(text)],
        Some(Content::Parts(parts)) => parts,
    })
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stop {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Option::<Stop>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(Stop::One(text)) => vec![text],
        Some(Stop::Many(texts)) => texts,
    })
}

fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_back_from_its_row_as_it_went_in() {
        let wire = json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
                    {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
                    {"type": "text", "text": "cached", "cache_control": {"type": "ephemeral"}}
                ]},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":"}, "extra_content": {"x": 1}}
                ], "refusal": null},
                {"role": "tool", "content": "42", "tool_call_id": "c1"}
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
            "tool_choice": "auto",
            "response_format": {"type": "json_object"},
            "temperature": 0.1,
            "stop": ["a", "b"],
            "seed": 7,
            "logit_bias": {"50256": -100},
            "min_p": 0.05
        });
        let request: ChatRequest = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(request.messages[1].content[0], Part::Text("What is this?".into()));
        assert_eq!(request.messages[1].content[3].as_text(), Some("cached"));
        assert_eq!(request.extra["min_p"], 0.05);
        assert_eq!(serde_json::to_value(&request).unwrap(), wire);
        let again: ChatRequest = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
        assert_eq!(again, request);
    }

    #[test]
    fn both_names_of_the_token_limit_are_known() {
        let old: ChatRequest =
            serde_json::from_value(json!({"model": "m", "messages": [], "max_tokens": 5})).unwrap();
        let new: ChatRequest =
            serde_json::from_value(json!({"model": "m", "messages": [], "max_completion_tokens": 6}))
                .unwrap();
        assert_eq!((old.token_limit(), new.token_limit()), (Some(5), Some(6)));
    }

    #[test]
    fn a_single_stop_text_is_a_list_of_one() {
        let request: ChatRequest =
            serde_json::from_value(json!({"model": "m", "messages": [], "stop": "END", "tools": []}))
                .unwrap();
        assert_eq!(request.stop, ["END"]);
    }

    #[test]
    fn a_message_without_content_reads_as_empty() {
        let message: ChatMessage =
            serde_json::from_value(json!({"role": "assistant", "tool_calls": null})).unwrap();
        assert_eq!((message.plain(), message.tool_calls.len()), (String::new(), 0));
    }
}
