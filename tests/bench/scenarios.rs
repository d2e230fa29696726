use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;

use crate::Scenario;
use crate::load::{Connection, Timing, completion, streamed_turn, turn};
use crate::report::{Row, heading, megabytes, memory, milliseconds};
use crate::system::System;
use crate::usage::{self, Usage};

/// Where a question goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// The model server itself.
    Upstream,
    /// The OpenAI-compatible door.
    Door,
    /// Our own chat API, as the page uses it: POST, then GET of the events.
    Chats,
    /// Our own chat API, where the POST is answered by the stream.
    Streamed,
}

pub(crate) async fn run(system: &System, scenarios: &[Scenario]) {
    for scenario in scenarios {
        match scenario {
            Scenario::Ttft { n } => {
                heading(&format!("First token, one client, {n} questions of 20 tokens"));
                measure(system, 1, *n, Duration::ZERO, "go [[tokens=20]]").await;
            }
            Scenario::Streams { n, rate, seconds } => {
                heading(&format!("{n} streams of {rate} tokens/s for {seconds} s"));
                let content = format!("go [[tokens={} rate={rate}]]", rate * seconds);
                measure(system, *n, 1, Duration::from_secs(1), &content).await;
            }
            Scenario::Burst { n } => {
                heading(&format!("{n} new chats within one second, 50 tokens each at once"));
                measure(system, *n, 1, Duration::from_secs(1), "go [[tokens=50]]").await;
            }
            Scenario::Idle { seconds } => idle(system, *seconds).await,
            // Those that start what they need themselves.
            Scenario::Queue { .. }
            | Scenario::Fairness { .. }
            | Scenario::Pressure { .. }
            | Scenario::Quality { .. }
            | Scenario::Files(_)
            | Scenario::All => {}
        }
    }
    memory(&system.parts);
}

async fn idle(system: &System, seconds: u32) {
    println!("\n### Nobody there\n");
    if system.ready.is_some() {
        println!("Ready after {} (with its database).", milliseconds(system.ready));
    }
    let before = Usage::now(&system.parts);
    tokio::time::sleep(Duration::from_secs(seconds.into())).await;
    let spent = Usage::now(&system.parts).since(&before);
    let shares: Vec<String> = spent
        .seconds()
        .map(|(name, spent)| format!("{name} {:.2} %", 100.0 * spent / f64::from(seconds)))
        .collect();
    println!("Memory: {}. Processor: {}.", megabytes(&usage::megabytes(&system.parts)), shares.join(", "));
}

/// Lets `clients` ask `each` times, beginning spread over `ramp`, at every target in turn.
async fn measure(system: &System, clients: usize, each: usize, ramp: Duration, content: &str) {
    for target in [Target::Upstream, Target::Door, Target::Streamed, Target::Chats] {
        let name = match target {
            Target::Upstream if system.upstream.is_none() => continue,
            Target::Chats | Target::Streamed if system.nodes.is_empty() => continue,
            Target::Upstream => "model server, directly",
            Target::Door => "/v1/chat/completions",
            Target::Streamed => "/api/v1/chats (POST is the stream)",
            Target::Chats => "/api/v1/chats (POST, then events)",
        };
        let before = Usage::now(&system.parts);
        let began = Instant::now();
        let asking = (0..clients).map(|number| {
            let wait = ramp.mul_f64(number as f64 / clients as f64);
            client(system, target, number, each, wait, content)
        });
        let (mut timings, mut errors) = (Vec::new(), Vec::new());
        for outcome in futures_util::future::join_all(asking).await.into_iter().flatten() {
            match outcome {
                Ok(timing) => timings.push(timing),
                Err(error) => errors.push(error),
            }
        }
        let took = began.elapsed();
        let spent = (target != Target::Upstream).then(|| Usage::now(&system.parts).since(&before));
        Row { target: name.to_owned(), timings, errors, took, spent }.print();
    }
}

async fn client(
    system: &System,
    target: Target,
    number: usize,
    each: usize,
    wait: Duration,
    content: &str,
) -> Vec<Result<Timing, String>> {
    tokio::time::sleep(wait).await;
    let mut outcomes = Vec::new();
    let node = match target {
        Target::Upstream => system.upstream.as_ref().unwrap_or(&system.door),
        Target::Door => &system.door,
        Target::Chats | Target::Streamed => &system.nodes[number % system.nodes.len()],
    };
    let (mut post, mut get) = (Connection::new(node, &system.key), Connection::new(node, &system.key));
    let mut chat = None;
    for _ in 0..each {
        let outcome = match target {
            Target::Upstream | Target::Door => completion(&mut post, &system.model, content).await,
            Target::Chats | Target::Streamed => {
                // A conversation grows with each turn; a new one now and then keeps the prompts short.
                if chat.is_none() || outcomes.len() % 10 == 0 {
                    let body = json!({"model": system.model, "title": "bench"});
                    match post.json(Method::POST, "/api/v1/chats", Some(&body)).await {
                        Ok(made) => chat = made["id"].as_str().map(str::to_owned),
                        Err(error) => {
                            outcomes.push(Err(error.to_string()));
                            continue;
                        }
                    }
                }
                let chat = chat.as_deref().unwrap_or_default();
                if target == Target::Streamed {
                    streamed_turn(&mut post, chat, content).await
                } else {
                    turn(&mut post, &mut get, chat, content).await
                }
            }
        };
        outcomes.push(outcome.map_err(|error| error.to_string()));
    }
    outcomes
}
