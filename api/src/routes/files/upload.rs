use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use poem::web::Multipart;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use shared::Error;
use shared::files::NewFile;
use tokio_util::io::ReaderStream;

use crate::error::{Failure, Result};

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;
/// Fields before the file that are read past; more is no form of ours.
const MAX_FIELDS: usize = 16;

/// A form whose part `file` is read while it arrives: the framework's own would keep it first.
pub(crate) struct Upload(Multipart);

impl Upload {
    /// The part named `file`, with its name, as a body that is still to be read.
    pub(crate) async fn file(mut self) -> Result<NewFile> {
        for _ in 0..MAX_FIELDS {
            let field = self.0.next_field().await.map_err(|error| unreadable().source(error.to_string()))?;
            let Some(field) = field else { break };
            if field.name() != Some("file") {
                continue;
            }
            let name = field.file_name().unwrap_or_default().to_owned();
            let pieces = ReaderStream::with_capacity(field.into_async_read(), PIECE);
            return Ok(NewFile { name, body: with(self.0, pieces).boxed() });
        }
        Err(Failure(Error::field("file", "is missing: send a form with a part of this name")))
    }
}

/// The form has to stay while one of its parts is read.
fn with<S>(form: Multipart, pieces: S) -> impl Stream<Item = io::Result<Bytes>>
where
    S: Stream<Item = io::Result<Bytes>>,
{
    pieces.map(move |piece| {
        let _ = &form;
        piece
    })
}

fn unreadable() -> Error {
    Error::invalid("invalid_request", "The form cannot be read.")
}

impl<'a> ApiExtractor<'a> for Upload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let mut schema = MetaSchema::new("object");
        let file = MetaSchema::new_with_format("string", "binary");
        schema.properties.push(("file", MetaSchemaRef::Inline(Box::new(file))));
        schema.required.push("file");
        let schema = MetaSchemaRef::Inline(Box::new(schema));
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: "multipart/form-data", schema }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match <Multipart as FromRequest<'_>>::from_request(request, body).await {
            Ok(form) => Ok(Self(form)),
            Err(_) => {
                let error = Error::field("file", "must come as a part of multipart/form-data");
                Err(Failure(error).into())
            }
        }
    }
}
