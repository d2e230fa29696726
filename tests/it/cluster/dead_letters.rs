use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use redis::AsyncCommands as _;
use serde_json::{Value, json};
use shared::Shutdown;
use shared::queue::{Queue, QueueStats};
use skein_tests::client::Client;
use skein_tests::cluster::Cluster;
use skein_tests::fault::{BEGUN, Fault, Gibberish, How, NewFault, queue};
use skein_tests::or_skip;
use skein_tests::reply::numbered;
use skein_tests::services::Process;
use tempfile::TempDir;

use super::Stand;

const PATIENCE: Duration = Duration::from_secs(60);
const LETTERS: &str = "/api/v1/admin/queues/maintenance/dead-letters";

/// Worker processes that are started again when they die, as an orchestrator does.
struct Faulty {
    url: String,
    folder: TempDir,
    processes: Vec<Process>,
    deaths: usize,
}

impl Faulty {
    fn start(url: &str, count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut faulty = Self { url: url.to_owned(), folder, processes: Vec::new(), deaths: 0 };
        for _ in 0..count {
            let process = faulty.spawn(&[]);
            faulty.processes.push(process);
        }
        faulty
    }

    fn spawn(&self, more: &[&str]) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_faulty-worker"));
        command.args(["--redis", &self.url]).args(more);
        Process::start(command, &self.folder.path().join("log"), Signal::SIGKILL).expect("a worker")
    }

    fn look_after(&mut self) {
        for at in 0..self.processes.len() {
            if self.processes[at].exit_status().is_some() {
                self.deaths += 1;
                self.processes[at] = self.spawn(&[]);
            }
        }
    }
}

