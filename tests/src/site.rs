//! A web server whose pages are scripted, byte for byte.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What a page answers.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A page of this media type.
    Page(&'static str, Vec<u8>),
    /// A redirect.
    To(String),
    Status(u16),
    /// These bytes of an answer, and then nothing although more was announced.
    Stall(Vec<u8>),
    /// These bytes of an answer, and then the end of the connection.
    Cut(Vec<u8>),
    /// A body that says no length and does not end.
    Endless,
}

/// A running server; dropping it closes its port.
pub struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    pages: Arc<Mutex<HashMap<String, Reply>>>,
    serving: AbortHandle,
}

impl Site {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, pages) = (Arc::default(), Arc::default());
        let (heard, known) = (Arc::clone(&asked), Arc::clone(&pages));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&heard), Arc::clone(&known)));
            }
        });
        Self { port, asked, pages, serving: serving.abort_handle() }
    }

    /// What this path answers from now on.
    pub fn page(&self, path: &str, reply: Reply) -> String {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), reply);
        self.url(path)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    asked: Arc<Mutex<Vec<String>>>,
    pages: Arc<Mutex<HashMap<String, Reply>>>,
) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece).await {
            Ok(n) if n > 0 && head.len() < 16 * 1024 => head.extend_from_slice(&piece[..n]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(head);
    let reply = pages.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    let empty = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    let _ = match reply.unwrap_or(Reply::Status(404)) {
        Reply::Page(kind, body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(&[head.into_bytes(), body].concat()).await
        }
        Reply::To(url) => {
            stream.write_all(format!("HTTP/1.1 302 Found\r\nLocation: {url}\r\n{empty}").as_bytes()).await
        }
        Reply::Status(status) => {
            stream.write_all(format!("HTTP/1.1 {status} Scripted\r\n{empty}").as_bytes()).await
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending().await
        }
        Reply::Cut(bytes) => stream.write_all(&bytes).await,
        Reply::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").await;
            while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
            Ok(())
        }
    };
}
