use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use serde_json::Value;

use super::Client;
use crate::reply::Reply;
use crate::sse::{SseEvent, SseParser};

/// Longest silence on a stream before a test gives up; keep-alives come every 15 s.
const SILENCE: Duration = Duration::from_secs(40);

/// An open stream of events.
pub struct EventStream {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    parser: SseParser,
    ready: VecDeque<SseEvent>,
}

impl EventStream {
    pub(super) fn new(response: reqwest::Response) -> Self {
        Self { bytes: response.bytes_stream().boxed(), parser: SseParser::default(), ready: VecDeque::new() }
    }

    /// The next event; None when the stream has closed or broke.
    pub async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            match tokio::time::timeout(SILENCE, self.bytes.next()).await {
                Ok(Some(Ok(bytes))) => self.ready.extend(self.parser.push(&bytes)),
                Ok(_) => return None,
                Err(_) => panic!("nothing came for {SILENCE:?}"),
            }
        }
    }

    /// Waits for an event of this name and gives its data; others are passed over. Panics when it does not come.
    pub async fn wait_for(&mut self, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let waiting = async {
            while let Some(event) = self.next().await {
                let data = event.data.parse().unwrap_or(Value::Null);
                if event.name == name && wanted(&data) {
                    return Some(data);
                }
            }
            None
        };
        match tokio::time::timeout(Duration::from_secs(20), waiting).await {
            Ok(Some(data)) => data,
            Ok(None) => panic!("the stream closed without {name}"),
            Err(_) => panic!("no {name} within 20 s"),
        }
    }
}

/// Reads one generation to its end, over as many connections and nodes as it takes.
pub struct Reader {
    /// The nodes to ask; the next one after each connection that fails or breaks off.
    nodes: Vec<Client>,
    generation: String,
    stream: Option<EventStream>,
    pub reply: Reply,
    /// How often it connected.
    pub connections: usize,
    /// The longest time between two events.
    pub silence: Duration,
    last: Option<Instant>,
}

impl Reader {
    pub(super) fn new(client: Client, generation: &str) -> Self {
        Self {
            nodes: vec![client],
            generation: generation.to_owned(),
            stream: None,
            reply: Reply::default(),
            connections: 0,
            silence: Duration::ZERO,
            last: None,
        }
    }

    /// Drops the connection and goes on at this client's node.
    pub fn move_to(&mut self, client: &Client) {
        self.stream = None;
        self.nodes = vec![client.clone()];
    }

    /// Goes on at this client's node when the one before closes.
    pub fn or_at(&mut self, client: &Client) {
        self.nodes.push(client.clone());
    }

    /// Takes one more event; false when the generation has ended. Connects again when the stream breaks off.
    pub async fn step(&mut self) -> bool {
        let mut failures = 0;
        while self.reply.end.is_none() {
            if self.stream.is_none() {
                match self.nodes[0].try_events(&self.generation, self.reply.last_id.as_deref()).await {
                    Ok(stream) => {
                        self.connections += 1;
                        self.stream = Some(stream);
                    }
                    Err(why) => {
                        failures += 1;
                        self.nodes.rotate_left(1);
                        assert!(failures < 200, "no stream of {} for 20 s: {why}", self.generation);
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                }
            }
            match self.stream.as_mut().expect("just connected").next().await {
                Some(event) => {
                    let now = Instant::now();
                    let silence = self.last.replace(now).map_or(Duration::ZERO, |last| now - last);
                    self.silence = self.silence.max(silence);
                    self.reply.apply(&event);
                    return true;
                }
                None => {
                    self.stream = None;
                    self.nodes.rotate_left(1);
                    failures += 1;
                    assert!(failures < 200, "the stream of {} closes again and again", self.generation);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
        false
    }

    /// Reads until the condition holds or the generation ends.
    pub async fn until(&mut self, wanted: impl Fn(&Reply) -> bool) -> &Reply {
        while !wanted(&self.reply) && self.step().await {}
        &self.reply
    }

    /// Reads to the end and gives what was received.
    pub async fn to_end(mut self) -> Reply {
        self.finish().await;
        self.reply
    }

    /// Reads to the end.
    pub async fn finish(&mut self) {
        while self.step().await {}
    }
}
