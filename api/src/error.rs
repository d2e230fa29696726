//! One form for every error: `application/problem+json` (RFC 9457), OpenAI's form under `/v1`.

use std::borrow::Cow;
use std::fmt;

use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::error::{
    ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, Object};
use serde_json::json;
use shared::error::FieldError;
use shared::limits::Left;
use shared::{Error, Kind};

use crate::body::BodyRefused;
use crate::limits::tell;

/// What handlers answer: `?` takes any [`shared::Error`].
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// A [`shared::Error`] on its way out. The edge logs it once and writes it as a problem.
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl ResponseError for Failure {
    fn status(&self) -> StatusCode {
        status(self.0.kind)
    }
}

/// The document gets the error answers of each operation from its shape, see `openapi.rs`.
impl ApiResponse for Failure {
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(_: &mut Registry) {}
}

/// Why a request failed (RFC 9457).
#[derive(Object)]
pub(crate) struct Problem {
    /// Always `about:blank`: `code` tells the kinds apart.
    #[oai(rename = "type")]
    kind: String,
    /// The name of the status.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Stable, for programs.
    code: String,
    /// For people.
    detail: String,
    /// Names this request in the logs.
    request_id: String,
    /// What is wrong, field by field, where that is known.
    #[oai(skip_serializing_if_is_none)]
    errors: Option<Vec<FieldProblem>>,
}

/// Why a request at a door under `/v1` failed, in OpenAI's form.
#[derive(Object)]
#[oai(rename = "OpenAiError")]
pub(crate) struct DoorProblem {
    error: DoorProblemDetail,
}

/// What went wrong at a door.
#[derive(Object)]
#[oai(rename = "OpenAiErrorDetail")]
struct DoorProblemDetail {
    /// For people.
    message: String,
    /// The kind of error in OpenAI's words.
    #[oai(rename = "type")]
    kind: String,
    /// The parameter that is wrong, where that is known.
    param: Option<String>,
    /// Stable, for programs.
    code: String,
}

/// What is wrong with one field of a request.
#[derive(Object)]
pub(crate) struct FieldProblem {
    /// Name of the field or parameter.
    field: String,
    /// What is wrong with it.
    message: String,
}

/// The status that follows from the kind of an error.
pub(crate) fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Upstream => StatusCode::BAD_GATEWAY,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An error with the status it is answered with.
pub(crate) struct Fault<'a> {
    status: StatusCode,
    error: Cow<'a, Told<'a>>,
}

/// The parts of an error that a client is told.
#[derive(Clone)]
struct Told<'a> {
    code: &'a str,
    message: Cow<'a, str>,
    retry_after_s: Option<u64>,
    limit: Option<&'a Left>,
    fields: Cow<'a, [FieldError]>,
}

impl<'a> Fault<'a> {
    pub(crate) fn new(error: &'a Error) -> Self {
        let told = Told {
            code: error.code,
            message: Cow::Borrowed(&error.message),
            retry_after_s: error.retry_after.map(|after| after.as_millis().div_ceil(1000).max(1) as u64),
            limit: error.limit.as_deref(),
            fields: Cow::Borrowed(&error.fields),
        };
        Self { status: status(error.kind), error: Cow::Owned(told) }
    }

    fn plain(status: StatusCode, code: &'a str, message: impl Into<Cow<'a, str>>) -> Self {
        let told = Told {
            code,
            message: message.into(),
            retry_after_s: None,
            limit: None,
            fields: Cow::Owned(Vec::new()),
        };
        Self { status, error: Cow::Owned(told) }
    }

    fn field(mut self, field: &str, message: &str) -> Self {
        self.error.to_mut().fields =
            Cow::Owned(vec![FieldError { field: field.to_owned(), message: message.to_owned() }]);
        self
    }

