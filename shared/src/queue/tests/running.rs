//! Workers: how jobs start, fail, and end.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::*;

conformance!(settings() =>
    a_job_starts_because_it_was_pushed,
    no_ring_is_lost,
    no_more_is_claimed_than_can_start,
    a_failing_job_is_retried_and_then_buried,
    what_will_never_succeed_is_buried_at_once,
    being_put_back_counts_as_no_attempt,
    a_panic_is_a_failure_of_its_job_alone,
    what_cannot_be_run_is_buried_and_newer_forms_wait,
    a_dead_letter_can_be_replayed_and_discarded,
    dead_letters_are_bounded,
    every_job_can_be_looked_at_page_by_page,
    a_drain_finishes_what_runs_and_takes_nothing_new,
    a_stop_gives_running_jobs_back_without_waiting_for_their_lease,
    a_dropped_worker_loses_nothing,
    a_thousand_jobs_run_once_each_and_leave_nothing,
);

async fn a_job_starts_because_it_was_pushed(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let shutdown = Shutdown::new();
    let worker = spawn(&queue, 4, &shutdown, move |claimed| {
        let starts = starts.clone();
        async move {
            starts.send(claimed.decode::<Work>().unwrap()).unwrap();
            Outcome::Done
        }
    });
    // The first finds a worker that looks by itself; the later ones can only have been rung for.
    for number in 0..3 {
        queue.push(&work(1, number)).await.unwrap();
        assert_eq!(soon("the start", started.recv()).await.unwrap(), work(1, number));
        until(&queue, "the end", empty).await;
    }
    drain(&shutdown, worker).await;
}

async fn no_ring_is_lost(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let shutdown = Shutdown::new();
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let starts = starts.clone();
            spawn(&queue, 2, &shutdown, move |_| {
                let starts = starts.clone();
                async move {
                    starts.send(()).unwrap();
                    Outcome::Done
                }
            })
        })
        .collect();
    for number in 0..300 {
        queue.push(&work(1, number)).await.unwrap();
        soon("the start", started.recv()).await.unwrap();
    }
    shutdown.drain();
    for worker in workers {
        soon("the end of the worker", worker).await.unwrap();
    }
}

async fn no_more_is_claimed_than_can_start(queue: Queue) {
    let shutdown = Shutdown::new();
    let (worker, mut started, go) = held_jobs(&queue, 2, &shutdown);
    let jobs: Vec<Work> = (0..10).map(|number| work(1, number)).collect();
    queue.push_all(&jobs).await.unwrap();
    for waiting in (0..=8).rev() {
        if waiting == 8 {
            soon("a start", started.recv()).await.unwrap();
        }
        soon("a start", started.recv()).await.unwrap();
        until(&queue, "two at a time", |stats| stats.running == 2 && stats.depth() == waiting).await;
        go.add_permits(1);
    }
    go.add_permits(1);
    until(&queue, "the end", empty).await;
    drain(&shutdown, worker).await;
}

async fn a_failing_job_is_retried_and_then_buried(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let shutdown = Shutdown::new();
    let worker = spawn(&queue, 1, &shutdown, move |claimed| {
        let starts = starts.clone();
        async move {
            starts.send((claimed.history().attempts, claimed.history().errors.len())).unwrap();
            Outcome::Retry(Error::new(Kind::Upstream, "provider_down", "The provider did not answer."))
        }
    });
    queue.push(&work(1, 1)).await.unwrap();
    for attempt in 0..3 {
        assert_eq!(soon("an attempt", started.recv()).await, Some((attempt, attempt as usize)));
    }
    until(&queue, "the burial", |stats| stats.dead == 1 && empty(stats)).await;
    let letter = letters(&queue, 10).await.remove(0);
    let death = letter.death.unwrap();
    assert_eq!(
        (death.code.as_str(), death.reason.as_str()),
        ("provider_down", "The provider did not answer.")
    );
    assert_eq!((letter.history.attempts, letter.history.deliveries), (3, 3));
    assert_eq!(letter.history.errors.len(), 3);
    assert_eq!(letter.envelope.unwrap().name, "work");
    drain(&shutdown, worker).await;
}

