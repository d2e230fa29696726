//! The OpenAPI document: what the groups say of themselves, and the error answers that follow from each shape.

use poem_openapi::registry::Registry;
use poem_openapi::types::Type;
use poem_openapi::{ContactObject, LicenseObject, OpenApi, OpenApiService, ServerObject};
use serde_json::{Map, Value, json};

use crate::error::{DoorProblem, Problem};
use crate::limits::HEADERS;

const DESCRIPTION: &str = "\
Chat with models through one queue. JSON with snake_case names, times in RFC 3339 (UTC), ids are UUIDv7, lists come in \
pages `{items, next}`.\n\n\
Sign in with a token or an API key as bearer; browsers use the cookie that sign-in sets. Errors are \
`application/problem+json` (RFC 9457) with a stable `code` and the `request_id` that logs know; the doors under `/v1` \
answer errors in OpenAI's form. 429 and 503 carry `Retry-After`.";

/// The service over some groups, with its title page.
pub(crate) fn service<T: OpenApi>(groups: T) -> OpenApiService<T, ()> {
    OpenApiService::new(groups, "Skein", env!("CARGO_PKG_VERSION"))
        .description(DESCRIPTION)
        .license(LicenseObject::new("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0"))
        .contact(ContactObject::new().name("Skein"))
        .server(ServerObject::new("/").description("This server"))
}

/// The document as it is kept in the tree: whole, sorted by name, ending in a line break.
pub(crate) fn document(spec: &str) -> serde_json::Result<String> {
    let mut document: Value = serde_json::from_str(spec)?;
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for operation in objects(item) {
            if path.starts_with("/v1/") {
                add_door_errors(operation);
            }
            add_errors(operation);
            name_media_types(operation);
        }
    }
    let mut registry = Registry::new();
    Problem::register(&mut registry);
    DoorProblem::register(&mut registry);
    for (name, schema) in &registry.schemas {
        document["components"]["schemas"][name] = serde_json::to_value(schema)?;
    }
    allow_null(&mut document["components"]["schemas"]);
    for error in ERRORS {
        document["components"]["responses"][error.name] = error.response();
    }
    let mut text = serde_json::to_string_pretty(&sorted(document))?;
    text.push('\n');
    Ok(text)
}

/// An error answer that many operations share.
struct ErrorAnswer {
    status: u16,
    name: &'static str,
    description: &'static str,
    title: &'static str,
    code: &'static str,
    detail: &'static str,
}

const ERRORS: &[ErrorAnswer] = &[
    ErrorAnswer {
        status: 400,
        name: "Invalid",
        description: "The request is wrong and will stay wrong. `errors` names the fields where that is known.",
        title: "Bad Request",
        code: "invalid_request",
        detail: "name: must not be empty",
    },
    ErrorAnswer {
        status: 401,
        name: "Unauthenticated",
        description: "Nobody is signed in, or the token or key is refused.",
        title: "Unauthorized",
        code: "unauthenticated",
        detail: "Sign in, or send a token or an API key.",
    },
    ErrorAnswer {
        status: 403,
        name: "Forbidden",
        description: "Signed in, but not allowed.",
        title: "Forbidden",
        code: "account_pending",
        detail: "This account waits for the approval of an admin.",
    },
    ErrorAnswer {
        status: 404,
        name: "NotFound",
        description: "Not there, or not the caller's: the two look the same.",
        title: "Not Found",
        code: "not_found",
        detail: "There is no such session.",
    },
    ErrorAnswer {
        status: 409,
        name: "Conflict",
        description: "The state of the thing forbids it now.",
        title: "Conflict",
        code: "already_exists",
        detail: "That exists already.",
    },
    ErrorAnswer {
        status: 413,
        name: "TooLarge",
        description: "The body is larger than this server takes.",
        title: "Payload Too Large",
        code: "too_large",
        detail: "The body is larger than this server takes.",
    },
    ErrorAnswer {
        status: 415,
        name: "UnsupportedMediaType",
        description: "A body of this type is not taken here.",
        title: "Unsupported Media Type",
        code: "unsupported_media_type",
        detail: "The header Content-Type is missing.",
    },
    ErrorAnswer {
        status: 429,
        name: "RateLimited",
        description: "Over a limit. `Retry-After` says when to come back.",
        title: "Too Many Requests",
        code: "rate_limited",
        detail: "Too many requests from this address.",
    },
    ErrorAnswer {
        status: 500,
        name: "Internal",
        description: "Our fault. The log knows more under the request id.",
        title: "Internal Server Error",
        code: "internal",
        detail: "Something went wrong on our side.",
    },
    ErrorAnswer {
        status: 503,
        name: "Unavailable",
        description: "A part is away or full for now. `Retry-After` says when to come back.",
        title: "Service Unavailable",
        code: "unavailable",
        detail: "The database cannot answer at the moment.",
    },
];

