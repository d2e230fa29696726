//! Leases: what becomes of the jobs of a worker that died, and of a worker that was taken for dead.

use super::*;

conformance!(polling() =>
    a_dead_workers_job_is_handed_out_again,
    a_renewed_job_stays_with_its_worker,
    a_zombie_changes_nothing,
    a_job_that_kills_its_workers_is_buried,
    an_unanswered_claim_is_given_back,
    leases_that_nobody_could_renew_are_spared,
    a_forgotten_job_ends_without_harm,
);

/// Leases are short here: the time after which a lapsed job must have come back.
const RESCUED: Duration = Duration::from_secs(5);

async fn a_dead_workers_job_is_handed_out_again(queue: Queue) {
    queue.push(&work(1, 1)).await.unwrap();
    let (_, taken) = claim(&queue, 1).await;
    assert_eq!(taken[0].history.deliveries, 1);
    let died = Instant::now();
    let (_, again) = claim_soon(&queue).await;
    assert_eq!(again.id, taken[0].id);
    assert_eq!((again.history.deliveries, again.history.lapses, again.history.attempts), (2, 1, 0));
    let after = died.elapsed();
    assert!(after >= queue.settings.lease - Duration::from_millis(20), "too early: {after:?}");
    assert!(after < RESCUED, "too late: {after:?}");
}

async fn a_renewed_job_stays_with_its_worker(queue: Queue) {
    let (starts, mut started) = mpsc::unbounded_channel();
    let release = Arc::new(Notify::new());
    let shutdown = Shutdown::new();
    let wait = release.clone();
    let holder = spawn(&queue, 1, &shutdown, move |claimed| {
        let (starts, wait) = (starts.clone(), wait.clone());
        async move {
            starts.send(claimed.history().deliveries).unwrap();
            wait.notified().await;
            Outcome::Done
        }
    });
    queue.push(&work(1, 1)).await.unwrap();
    assert_eq!(soon("the start", started.recv()).await, Some(1));
    let held = Instant::now();
    while held.elapsed() < queue.settings.lease * 3 {
        assert!(numbers(&queue, 1).await.is_empty(), "handed out twice after {:?}", held.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    release.notify_one();
    until(&queue, "the end of the job", empty).await;
    drain(&shutdown, holder).await;
}

async fn a_zombie_changes_nothing(queue: Queue) {
    queue.push(&work(1, 1)).await.unwrap();
    let (old, taken) = claim(&queue, 1).await;
    let id = taken[0].id;
    let (new, _) = claim_soon(&queue).await;
    let lease = Lease { id, token: old };
    assert_eq!(queue.store.renew(Pool::Chat, std::slice::from_ref(&lease)).await.unwrap(), [Standing::Lost]);
    for verdict in [
        Verdict::Done,
        Verdict::Release,
        Verdict::Again { delay: Duration::ZERO, errors: Some("[]".into()) },
        Verdict::Bury { code: "x".into(), reason: "x".into(), errors: None },
    ] {
        assert_eq!(settle(&queue, id, old, verdict).await, Standing::Lost);
    }
    let stats = queue.stats(Pool::Chat).await.unwrap();
    assert_eq!((stats.running, stats.depth(), stats.dead), (1, 0, 0), "the job is where it was");
    assert_eq!(settle(&queue, id, new, Verdict::Done).await, Standing::Held);
    assert_eq!(settle(&queue, id, old, Verdict::Done).await, Standing::Gone);
}

async fn a_job_that_kills_its_workers_is_buried(queue: Queue) {
    queue.push(&keyed(1, 1, "poison")).await.unwrap();
    queue.push(&work(2, 2)).await.unwrap();
    let (token, taken) = claim(&queue, 2).await;
    settle(&queue, taken[1].id, token, Verdict::Done).await;
    for lapses in 1..3 {
        let (_, taken) = claim_soon(&queue).await;
        assert_eq!(taken.history.lapses, lapses);
    }
    let started = Instant::now();
    while queue.stats(Pool::Chat).await.unwrap().dead == 0 {
        assert!(started.elapsed() < PATIENCE);
        assert!(numbers(&queue, 1).await.is_empty(), "handed out a fourth time");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let letters = letters(&queue, 10).await;
    assert_eq!(code(&letters[0]), "crashed");
    assert_eq!(letters[0].history.lapses, 3);
    queue.push(&keyed(1, 3, "poison")).await.unwrap();
    assert_eq!(numbers(&queue, 1).await, [3], "its key is free again");
}

async fn an_unanswered_claim_is_given_back(queue: Queue) {
    queue.push(&work(1, 1)).await.unwrap();
    queue.push(&work(1, 2)).await.unwrap();
    let (unheard, _) = claim(&queue, 1).await;
    let (kept, _) = claim(&queue, 1).await;
    queue.store.disown(Pool::Chat, unheard).await.unwrap();
    assert_eq!(numbers(&queue, 2).await, [1], "at once, and only the one");
    queue.store.disown(Pool::Chat, kept).await.unwrap();
}

async fn leases_that_nobody_could_renew_are_spared(queue: Queue) {
    queue.push(&work(1, 1)).await.unwrap();
    let (token, taken) = claim(&queue, 1).await;
    // Nobody looks for longer than a lease: the store stood still, or all of us did.
    tokio::time::sleep(queue.settings.lease + Duration::from_millis(100)).await;
    assert!(numbers(&queue, 1).await.is_empty(), "taken away before its holder could say a word");
    let lease = Lease { id: taken[0].id, token };
    assert_eq!(queue.store.renew(Pool::Chat, &[lease]).await.unwrap(), [Standing::Held]);
}

async fn a_forgotten_job_ends_without_harm(queue: Queue) {
    let lease = Lease { id: Uuid::now_v7(), token: Uuid::new_v4() };
    assert_eq!(queue.store.renew(Pool::Chat, std::slice::from_ref(&lease)).await.unwrap(), [Standing::Gone]);
    assert_eq!(settle(&queue, lease.id, lease.token, Verdict::Release).await, Standing::Gone);
    assert!(empty(&queue.stats(Pool::Chat).await.unwrap()));
}