async fn what_will_never_succeed_is_buried_at_once(queue: Queue) {
    let shutdown = Shutdown::new();
    let worker = spawn(&queue, 1, &shutdown, |_| async {
        Outcome::Bury { code: "gone", reason: "the file is not there".into() }
    });
    queue.push(&work(1, 1)).await.unwrap();
    until(&queue, "the burial", |stats| stats.dead == 1 && empty(stats)).await;
    let letter = letters(&queue, 10).await.remove(0);
    assert_eq!((code(&letter), letter.history.deliveries), ("gone", 1));
    drain(&shutdown, worker).await;
}

async fn being_put_back_counts_as_no_attempt(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let shutdown = Shutdown::new();
    let worker = spawn(&queue, 1, &shutdown, move |claimed| {
        let starts = starts.clone();
        async move {
            let history = claimed.history().clone();
            starts.send((history.deliveries, history.attempts)).unwrap();
            if history.deliveries < 6 {
                Outcome::RetryIn(Duration::from_millis(5), "busy")
            } else {
                Outcome::Done
            }
        }
    });
    queue.push(&work(1, 1)).await.unwrap();
    for delivery in 1..=6 {
        assert_eq!(soon("a delivery", started.recv()).await, Some((delivery, 0)));
    }
    until(&queue, "the end", empty).await;
    drain(&shutdown, worker).await;
}

async fn a_panic_is_a_failure_of_its_job_alone(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let shutdown = Shutdown::new();
    let worker = spawn(&queue, 1, &shutdown, move |claimed| {
        let starts = starts.clone();
        async move {
            let work = claimed.decode::<Work>().unwrap();
            starts.send(work.number).unwrap();
            assert!(work.number != 1, "content of a user");
            Outcome::Done
        }
    });
    queue.push(&work(1, 1)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(soon("an attempt", started.recv()).await, Some(1));
    }
    let stats = until(&queue, "the burial", |stats| stats.dead == 1 && empty(stats)).await;
    assert_eq!(stats.running, 0);
    let letter = letters(&queue, 10).await.remove(0);
    assert_eq!(code(&letter), "panicked");
    assert!(!format!("{letter:?}").contains("content of a user"), "{letter:?}");
    queue.push(&work(1, 2)).await.unwrap();
    assert_eq!(soon("the next job", started.recv()).await, Some(2));
    drain(&shutdown, worker).await;
}

#[derive(Serialize, Deserialize)]
struct Newer(String);

impl Job for Newer {
    const NAME: &'static str = "work";
    const POOL: Pool = Pool::Chat;
    const VERSION: u16 = 2;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        Uuid::nil()
    }
}

#[derive(Serialize, Deserialize)]
struct Misshapen(String);

impl Job for Misshapen {
    const NAME: &'static str = "work";
    const POOL: Pool = Pool::Chat;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        Uuid::nil()
    }
}

#[derive(Serialize, Deserialize)]
struct Unknown;

impl Job for Unknown {
    const NAME: &'static str = "unknown";
    const POOL: Pool = Pool::Chat;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        Uuid::nil()
    }
}