impl ErrorAnswer {
    fn response(&self) -> Value {
        let example = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": "01935b1c-6a00-7000-8000-000000000001",
        });
        let mut response = json!({
            "description": self.description,
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": example,
            }},
        });
        if matches!(self.status, 429 | 503) {
            response["headers"] = retry_after_header();
        }
        if self.status == 429 {
            add_limit_headers(&mut response["headers"]);
        }
        response
    }
}

/// What can go wrong follows from what an operation takes.
fn add_errors(operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let params = operation["parameters"].as_array().cloned().unwrap_or_default();
    let in_path = params.iter().any(|p| p["in"] == "path");
    let secured = operation.get("security").and_then(Value::as_array).is_some_and(|s| !s.is_empty());
    let changes = has_body || operation["responses"].get("202").is_some();
    if !secured {
        operation["security"] = json!([]);
    }
    if params.is_empty()
        && let Some(operation) = operation.as_object_mut()
    {
        operation.remove("parameters");
    }
    for error in ERRORS {
        let applies = match error.status {
            400 => has_body || !params.is_empty(),
            401 | 403 => secured,
            404 => in_path,
            409 => changes,
            413 | 415 => has_body,
            _ => true,
        };
        let status = error.status.to_string();
        if applies && operation["responses"].get(&status).is_none() {
            operation["responses"][status] =
                json!({"$ref": format!("#/components/responses/{}", error.name)});
        }
    }
}

/// The doors answer errors in OpenAI's form, and tell of a provider's failure with a status of their own.
fn add_door_errors(operation: &mut Value) {
    let calls_model = operation.get("requestBody").is_some();
    let names_model = calls_model || operation["parameters"].as_array().is_some_and(|all| !all.is_empty());
    let provider = (502, "The model's provider failed. `code` says how.");
    let unknown = (404, "There is no model of this name.");
    for (status, description) in ERRORS.iter().map(|e| (e.status, e.description)).chain([unknown, provider]) {
        let applies = match status {
            400 | 409 | 413 | 415 | 502 => calls_model,
            404 => names_model,
            _ => true,
        };
        if applies {
            let mut response = json!({
                "description": description,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAiError"}}},
            });
            if matches!(status, 429 | 503) {
                response["headers"] = retry_after_header();
            }
            if status == 429 {
                add_limit_headers(&mut response["headers"]);
            }
            operation["responses"][status.to_string()] = response;
        }
    }
}

fn add_limit_headers(headers: &mut Value) {
    for (name, description) in HEADERS {
        headers[name] = json!({"description": description, "schema": {"type": "string"}});
    }
}

fn retry_after_header() -> Value {
    json!({"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}})
}

/// `application/json; charset=utf-8` may be sent; the type that clients look for has no parameter.
fn name_media_types(operation: &mut Value) {
    let strip = |content: &mut Value| {
        if let Some(types) = content.as_object_mut() {
            *types = std::mem::take(types)
                .into_iter()
                .map(|(name, schema)| (name.split(';').next().unwrap_or_default().to_owned(), schema))
                .collect();
        }
    };
    if let Some(content) = operation.pointer_mut("/requestBody/content") {
        strip(content);
    }
    for response in objects(&mut operation["responses"]) {
        if let Some(content) = response.get_mut("content") {
            strip(content);
        }
    }
}

/// What may be absent may be null as well: that is how absent fields are answered.
fn allow_null(schemas: &mut Value) {
    let kinds: Map<String, Value> = schemas
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.clone(), schema["type"].clone()))
        .collect();
    for schema in objects(schemas) {
        let required = schema.get("required").cloned().unwrap_or_default();
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            if required.as_array().is_some_and(|all| all.iter().any(|n| n == name)) {
                continue;
            }
            let reference = property["$ref"].as_str().map(str::to_owned);
            if let Some(reference) = reference {
                let kind = reference.rsplit('/').next().and_then(|name| kinds.get(name)).cloned();
                *property = json!({"allOf": [{"$ref": reference}], "type": kind});
            } else if property["type"].is_null() {
                // Beside a reference the framework writes `allOf` without the type that `nullable` needs.
                let kind = property
                    .pointer("/allOf/0/$ref")
                    .and_then(Value::as_str)
                    .and_then(|path| kinds.get(path.rsplit('/').next()?))
                    .cloned();
                match kind {
                    Some(kind) => property["type"] = kind,
                    // Any value: null is one already.
                    None => continue,
                }
            }
            property["nullable"] = json!(true);
        }
    }
}

fn objects(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut).filter(|value| value.is_object())
}

/// The same order whatever features other crates switch on in serde_json.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
