//! JSON bodies. Reads like poem-openapi's own, and names the wrong field when one is wrong.

use std::ops::Deref;

use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::{MaybeUndefined, ParseFromJSON, ToJSON, Type};
use poem_openapi::{ApiResponse, impl_apirequest_for_payload};
use serde_json::Value;
use shared::Error;
use shared::error::FieldError;

use crate::error::Failure;

/// Deeper than any body of ours; what is nested further is told without its field.
const DEPTH: usize = 16;

/// A JSON body of a request or an answer.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Type> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON> ParsePayload for Json<T> {
    const IS_REQUIRED: bool = T::IS_REQUIRED;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = Vec::<u8>::from_request(request, body).await?;
        let read = || match bytes.is_empty() {
            true => Ok(Value::Null),
            false => serde_json::from_slice::<Value>(&bytes),
        };
        let value = read()
            .map_err(|e| Failure(Error::invalid("invalid_request", format!("The body is no JSON: {e}"))))?;
        match T::parse_from_json(Some(value)) {
            Ok(parsed) => Ok(Self(parsed)),
            Err(error) => {
                // Read once more: keeping the value for this case would copy every body.
                let value = read().unwrap_or_default();
                Err(Failure(explain::<T>(&value, error.message())).into())
            }
        }
    }
}

impl<T: ToJSON> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        poem::web::Json(self.0.to_json()).into_response()
    }
}

impl<T: ToJSON> ApiResponse for Json<T> {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: T::schema_ref() }];
        let ok = MetaResponse {
            description: "Done",
            status: Some(200),
            status_range: None,
            content,
            headers: vec![],
        };
        MetaResponses { responses: vec![ok] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl_apirequest_for_payload!(Json<T>, T: ParseFromJSON);

/// What a field that may be `null` asks for.
pub(crate) fn given<T>(field: MaybeUndefined<T>) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// The error for a body that does not fit its schema. `reason` is the framework's, which knows no field names.
fn explain<T: Type>(value: &Value, reason: &str) -> Error {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let mut fields = Vec::new();
    compare(&registry, &T::schema_ref(), value, "", DEPTH, &mut fields);
    if fields.is_empty() {
        fields.extend(named(reason));
    }
    let detail: Vec<String> = fields.iter().map(|f| format!("{}: {}", f.field, f.message)).collect();
    let detail = if detail.is_empty() { format!("The body is wrong: {reason}") } else { detail.join("; ") };
    let mut error = Error::invalid("invalid_request", detail);
    error.fields = fields;
    error
}

/// The framework names fields in two of its messages: of a validator, and of an unknown field.
fn named(reason: &str) -> Option<FieldError> {
    let (_, rest) = reason.split_once("field `")?;
    let (field, rest) = rest.split_once('`')?;
    let message = rest.trim().trim_start_matches("verification failed.").trim_start_matches('.').trim();
    let message = if message.is_empty() { "is not known" } else { message };
    Some(FieldError { field: field.to_owned(), message: message.to_owned() })
}

fn compare(
    registry: &Registry,
    schema: &MetaSchemaRef,
    value: &Value,
    at: &str,
    depth: usize,
    found: &mut Vec<FieldError>,
) {
    let schema: &MetaSchema = match schema {
        MetaSchemaRef::Inline(schema) => schema,
        MetaSchemaRef::Reference(name) => match registry.schemas.get(name) {
            Some(schema) => schema,
            None => return,
        },
    };
    let Some(depth) = depth.checked_sub(1) else { return };
    for part in &schema.all_of {
        compare(registry, part, value, at, depth, found);
    }
    let mut wrong = |message: String| {
        found.push(FieldError {
            field: if at.is_empty() { "body".to_owned() } else { at.to_owned() },
            message,
        });
    };
    if !schema.enum_items.is_empty() && !schema.enum_items.contains(value) {
        let names: Vec<String> = schema.enum_items.iter().map(ToString::to_string).collect();
        return wrong(format!("must be one of {}", names.join(", ")));
    }
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match (schema.ty, value) {
        ("object", Value::Object(map)) => {
            for name in &schema.required {
                if map.get(*name).is_none_or(Value::is_null) {
                    found.push(FieldError { field: below(name), message: "is required".to_owned() });
                }
            }
            for (name, schema) in &schema.properties {
                if let Some(value) = map.get(*name).filter(|value| !value.is_null()) {
                    compare(registry, schema, value, &below(name), depth, found);
                }
            }
        }
        ("object", _) => wrong("must be an object".to_owned()),
        ("array", Value::Array(items)) => {
            for (place, item) in items.iter().enumerate() {
                if let Some(schema) = &schema.items {
                    compare(registry, schema, item, &below(&place.to_string()), depth, found);
                }
            }
        }
        ("array", _) => wrong("must be a list".to_owned()),
        ("string", Value::Null | Value::Array(_) | Value::Object(_)) => wrong("must be a text".to_owned()),
        ("integer", value) if !value.is_i64() && !value.is_u64() => {
            wrong("must be a whole number".to_owned());
        }
        ("number", value) if !value.is_number() => wrong("must be a number".to_owned()),
        ("boolean", value) if !value.is_boolean() => wrong("must be true or false".to_owned()),
        ("string", Value::String(text)) => match schema.format {
            Some("uuid") if text.parse::<uuid::Uuid>().is_err() => wrong("must be a UUID".to_owned()),
            Some("date-time") if text.parse::<crate::Time>().is_err() => {
                wrong("must be a time like 2026-01-31T12:00:00Z".to_owned());
            }
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem_openapi::{Enum, Object};
    use serde_json::json;

    #[derive(Object)]
    #[oai(deny_unknown_fields)]
    struct Parcel {
        name: String,
        weight: Option<u32>,
        #[oai(validator(max_length = 3))]
        code: Option<String>,
        colour: Option<Colour>,
        parts: Option<Vec<Part>>,
        until: Option<crate::Time>,
    }

    #[derive(Object)]
    struct Part {
        id: uuid::Uuid,
    }

    #[derive(Enum)]
    #[oai(rename_all = "snake_case")]
    enum Colour {
        Red,
        Blue,
    }

    fn told(body: &Value) -> Vec<(String, String)> {
        match Parcel::parse_from_json(Some(body.clone())) {
            Ok(_) => vec![],
            Err(error) => explain::<Parcel>(body, error.message())
                .fields
                .into_iter()
                .map(|f| (f.field, f.message))
                .collect(),
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        assert_eq!(told(&json!({"name": "x", "weight": 1, "colour": "red", "parts": []})), []);
        for (body, field, message) in [
            (json!({}), "name", "is required"),
            (json!({"name": null}), "name", "is required"),
            (json!({"name": []}), "name", "must be a text"),
            (json!({"name": "x", "weight": "heavy"}), "weight", "must be a whole number"),
            (json!({"name": "x", "weight": -1.5}), "weight", "must be a whole number"),
            (json!({"name": "x", "colour": "green"}), "colour", "must be one of \"red\", \"blue\""),
            (json!({"name": "x", "parts": 1}), "parts", "must be a list"),
            (json!({"name": "x", "parts": [{"id": "1"}]}), "parts.0.id", "must be a UUID"),
            (json!({"name": "x", "until": "soon"}), "until", "must be a time like 2026-01-31T12:00:00Z"),
            (json!({"name": "x", "code": "long"}), "code", "maxLength(3)"),
            (json!({"name": "x", "size": 1}), "size", "is not known"),
            (json!([]), "body", "must be an object"),
        ] {
            let told = told(&body);
            assert_eq!(told.first(), Some(&(field.to_owned(), message.to_owned())), "{body}");
        }
    }
}
