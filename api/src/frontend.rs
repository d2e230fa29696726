//! The web page: static files from the executable or a folder.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// Scripts and styles come from our own files alone: what the page sets by script is no inline style.
pub(crate) const PAGE_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
     object-src 'none'";
/// The page draws diagrams in a frame: its program is large, has styles of its own and reads what a model wrote. It gets
/// an origin that is nobody's, no network and no storage.
const DIAGRAM: &str = "diagram.html";
const DIAGRAM_POLICY: &str = "sandbox allow-scripts; default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";
const INDEX: &str = "index.html";
/// Files under this folder have a hash of their content in the name.
const IMMUTABLE: &str = "_app/immutable/";
/// Addresses of programs: a wrong one is never answered with the page.
const RESERVED: &[&str] = &["api", "v1", "health", "metrics", "_app"];

#[derive(RustEmbed)]
#[folder = "../frontend-dist"]
#[allow_missing = true]
struct Embedded;

/// Where the page comes from.
pub(crate) enum Frontend {
    Embedded,
    Folder(PathBuf),
    Off,
}

struct File {
    content: Bytes,
    hash: String,
}

impl Frontend {
    /// From the setting `server.frontend`.
    pub(crate) fn new(setting: &str) -> Self {
        match setting {
            "embedded" => Self::Embedded,
            "off" => Self::Off,
            folder => Self::Folder(folder.into()),
        }
    }

    async fn file(&self, name: &str) -> Option<File> {
        match self {
            Self::Off => None,
            Self::Embedded => {
                let file = Embedded::get(name)?;
                let content = match file.data {
                    Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    Cow::Owned(bytes) => bytes.into(),
                };
                Some(File { content, hash: short(&file.metadata.sha256_hash()) })
            }
            Self::Folder(folder) => {
                let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
                if !plain || name.contains('\0') {
                    return None;
                }
                let content = Bytes::from(tokio::fs::read(folder.join(name)).await.ok()?);
                let hash = short(&Sha256::digest(&content));
                Some(File { content, hash })
            }
        }
    }

    /// The file, packed in a way that the client understands.
    async fn serve(&self, name: &str, request: &HeaderMap) -> Option<Response> {
        let accepted = request.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut found = None;
        for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
            if accepts(accepted, encoding)
                && let Some(file) = self.file(&format!("{name}{ending}")).await
            {
                found = Some((file, Some(encoding)));
                break;
            }
        }
        let (file, encoding) = match found {
            Some(found) => found,
            None => (self.file(name).await?, None),
        };
        let tag = match encoding {
            Some(encoding) => format!("\"{}-{encoding}\"", file.hash),
            None => format!("\"{}\"", file.hash),
        };
        let known = request.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut response = if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
            Response::builder().status(StatusCode::NOT_MODIFIED).finish()
        } else {
            let kind = mime_guess::from_path(name).first_or_octet_stream();
            let kind = match (kind.type_().as_str(), kind.subtype().as_str()) {
                ("text", _) | (_, "javascript" | "json") => format!("{kind}; charset=utf-8"),
                _ => kind.to_string(),
            };
            Response::builder().content_type(kind).body(file.content)
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        let cache =
            if name.starts_with(IMMUTABLE) { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        let policy = if name == DIAGRAM { DIAGRAM_POLICY } else { PAGE_POLICY };
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Some(response)
    }
}

impl Endpoint for Frontend {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let first = path.split('/').next().unwrap_or_default();
        let page = !RESERVED.contains(&first);
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(if page { MethodNotAllowedError.into() } else { NotFoundError.into() });
        }
        let name = if path.is_empty() { INDEX } else { &path };
        let packed = [".br", ".gz"].iter().any(|ending| name.ends_with(ending));
        if (page || first == "_app")
            && !packed
            && let Some(response) = self.serve(name, request.headers()).await
        {
            return Ok(response);
        }
        if page
            && is_navigation(&path, request.headers())
            && let Some(response) = self.serve(INDEX, request.headers()).await
        {
            return Ok(response);
        }
        Err(NotFoundError.into())
    }
}

/// A person who goes to an address of the page, and not a script that misses a file.
fn is_navigation(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let html =
        headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"));
    html && !last.contains('.')
}

fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let refused = matches!(rest.trim().trim_start_matches("q=").parse::<f32>(), Ok(q) if q == 0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

fn short(hash: &[u8]) -> String {
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "_app/immutable/start.0a1b.js";

    fn page() -> (tempfile::TempDir, Frontend) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("_app/immutable")).unwrap();
        for (name, content) in [
            (INDEX, "<!doctype html>"),
            (SCRIPT, "let a"),
            ("_app/immutable/start.0a1b.js.br", "packed"),
            ("_app/immutable/start.0a1b.js.gz", "zipped"),
            ("_app/version.json", "{}"),
            (DIAGRAM, "<!doctype html>"),
        ] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let page = Frontend::new(folder.path().to_str().unwrap());
        (folder, page)
    }

    async fn get(page: &Frontend, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::builder().uri_str(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        page.get_response(request.finish()).await
    }

    #[tokio::test]
    async fn files_with_a_hash_are_kept_for_ever_and_the_rest_is_asked_for_again() {
        let (_folder, page) = page();
        let script = get(&page, &format!("/{SCRIPT}"), &[]).await;
        assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(script.content_type(), Some("text/javascript; charset=utf-8"));
        for path in ["/", "/index.html", "/_app/version.json"] {
            assert_eq!(get(&page, path, &[]).await.header("cache-control"), Some("no-cache"), "{path}");
        }
        let index = get(&page, "/", &[]).await;
        assert!(!index.header("content-security-policy").unwrap().contains("script-src 'self' 'unsafe"));
    }

    #[tokio::test]
    async fn diagrams_are_drawn_where_nothing_can_be_reached() {
        let (_folder, page) = page();
        let frame = get(&page, "/diagram.html", &[]).await;
        let policy = frame.header("content-security-policy").unwrap();
        assert!(policy.starts_with("sandbox allow-scripts; default-src 'none';"), "{policy}");
        assert!(!policy.contains("allow-same-origin") && !policy.contains("connect-src"), "{policy}");
        let index = get(&page, "/", &[]).await;
        assert!(!index.header("content-security-policy").unwrap().contains("unsafe-inline"));
    }

    #[tokio::test]
    async fn the_smallest_form_that_the_client_reads_is_sent() {
        let (_folder, page) = page();
        let path = format!("/{SCRIPT}");
        for (accept, encoding, content) in [
            ("gzip, deflate, br", Some("br"), "packed"),
            ("gzip", Some("gzip"), "zipped"),
            ("br;q=0, gzip", Some("gzip"), "zipped"),
            ("identity", None, "let a"),
        ] {
            let response = get(&page, &path, &[("accept-encoding", accept)]).await;
            assert_eq!(response.header("content-encoding"), encoding, "{accept}");
            assert_eq!(response.header("vary"), Some("Accept-Encoding"));
            assert_eq!(response.content_type(), Some("text/javascript; charset=utf-8"));
            assert_eq!(response.into_body().into_string().await.unwrap(), content);
        }
        assert_eq!(get(&page, &format!("{path}.br"), &[]).await.status(), 404);
    }

    #[tokio::test]
    async fn an_unchanged_file_is_not_sent_again() {
        let (_folder, page) = page();
        let tag = get(&page, "/", &[]).await.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'));
        let again = get(&page, "/", &[("if-none-match", &format!("W/\"x\", {tag}"))]).await;
        assert_eq!((again.status().as_u16(), again.header("etag")), (304, Some(tag.as_str())));
    }

    #[tokio::test]
    async fn only_a_person_who_goes_somewhere_gets_the_page() {
        let (_folder, page) = page();
        let html = ("accept", "text/html,application/xhtml+xml");
        assert_eq!(get(&page, "/chats/1", &[html]).await.status(), 200);
        for (path, accept) in [
            ("/chats/1", ("accept", "*/*")),
            ("/_app/immutable/gone.js", html),
            ("/gone.png", html),
            ("/api/v1/gone", html),
            ("/v1/gone", html),
            ("/metrics/gone", html),
            ("/../Cargo.toml", html),
        ] {
            assert_eq!(get(&page, path, &[accept]).await.status(), 404, "{path}");
        }
        let post = Request::builder().method(Method::POST).uri_str("/chats/1").finish();
        assert_eq!(page.get_response(post).await.status(), 405);
        let off = Frontend::new("off");
        assert_eq!(get(&off, "/", &[html]).await.status(), 404);
    }

    #[tokio::test]
    async fn the_executable_carries_the_page() {
        let page = get(&Frontend::Embedded, "/", &[]).await;
        assert_eq!(page.status(), 200);
        assert!(page.into_body().into_string().await.unwrap().contains("<!doctype html>"));
    }
}
