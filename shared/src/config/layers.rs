//! Merging of layers. The defaults are also the schema: they say which keys exist and of which type each is.

use toml::{Table, Value};

use super::{DEFAULTS, problem};
use crate::error::FieldError;

pub(super) fn defaults() -> Table {
    DEFAULTS.parse().expect("the embedded defaults are TOML")
}

pub(super) fn merge_file(table: &mut Table, text: &str, problems: &mut Vec<FieldError>) {
    let file: Table = match text.parse() {
        Ok(file) => file,
        Err(error) => {
            // The parser's own display quotes the line, which may hold a secret.
            problems.push(problem("configuration file", format!("is not TOML: {}", error.message())));
            return;
        }
    };
    for (section, value) in file {
        let Value::Table(keys) = value else {
            problems.push(problem(section, "is not a section"));
            continue;
        };
        for (key, value) in keys {
            set(table, &section, &key, Given::Typed(value), problems);
        }
    }
}

pub(super) fn merge_env(
    table: &mut Table,
    env: impl Iterator<Item = (String, String)>,
    problems: &mut Vec<FieldError>,
) {
    for (name, value) in env {
        let Some(path) = name.strip_prefix("SKEIN_") else { continue };
        // SKEIN_CONFIG and the like are flags, settings always have a section.
        let Some((section, key)) = path.split_once("__") else { continue };
        set(table, &section.to_lowercase(), &key.to_lowercase(), Given::Text(value), problems);
    }
}

/// Replaces each secret by the content of the file that its `_file` twin names.
pub(super) fn read_secret_files(table: &mut Table, problems: &mut Vec<FieldError>) {
    for (section, keys) in table.iter_mut() {
        let Value::Table(keys) = keys else { continue };
        let twins: Vec<(String, String)> = keys
            .iter()
            .filter_map(|(key, value)| {
                let secret = key.strip_suffix("_file")?;
                let path = value.as_str().filter(|p| !p.is_empty())?;
                Some((secret.to_owned(), path.to_owned()))
            })
            .collect();
        for (key, path) in twins {
            match std::fs::read_to_string(&path) {
                Ok(secret) => {
                    keys.insert(key, Value::String(secret.trim_end_matches(['\r', '\n']).to_owned()));
                }
                Err(error) => problems
                    .push(problem(format!("{section}.{key}_file"), format!("cannot be read: {error}"))),
            }
        }
    }
}

enum Given {
    Typed(Value),
    Text(String),
}

fn set(table: &mut Table, section: &str, key: &str, given: Given, problems: &mut Vec<FieldError>) {
    let name = format!("{section}.{key}");
    let Some(old) = table.get_mut(section).and_then(|s| s.get_mut(key)) else {
        problems.push(problem(name, "is no setting; the embedded default.toml lists them all"));
        return;
    };
    let value = match given {
        Given::Typed(value) if value.same_type(old) => Ok(value),
        Given::Typed(_) => Err(()),
        Given::Text(text) => parse(&text, old),
    };
    match value {
        Ok(Value::Integer(number)) if number < 0 => problems.push(problem(name, "must not be negative")),
        Ok(value) if accepted(&name, &value) => *old = value,
        Ok(_) => problems.push(problem(name.clone(), choices(&name))),
        Err(()) => problems.push(problem(name, format!("must be {}", kind(old)))),
    }
}

fn parse(text: &str, like: &Value) -> Result<Value, ()> {
    Ok(match like {
        Value::String(_) => Value::String(text.to_owned()),
        Value::Integer(_) => Value::Integer(text.trim().parse().map_err(drop)?),
        Value::Float(_) => Value::Float(text.trim().parse().map_err(drop)?),
        Value::Boolean(_) => Value::Boolean(text.trim().parse().map_err(drop)?),
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(|t| Value::String(t.to_owned()))
                .collect(),
        ),
        Value::Datetime(_) | Value::Table(_) => return Err(()),
    })
}

/// The keys whose text is more than text. Checked here, so that one bad value does not hide the others.
fn accepted(name: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match name {
        "server.listen" => text.parse::<std::net::SocketAddr>().is_ok(),
        "auth.sign_up" => ["open", "pending", "closed"].contains(&text),
        "telemetry.log_format" => ["text", "json"].contains(&text),
        _ => true,
    }
}

fn choices(name: &str) -> &'static str {
    match name {
        "server.listen" => "must be an address with a port, like 127.0.0.1:8080",
        "auth.sign_up" => "must be open, pending or closed",
        "telemetry.log_format" => "must be text or json",
        _ => "is not accepted",
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Datetime(_) | Value::Table(_) => "a section",
    }
}