/// Pushes a job every few milliseconds for a while, looks after the workers, and gives what the jobs had waited when they
/// were begun, in milliseconds, sorted.
async fn traffic(
    queue: &Queue,
    redis: &Cluster,
    faulty: &mut Faulty,
    numbers: std::ops::Range<u32>,
) -> Vec<u64> {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    for number in numbers.clone() {
        tick.tick().await;
        queue.push(&Fault::new(number, How::Works(20))).await.expect("room");
        faulty.look_after();
    }
    let began = Instant::now();
    loop {
        let mut notes = redis.redis.connection().await;
        let begun: Vec<String> = notes.lrange(BEGUN, 0, -1).await.expect("the notes");
        let mut waits: std::collections::BTreeMap<u32, u64> = std::collections::BTreeMap::new();
        for (number, wait) in begun.iter().filter_map(|line| line.split_once(' ')) {
            let (Ok(number), Ok(wait)) = (number.parse(), wait.parse()) else { continue };
            // A job whose worker died of another begins a second time: the longer wait counts.
            let longest = waits.entry(number).or_insert(wait);
            *longest = wait.max(*longest);
        }
        waits.retain(|number, _| numbers.contains(number));
        if waits.len() == numbers.len() {
            let mut waits: Vec<u64> = waits.into_values().collect();
            waits.sort_unstable();
            return waits;
        }
        assert!(began.elapsed() < PATIENCE, "{} of {} jobs were begun", waits.len(), numbers.len());
        faulty.look_after();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until(queue: &Queue, faulty: &mut Faulty, what: &str, reached: impl Fn(&QueueStats) -> bool) {
    let began = Instant::now();
    loop {
        let stats = queue.stats(shared::queue::Pool::Maintenance).await.expect("numbers");
        if reached(&stats) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{what}: {stats:?}");
        faulty.look_after();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn letters(admin: &Client) -> Vec<Value> {
    let page: Value = admin.get(LETTERS).await.expect(200);
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_go_wrong_are_put_aside_with_their_reason_and_hold_up_nobody() {
    let cluster = or_skip!(Cluster::builder().apis(1).workers(0).start().await);
    let admin = cluster.client().sign_up("admin").await;
    let shutdown = Shutdown::new();
    let queue = queue(&cluster.redis.url(), &shutdown).await.expect("a queue");
    let mut faulty = Faulty::start(&cluster.redis.url(), 3);
    until(&queue, &mut faulty, "the workers are there", |_| true).await;
    traffic(&queue, &cluster, &mut faulty, 0..20).await;
    let calm = traffic(&queue, &cluster, &mut faulty, 1_000..1_200).await;

    queue.push(&Fault::new(2, How::Panics)).await.expect("room");
    queue.push(&Gibberish { secret: "content of a user".into() }).await.expect("room");
    let mut rough = traffic(&queue, &cluster, &mut faulty, 2_000..2_150).await;
    // First these: who shares a process with a job that kills it is under suspicion too.
    until(&queue, &mut faulty, "two are put aside", |stats| stats.dead == 2).await;
    queue.push(&Fault::new(1, How::Aborts)).await.expect("room");
    queue.push(&NewFault { text: "newer".into() }).await.expect("room");
    rough.extend(traffic(&queue, &cluster, &mut faulty, 2_150..2_450).await);
    until(&queue, &mut faulty, "three are put aside", |stats| stats.dead == 3).await;
    assert_eq!(faulty.deaths, 3, "it killed three workers and no fourth");
    let (p90, half) = (|waits: &[u64]| waits[waits.len() * 9 / 10], |waits: &[u64]| waits[waits.len() / 2]);
    let bound = (2 * p90(&calm)).max(500);
    assert!(p90(&rough) <= bound, "nine of ten waited up to {} ms, {} ms in calm", p90(&rough), p90(&calm));
    assert!(half(&rough) <= (2 * half(&calm)).max(250), "{} ms, {} ms in calm", half(&rough), half(&calm));

    let mut codes: Vec<(String, u64)> = letters(&admin)
        .await
        .iter()
        .map(|letter| {
            assert!(letter["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{letter}");
            (
                letter["code"].as_str().unwrap_or_default().to_owned(),
                letter["deliveries"].as_u64().unwrap_or(0),
            )
        })
        .collect();
    codes.sort();
    let expected = [("crashed", 3), ("panicked", 3), ("undecodable", 1)];
    assert_eq!(codes, expected.map(|(code, times)| (code.to_owned(), times)));

    // The newer form is still there, and runs as soon as somebody knows it.
    until(&queue, &mut faulty, "it alone is left", |stats| stats.depth() + stats.running == 1).await;
    let newer = faulty.spawn(&["--newer"]);
    until(&queue, &mut faulty, "the newer one ran", |stats| stats.depth() + stats.running == 0).await;
    let mut notes = cluster.redis.connection().await;
    let begun: Vec<String> = notes.lrange(BEGUN, -1, -1).await.expect("the notes");
    assert_eq!(begun, ["newer"]);
    drop(newer);
    shutdown.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_sees_replays_and_discards_dead_letters() {
    let cluster = or_skip!(Cluster::builder().apis(1).workers(0).start().await);
    let admin = cluster.client().sign_up("admin").await;
    let shutdown = Shutdown::new();
    let queue = queue(&cluster.redis.url(), &shutdown).await.expect("a queue");
    let mut faulty = Faulty::start(&cluster.redis.url(), 1);
    for number in 0..7 {
        let secret = format!("content of a user {number}");
        queue.push(&Gibberish { secret }).await.expect("room");
    }
    until(&queue, &mut faulty, "seven are put aside", |stats| stats.dead == 7).await;
    // Nobody brings them to life again for now.
    faulty.processes.clear();
    let first: Value = admin.get(&format!("{LETTERS}?limit=4")).await.expect(200);
    let next = first["next"].as_str().expect("a second page");
    let second: Value = admin.get(&format!("{LETTERS}?limit=4&after={next}")).await.expect(200);
    let ids: Vec<&str> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().expect("a list"))
        .map(|letter| letter["id"].as_str().expect("an id"))
        .collect();
    assert_eq!((ids.len(), &second["next"]), (7, &Value::Null));
    let one: Value = admin.get(&format!("{LETTERS}/{}", ids[0])).await.expect(200);
    assert_eq!(
        (&one["state"], &one["name"], &one["code"]),
        (&json!("dead"), &json!("fault"), &json!("undecodable"))
    );

    let replayed: Value = admin.post(&format!("{LETTERS}/{}/replay", ids[0]), &json!({})).await.expect(202);
    assert_eq!(replayed["count"], 1);
    admin.get(&format!("{LETTERS}/{}", ids[0])).await.refuses(404, "not_found");
    let waiting: Value = admin.get("/api/v1/admin/queues/maintenance/jobs").await.expect(200);
    assert_eq!((&waiting["items"][0]["id"], &waiting["items"][0]["deliveries"]), (&json!(ids[0]), &json!(0)));
    assert_eq!(admin.delete(&format!("{LETTERS}/{}", ids[1])).await.status, 204);
    admin.delete(&format!("{LETTERS}/{}", ids[1])).await.refuses(404, "not_found");
    let some = json!({"ids": [ids[2], ids[3], ids[1]]});
    let discarded: Value = admin.post(&format!("{LETTERS}/discard"), &some).await.expect(200);
    assert_eq!(discarded["count"], 2, "what is gone already does no harm");
    admin.post(&format!("{LETTERS}/discard"), &json!({})).await.refuses(400, "invalid_request");
    let rest: Value = admin.post(&format!("{LETTERS}/replay"), &json!({"all": true})).await.expect(202);
    assert_eq!(rest["count"], 3);
    // The fault is still there, so they come back.
    let mut faulty = Faulty::start(&cluster.redis.url(), 1);
    until(&queue, &mut faulty, "four are put aside again", |stats| stats.dead == 4).await;
    shutdown.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_kills_three_workers_is_given_up_and_can_be_replayed() {
    let builder = Cluster::builder()
        .workers(1)
        .setting("SKEIN_GENERATION__LEASE_MS", "1500")
        .setting("SKEIN_GENERATION__RENEW_MS", "400")
        .setting("SKEIN_GENERATION__SWEEP_S", "1")
        .setting("SKEIN_QUEUE__LEASE_MS", "1500")
        .setting("SKEIN_QUEUE__RENEW_MS", "400");
    let stand = or_skip!(Stand::with(builder).await);
    let client = stand.at(0);
    let chat = client.create_chat("mock").await;
    let turn = client.send(&chat.id, "go [[tokens=3 ttft_ms=60000]]").await;
    for death in 1..=3 {
        stand.mock.wait_for(Duration::from_secs(30), |stats| stats.started == death && stats.open == 1).await;
        stand.cluster.workers[0].kill();
        stand.mock.wait_for(Duration::from_secs(10), |stats| stats.open == 0).await;
        stand.cluster.workers[0].restart().await;
    }
    let reply = client.reader(&turn.generation.id).to_end().await;
    assert_eq!(reply.ended(), Some("failed"));
    let failed = client.generation(&turn.generation.id).await;
    assert_eq!(failed.error.expect("a reason").code, "worker_lost");
    assert_eq!(stand.mock.stats().started, 3, "no fourth worker was risked");
    // Others go on as before.
    let other = client.create_chat("mock").await;
    assert_eq!(client.turn(&other.id, "go [[tokens=3]]").await.1.text, numbered(0, 3));

    let letters: Value = client.get("/api/v1/admin/queues/chat/dead-letters").await.expect(200);
    let letter = &letters["items"][0];
    assert_eq!(
        (&letter["code"], &letter["payload"]["generation_id"]),
        (&json!("crashed"), &json!(turn.generation.id))
    );
    let path = format!(
        "/api/v1/admin/queues/chat/dead-letters/{}/replay",
        letter["id"].as_str().unwrap_or_default()
    );
    client.post(&path, &json!({})).await.expect::<Value>(202);
    let began = Instant::now();
    while client.generation(&turn.generation.id).await.state != "running" {
        assert!(began.elapsed() < PATIENCE, "it was not begun anew");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    client.cancel(&turn.generation.id).await;
}
