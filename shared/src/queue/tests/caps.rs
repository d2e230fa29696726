//! How many run at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

conformance!(settings() =>
    a_cap_is_never_exceeded_and_always_used,
    who_waits_for_a_cap_delays_nobody_else,
    two_caps_do_not_lock_each_other,
    a_cancelled_job_passes_its_slot_on,
    a_lapsed_lease_frees_its_slot,
    place_and_cancel_know_those_who_wait_for_a_cap,
);

async fn end(queue: &Queue, token: Uuid, taken: &[Taken]) {
    for taken in taken {
        assert_eq!(settle(queue, taken.id, token, Verdict::Done).await, Standing::Held);
    }
}

async fn a_cap_is_never_exceeded_and_always_used(queue: Queue) {
    const LIMIT: usize = 3;
    let (running, most, done) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let shutdown = Shutdown::new();
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (running, most, done) = (running.clone(), most.clone(), done.clone());
            spawn(&queue, 8, &shutdown, move |_| {
                let (running, most, done) = (running.clone(), most.clone(), done.clone());
                async move {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                    Outcome::Done
                }
            })
        })
        .collect();
    let jobs: Vec<Work> =
        (0..200).map(|number| capped(u128::from(number % 5), number, &[("model:a", LIMIT as u32)])).collect();
    queue.push_all(&jobs).await.unwrap();
    until(&queue, "the end of all", empty).await;
    assert_eq!((most.load(Ordering::SeqCst), done.load(Ordering::SeqCst)), (LIMIT, 200));
    shutdown.drain();
    for worker in workers {
        soon("the end of the worker", worker).await.unwrap();
    }
}

async fn who_waits_for_a_cap_delays_nobody_else(queue: Queue) {
    let jobs: Vec<Work> = (0..1_000).map(|number| capped(1, number, &[("user:1", 2)])).collect();
    queue.push_all(&jobs).await.unwrap();
    for number in [2_000, 2_001, 2_002] {
        queue.push(&work(2, number)).await.unwrap();
    }
    let mut started = Vec::new();
    let mut first = None;
    // One claim looks at a bounded number of jobs only.
    for _ in 0..20 {
        let (token, taken) = claim(&queue, 8).await;
        started.extend(taken.iter().map(number));
        first.get_or_insert((token, taken));
    }
    started.sort_unstable();
    assert_eq!(started, [0, 1, 2_000, 2_001, 2_002]);
    let stats = queue.stats(Pool::Chat).await.unwrap();
    assert_eq!((stats.depth(), stats.waiting(Priority::Interactive)), (998, 998));
    let (token, taken) = first.unwrap();
    let heavy: Vec<Taken> = taken.into_iter().filter(|taken| number(taken) < 1_000).collect();
    end(&queue, token, &heavy).await;
    assert_eq!(numbers(&queue, 8).await, [2, 3], "its own go on, in order");
}

async fn two_caps_do_not_lock_each_other(queue: Queue) {
    let (a, b, ab) = ([("a", 1)], [("b", 1)], [("a", 1), ("b", 1)]);
    queue.push(&capped(1, 1, &a)).await.unwrap();
    queue.push(&capped(2, 2, &b)).await.unwrap();
    let (token, mut running) = claim(&queue, 8).await;
    assert_eq!(running.len(), 2);
    for number in [3, 4] {
        queue.push(&capped(3, number, &ab)).await.unwrap();
    }
    queue.push(&capped(4, 5, &a)).await.unwrap();
    assert!(numbers(&queue, 8).await.is_empty());
    // The slot of `a` is free: the first in line for it can't use it, for want of `b`, but the last can.
    let first = running.remove(0);
    end(&queue, token, &[first]).await;
    let (fifth_token, fifth) = claim(&queue, 8).await;
    assert_eq!(fifth.iter().map(number).collect::<Vec<_>>(), [5]);
    end(&queue, fifth_token, &fifth).await;
    assert!(numbers(&queue, 8).await.is_empty());
    end(&queue, token, &running).await;
    let (token, third) = claim(&queue, 8).await;
    assert_eq!(third.iter().map(number).collect::<Vec<_>>(), [3]);
    end(&queue, token, &third).await;
    let (token, fourth) = claim(&queue, 8).await;
    assert_eq!(fourth.iter().map(number).collect::<Vec<_>>(), [4]);
    end(&queue, token, &fourth).await;
    assert!(empty(&queue.stats(Pool::Chat).await.unwrap()));
}

async fn a_cancelled_job_passes_its_slot_on(queue: Queue) {
    for number in 0..3 {
        queue.push(&Work { key: Some(number.to_string()), ..capped(1, number, &[("a", 1)]) }).await.unwrap();
    }
    let (token, taken) = claim(&queue, 8).await;
    assert_eq!(taken.len(), 1);
    end(&queue, token, &taken).await;
    assert!(queue.cancel::<Work>("1").await.unwrap());
    assert_eq!(numbers(&queue, 8).await, [2]);
}

async fn a_lapsed_lease_frees_its_slot(queue: Queue) {
    queue.push(&capped(1, 1, &[("a", 1)])).await.unwrap();
    queue.push(&capped(1, 2, &[("a", 1)])).await.unwrap();
    assert_eq!(numbers(&queue, 8).await, [1]);
    let (token, again) = claim_soon(&queue).await;
    assert_eq!(number(&again), 1, "it keeps its place");
    assert!(numbers(&queue, 8).await.is_empty(), "the slot is taken again");
    end(&queue, token, &[again]).await;
    assert_eq!(numbers(&queue, 8).await, [2]);
}

async fn place_and_cancel_know_those_who_wait_for_a_cap(queue: Queue) {
    for number in 0..4 {
        let caps = [("a", 1)];
        queue.push(&Work { key: Some(number.to_string()), ..capped(1, number, &caps) }).await.unwrap();
    }
    let (token, taken) = claim(&queue, 8).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(queue.place::<Work>("3").await.unwrap().unwrap().ahead, 2);
    assert!(queue.cancel::<Work>("1").await.unwrap());
    assert_eq!(queue.place::<Work>("3").await.unwrap().unwrap().ahead, 1);
    end(&queue, token, &taken).await;
    assert_eq!(numbers(&queue, 8).await, [2]);
}
