//! Values made from JSON Schemas, and the operations of an OpenAPI document.

use serde_json::{Map, Value, json};

/// The simplest value that a schema allows; covers the keywords that structured output and our own API use.
/// References are looked up in `document`.
pub fn example(schema: &Value, document: &Value) -> Value {
    let next = |schema: &Value| example(schema, document);
    if let Some(reference) = schema["$ref"].as_str() {
        return document.pointer(reference.trim_start_matches('#')).map_or(Value::Null, next);
    }
    if let Some(value) =
        schema.get("const").or_else(|| schema["enum"].get(0)).or_else(|| schema.get("default"))
    {
        return value.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let objects = parts.iter().map(next).filter_map(|part| part.as_object().cloned());
        return Value::Object(objects.flatten().collect());
    }
    if let Some(choice) = schema["anyOf"].get(0).or_else(|| schema["oneOf"].get(0)) {
        return next(choice);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind.unwrap_or("object") {
        "object" => {
            let properties = schema["properties"].as_object();
            Value::Object(
                properties
                    .into_iter()
                    .flatten()
                    .map(|(name, schema)| (name.clone(), next(schema)))
                    .collect::<Map<_, _>>(),
            )
        }
        "array" => json!([next(&schema["items"])]),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "null" => Value::Null,
        _ => match schema["format"].as_str() {
            Some("uuid") => json!("01890000-0000-7000-8000-000000000000"),
            Some("date-time") => json!("2999-01-01T00:00:00Z"),
            Some("uri" | "url") => json!("http://127.0.0.1:9"),
            _ => json!("text"),
        },
    }
}

/// One way to call an API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// With `{name}` for each parameter.
    pub path: String,
    pub id: String,
    /// The simplest body with the required fields, None when it takes none.
    pub body: Option<Value>,
    /// Query parameters that must be there, with a value.
    pub query: Vec<(String, String)>,
}

/// Every operation of an OpenAPI document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            if !matches!(method.as_str(), "get" | "post" | "put" | "patch" | "delete") {
                continue;
            }
            let content = operation["requestBody"]["content"].as_object();
            let body = content.and_then(|content| content.iter().find(|(kind, _)| kind.contains("json")));
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                body: body.map(|(_, body)| required(&body["schema"], document)),
                query: parameters
                    .iter()
                    .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
                    .map(|parameter| {
                        let value = example(&parameter["schema"], document);
                        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        (parameter["name"].as_str().unwrap_or_default().to_owned(), text)
                    })
                    .collect(),
            });
        }
    }
    found
}

/// An example of an object with its required fields only.
fn required(schema: &Value, document: &Value) -> Value {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => schema,
    };
    let whole = example(schema, document);
    let Some(fields) = whole.as_object() else { return whole };
    let needed = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kept = fields.iter().filter(|(name, _)| needed.iter().any(|needed| needed == name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_fits_its_schema() {
        let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "n": {"type": "integer"},
            "kind": {"enum": ["a", "b"]}, "list": {"type": "array", "items": {"type": "boolean"}}}});
        let fits = json!({"name": "text", "n": 1, "kind": "a", "list": [true]});
        assert_eq!(example(&schema, &Value::Null), fits);
    }

    #[test]
    fn operations_come_with_a_body_that_is_enough() {
        let document = json!({
            "paths": {"/a/{id}": {"post": {"operationId": "do_a", "requestBody": {"content":
                {"application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/A"}}}}}}},
            "components": {"schemas": {"A": {"type": "object", "required": ["x"],
                "properties": {"x": {"type": "string"}, "y": {"type": "string"}}}}}
        });
        let found = operations(&document);
        assert_eq!((found[0].method.as_str(), found[0].path.as_str()), ("POST", "/a/{id}"));
        assert_eq!(found[0].body, Some(json!({"x": "text"})));
    }
}
