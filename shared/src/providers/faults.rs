//! What goes wrong at a provider, as errors with stable codes, and whether trying again can help.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use serde_json::Value;

use crate::error::{Error, Kind};

/// A failed attempt.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) retry: bool,
}

impl Failure {
    pub(super) fn fatal(error: Error) -> Self {
        Self { error, retry: false }
    }

    pub(super) fn passing(error: Error) -> Self {
        Self { error, retry: true }
    }
}

/// A provider's message is shown to users, so it is short and holds nothing that looks like a credential.
const MESSAGE_CHARS: usize = 300;

/// No answer, or it broke off: from the HTTP client.
pub(super) fn transport(error: reqwest::Error) -> Failure {
    // The address may carry credentials, and the source is logged.
    let error = error.without_url();
    if error.is_timeout() && !error.is_connect() {
        return Failure::fatal(timed_out("The model provider did not answer in time.").source(error));
    }
    if error.is_builder() {
        return Failure::fatal(
            Error::new(
                Kind::Invalid,
                "provider_refused",
                "The connection's address or headers are not valid.",
            )
            .source(error),
        );
    }
    if error.is_body() || error.is_decode() {
        return Failure::passing(cut().source(error));
    }
    Failure::passing(
        Error::new(Kind::Upstream, "provider_unreachable", "The model provider cannot be reached.")
            .source(error),
    )
}

/// An answer with a status other than success.
pub(super) fn status(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
    let said = serde_json::from_slice(body).map(|value| Said::read(&value)).unwrap_or_default();
    let mut failure = classify(status.as_u16(), &said);
    if failure.error.retry_after.is_none() {
        failure.error.retry_after = retry_after(headers, Utc::now());
    }
    failure
}

/// An error object in the middle of a stream, whose status was a success.
pub(super) fn in_stream(value: &Value) -> Failure {
    let said = Said::read(value);
    let status = match said.code.parse() {
        Ok(status) if (400..600).contains(&status) => status,
        _ if said.is("rate_limit") => 429,
        _ if said.is("overloaded") => 529,
        _ if said.is("authentication") || said.is("invalid_api_key") => 401,
        _ if said.is("invalid_request") => 400,
        _ => 500,
    };
    classify(status, &said)
}

/// The error of a run, read again from the code and the message that were kept of it.
pub fn told(code: &str, message: String) -> Error {
    let (kind, code) = match code {
        "provider_rate_limited" => (Kind::RateLimited, "provider_rate_limited"),
        "model_not_found" => (Kind::NotFound, "model_not_found"),
        "context_length_exceeded" => (Kind::Invalid, "context_length_exceeded"),
        "provider_refused" => (Kind::Invalid, "provider_refused"),
        "provider_unreachable" => (Kind::Upstream, "provider_unreachable"),
        "provider_timeout" => (Kind::Upstream, "provider_timeout"),
        "provider_auth" => (Kind::Upstream, "provider_auth"),
        "provider_quota" => (Kind::Upstream, "provider_quota"),
        "provider_error" => (Kind::Upstream, "provider_error"),
        "provider_stream_cut" => (Kind::Upstream, "provider_stream_cut"),
        "provider_bad_response" => (Kind::Upstream, "provider_bad_response"),
        "unavailable" => (Kind::Unavailable, "unavailable"),
        "invalid_request" => (Kind::Invalid, "invalid_request"),
        _ => (Kind::Internal, "run_failed"),
    };
    Error::new(kind, code, message)
}

pub(super) fn timed_out(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Kind::Upstream, "provider_timeout", message)
}

pub(super) fn cut() -> Error {
    Error::new(Kind::Upstream, "provider_stream_cut", "The model provider broke off its answer.")
}

pub(super) fn bad_response(message: &'static str) -> Error {
    Error::new(Kind::Upstream, "provider_bad_response", message)
}

fn classify(status: u16, said: &Said) -> Failure {
    if said.is_context_length() {
        return Failure::fatal(Error::new(
            Kind::Invalid,
            "context_length_exceeded",
            said.after("The conversation is longer than the model can read."),
        ));
    }
    if status == 402 || said.is("insufficient_quota") {
        return Failure::fatal(Error::new(
            Kind::Upstream,
            "provider_quota",
            "The account at the model provider has no credit left.",
        ));
    }
    if status == 404 || said.is("model_not_found") {
        return Failure::fatal(Error::new(
            Kind::NotFound,
            "model_not_found",
            said.after("The provider does not have this model."),
        ));
    }
    match status {
        // The provider's own words may quote parts of the key.
        401 | 403 => Failure::fatal(Error::new(
            Kind::Upstream,
            "provider_auth",
            "The model provider refused the key of this connection.",
        )),
        429 => Failure::passing(Error::new(
            Kind::RateLimited,
            "provider_rate_limited",
            "The model provider takes no more requests at the moment.",
        )),
        408 | 409 | 500.. => Failure {
            error: Error::new(
                Kind::Upstream,
                "provider_error",
                said.after("The model provider answered with an error."),
            ),
            // 501 and 505 stay as they are.
            retry: matches!(status, 408 | 409 | 500 | 502 | 503 | 504 | 529),
        },
        300..=399 => Failure::fatal(bad_response("The model provider sent us to another address.")),
        _ => Failure::fatal(Error::new(
            Kind::Invalid,
            "provider_refused",
            said.after("The model provider refused the request."),
        )),
    }
}

