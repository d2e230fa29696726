//! What only Redis can do to us: stall, restart, forget.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn keys(server: &RedisServer) -> Vec<String> {
    let answer = server.command("KEYS *").unwrap();
    answer.lines().filter(|line| line.contains(':')).map(str::to_owned).collect()
}

fn used_memory(server: &RedisServer) -> u64 {
    let info = server.command("INFO memory").unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
    line.trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_everything_stops_nobody() {
    let Some(mut private) = PrivateRedis::start().await else { return };
    let queue = private.queue(polling());
    let shutdown = Shutdown::new();
    let (starts, mut started) = mpsc::unbounded_channel();
    let (ends, mut ended) = mpsc::unbounded_channel();
    let go = Arc::new(tokio::sync::Semaphore::new(0));
    let wait = go.clone();
    let worker = spawn(&queue, 2, &shutdown, move |claimed| {
        let (starts, ends, wait) = (starts.clone(), ends.clone(), wait.clone());
        async move {
            let number = claimed.decode::<Work>().unwrap().number;
            starts.send(number).unwrap();
            if number == 1 {
                wait.acquire().await.unwrap().forget();
            }
            ends.send(number).unwrap();
            Outcome::Done
        }
    });
    queue.push(&work(1, 1)).await.unwrap();
    assert_eq!(soon("the start", started.recv()).await, Some(1));
    private.server.restart();
    // As the sweep would, until the server is back.
    let pushed = Instant::now();
    while queue.push(&work(1, 2)).await.is_err() {
        assert!(pushed.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(soon("a start after the restart", started.recv()).await, Some(2));
    assert_eq!(soon("its end", ended.recv()).await, Some(2));
    go.add_permits(1);
    assert_eq!(soon("the end of the one in flight", ended.recv()).await, Some(1));
    until(&queue, "nothing left", empty).await;
    drain(&shutdown, worker).await;
    private.shutdown.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_longer_than_a_lease_takes_no_job_away() {
    let Some(private) = PrivateRedis::start().await else { return };
    let queue = private.queue(polling());
    let deliveries = Arc::new(AtomicUsize::new(0));
    let go = Arc::new(tokio::sync::Semaphore::new(0));
    let shutdowns = [Shutdown::new(), Shutdown::new()];
    let workers: Vec<_> = shutdowns
        .iter()
        .map(|shutdown| {
            let (deliveries, wait) = (deliveries.clone(), go.clone());
            spawn(&queue, 4, shutdown, move |_| {
                let (deliveries, wait) = (deliveries.clone(), wait.clone());
                async move {
                    deliveries.fetch_add(1, Ordering::Relaxed);
                    wait.acquire().await.unwrap().forget();
                    Outcome::Done
                }
            })
        })
        .collect();
    queue.push_all(&[work(1, 1), work(1, 2)]).await.unwrap();
    until(&queue, "both running", |stats| stats.running == 2).await;
    private.server.stall();
    tokio::time::sleep(queue.settings.lease * 2).await;
    private.server.resume();
    // Long enough for a rescue that should not happen.
    tokio::time::sleep(queue.settings.lease * 2).await;
    assert_eq!(deliveries.load(Ordering::Relaxed), 2);
    go.add_permits(2);
    until(&queue, "the end", empty).await;
    assert_eq!(queue.stats(Pool::Chat).await.unwrap().dead, 0);
    for (shutdown, worker) in shutdowns.iter().zip(workers) {
        drain(shutdown, worker).await;
    }
    private.shutdown.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_of_a_pool_lie_together_and_go_with_their_jobs() {
    let Some(private) = PrivateRedis::start().await else { return };
    let queue = private.queue(polling());
    let before = keys(&private.server);
    assert!(before.is_empty(), "{before:?}");
    let jobs: Vec<Work> = (0..20).map(|n| keyed(u128::from(n % 3), n, &n.to_string())).collect();
    queue.push_all(&jobs).await.unwrap();
    queue.push_in(&work(1, 99), Duration::from_millis(1)).await.unwrap();
    queue.push(&batch(1, 98)).await.unwrap();
    let (token, taken) = claim(&queue, 3).await;
    let bury = Verdict::Bury { code: "x".into(), reason: "y".into(), errors: None };
    settle(&queue, taken[0].id, token, bury).await;
    settle(&queue, taken[1].id, token, Verdict::Again { delay: Duration::from_millis(1), errors: None })
        .await;
    let full = keys(&private.server);
    assert!(full.len() > 25, "{full:?}");
    assert!(full.iter().all(|key| key.contains("skein:{queue:chat}:")), "{full:?}");
    settle(&queue, taken[2].id, token, Verdict::Done).await;
    queue.discard(Pool::Chat, &[taken[0].id]).await.unwrap();
    loop {
        let (token, taken) = claim_soon(&queue).await;
        settle(&queue, taken.id, token, Verdict::Done).await;
        if empty(&queue.stats(Pool::Chat).await.unwrap()) {
            break;
        }
    }
    assert_eq!(keys(&private.server), ["skein:{queue:chat}:clock"]);
    private.shutdown.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_is_as_small_after_many_jobs_as_before() {
    let Some(private) = PrivateRedis::start().await else { return };
    let queue = private.queue(settings());
    let done = Arc::new(AtomicUsize::new(0));
    let shutdown = Shutdown::new();
    let count = done.clone();
    let worker = spawn(&queue, 100, &shutdown, move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        async { Outcome::Done }
    });
    queue.push_all(&(0..500).map(|n| work(u128::from(n), n)).collect::<Vec<_>>()).await.unwrap();
    until(&queue, "the first", empty).await;
    let before = used_memory(&private.server);
    for round in 0..20 {
        let jobs: Vec<Work> =
            (0..1_000).map(|n| keyed(u128::from(n % 100), n, &format!("{round}-{n}"))).collect();
        queue.push_all(&jobs).await.unwrap();
    }
    until(&queue, "the end of all", empty).await;
    assert_eq!(done.load(Ordering::Relaxed), 20_500);
    let after = used_memory(&private.server);
    assert!(after < before + 1_000_000, "{before} bytes before, {after} after");
    assert_eq!(keys(&private.server), ["skein:{queue:chat}:clock"]);
    drain(&shutdown, worker).await;
    private.shutdown.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_for_a_while_ends_no_worker() {
    let Some(mut private) = PrivateRedis::start().await else { return };
    let queue = private.queue(polling());
    let shutdown = Shutdown::new();
    let (starts, mut started) = mpsc::unbounded_channel();
    let worker = spawn(&queue, 2, &shutdown, move |_| {
        starts.send(()).unwrap();
        async { Outcome::Done }
    });
    queue.push(&work(1, 1)).await.unwrap();
    soon("a start", started.recv()).await.unwrap();
    private.server.kill();
    let error = queue.push(&work(1, 2)).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error:?}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    private.server.restart();
    let pushed = Instant::now();
    while queue.push(&work(1, 3)).await.is_err() {
        assert!(pushed.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    soon("a start after it came back", started.recv()).await.unwrap();
    until(&queue, "the end", empty).await;
    drain(&shutdown, worker).await;
    private.shutdown.stop();
}