async fn what_cannot_be_run_is_buried_and_newer_forms_wait(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let old = Shutdown::new();
    let routes = move |starts: mpsc::UnboundedSender<String>| {
        Routes::new().on(move |job: Work, _| {
            starts.send(job.number.to_string()).unwrap();
            async { Outcome::Done }
        })
    };
    let worker = spawn(&queue, 2, &old, routes(starts.clone()).into_handler());
    queue.push(&Newer("new".into())).await.unwrap();
    queue.push(&Misshapen("secret".into())).await.unwrap();
    queue.push(&Unknown).await.unwrap();
    queue.push(&work(1, 7)).await.unwrap();
    assert_eq!(soon("the good job", started.recv()).await.unwrap(), "7");
    until(&queue, "two burials", |stats| stats.dead == 2).await;
    let letters = letters(&queue, 10).await;
    let mut codes: Vec<&str> = letters.iter().map(code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["undecodable", "unknown_job"]);
    drain(&old, worker).await;

    let new = Shutdown::new();
    let routes = Routes::new().on(move |job: Newer, claimed: Claimed| {
        starts.send(format!("{} {}", job.0, claimed.history().attempts)).unwrap();
        async { Outcome::Done }
    });
    let worker = spawn(&queue, 2, &new, routes.into_handler());
    assert_eq!(soon("the newer form", started.recv()).await.unwrap(), "new 0");
    until(&queue, "the end", empty).await;
    drain(&new, worker).await;
}

async fn a_dead_letter_can_be_replayed_and_discarded(queue: Queue) {
    for number in [1, 2] {
        queue.push(&work(1, number)).await.unwrap();
        let (token, taken) = claim_soon(&queue).await;
        let verdict = Verdict::Bury { code: "x".into(), reason: "y".into(), errors: Some("[]".into()) };
        settle(&queue, taken.id, token, verdict).await;
    }
    let letters = letters(&queue, 10).await;
    assert_eq!(letters.len(), 2);
    let found = queue.dead_letter(Pool::Chat, letters[0].id).await.unwrap().unwrap();
    assert_eq!((found.id, found.death), (letters[0].id, letters[0].death.clone()));
    let (gone, raised) = ([letters[0].id], [letters[1].id]);
    assert_eq!(queue.discard(Pool::Chat, &gone).await.unwrap(), 1);
    assert_eq!(queue.replay(Pool::Chat, &gone).await.unwrap(), 0);
    assert!(queue.dead_letter(Pool::Chat, letters[0].id).await.unwrap().is_none());
    assert_eq!(queue.replay(Pool::Chat, &raised).await.unwrap(), 1);
    assert_eq!(queue.discard(Pool::Chat, &raised).await.unwrap(), 0);
    let (token, taken) = claim_soon(&queue).await;
    assert_eq!(taken.id, letters[1].id);
    assert_eq!((taken.history.deliveries, taken.history.attempts, taken.history.errors.len()), (1, 0, 0));
    settle(&queue, taken.id, token, Verdict::Done).await;
    assert_eq!(queue.stats(Pool::Chat).await.unwrap().dead, 0);
}

async fn dead_letters_are_bounded(queue: Queue) {
    let kept = queue.settings.dead_letters;
    let surplus = 5;
    let jobs: Vec<Work> = (0..u32::try_from(kept).unwrap() + surplus).map(|number| work(1, number)).collect();
    queue.push_all(&jobs).await.unwrap();
    loop {
        let (token, taken) = claim(&queue, 100).await;
        if taken.is_empty() {
            break;
        }
        let settlements: Vec<Settlement> = taken
            .iter()
            .map(|taken| Settlement {
                lease: Lease { id: taken.id, token },
                verdict: Verdict::Bury { code: "x".into(), reason: "y".into(), errors: None },
            })
            .collect();
        queue.store.settle(Pool::Chat, &settlements).await.unwrap();
    }
    assert_eq!(queue.stats(Pool::Chat).await.unwrap().dead, kept);
    assert_eq!(letters(&queue, 5_000).await.len() as u64, kept);
}

