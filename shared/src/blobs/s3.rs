use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::SdkBody;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream::try_unfold;
use secrecy::ExposeSecret as _;
use url::Url;

use super::intake::Intake;
use super::{BlobKey, BlobStore, ByteStream, Meta, Stored, away, missing, unsatisfiable};
use crate::config;
use crate::error::{Error, Kind, Result};

/// Bytes of a part, which is also what one upload keeps in memory. A server takes 5 MiB or more, and 10,000 parts.
const PART: usize = 8 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(3);
/// Until the first byte of an answer. The answer to the end of a large upload takes a server some time.
const READ: Duration = Duration::from_secs(60);
/// One try of one request, with a part on its way up; and all tries together.
const TRY: Duration = Duration::from_secs(120);
const CALL: Duration = Duration::from_secs(240);
/// How long a server may send nothing in the middle of a blob.
const IDLE: Duration = Duration::from_secs(30);
const PROBE: Duration = Duration::from_secs(2);
/// The longest that a presigned URL can be valid.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// Blobs as objects of a bucket, below a prefix.
pub(super) struct S3 {
    client: Client,
    bucket: String,
    prefix: String,
    part: usize,
}

impl S3 {
    pub(super) fn open(settings: &config::Blobs) -> Result<Self> {
        let (bucket, prefix) = place(&settings.url)?;
        let secure = match settings.endpoint.as_str() {
            "" => true,
            endpoint => match Url::parse(endpoint) {
                Ok(url) if url.has_host() && matches!(url.scheme(), "http" | "https") => {
                    url.scheme() == "https"
                }
                _ => return Err(Error::field("blobs.endpoint", "must be http://host or https://host")),
            },
        };
        let http = aws_smithy_http_client::Builder::new();
        let http = match secure {
            true => http.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https(),
            false => http.build_http(),
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .operation_attempt_timeout(TRY)
            .operation_timeout(CALL)
            .build();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .credentials_provider(credentials(settings)?)
            .region(Region::new(settings.region.clone()))
            .force_path_style(settings.path_style)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            // The signature covers the hash of each body already, and not every server knows trailing checksums.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            // It takes a reader that is slow for a server that is.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if !settings.endpoint.is_empty() {
            config = config.endpoint_url(&settings.endpoint);
        }
        Ok(Self { client: Client::from_conf(config.build()), bucket, prefix, part: PART })
    }

    fn object(&self, key: &BlobKey) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn put_whole(&self, object: String, body: Bytes, content_type: &str) -> Result<()> {
        let call = self.client.put_object().bucket(&self.bucket).key(object);
        let call = call.content_type(content_type).body(SdkBody::from(body).into());
        call.send().await.map(drop).map_err(failed)
    }

    async fn put_parts(
        &self,
        upload: &Upload,
        first: Bytes,
        intake: &mut Intake,
        rest: &mut BytesMut,
    ) -> Result<()> {
        let mut parts = Vec::new();
        let mut part = first;
        while !part.is_empty() {
            parts.push(upload.part(parts.len() + 1, part).await?);
            part = fill(intake, rest, self.part).await?;
        }
        upload.complete(parts).await
    }
}

/// The next part: all of it, or what is left at the end of the body.
async fn fill(intake: &mut Intake, buffer: &mut BytesMut, size: usize) -> Result<Bytes> {
    while buffer.len() < size {
        match intake.next().await? {
            Some(piece) => buffer.extend_from_slice(&piece),
            None => break,
        }
    }
    Ok(buffer.split_to(buffer.len().min(size)).freeze())
}

/// An upload in parts, which the server forgets unless it is completed.
struct Upload {
    client: Client,
    bucket: String,
    object: String,
    id: Option<String>,
}

impl Upload {
    async fn begin(store: &S3, object: String, content_type: &str) -> Result<Self> {
        let call = store.client.create_multipart_upload().bucket(&store.bucket).key(&object);
        let begun = call.content_type(content_type).send().await.map_err(failed)?;
        if begun.upload_id().is_none() {
            return Err(away());
        }
        let id = begun.upload_id;
        Ok(Self { client: store.client.clone(), bucket: store.bucket.clone(), object, id })
    }