/// What an error body says, in any of the forms that servers use.
#[derive(Default)]
struct Said {
    message: String,
    code: String,
    kind: String,
}

impl Said {
    fn read(value: &Value) -> Self {
        let error = match &value["error"] {
            Value::Null => value,
            error => error,
        };
        let word = |key: &str| match &error[key] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let message = match error {
            Value::String(text) => text.clone(),
            _ => [word("message"), word("detail")]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
        };
        Self { message, code: word("code"), kind: word("type") }
    }

    fn is(&self, name: &str) -> bool {
        self.code.contains(name) || self.kind.contains(name)
    }

    fn is_context_length(&self) -> bool {
        if self.is("context_length_exceeded") || self.is("exceed_context_size") {
            return true;
        }
        let message = self.message.to_ascii_lowercase();
        ["context length", "context window", "maximum context", "context size", "prompt is too long"]
            .iter()
            .any(|words| message.contains(words))
    }

    /// Our sentence, followed by the provider's.
    fn after(&self, ours: &'static str) -> String {
        let theirs = presentable(&self.message);
        if theirs.is_empty() { ours.to_owned() } else { format!("{ours} It said: {theirs}") }
    }
}

fn presentable(message: &str) -> String {
    let mut text = String::new();
    for word in message.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        let secret = word.contains("sk-")
            || (word.contains("://") && word.contains('@'))
            // Long runs without a break are keys or dumps, not prose.
            || word.chars().count() > 80;
        text.push_str(if secret { "[hidden]" } else { word });
        if text.len() > MESSAGE_CHARS {
            return text.chars().take(MESSAGE_CHARS).chain(['…']).collect();
        }
    }
    text
}

/// `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let seconds = |text: &str, unit: f64| {
        let value = text.trim().parse::<f64>().ok()? * unit;
        Duration::try_from_secs_f64(value).ok()
    };
    if let Some(exact) = headers.get("retry-after-ms").and_then(|v| seconds(v.to_str().ok()?, 0.001)) {
        return Some(exact);
    }
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    seconds(text, 1.0).or_else(|| {
        let date = DateTime::parse_from_rfc2822(text).ok()?;
        Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status_code: u16, body: &str) -> (&'static str, bool) {
        let status_code = StatusCode::from_u16(status_code).unwrap();
        let failure = status(status_code, &HeaderMap::new(), body.as_bytes());
        (failure.error.code, failure.retry)
    }

    #[test]
    fn each_status_has_its_code_and_only_passing_faults_are_tried_again() {
        let cases = [
            (400, r#"{"error":{"message":"bad temperature"}}"#, "provider_refused", false),
            (
                400,
                r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#,
                "context_length_exceeded",
                false,
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
                "context_length_exceeded",
                false,
            ),
            (401, r#"{"error":{"message":"Incorrect API key provided: sk-ab"}}"#, "provider_auth", false),
            (402, "", "provider_quota", false),
            (403, "<html>", "provider_auth", false),
            (404, r#"{"error":"model \"x\" not found"}"#, "model_not_found", false),
            (408, "", "provider_error", true),
            (422, r#"{"detail":"no"}"#, "provider_refused", false),
            (429, "", "provider_rate_limited", true),
            (429, r#"{"error":{"code":"insufficient_quota"}}"#, "provider_quota", false),
            (500, "", "provider_error", true),
            (501, "", "provider_error", false),
            (503, "", "provider_error", true),
            (529, "", "provider_error", true),
        ];
        for (status, body, expected, retry) in cases {
            assert_eq!(code(status, body), (expected, retry), "{status} {body}");
        }
    }

    #[test]
    fn a_providers_message_is_shown_short_and_without_credentials() {
        let text = presentable("bad\nkey sk-abc123 at https://user:pw@host/v1\u{7}!");
        assert_eq!(text, "bad key [hidden] at [hidden] !");
        assert!(presentable(&"word ".repeat(1000)).chars().count() <= MESSAGE_CHARS + 1);
        assert_eq!(presentable(&"x".repeat(1000)), "[hidden]");
    }

    #[test]
    fn the_time_to_wait_is_read_in_all_its_forms() {
        let now = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").unwrap().with_timezone(&Utc);
        let read = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(read("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(read("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(read("retry-after-ms", "20"), Some(Duration::from_millis(20)));
        assert_eq!(read("retry-after", "Thu, 01 Jan 2026 00:00:09 GMT"), Some(Duration::from_secs(9)));
        assert_eq!(read("retry-after", "Wed, 31 Dec 2025 23:59:59 GMT"), Some(Duration::ZERO));
        assert_eq!(read("retry-after", "soon"), None);
        assert_eq!(read("retry-after", "-1"), None);
    }

    #[test]
    fn an_error_in_mid_stream_is_typed_as_well() {
        let code = |text: &str| in_stream(&serde_json::from_str(text).unwrap()).error.code;
        assert_eq!(code(r#"{"error":{"message":"slow down","code":429}}"#), "provider_rate_limited");
        assert_eq!(code(r#"{"error":{"type":"overloaded_error"}}"#), "provider_error");
        assert_eq!(code(r#"{"error":"llama runner process has terminated"}"#), "provider_error");
        assert_eq!(
            code(r#"{"object":"error","message":"maximum context length is 10","code":400}"#),
            "context_length_exceeded"
        );
    }
}
