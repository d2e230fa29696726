use poem::http::header;
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use shared::entity::file::Model;
use shared::{Context, files};

use crate::error::Result;

/// The small picture of a picture.
pub(crate) struct Thumbnail(Response);

impl Thumbnail {
    pub(crate) async fn of(ctx: &Context, row: &Model) -> Result<Self> {
        let (bytes, stream) = files::thumbnail(ctx, row).await?;
        let response = Response::builder()
            .header(header::CONTENT_TYPE, files::THUMBNAIL_TYPE)
            .header(header::CONTENT_LENGTH, bytes)
            // A file never changes, and so neither does this.
            .header(header::CACHE_CONTROL, "private, max-age=86400, immutable")
            .body(Body::from_bytes_stream(stream));
        Ok(Self(response))
    }
}

impl IntoResponse for Thumbnail {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Thumbnail {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A JPEG of at most 320 pixels a side.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: files::THUMBNAIL_TYPE,
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary"))),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}
