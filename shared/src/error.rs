//! One error type for the whole product: few closed kinds, open stable codes.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::limits::Left;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can do about an error. Closed on purpose: the HTTP status follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong and will stay wrong.
    Invalid,
    /// Nobody is signed in, or the credentials are refused.
    Unauthenticated,
    /// Signed in, but not allowed.
    Forbidden,
    /// Not there, or not the caller's: the two look the same.
    NotFound,
    /// The state of the thing forbids it now.
    Conflict,
    /// The body or an item is over its bound.
    TooLarge,
    /// Over a limit; `retry_after` says when to come back.
    RateLimited,
    /// A part we need is away or full for now; `retry_after` says when to come back.
    Unavailable,
    /// A model provider answered with an error or not at all.
    Upstream,
    /// Our fault.
    Internal,
}

/// An error with a stable `code` for programs and a `message` for people.
///
/// The message is shown to users: it never holds content, tokens, keys or addresses with credentials. The `source` is
/// for logs only.
pub struct Error {
    pub kind: Kind,
    pub code: &'static str,
    pub message: Cow<'static, str>,
    pub retry_after: Option<Duration>,
    pub fields: Vec<FieldError>,
    /// The limit that was met.
    pub limit: Option<Box<Left>>,
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What is wrong with one field of a request or one key of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl Error {
    pub fn new(kind: Kind, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            retry_after: None,
            fields: Vec::new(),
            limit: None,
            source: None,
        }
    }

    pub fn invalid(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, code, message)
    }

    /// A request whose single field is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        let mut error = Self::invalid("invalid_request", format!("{field}: {message}"));
        error.fields.push(FieldError { field, message });
        error
    }

    pub fn not_found(what: &'static str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("There is no such {what}."))
    }

    pub fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, code, message)
    }

    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unavailable, "unavailable", message).retry_after(Duration::from_secs(2))
    }

    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Internal, "internal", message)
    }

    /// The same for one more caller, with all that a client is told. The source stays with the first.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            retry_after: self.retry_after,
            fields: self.fields.clone(),
            limit: self.limit.clone(),
            ..Self::new(self.kind, self.code, self.message.clone())
        }
    }

    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    #[must_use]
    pub fn limit(mut self, left: Left) -> Self {
        self.limit = Some(Box::new(left));
        self
    }

    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// True where the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::RateLimited | Kind::Upstream)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{}: {}", self.kind, self.code, self.message)?;
        let mut source = self.source.as_deref().map(|s| s as &(dyn std::error::Error + 'static));
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|s| s as _)
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        crate::db::error(error)
    }
}

impl<E> From<sea_orm::TransactionError<E>> for Error
where
    E: std::error::Error + Into<Error>,
{
    fn from(error: sea_orm::TransactionError<E>) -> Self {
        match error {
            sea_orm::TransactionError::Connection(error) => error.into(),
            sea_orm::TransactionError::Transaction(error) => error.into(),
        }
    }
}

impl From<::redis::RedisError> for Error {
    fn from(error: ::redis::RedisError) -> Self {
        Self::unavailable("The queue server cannot be reached at the moment.").source(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal("A stored value could not be read.").source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_an_error_is_told_as_much_as_the_first() {
        let away = Error::unavailable("The database is away.");
        assert_eq!(away.again().retry_after, Some(Duration::from_secs(2)));
        let wrong = Error::field("name", "is too long").again();
        assert_eq!((wrong.code, wrong.fields.len()), ("invalid_request", 1));
    }
}
