//! What somebody who chats feels of PDF files that are read at the same time.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use super::ground::Ground;
use super::reading;
use crate::load::{Connection, streamed_turn};
use crate::report::{milliseconds, percentile};

/// Answers before those that count.
const WARM: usize = 20;
const CONTENT: &str = "go [[tokens=20]]";

pub(super) async fn run(ground: &Ground, files: usize, pages: usize, niceness: u8) {
    ground.embed(true).await;
    let key: Value = ground.admin.post("/api/v1/api-keys", &json!({"name": "bench"})).await.expect(201);
    let mut asker = Asker {
        connection: Connection::new(ground.admin.base(), key["key"].as_str().unwrap_or_default()),
        chat: String::new(),
        asked: 0,
    };
    for _ in 0..WARM {
        asker.first_token().await;
    }
    // All are there before anybody reads them: the uploads are not what is measured.
    ground.reader().kill();
    let ids = ground.upload((0..files).map(|n| reading::pdf(5_000_000 + n as u64, pages))).await;
    let mut before = Vec::new();
    for _ in 0..300 {
        before.push(asker.first_token().await);
    }
    ground.reader().restart().await;
    let (began, mut during) = (Instant::now(), Vec::new());
    let reading = async {
        for id in &ids {
            ground.file_when(id, Duration::from_millis(500), |file| file.state == "ready").await;
        }
    };
    tokio::pin!(reading);
    loop {
        tokio::select! {
            biased;
            () = &mut reading => break,
            time = asker.first_token() => during.push(time),
        }
    }
    let took = began.elapsed();
    println!(
        "\n### First token while {files} PDF files of {pages} pages are read and embedded by a worker with niceness {niceness}\n"
    );
    println!("They took {took:.1?}; {} answers meanwhile.\n", during.len());
    println!("| | alone | meanwhile | change |");
    println!("|---|---|---|---|");
    for percent in [50, 95] {
        let (alone, meanwhile) = (percentile(&before, percent), percentile(&during, percent));
        let change =
            alone.zip(meanwhile).map_or(f64::NAN, |(a, b)| 100.0 * (b.as_secs_f64() / a.as_secs_f64() - 1.0));
        println!("| p{percent} | {} | {} | {change:+.0} % |", milliseconds(alone), milliseconds(meanwhile));
    }
}

struct Asker {
    connection: Connection,
    chat: String,
    asked: usize,
}

impl Asker {
    async fn first_token(&mut self) -> Duration {
        // A conversation grows with each turn; a new one now and then keeps the prompts short.
        if self.asked.is_multiple_of(10) {
            let body = json!({"model": "mock", "title": "bench"});
            let made =
                self.connection.json(Method::POST, "/api/v1/chats", Some(&body)).await.expect("a chat");
            made["id"].as_str().unwrap_or_default().clone_into(&mut self.chat);
        }
        self.asked += 1;
        streamed_turn(&mut self.connection, &self.chat, CONTENT).await.expect("an answer").first
    }
}
