//! Bounds on what a request may send: how much, and for how long.

use std::time::Duration;

use futures_util::StreamExt;
use poem::http::header;
use poem::{Body, Request};
use tokio::time::Instant;

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyRefused {
    TooLarge,
    TooSlow,
}

impl std::fmt::Display for BodyRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the body is too large",
            Self::TooSlow => "the body came too slowly",
        })
    }
}

impl std::error::Error for BodyRefused {}

/// Puts the bounds around the body. Says no at once when its announced length is over the limit (bytes).
pub(crate) fn bound(request: &mut Request, limit: usize, time: Duration) -> Result<(), BodyRefused> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    match announced {
        Some(0) => return Ok(()),
        Some(length) if length > limit => return Err(BodyRefused::TooLarge),
        None if !request.headers().contains_key(header::TRANSFER_ENCODING)
            && request.version() < poem::http::Version::HTTP_2 =>
        {
            return Ok(());
        }
        _ => {}
    }
    let until = Instant::now() + time;
    let chunks = Box::pin(request.take_body().into_bytes_stream());
    let bounded =
        futures_util::stream::unfold((chunks, limit, false), move |(mut chunks, left, ended)| async move {
            if ended {
                return None;
            }
            let refuse = |why| Err(std::io::Error::other(why));
            match tokio::time::timeout_at(until, chunks.next()).await {
                Err(_) => Some((refuse(BodyRefused::TooSlow), (chunks, 0, true))),
                Ok(None) => None,
                Ok(Some(Ok(chunk))) if chunk.len() > left => {
                    Some((refuse(BodyRefused::TooLarge), (chunks, 0, true)))
                }
                Ok(Some(chunk)) => {
                    let (taken, failed) = chunk.as_ref().map_or((0, true), |chunk| (chunk.len(), false));
                    Some((chunk, (chunks, left - taken, failed)))
                }
            }
        });
    request.set_body(Body::from_bytes_stream(bounded));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: Body, length: Option<usize>) -> Request {
        let mut builder = Request::builder();
        builder = match length {
            Some(length) => builder.header(header::CONTENT_LENGTH, length),
            None => builder.header(header::TRANSFER_ENCODING, "chunked"),
        };
        builder.body(body)
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_with_and_without_a_length() {
        let second = Duration::from_secs(1);
        let mut announced = request(Body::from_string("123456".into()), Some(6));
        assert_eq!(bound(&mut announced, 5, second), Err(BodyRefused::TooLarge));

        let mut chunked = request(Body::from_string("123456".into()), None);
        bound(&mut chunked, 5, second).unwrap();
        assert!(chunked.take_body().into_bytes().await.is_err());

        let mut fits = request(Body::from_string("12345".into()), None);
        bound(&mut fits, 5, second).unwrap();
        assert_eq!(fits.take_body().into_bytes().await.unwrap(), "12345");
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let endless = futures_util::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
        let mut slow = request(Body::from_bytes_stream(endless), None);
        bound(&mut slow, 5, Duration::from_millis(5)).unwrap();
        let error = slow.take_body().into_bytes().await.unwrap_err();
        assert!(error.to_string().contains("slowly"), "{error}");
    }
}