async fn every_job_can_be_looked_at_page_by_page(queue: Queue) {
    queue.push_all(&(0..7).map(|number| work(1, number)).collect::<Vec<_>>()).await.unwrap();
    queue.push_in(&work(2, 7), Duration::from_secs(60)).await.unwrap();
    let (token, taken) = claim(&queue, 2).await;
    assert_eq!(pages(&queue, JobState::Waiting, false).await, [2, 3, 4, 5, 6]);
    assert_eq!(pages(&queue, JobState::Scheduled, false).await, [7]);
    assert_eq!(pages(&queue, JobState::Running, false).await, [0, 1]);
    for taken in taken {
        let verdict = Verdict::Bury { code: "x".into(), reason: "y".into(), errors: None };
        settle(&queue, taken.id, token, verdict).await;
    }
    for _ in 0..5 {
        // Two deaths of one moment have no order of their own.
        tokio::time::sleep(Duration::from_millis(2)).await;
        let (token, taken) = claim_soon(&queue).await;
        let verdict = Verdict::Bury { code: "x".into(), reason: "y".into(), errors: None };
        settle(&queue, taken.id, token, verdict).await;
    }
    let dead = pages(&queue, JobState::Dead, false).await;
    assert_eq!(dead[..5], [6, 5, 4, 3, 2]);
    assert_eq!(dead.len(), 7);
    // Who throws a page away and turns it goes on where he was.
    assert_eq!(pages(&queue, JobState::Dead, true).await, dead);
    assert_eq!(queue.stats(Pool::Chat).await.unwrap().dead, 0);
}

/// The numbers of all jobs of a state, read two at a time.
async fn pages(queue: &Queue, state: JobState, discard: bool) -> Vec<u32> {
    let (mut numbers, mut after) = (Vec::new(), None);
    loop {
        let page = queue.jobs(Pool::Chat, state, &Slice::new(2, after)).await.unwrap();
        let ids: Vec<Uuid> = page.items.iter().map(|job| job.id).collect();
        if discard {
            assert_eq!(queue.discard(Pool::Chat, &ids).await.unwrap(), ids.len() as u64);
        }
        numbers.extend(
            page.items
                .into_iter()
                .map(|job| serde_json::from_value::<Work>(job.envelope.unwrap().payload).unwrap().number),
        );
        match page.next {
            Some(next) => after = Some(next),
            None => return numbers,
        }
    }
}

/// A worker whose jobs wait to be let go.
fn held_jobs(
    queue: &Queue,
    concurrency: usize,
    shutdown: &Shutdown,
) -> (tokio::task::JoinHandle<()>, mpsc::UnboundedReceiver<()>, Arc<Semaphore>) {
    let (starts, started) = mpsc::unbounded_channel();
    let go = Arc::new(Semaphore::new(0));
    let wait = go.clone();
    let worker = spawn(queue, concurrency, shutdown, move |_| {
        let (starts, wait) = (starts.clone(), wait.clone());
        async move {
            let _ = starts.send(());
            wait.acquire().await.unwrap().forget();
            Outcome::Done
        }
    });
    (worker, started, go)
}

async fn a_drain_finishes_what_runs_and_takes_nothing_new(queue: Queue) {
    let shutdown = Shutdown::new();
    let (worker, mut started, go) = held_jobs(&queue, 2, &shutdown);
    let jobs: Vec<Work> = (0..5).map(|number| work(1, number)).collect();
    queue.push_all(&jobs).await.unwrap();
    for _ in 0..2 {
        soon("a start", started.recv()).await.unwrap();
    }
    shutdown.drain();
    go.add_permits(3);
    soon("the end of the worker", worker).await.unwrap();
    let stats = queue.stats(Pool::Chat).await.unwrap();
    assert_eq!((stats.depth(), stats.running), (3, 0), "two finished, three wait for another worker");
    let (_, taken) = claim(&queue, 5).await;
    assert!(taken.iter().all(|taken| taken.history.deliveries == 1), "none of them had been taken");
}