    async fn part(&self, number: usize, body: Bytes) -> Result<CompletedPart> {
        let number = i32::try_from(number).map_err(|error| away().source(error))?;
        let call =
            self.client.upload_part().bucket(&self.bucket).key(&self.object).set_upload_id(self.id.clone());
        let sent = call.part_number(number).body(SdkBody::from(body).into()).send().await.map_err(failed)?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build())
    }

    async fn complete(&self, parts: Vec<CompletedPart>) -> Result<()> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let call = self.client.complete_multipart_upload().bucket(&self.bucket).key(&self.object);
        let call = call.set_upload_id(self.id.clone()).multipart_upload(parts);
        call.send().await.map(drop).map_err(failed)
    }

    fn completed(mut self) {
        self.id = None;
    }

    async fn abort(mut self) {
        let id = self.id.take();
        forget(&self.client, &self.bucket, &self.object, id).await;
    }
}

async fn forget(client: &Client, bucket: &str, object: &str, id: Option<String>) {
    let call = client.abort_multipart_upload().bucket(bucket).key(object).set_upload_id(id);
    if let Err(error) = call.send().await {
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        tracing::warn!(status, "a broken upload stays at the file server until it is cleaned up there");
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // The caller went away. The request that tells the server so ends by its own time limits.
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            let (client, bucket, object) = (self.client.clone(), self.bucket.clone(), self.object.clone());
            runtime.spawn(async move { forget(&client, &bucket, &object, Some(id)).await });
        }
    }
}

