//! The OpenAPI document as a page that a person reads: no script, no other host.

use std::fmt::Write as _;

use serde_json::Value;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0 auto;max-width:60rem;padding:1rem 1.25rem 4rem}\
h1,h2{line-height:1.2}h2{margin-top:3rem;border-bottom:1px solid #8886;padding-bottom:.25rem}\
code,pre{font:.875em/1.5 ui-monospace,monospace}\
pre{overflow:auto;padding:.75rem 1rem;border:1px solid #8886;border-radius:.375rem}\
details{border:1px solid #8886;border-radius:.375rem;margin:.5rem 0;padding:0 .75rem}\
summary{cursor:pointer;padding:.5rem 0;overflow-wrap:anywhere}\
summary b{display:inline-block;min-width:4.5rem}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;\
border-top:1px solid #8884;overflow-wrap:anywhere}\
nav a{margin-right:1rem}";

/// The page for a document that [`crate::openapi::document`] made.
pub(crate) fn page(document: &Value) -> String {
    let mut html = String::with_capacity(64 * 1024);
    let info = &document["info"];
    let title = escape(text(&info["title"]));
    let _ = write!(
        html,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title} API</title>\
         <style>{STYLE}</style></head><body><h1>{title} API {}</h1>{}\
         <p><a href=\"/api/openapi.json\">OpenAPI document</a></p><nav>",
        escape(text(&info["version"])),
        prose(text(&info["description"])),
    );
    let tags: Vec<&Value> = document["tags"].as_array().into_iter().flatten().collect();
    for tag in &tags {
        let name = escape(text(&tag["name"]));
        let _ = write!(html, "<a href=\"#tag-{name}\">{name}</a>");
    }
    html.push_str("<a href=\"#schemas\">Schemas</a></nav>");
    for tag in &tags {
        let name = text(&tag["name"]);
        let _ =
            write!(html, "<h2 id=\"tag-{0}\">{0}</h2>{1}", escape(name), prose(text(&tag["description"])));
        for (path, item) in entries(&document["paths"]) {
            for method in METHODS {
                let operation = &item[*method];
                if operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|t| t == name)) {
                    write_operation(&mut html, document, path, method, operation);
                }
            }
        }
    }
    html.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let _ = write!(
            html,
            "<details id=\"schema-{0}\"><summary><code>{0}</code></summary>{1}",
            escape(name),
            prose(text(&schema["description"]))
        );
        write_fields(&mut html, schema);
        write_example(&mut html, &schema["example"]);
        html.push_str("</details>");
    }
    html.push_str("</body></html>");
    html
}

fn write_operation(html: &mut String, document: &Value, path: &str, method: &str, operation: &Value) {
    let _ = write!(
        html,
        "<details id=\"{}\"><summary><b><code>{}</code></b> <code>{}</code> {}</summary>{}",
        escape(text(&operation["operationId"])),
        method.to_uppercase(),
        escape(path),
        escape(text(&operation["summary"])),
        prose(text(&operation["description"])),
    );
    if operation["security"].as_array().is_some_and(Vec::is_empty) {
        html.push_str("<p>Needs no sign-in.</p>");
    }
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    if !parameters.is_empty() {
        html.push_str("<h4>Parameters</h4><table>");
        for parameter in parameters {
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td>{} {}</td><td>{}</td></tr>",
                escape(text(&parameter["name"])),
                escape(text(&parameter["in"])),
                kind(&parameter["schema"]),
                inline(text(&parameter["description"])),
            );
        }
        html.push_str("</table>");
    }
    for (media, content) in entries(&operation["requestBody"]["content"]) {
        let _ = write!(
            html,
            "<h4>Body</h4><p>{} as <code>{}</code></p>",
            kind(&content["schema"]),
            escape(media)
        );
    }
    html.push_str("<h4>Answers</h4><table>");
    for (status, response) in entries(&operation["responses"]) {
        let response = resolve(document, response);
        let bodies: Vec<String> =
            entries(&response["content"]).map(|(_, content)| kind(&content["schema"])).collect();
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(status),
            inline(text(&response["description"])),
            bodies.join(", "),
        );
    }
    html.push_str("</table></details>");
}

fn write_fields(html: &mut String, schema: &Value) {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|v| format!("<code>{}</code>", escape(text(v)))).collect();
        let _ = write!(html, "<p>One of {}</p>", values.join(", "));
    }
    if entries(&schema["properties"]).next().is_none() {
        return;
    }
    html.push_str("<table>");
    for (name, property) in entries(&schema["properties"]) {
        let required = schema["required"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td>{}{}</td><td>{}</td></tr>",
            escape(name),
            kind(property),
            if required { "" } else { ", optional" },
            inline(text(&property["description"])),
        );
    }
    html.push_str("</table>");
}

fn write_example(html: &mut String, example: &Value) {
    if !example.is_null() {
        let example = serde_json::to_string_pretty(example).unwrap_or_default();
        let _ = write!(html, "<pre>{}</pre>", escape(&example));
    }
}

/// What a value looks like, with a link to its schema where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\"><code>{0}</code></a>", escape(name));
    }
    for list in ["allOf", "oneOf", "anyOf"] {
        if let Some(parts) = schema[list].as_array() {
            let parts: Vec<String> =
                parts.iter().filter(|part| part.get("$ref").is_some()).map(kind).collect();
            if !parts.is_empty() {
                return parts.join(" or ");
            }
        }
    }
    if schema["type"] == "array" {
        return format!("list of {}", kind(&schema["items"]));
    }
    let mut word = escape(text(&schema["type"]));
    if let Some(format) = schema["format"].as_str() {
        let _ = write!(word, " ({})", escape(format));
    }
    word
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#'))) {
        Some(target) => target,
        None => value,
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Paragraphs with code between backticks, as descriptions have them.
fn prose(markdown: &str) -> String {
    markdown.split("\n\n").filter(|p| !p.trim().is_empty()).map(|p| format!("<p>{}</p>", inline(p))).collect()
}

fn inline(markdown: &str) -> String {
    let mut html = String::new();
    for (place, part) in markdown.split('`').enumerate() {
        if place % 2 == 1 {
            let _ = write!(html, "<code>{}</code>", escape(part));
        } else {
            html.push_str(&escape(part));
        }
    }
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_operation_and_schema_is_on_the_page_and_nothing_is_markup() {
        let document: Value = serde_json::from_str(&crate::openapi_json()).unwrap();
        let page = page(&document);
        for (path, item) in entries(&document["paths"]) {
            for (_, operation) in entries(item) {
                let id = operation["operationId"].as_str().unwrap();
                assert!(page.contains(&format!("id=\"{id}\"")), "{path} {id} is missing");
            }
        }
        assert!(!page.contains("<script") && !page.contains("http:"));
        assert_eq!(prose("a `<b>` c\n\n"), "<p>a <code>&lt;b&gt;</code> c</p>");
        assert_eq!(kind(&json!({"type": "array", "items": {"type": "string"}})), "list of string");
    }
}