    /// What the framework refused: no such route, a body or parameter that cannot be read.
    pub(crate) fn of(error: &'a poem::Error) -> Self {
        if let Some(Failure(error)) = error.downcast_ref() {
            return Self::new(error);
        }
        if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
            return Self::plain(StatusCode::BAD_REQUEST, "invalid_request", error.reason.as_str());
        }
        if let Some(error) = error.downcast_ref::<ParseParamError>() {
            return Self::plain(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                format!("{}: {}", error.name, error.reason),
            )
            .field(error.name, &error.reason);
        }
        // What is no id cannot be the id of anything.
        if error.is::<ParsePathError>() || error.is::<NotFoundError>() {
            return Self::of_status(StatusCode::NOT_FOUND);
        }
        if let Some(error) = error.downcast_ref::<ContentTypeError>() {
            return Self::plain(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                match error {
                    ContentTypeError::NotSupported { content_type } => {
                        format!("A body of type {content_type} is not taken here.").into()
                    }
                    ContentTypeError::ExpectContentType => {
                        Cow::Borrowed("The header Content-Type is missing.")
                    }
                },
            );
        }
        if let Some(ReadBodyError::Io(error)) = error.downcast_ref() {
            return match error.get_ref().and_then(|e| e.downcast_ref::<BodyRefused>()) {
                Some(BodyRefused::TooLarge) => Self::of_status(StatusCode::PAYLOAD_TOO_LARGE),
                Some(BodyRefused::TooSlow) => Self::of_status(StatusCode::REQUEST_TIMEOUT),
                None => Self::plain(
                    StatusCode::BAD_REQUEST,
                    "invalid_request",
                    "The body could not be read to its end.",
                ),
            };
        }
        if error.is::<MethodNotAllowedError>() {
            return Self::of_status(StatusCode::METHOD_NOT_ALLOWED);
        }
        if let Some(error) = error.downcast_ref::<ParseMultipartError>() {
            return Self::plain(StatusCode::BAD_REQUEST, "invalid_request", error.reason.as_str());
        }
        Self::of_status(error.status())
    }

    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This method is not taken here."),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is larger than this server takes."),
            StatusCode::REQUEST_TIMEOUT => ("request_timeout", "The request took too long to arrive."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unsupported_media_type", "A body of this type is not taken here.")
            }
            s if s.is_client_error() => ("invalid_request", "The request is wrong."),
            _ => ("internal", "Something went wrong on our side."),
        };
        Self::plain(status, code, message)
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn code(&self) -> &str {
        self.error.code
    }

    /// What a client is told of it. What went wrong on our side is for the log.
    pub(crate) fn detail(&self) -> &str {
        match self.status {
            StatusCode::INTERNAL_SERVER_ERROR => "Something went wrong on our side.",
            _ => &self.error.message,
        }
    }

    /// The error in OpenAI's form.
    pub(crate) fn openai(&self) -> serde_json::Value {
        let kind = match self.status {
            StatusCode::UNAUTHORIZED => "authentication_error",
            StatusCode::FORBIDDEN => "permission_error",
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            s if s.is_server_error() => "server_error",
            _ => "invalid_request_error",
        };
        let param = self.error.fields.first().map(|f| f.field.as_str());
        json!({"error": {"message": self.detail(), "type": kind, "param": param, "code": self.error.code}})
    }

    /// The answer. Clients of the doors under `/v1` expect OpenAI's form.
    pub(crate) fn response(&self, path: &str, request_id: &str) -> Response {
        let doors = path == "/v1" || path.starts_with("/v1/");
        let told = &self.error;
        let body = if doors {
            self.openai()
        } else {
            let mut body = json!({
                "type": "about:blank",
                "title": self.status.canonical_reason().unwrap_or("Error"),
                "status": self.status.as_u16(),
                "code": told.code,
                "detail": self.detail(),
                "request_id": request_id,
            });
            if !told.fields.is_empty() {
                body["errors"] =
                    told.fields.iter().map(|f| json!({"field": f.field, "message": f.message})).collect();
            }
            body
        };
        let kind = if doors { "application/json" } else { "application/problem+json" };
        let mut response = body.to_string().with_content_type(kind).with_status(self.status).into_response();
        if let Some(seconds) = told.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(left) = told.limit {
            tell(left, response.headers_mut());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Writes the error to the log, at the level that says whether a person should look.
pub(crate) fn log(error: &poem::Error, fault: &Fault<'_>) {
    let (status, code) = (fault.status().as_u16(), fault.code());
    let cause: &dyn fmt::Debug = match error.downcast_ref::<Failure>() {
        Some(Failure(error)) => error,
        None => error,
    };
    match fault.status() {
        StatusCode::INTERNAL_SERVER_ERROR => tracing::error!(status, code, error = ?cause, "request failed"),
        s if s.is_server_error() => tracing::warn!(status, code, error = ?cause, "request failed"),
        _ => tracing::debug!(status, code, error = ?cause, "request refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(response: Response) -> serde_json::Value {
        response.into_body().into_json().await.unwrap()
    }

    #[tokio::test]
    async fn an_error_is_a_problem_and_openai_s_form_at_the_doors() {
        let error = Error::field("name", "is wrong").retry_after(std::time::Duration::from_millis(1200));
        let fault = Fault::new(&error);
        let response = fault.response("/api/v1/me", "r1");
        assert_eq!(response.header("retry-after"), Some("2"));
        assert_eq!(response.content_type(), Some("application/problem+json"));
        let problem = body(response).await;
        assert_eq!(problem["status"], 400);
        assert_eq!(problem["code"], "invalid_request");
        assert_eq!(problem["request_id"], "r1");
        assert_eq!(problem["errors"][0]["field"], "name");
        let door = body(fault.response("/v1/models", "r1")).await;
        assert_eq!(door["error"]["type"], "invalid_request_error");
        assert_eq!(door["error"]["param"], "name");
    }

    #[tokio::test]
    async fn what_went_wrong_inside_is_not_told() {
        let error = Error::internal("table xyz is gone");
        let problem = body(Fault::new(&error).response("/api/v1/me", "r1")).await;
        assert!(!problem.to_string().contains("xyz"));
    }
}
