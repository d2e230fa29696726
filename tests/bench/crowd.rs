//! Many users at once: whether one who wants much holds up the others, and what more load than there is room for does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use skein_tests::client::{Client, Send};
use skein_tests::cluster::{Cluster, ClusterBuilder};
use skein_tests::mock::Mock;
use skein_tests::services::Missing;

use crate::report::{load, milliseconds, percentile};

struct Crowd {
    cluster: Cluster,
    mock: Mock,
    admin: Client,
}

impl Crowd {
    async fn start(builder: ClusterBuilder) -> Result<Self, Missing> {
        let mock = Mock::start().await;
        let cluster = builder.private_database().start().await?;
        let admin = cluster.client().sign_up("bench").await;
        admin.connect("openai", &mock.openai_url(), json!({})).await;
        Ok(Self { cluster, mock, admin })
    }
}

/// One user with many jobs and keys on eight slots, against twenty users with one job every five seconds.
pub(crate) async fn fairness(jobs: usize) -> Result<(), Missing> {
    const SLOTS: usize = 8;
    const KEYS: usize = 50;
    const LIGHT: usize = 20;
    let crowd = Crowd::start(Cluster::builder().workers(1).concurrency(SLOTS)).await?;
    println!("\n## One user with {jobs} jobs and {KEYS} keys, {LIGHT} with one every 5 s, {SLOTS} slots\n");
    println!("Load before: {}.", load());
    let node = crowd.cluster.client();
    let mut light = Vec::new();
    for number in 0..LIGHT {
        let client = node.sign_up(&format!("light{number}")).await;
        let chat = client.create_chat("mock").await.id;
        light.push((client, chat));
    }
    let mut idle = Vec::new();
    for (client, chat) in &light {
        idle.push(waited(client, chat).await);
    }

    let heavy = node.sign_up("heavy").await;
    let mut keys = Vec::new();
    for number in 0..KEYS {
        let body = json!({"name": format!("key {number}")});
        let key: Value = heavy.post("/api/v1/api-keys", &body).await.expect(201);
        keys.push(heavy.with_token(key["key"].as_str()));
    }
    let body =
        json!({"model": "mock", "messages": [{"role": "user", "content": "go [[tokens=25 rate=50]]"}]});
    let began = Instant::now();
    let flood: Vec<_> = (0..jobs)
        .map(|number| {
            let (client, body) = (keys[number % KEYS].clone(), body.clone());
            tokio::spawn(async move { client.post("/v1/chat/completions", &body).await.status })
        })
        .collect();
    crowd.mock.wait_for(Duration::from_secs(60), |stats| stats.open == SLOTS).await;
    let over = Arc::new(AtomicBool::new(false));
    let visits = light.into_iter().enumerate().map(|(number, (client, chat))| {
        let over = over.clone();
        tokio::spawn(async move {
            let mut waits = Vec::new();
            // They come at different moments.
            tokio::time::sleep(Duration::from_millis(250 * number as u64)).await;
            while !over.load(Ordering::Relaxed) {
                let came = Instant::now();
                waits.push(waited(&client, &chat).await);
                tokio::time::sleep(Duration::from_secs(5).saturating_sub(came.elapsed())).await;
            }
            waits
        })
    });
    let visits: Vec<_> = visits.collect();
    let mut answered = 0;
    for request in flood {
        answered += usize::from(request.await.expect("a request") == 200);
    }
    let took = began.elapsed();
    over.store(true, Ordering::Relaxed);
    let mut waits = Vec::new();
    for visit in visits {
        waits.extend(visit.await.expect("a user"));
    }
    let (before, under) = (percentile(&idle, 95), percentile(&waits, 95));
    println!(
        "Light users waited, idle: p50 {}, p95 {}. Beside the heavy one, {} jobs: p50 {}, p95 {} (promised: the larger of \
         2 s and twice the idle wait).",
        milliseconds(percentile(&idle, 50)),
        milliseconds(before),
        waits.len(),
        milliseconds(percentile(&waits, 50)),
        milliseconds(under),
    );
    // Half a second each: what the slots could have done in that time is the whole.
    let possible = took.as_secs_f64() * SLOTS as f64 / 0.5;
    println!(
        "The heavy user: {answered} of {jobs} answered in {:.1} s, {:.0} % of all that the slots can do. Load after: {}.",
        took.as_secs_f64(),
        100.0 * answered as f64 / possible,
        load()
    );
    Ok(())
}