#[async_trait]
impl BlobStore for S3 {
    async fn put(&self, key: &BlobKey, body: ByteStream, content_type: &str, limit: u64) -> Result<Stored> {
        let object = self.object(key);
        let mut intake = Intake::new(body, limit);
        let mut buffer = BytesMut::new();
        let first = fill(&mut intake, &mut buffer, self.part).await?;
        if first.len() < self.part {
            self.put_whole(object, first, content_type).await?;
            return Ok(intake.finish());
        }
        let upload = Upload::begin(self, object, content_type).await?;
        match self.put_parts(&upload, first, &mut intake, &mut buffer).await {
            Ok(()) => upload.completed(),
            Err(error) => {
                upload.abort().await;
                return Err(error);
            }
        }
        Ok(intake.finish())
    }

    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<(Meta, ByteStream)> {
        let mut call = self.client.get_object().bucket(&self.bucket).key(self.object(key));
        if let Some(range) = &range {
            if range.is_empty() {
                return Err(unsatisfiable());
            }
            // Servers count in signed numbers and refuse an end beyond those.
            call = call.range(match i64::try_from(range.end) {
                Ok(end) => format!("bytes={}-{}", range.start, end - 1),
                Err(_) => format!("bytes={}-", range.start),
            });
        }
        let found = call.send().await.map_err(failed)?;
        let meta = meta(&found, range).ok_or_else(away)?;
        let stream = try_unfold(found.body, |mut body| async move {
            match tokio::time::timeout(IDLE, body.next()).await {
                Ok(None) => Ok(None),
                Ok(Some(Ok(piece))) => Ok(Some((piece, body))),
                Ok(Some(Err(error))) => Err(error.into()),
                Err(stalled) => Err(stalled.into()),
            }
        });
        Ok((meta, stream.boxed()))
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        let call = self.client.delete_object().bucket(&self.bucket).key(self.object(key));
        match call.send().await.map_err(failed) {
            Err(error) if error.kind != Kind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn presign(&self, key: &BlobKey, ttl: Duration) -> Result<Option<Url>> {
        let unsigned = |error| Error::internal("An address for a file could not be made.").source(error);
        let lasts = PresigningConfig::expires_in(ttl.clamp(Duration::from_secs(1), LONGEST))
            .map_err(|error| unsigned(error.into()))?;
        let call = self.client.get_object().bucket(&self.bucket).key(self.object(key));
        let signed = call.presigned(lasts).await.map_err(failed)?;
        Url::parse(signed.uri())
            .map(Some)
            .map_err(|error| unsigned(Box::<dyn std::error::Error + Send + Sync>::from(error)))
    }

    async fn probe(&self) -> Result<()> {
        let limits = TimeoutConfig::builder().operation_timeout(PROBE).build();
        let once = Config::builder().retry_config(RetryConfig::disabled()).timeout_config(limits);
        let call = self.client.head_bucket().bucket(&self.bucket).customize().config_override(once);
        match call.send().await.map_err(failed) {
            // Without a body a server cannot say that it is the bucket which is missing.
            Err(error) if error.kind == Kind::NotFound => Err(no_bucket().source(error)),
            done => done.map(drop),
        }
    }
}

/// The size of the blob and what comes of it, from the headers of an answer; nothing if the server makes no sense.
fn meta(found: &GetObjectOutput, asked: Option<Range<u64>>) -> Option<Meta> {
    let length = u64::try_from(found.content_length()?).ok()?;
    let start = asked.map_or(0, |range| range.start);
    let bytes = match found.content_range() {
        Some(range) => range.rsplit_once('/')?.1.parse().ok()?,
        None if start == 0 => length,
        None => return None,
    };
    Some(Meta { bytes, range: start..start.checked_add(length)? })
}

/// Bucket, and the prefix of all keys with its slash.
fn place(url: &str) -> Result<(String, String)> {
    let rest = url.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_matches('/');
    let plain = |word: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !word.is_empty() && !word.starts_with('.') && word.bytes().all(known)
    };
    if !plain(bucket) || !(prefix.is_empty() || prefix.split('/').all(plain)) {
        return Err(Error::field("blobs.url", "is no place in a bucket: s3://bucket/prefix"));
    }
    Ok((bucket.to_owned(), if prefix.is_empty() { String::new() } else { format!("{prefix}/") }))
}

/// From the settings, or from the environment variables that every tool for S3 reads.
fn credentials(settings: &config::Blobs) -> Result<Credentials> {
    let (id, secret) = (settings.access_key.as_str(), settings.secret_key.expose_secret());
    if !id.is_empty() && !secret.is_empty() {
        return Ok(Credentials::new(id, secret, None, None, "settings"));
    }
    let env = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (id.is_empty() && secret.is_empty(), env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY")) {
        (true, Some(id), Some(secret)) => {
            Ok(Credentials::new(id, secret, env("AWS_SESSION_TOKEN"), None, "environment"))
        }
        _ => Err(Error::field("blobs.access_key", "access_key and secret_key are both needed for s3://")),
    }
}

fn no_bucket() -> Error {
    Error::internal("The bucket for files is not there.")
}

fn failed<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    let kind = match (error.code(), status) {
        (Some("NoSuchBucket"), _) => no_bucket(),
        (_, Some(404)) => missing(),
        (_, Some(416)) => unsatisfiable(),
        (_, Some(401 | 403)) => Error::internal("The file store refuses the configured keys."),
        _ => away(),
    };
    kind.source(error)
}

#[cfg(test)]
impl S3 {
    pub(super) fn parts_of(mut self, bytes: usize) -> Self {
        self.part = bytes;
        self
    }

    pub(super) async fn make_bucket(&self) -> Result<()> {
        match self.client.create_bucket().bucket(&self.bucket).send().await {
            Err(error) if error.code().is_some_and(|code| code.starts_with("BucketAlready")) => Ok(()),
            made => made.map(drop).map_err(failed),
        }
    }

    /// How many objects there are, uploads that were not completed too.
    pub(super) async fn count(&self) -> usize {
        let objects = self.client.list_objects_v2().bucket(&self.bucket).prefix(&self.prefix);
        let uploads = self.client.list_multipart_uploads().bucket(&self.bucket).prefix(&self.prefix);
        let (objects, uploads) = (objects.send().await.unwrap(), uploads.send().await.unwrap());
        objects.contents().len() + uploads.uploads().len()
    }
}
