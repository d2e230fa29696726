//! A provider that does what a test tells it, down to the bytes and the moment the connection breaks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// What one request is answered with.
pub(super) struct Reply {
    head: String,
    steps: Vec<Step>,
}

enum Step {
    /// One frame of the body.
    Send(Vec<u8>),
    /// Nothing more is sent; the connection stays open.
    Stall,
    /// The connection ends in the middle of the body.
    Cut,
}

impl Reply {
    pub(super) fn new(status: u16, kind: &str) -> Self {
        Self { head: format!("HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\n"), steps: Vec::new() }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(super) fn send(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.steps.push(Step::Send(bytes.into()));
        self
    }

    pub(super) fn stall(mut self) -> Self {
        self.steps.push(Step::Stall);
        self
    }

    pub(super) fn cut(mut self) -> Self {
        self.steps.push(Step::Cut);
        self
    }
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) path: String,
    pub(super) head: String,
    pub(super) body: Value,
}

#[derive(Default)]
struct Log {
    replies: VecDeque<Reply>,
    seen: Vec<Seen>,
    connections: usize,
}

/// Answers requests with replies in their order.
pub(super) struct Server {
    pub(super) address: String,
    log: Arc<Mutex<Log>>,
    /// Connections that the other side has closed while a reply was being sent or held back.
    hung_up: watch::Receiver<usize>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Log { replies: replies.into(), ..Log::default() }));
        let (hang_up, hung_up) = watch::channel(0);
        let task = tokio::spawn({
            let log = log.clone();
            async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    log.lock().unwrap().connections += 1;
                    let (log, hang_up) = (log.clone(), hang_up.clone());
                    tokio::spawn(async move {
                        if serve(stream, &log).await.is_none() {
                            hang_up.send_modify(|count| *count += 1);
                        }
                    });
                }
            }
        });
        Self { address, log, hung_up, task }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.log.lock().unwrap().seen.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.log.lock().unwrap().connections
    }

    /// Waits until the other side has left a reply that was not at its end.
    pub(super) async fn left(&mut self) {
        timeout(Duration::from_secs(5), self.hung_up.wait_for(|count| *count > 0)).await.unwrap().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves requests of one connection. `None` when the other side left in the middle of a reply.
async fn serve(stream: TcpStream, log: &Mutex<Log>) -> Option<()> {
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    loop {
        let Some(seen) = read_request(&mut stream).await else { return Some(()) };
        let reply = {
            let mut log = log.lock().unwrap();
            log.seen.push(seen);
            log.replies.pop_front().expect("the script has a reply for each request")
        };
        let head = format!("{}transfer-encoding: chunked\r\n\r\n", reply.head);
        stream.write_all(head.as_bytes()).await.ok()?;
        for step in reply.steps {
            match step {
                Step::Send(bytes) => {
                    let mut frame = format!("{:x}\r\n", bytes.len()).into_bytes();
                    frame.extend_from_slice(&bytes);
                    frame.extend_from_slice(b"\r\n");
                    stream.write_all(&frame).await.ok()?;
                    // A frame a packet, so that what is split stays split.
                    stream.flush().await.ok()?;
                    tokio::task::yield_now().await;
                }
                Step::Stall => {
                    let mut byte = [0];
                    let _ = stream.read(&mut byte).await;
                    return None;
                }
                Step::Cut => return Some(()),
            }
        }
        stream.write_all(b"0\r\n\r\n").await.ok()?;
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen {
        path: head.split(' ').nth(1).unwrap().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        head,
    })
}