async fn a_stop_gives_running_jobs_back_without_waiting_for_their_lease(queue: Queue) {
    let shutdown = Shutdown::new();
    let (worker, mut started, _go) = held_jobs(&queue, 3, &shutdown);
    let jobs: Vec<Work> = (0..3).map(|number| work(1, number)).collect();
    queue.push_all(&jobs).await.unwrap();
    for _ in 0..3 {
        soon("a start", started.recv()).await.unwrap();
    }
    let other = Shutdown::new();
    let (successor, mut restarted, go) = held_jobs(&queue, 3, &other);
    let stopped = Instant::now();
    shutdown.stop();
    for _ in 0..3 {
        soon("a start elsewhere", restarted.recv()).await.unwrap();
    }
    let moment = queue.settings.lease + super::super::worker::GIVE_BACK;
    assert!(stopped.elapsed() < moment, "they waited for the lease: {:?}", stopped.elapsed());
    soon("the end of the worker", worker).await.unwrap();
    go.add_permits(3);
    until(&queue, "the end", empty).await;
    drain(&other, successor).await;
}

async fn a_dropped_worker_loses_nothing(queue: Queue) {
    for round in 0..20 {
        let shutdown = Shutdown::new();
        let worker = spawn(&queue, 4, &shutdown, |_| async { Outcome::RetryIn(Duration::ZERO, "again") });
        let jobs: Vec<Work> = (0..4).map(|number| work(1, number)).collect();
        if round == 0 {
            queue.push_all(&jobs).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(round)).await;
        worker.abort();
        let _ = worker.await;
        let stats = until(&queue, "the return of the jobs", |stats| stats.depth() == 4).await;
        assert_eq!(stats.running, 0);
    }
}

async fn a_thousand_jobs_run_once_each_and_leave_nothing(queue: Queue) {
    const JOBS: usize = 1_000;
    let runs: Arc<Vec<AtomicUsize>> = Arc::new((0..JOBS).map(|_| AtomicUsize::new(0)).collect());
    let shutdown = Shutdown::new();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let runs = runs.clone();
            spawn(&queue, 16, &shutdown, move |claimed| {
                let number = claimed.decode::<Work>().unwrap().number;
                runs[number as usize].fetch_add(1, Ordering::Relaxed);
                async { Outcome::Done }
            })
        })
        .collect();
    let jobs: Vec<Work> =
        (0..JOBS as u32).map(|number| keyed(u128::from(number % 7), number, &number.to_string())).collect();
    queue.push_all(&jobs).await.unwrap();
    until(&queue, "the end of all", empty).await;
    assert!(runs.iter().all(|runs| runs.load(Ordering::Relaxed) == 1));
    shutdown.drain();
    for worker in workers {
        soon("the end of the worker", worker).await.unwrap();
    }
}

#[tokio::test]
async fn what_goes_on_is_measured() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let queue = in_memory(settings());
    let shutdown = Shutdown::new();
    let worker = spawn(&queue, 2, &shutdown, |claimed| async move {
        match claimed.decode::<Work>().unwrap().number {
            1 => Outcome::Done,
            _ => Outcome::Bury { code: "x", reason: "y".into() },
        }
    });
    queue.push_all(&[work(1, 1), batch(1, 2)]).await.unwrap();
    until(&queue, "the end of both", |stats| empty(stats) && stats.dead == 1).await;
    drain(&shutdown, worker).await;
    // One look, as every process takes them while it runs.
    let stopped = Shutdown::new();
    stopped.stop();
    crate::queue::publish(queue.clone(), stopped).await;
    let text = recorder.handle().render();
    for line in [
        "skein_jobs_total{pool=\"chat\",name=\"work\",outcome=\"done\"} 1",
        "skein_jobs_total{pool=\"chat\",name=\"work\",outcome=\"buried\"} 1",
        "skein_jobs_running{pool=\"chat\"} 0",
        "skein_queue_depth{pool=\"chat\",priority=\"batch\"}",
        "skein_queue_scheduled{pool=\"chat\"}",
        "skein_queue_oldest_seconds{pool=\"chat\"}",
        "skein_queue_wait_seconds_count{pool=\"chat\",priority=\"interactive\"} 1",
        "skein_jobs_dead{pool=\"chat\"}",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
