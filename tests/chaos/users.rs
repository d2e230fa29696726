use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use skein_tests::client::{Answer, Client, Send, Turn};
use skein_tests::ledger::Ledger;
use skein_tests::reply::{Reply, numbered};
use skein_tests::sse::SseParser;
use tokio::task::JoinSet;

use crate::field::Field;
use crate::timeline::Timeline;

/// How long somebody tries to get a request through before a promise counts as broken, with the outages on top.
const PAUSE: Duration = Duration::from_millis(400);
/// How long the last answers may take when all is well again.
const LAST: Duration = Duration::from_secs(60);

/// People who use it until they are told that it is over.
pub(crate) struct Users {
    running: JoinSet<User>,
    over: Arc<AtomicBool>,
}

struct User {
    ledger: Ledger,
    client: Client,
    /// Answers that the model was told to break off.
    broken_off: usize,
    counted: Arc<Counted>,
}

#[derive(Default)]
struct Counted {
    turns: AtomicUsize,
    doors: AtomicUsize,
    tries: AtomicUsize,
}

struct Life {
    user: User,
    timeline: Arc<Timeline>,
    random: StdRng,
    /// The front, and each node by itself.
    places: Vec<Client>,
    over: Arc<AtomicBool>,
    /// Every request must succeed at its first try, and all of them go to the front.
    strict: bool,
}

impl Users {
    pub(crate) async fn arrive(field: &Field, random: &mut StdRng, count: usize, strict: bool) -> Self {
        let (mut running, over) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
        let counted = Arc::new(Counted::default());
        for number in 0..count {
            let client = field.cluster.client().sign_up(&format!("user{number}")).await.at(&field.front());
            let direct = field.cluster.apis.iter().map(|node| client.at(&node.url()));
            let places = if strict {
                vec![client.clone()]
            } else {
                [client.clone(), client.clone(), client.clone()].into_iter().chain(direct).collect()
            };
            let user =
                User { ledger: Ledger::default(), client, broken_off: 0, counted: Arc::clone(&counted) };
            let life = Life {
                user,
                timeline: Arc::clone(&field.timeline),
                random: StdRng::seed_from_u64(random.random()),
                places,
                over: Arc::clone(&over),
                strict,
            };
            running.spawn(life.live());
        }
        Self { running, over }
    }

    /// Tells them that it is over, waits for what they have begun, and holds what they were promised against the rows.
    pub(crate) async fn leave(mut self, timeline: &Timeline) {
        self.over.store(true, Ordering::Relaxed);
        let mut counted = None;
        let (mut accepted, mut completed, mut failed, mut cancelled, mut restarted) = (0, 0, 0, 0, 0);
        while let Some(ended) = self.running.join_next().await {
            let user = match ended {
                Ok(user) => user,
                Err(error) => {
                    timeline.broken(format!("a user gave up: {error}"));
                    continue;
                }
            };
            let audit = user.ledger.audit(&user.client, LAST).await;
            audit.problems.iter().for_each(|problem| timeline.broken(problem.clone()));
            if audit.failed > user.broken_off {
                let (failed, wanted) = (audit.failed, user.broken_off);
                timeline.broken(format!("{failed} answers of a user failed, and {wanted} were meant to"));
            }
            accepted += audit.accepted;
            completed += audit.completed;
            failed += audit.failed;
            cancelled += audit.cancelled;
            restarted += audit.restarted;
            counted = Some(user.counted);
        }
        timeline.note(&format!(
            "audit: {accepted} accepted, {completed} completed, {failed} failed as told, {cancelled} cancelled, \
             {restarted} began anew"
        ));
        if let Some(counted) = counted {
            let count = |number: &AtomicUsize| number.load(Ordering::Relaxed);
            let (turns, doors, tries) = (count(&counted.turns), count(&counted.doors), count(&counted.tries));
            timeline.note(&format!("{turns} turns, {doors} calls through a door, {tries} requests again"));
        }
    }
}

