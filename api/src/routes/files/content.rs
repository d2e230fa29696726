use std::fmt::Write as _;
use std::ops::Range;

use poem::http::{StatusCode, header};
use poem::{Body, IntoResponse, Request, RequestBody, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};
use shared::entity::file::Model;
use shared::{Context, files};
use uuid::Uuid;

use crate::auth::CurrentUser;
use crate::error::{Failure, Result};

/// Nothing of what a user has uploaded may run on the address it is served from.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";

/// Who reads a file: a user who may, or whoever has a signed address.
pub(crate) enum Reader {
    User(CurrentUser),
    Link { expires: i64, signature: String },
}

impl Reader {
    /// The file, if this reader may have it.
    pub(crate) async fn file(&self, ctx: &Context, id: Uuid) -> Result<Model> {
        Ok(match self {
            Self::User(user) => files::find_readable(ctx, user.user.id, id).await?,
            Self::Link { expires, signature } => files::opened_by(ctx, id, *expires, signature).await?,
        })
    }
}

impl<'a> ApiExtractor<'a> for Reader {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <CurrentUser as ApiExtractor<'_>>::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        <CurrentUser as ApiExtractor<'_>>::security_schemes()
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let query = request.uri().query().unwrap_or_default();
        let part = |name: &str| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        if let (Some(expires), Some(signature)) = (part("expires"), part("signature")) {
            // What is no number was never signed.
            return Ok(Self::Link { expires: expires.parse().unwrap_or_default(), signature });
        }
        Ok(Self::User(CurrentUser::of(request).await.map_err(Failure)?))
    }
}

/// The bytes of a file, whole or a part.
pub(crate) struct Content(Response);

impl Content {
    pub(crate) async fn of(
        ctx: &Context,
        row: &Model,
        range: Option<&str>,
        if_range: Option<&str>,
    ) -> Result<Self> {
        let tag = format!("\"{}\"", row.sha256.as_deref().unwrap_or_default());
        let bytes = u64::try_from(row.bytes).unwrap_or_default();
        let same = if_range.is_none_or(|wanted| wanted == tag);
        let asked = match range.filter(|_| same).map(|text| parse(text, bytes)) {
            Some(Asked::Part(range)) => Some(range),
            Some(Asked::Nothing) => return Ok(Self(unsatisfiable(bytes))),
            Some(Asked::Whole) | None => None,
        };
        let (meta, stream) = ctx.blobs.get(&files::blob_key(row.id)?, asked.clone()).await?;
        let inert = files::is_inert(&row.media_type);
        let kind = if inert { row.media_type.as_str() } else { "application/octet-stream" };
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_LENGTH, meta.range.end - meta.range.start)
            .header(header::ACCEPT_RANGES, "bytes")
            .header(header::ETAG, tag)
            .header(header::CACHE_CONTROL, "private, no-cache")
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::CONTENT_DISPOSITION, disposition(inert, &row.name));
        if asked.is_some() {
            let part = format!("bytes {}-{}/{}", meta.range.start, meta.range.end - 1, meta.bytes);
            response = response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, part);
        }
        Ok(Self(response.body(Body::from_bytes_stream(stream))))
    }
}

fn unsatisfiable(bytes: u64) -> Response {
    Response::builder()
        .status(StatusCode::RANGE_NOT_SATISFIABLE)
        .header(header::CONTENT_RANGE, format!("bytes */{bytes}"))
        .finish()
}

#[derive(Debug, PartialEq)]
enum Asked {
    Part(Range<u64>),
    Nothing,
    /// What we do not understand, and several ranges at once: the standard lets a server send everything then.
    Whole,
}

/// One range of `Range` (RFC 9110, 14.1.2) for a file of so many bytes.
fn parse(text: &str, bytes: u64) -> Asked {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1),
        (Ok(first), Err(_)) if last.is_empty() => first..bytes,
        (Err(_), Ok(last)) if first.is_empty() => bytes.saturating_sub(last)..bytes,
        _ => return Asked::Whole,
    };
    if range.start >= bytes || range.is_empty() {
        return Asked::Nothing;
    }
    Asked::Part(range.start..range.end.min(bytes))
}

/// `Content-Disposition` (RFC 6266) with the name in any script (RFC 8187).
fn disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

impl IntoResponse for Content {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Content {
    fn meta() -> MetaResponses {
        let answer = |status, description| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/octet-stream",
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary"))),
            }],
            headers: Vec::new(),
        };
        let none = MetaResponse {
            description: "No byte of the file is in this range.",
            status: Some(416),
            status_range: None,
            content: Vec::new(),
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![
                answer(200, "The whole file."),
                answer(206, "The range that was asked for."),
                none,
            ],
        }
    }

    fn register(_: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        for (text, asked) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=4-", Asked::Part(4..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=5-100", Asked::Part(5..10)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=3-1", Asked::Whole),
            ("bytes=0-1,4-5", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
        ] {
            assert_eq!(parse(text, 10), asked, "{text}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let header = disposition(false, "a\"\r\nX: 1; ä.pdf");
        assert_eq!(
            header,
            "attachment; filename=\"a___X_ 1_ _.pdf\"; filename*=UTF-8''a%22%0D%0AX%3A%201%3B%20%C3%A4.pdf"
        );
    }
}