/// How long one short question waited for its start, as its row says.
async fn waited(client: &Client, chat: &str) -> Duration {
    let (turn, _) = client.turn(chat, "go [[tokens=2 rate=50]]").await;
    let run: Value = client.get(&format!("/api/v1/generations/{}", turn.generation.id)).await.expect(200);
    let at = |name: &str| seconds(run[name].as_str().unwrap_or_default());
    Duration::from_secs_f64((at("started_at") - at("created_at")).max(0.0))
}

/// Seconds of the day: `...T12:34:56.789Z`.
fn seconds(text: &str) -> f64 {
    let time = text.split('T').nth(1).unwrap_or_default().trim_end_matches('Z');
    time.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap_or(0.0))
}

/// Five times as many questions as can be answered: who is refused is told when to come back, who is accepted is
/// answered, and health, Stop and the admin's view stay quick.
pub(crate) async fn pressure(for_s: u64) -> Result<(), Missing> {
    const SLOTS: usize = 20;
    const BOUND: usize = 100;
    let builder = Cluster::builder()
        .workers(1)
        .concurrency(SLOTS)
        .setting("SKEIN_QUEUE__MAX_DEPTH", &BOUND.to_string());
    let crowd = Crowd::start(builder).await?;
    let capacity = SLOTS as f64;
    println!("\n## Five times the capacity of {capacity:.0} answers/s for {for_s} s, {BOUND} may wait\n");
    println!("Load before: {}.", load());
    let nodes: Vec<Client> = crowd.cluster.apis.iter().map(|node| crowd.admin.at(&node.url())).collect();
    let mut chats = Vec::new();
    for _ in 0..400 {
        chats.push(crowd.admin.create_chat("mock").await.id);
    }
    let over = Arc::new(AtomicBool::new(false));
    let probes =
        ["/health/live", "/health/ready", "/api/v1/admin/queues", "/api/v1/me", "cancel"].map(|path| {
            let (client, over) = (nodes[0].clone(), over.clone());
            tokio::spawn(async move { (path, probe(&client, path, &over).await) })
        });
    let taken = Arc::new(AtomicUsize::new(0));
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / (5.0 * capacity)));
    let (began, mut asking) = (Instant::now(), Vec::new());
    let mut number = 0;
    while began.elapsed() < Duration::from_secs(for_s) {
        tick.tick().await;
        let (client, chat) = (nodes[number % nodes.len()].clone(), chats[number % chats.len()].clone());
        let taken = taken.clone();
        number += 1;
        asking.push(tokio::spawn(async move {
            // A second each. A new root, so that the question before it need not have been answered.
            let options = Send { parent: Some(None), ..Send::default() };
            let answer = client.try_send(&chat, "go [[tokens=20 rate=20]]", &options).await;
            if answer.status == 202 {
                taken.fetch_add(1, Ordering::Relaxed);
                return Ok(answer.body["generation"]["id"].as_str().unwrap_or_default().to_owned());
            }
            let after =
                answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            Err((answer.status, answer.code().to_owned(), after))
        }));
    }
    let (mut accepted, mut waits, mut others) = (Vec::new(), Vec::new(), 0);
    for asked in asking {
        match asked.await.expect("a question") {
            Ok(id) => accepted.push(id),
            Err((503, code, Some(after))) if code == "queue_full" => waits.push(Duration::from_secs(after)),
            Err(_) => others += 1,
        }
    }
    over.store(true, Ordering::Relaxed);
    let mut lost = 0;
    for id in &accepted {
        let reply = crowd.admin.reader(id).to_end().await;
        lost += usize::from(reply.ended() != Some("completed"));
    }
    println!(
        "{number} questions: {} accepted, {} refused with Retry-After (p50 {}, p99 {}), {others} refused otherwise. Of \
         the accepted, {lost} were not answered.",
        accepted.len(),
        waits.len(),
        milliseconds(percentile(&waits, 50)),
        milliseconds(percentile(&waits, 99)),
    );
    println!("\n| route | asked | p50 | p99 (promised: 200 ms) |\n|---|---|---|---|");
    for probe in probes {
        let (path, times) = probe.await.expect("a probe");
        println!(
            "| {path} | {} | {} | {} |",
            times.len(),
            milliseconds(percentile(&times, 50)),
            milliseconds(percentile(&times, 99))
        );
    }
    println!("\nLoad after: {}.", load());
    Ok(())
}

/// Asks again and again until it is over; the times of all answers.
async fn probe(client: &Client, path: &str, over: &AtomicBool) -> Vec<Duration> {
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        if path == "cancel" {
            // One that is not there costs the same look-up, and stops nobody's answer.
            let id = uuid::Uuid::now_v7();
            client.post(&format!("/api/v1/generations/{id}/cancel"), &json!({})).await;
        } else {
            client.get(path).await;
        }
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    times
}