impl Life {
    async fn live(mut self) -> User {
        let mut chat: Option<String> = None;
        let mut round = 0;
        while !self.over.load(Ordering::Relaxed) {
            round += 1;
            if self.random.random_bool(0.1) && !self.strict {
                self.use_door().await;
                continue;
            }
            if chat.is_none() || self.random.random_bool(0.4) {
                let created = self
                    .get_through(
                        |place| {
                            place
                                .request(reqwest::Method::POST, "/api/v1/chats")
                                .json(&json!({"model": "mock"}))
                        },
                        201,
                    )
                    .await;
                chat = created.body["id"].as_str().map(str::to_owned);
            }
            let Some(chat) = &chat else { continue };
            self.take_turn(chat.clone(), round).await;
            let pause = self.random.random_range(0..800);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        self.user
    }

    fn place(&mut self) -> Client {
        self.places.choose(&mut self.random).expect("at least the front").clone()
    }

    /// Sends a request, to another place each time, until it is taken. Whoever is refused is told when to come again.
    async fn get_through(&mut self, request: impl Fn(&Client) -> RequestBuilder, wanted: u16) -> Answer {
        let began = Instant::now();
        loop {
            let place = self.place();
            let why = match place.try_request(request(&place)).await {
                Ok(answer) if answer.status == wanted => {
                    self.timeline.silence("a request", began);
                    return answer;
                }
                Ok(answer) => {
                    let polite =
                        matches!(answer.status, 502 | 503) && answer.headers.contains_key("retry-after");
                    // The same key is being worked on, or the chat has moved since: to be asked again.
                    if !polite && answer.status != 409 {
                        self.timeline.broken(format!("{} {}", answer.status, answer.text));
                    }
                    format!("{} {}", answer.status, answer.text)
                }
                Err(error) => error.to_string(),
            };
            if self.strict {
                self.timeline.broken(format!("a request failed: {why}"));
            }
            self.user.counted.tries.fetch_add(1, Ordering::Relaxed);
            if began.elapsed() > Duration::from_secs(120) {
                self.timeline.broken(format!("a request did not get through in 120 s: {why}"));
                panic!("a request did not get through in 120 s: {why}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn take_turn(&mut self, chat: String, round: usize) {
        let (tokens, rate) = (self.random.random_range(5..150u32), self.random.random_range(15..60u32));
        let breaks_off = self.random.random_bool(0.03);
        let mut content = format!("go [[tokens={tokens} rate={rate}");
        if breaks_off {
            content.push_str(&format!(" cut_after={}", tokens / 2));
        }
        content.push_str("]]");
        // A root of its own: an answer that still runs elsewhere is no obstacle.
        let key = format!("{chat}-{round}");
        let options = Send { idempotency_key: Some(key), parent: Some(None), ..Send::default() };
        let answer = self.get_through(|place| place.message(&chat, &content, &options), 202).await;
        let turn: Turn = serde_json::from_value(answer.body).expect("a turn");
        self.user.counted.turns.fetch_add(1, Ordering::Relaxed);
        self.user.broken_off += usize::from(breaks_off);
        self.user.ledger.accepted(&turn, &content, Some(tokens));
        let id = turn.generation.id.clone();
        let mut readers = vec![self.read(&id)];
        if self.random.random_bool(0.2) {
            readers.push(self.read(&id));
        }
        if self.random.random_bool(0.25) && !self.strict {
            let after = self.random.random_range(0..1000 * u64::from(tokens) / u64::from(rate) + 300);
            tokio::time::sleep(Duration::from_millis(after)).await;
            let path = format!("/api/v1/generations/{id}/cancel");
            self.get_through(|place| place.request(reqwest::Method::POST, &path).json(&json!({})), 202).await;
        }
        for reader in readers {
            match reader.await {
                Ok(reply) => self.user.ledger.received(&id, reply),
                Err(error) => self.timeline.broken(format!("a reader of {id}: {error}")),
            }
        }
    }

    /// Reads to the end, wherever it is told; now and then it moves to another place in the middle.
    fn read(&mut self, generation: &str) -> tokio::task::JoinHandle<Reply> {
        let first = self.place();
        let mut reader = first.reader(generation);
        for place in &self.places {
            reader.or_at(place);
        }
        let moves = self.random.random_bool(0.25).then(|| (self.random.random_range(1..20), self.place()));
        let (timeline, id) = (Arc::clone(&self.timeline), generation.to_owned());
        tokio::spawn(async move {
            let mut moves = moves;
            loop {
                let before = Instant::now();
                let goes_on = reader.step().await;
                timeline.silence(&id, before);
                if !goes_on {
                    return reader.reply;
                }
                if let Some((_, place)) = moves.take_if(|(events, _)| reader.reply.events >= *events) {
                    reader.move_to(&place);
                }
            }
        })
    }

    /// A client of the compatible door reads one stream. It cannot come back when its node dies, but what it is told to
    /// the end must be whole.
    async fn use_door(&mut self) {
        let place = self.place();
        let tokens = self.random.random_range(5..60);
        let body = json!({"model": "mock", "stream": true,
            "messages": [{"role": "user", "content": format!("go [[tokens={tokens} rate=40]]")}]});
        let request = place.request(reqwest::Method::POST, "/v1/chat/completions").json(&body);
        self.user.counted.doors.fetch_add(1, Ordering::Relaxed);
        let Ok(answer) = place.try_request(request).await else { return };
        if answer.status != 200 {
            return;
        }
        let events = SseParser::default().push(answer.text.as_bytes());
        if events.last().map(|event| event.data.as_str()) != Some("[DONE]") {
            return;
        }
        let chunks: Vec<Value> = events.iter().filter_map(|event| event.data.parse().ok()).collect();
        let text: String =
            chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
        let failed = chunks.iter().any(|chunk| chunk.get("error").is_some());
        if text != numbered(0, tokens) && !failed {
            self.timeline
                .broken(format!("a door told {} bytes of {tokens} tokens as a whole answer", text.len()));
        }
    }
}
