//! Who goes first.

use super::*;

conformance!(settings() =>
    owners_take_turns,
    jobs_of_one_owner_stay_in_order,
    a_late_comer_does_not_wait_for_a_thousand_jobs_of_another,
    weight_gives_more_turns,
    higher_priorities_go_first,
    batch_never_starves,
    a_job_given_back_keeps_its_place,
    one_key_waits_once,
    a_running_key_may_wait_again,
    a_retried_job_and_a_new_one_of_its_key_are_one,
    place_counts_those_ahead,
    a_cancelled_job_never_starts,
    a_full_queue_says_when_to_come_back,
    a_delayed_job_starts_when_it_is_due,
);

async fn owners_take_turns(queue: Queue) {
    for number in [10, 11, 12, 13] {
        queue.push(&work(1, number)).await.unwrap();
    }
    for number in [20, 21] {
        queue.push(&work(2, number)).await.unwrap();
    }
    queue.push(&work(3, 30)).await.unwrap();
    assert_eq!(numbers(&queue, 10).await, [10, 20, 30, 11, 21, 12, 13]);
}

async fn jobs_of_one_owner_stay_in_order(queue: Queue) {
    let jobs: Vec<Work> = (0..50).map(|number| work(1, number)).collect();
    assert_eq!(queue.push_all(&jobs).await.unwrap(), 50);
    assert_eq!(numbers(&queue, 100).await, (0..50).collect::<Vec<_>>());
}

async fn a_late_comer_does_not_wait_for_a_thousand_jobs_of_another(queue: Queue) {
    let heavy: Vec<Work> = (0..1_000).map(|number| work(1, number)).collect();
    queue.push_all(&heavy).await.unwrap();
    assert_eq!(numbers(&queue, 8).await, (0..8).collect::<Vec<_>>());
    for number in [2_000, 2_001] {
        queue.push(&work(2, number)).await.unwrap();
    }
    let next = numbers(&queue, 4).await;
    let light: Vec<usize> = next.iter().enumerate().filter(|(_, n)| **n >= 2_000).map(|(at, _)| at).collect();
    assert_eq!(light.len(), 2, "the light one waits: {next:?}");
    assert_eq!(queue.stats(Pool::Chat).await.unwrap().depth(), 990, "the heavy one has the other turns");
}

async fn weight_gives_more_turns(queue: Queue) {
    for number in 0..20 {
        queue.push(&Work { weight: 3, ..work(1, number) }).await.unwrap();
        queue.push(&work(2, 100 + number)).await.unwrap();
    }
    let heavy = numbers(&queue, 20).await.iter().filter(|number| **number < 100).count();
    assert!((14..=16).contains(&heavy), "{heavy} of 20 turns for three times the weight");
}

async fn higher_priorities_go_first(queue: Queue) {
    for (number, priority) in
        [(3, Priority::Batch), (2, Priority::Title), (1, Priority::AgentStep), (0, Priority::Interactive)]
    {
        queue.push(&Work { priority, ..work(1, number) }).await.unwrap();
    }
    assert_eq!(numbers(&queue, 4).await, [0, 1, 2, 3]);
}

async fn batch_never_starves(queue: Queue) {
    queue.push(&batch(1, 9_999)).await.unwrap();
    for number in 0..40 {
        queue.push(&work(2, number)).await.unwrap();
    }
    let mut order = Vec::new();
    while let [number] = numbers(&queue, 1).await[..] {
        order.push(number);
    }
    let turn = order.iter().position(|number| *number == 9_999).unwrap();
    assert!((1..=16).contains(&turn), "it had its turn at {turn}");
}

async fn a_job_given_back_keeps_its_place(queue: Queue) {
    for number in 0..5 {
        queue.push(&work(1, number)).await.unwrap();
    }
    let (token, taken) = claim(&queue, 1).await;
    assert_eq!(settle(&queue, taken[0].id, token, Verdict::Release).await, Standing::Held);
    assert_eq!(numbers(&queue, 5).await, [0, 1, 2, 3, 4]);
}

async fn one_key_waits_once(queue: Queue) {
    queue.push(&keyed(1, 1, "a")).await.unwrap();
    queue.push(&keyed(1, 2, "a")).await.unwrap();
    assert_eq!(queue.push_all(&[keyed(1, 3, "a"), keyed(1, 4, "b"), keyed(1, 5, "b")]).await.unwrap(), 1);
    assert_eq!(numbers(&queue, 5).await, [1, 4]);
}

async fn a_running_key_may_wait_again(queue: Queue) {
    queue.push(&keyed(1, 1, "a")).await.unwrap();
    let (token, taken) = claim(&queue, 1).await;
    queue.push(&keyed(1, 2, "a")).await.unwrap();
    queue.push(&keyed(1, 3, "a")).await.unwrap();
    assert_eq!(settle(&queue, taken[0].id, token, Verdict::Done).await, Standing::Held);
    queue.push(&keyed(1, 4, "a")).await.unwrap();
    assert_eq!(numbers(&queue, 5).await, [2]);
}

async fn a_retried_job_and_a_new_one_of_its_key_are_one(queue: Queue) {
    queue.push(&keyed(1, 1, "a")).await.unwrap();
    let (token, taken) = claim(&queue, 1).await;
    queue.push(&keyed(1, 2, "a")).await.unwrap();
    let again = Verdict::Again { delay: Duration::ZERO, errors: Some("[]".into()) };
    assert_eq!(settle(&queue, taken[0].id, token, again).await, Standing::Held);
    let (token, taken) = claim(&queue, 5).await;
    assert_eq!(taken.iter().map(number).collect::<Vec<_>>(), [1], "the one with the history stays");
    assert_eq!(taken[0].history.attempts, 1);
    settle(&queue, taken[0].id, token, Verdict::Done).await;
    assert!(empty(&queue.stats(Pool::Chat).await.unwrap()));
}

async fn place_counts_those_ahead(queue: Queue) {
    for number in 0..10 {
        queue.push(&work(1, number)).await.unwrap();
    }
    queue.push(&keyed(2, 100, "late")).await.unwrap();
    queue.push(&Work { priority: Priority::Batch, ..keyed(2, 101, "batch") }).await.unwrap();
    assert_eq!(queue.place::<Work>("late").await.unwrap().unwrap().ahead, 1);
    assert_eq!(queue.place::<Work>("batch").await.unwrap().unwrap().ahead, 11);
    let (token, taken) = claim(&queue, 2).await;
    assert_eq!(taken.iter().map(number).collect::<Vec<_>>(), [0, 100], "the place was honest");
    for job in &taken {
        settle(&queue, job.id, token, Verdict::Done).await;
    }
    assert_eq!(queue.place::<Work>("late").await.unwrap(), None, "it has started");
    assert!(
        queue.place::<Work>("batch").await.unwrap().unwrap().wait_s.is_some(),
        "the rate is known by now"
    );
    assert_eq!(queue.place::<Work>("never").await.unwrap(), None);
}

async fn a_cancelled_job_never_starts(queue: Queue) {
    queue.push(&keyed(1, 1, "a")).await.unwrap();
    queue.push_in(&keyed(1, 2, "b"), Duration::from_secs(60)).await.unwrap();
    assert!(queue.cancel::<Work>("a").await.unwrap());
    assert!(queue.cancel::<Work>("b").await.unwrap());
    assert!(!queue.cancel::<Work>("a").await.unwrap());
    assert!(empty(&queue.stats(Pool::Chat).await.unwrap()));
    assert!(numbers(&queue, 5).await.is_empty());
}

async fn a_full_queue_says_when_to_come_back(queue: Queue) {
    // The bound of the suite is that of production: come close to it by one push of many.
    let bound = usize::try_from(queue.settings.bound[0]).unwrap();
    let jobs: Vec<Work> = (0..u32::try_from(bound).unwrap()).map(|number| work(1, number)).collect();
    assert_eq!(queue.push_all(&jobs).await.unwrap(), bound);
    for error in [queue.push(&work(2, 0)).await.unwrap_err(), queue.admit(Pool::Chat).await.unwrap_err()] {
        assert_eq!((error.kind, error.code), (Kind::Unavailable, "queue_full"));
        assert!(error.retry_after.is_some_and(|after| after >= Duration::from_secs(1)));
    }
    // As slow as it gets: the order still holds and a claim still is a matter of milliseconds.
    let started = Instant::now();
    assert_eq!(numbers(&queue, 100).await, (0..100).collect::<Vec<_>>());
    assert!(started.elapsed() < Duration::from_secs(2), "a claim took {:?}", started.elapsed());
    queue.push(&work(2, 0)).await.unwrap();
}

async fn a_delayed_job_starts_when_it_is_due(queue: Queue) {
    let pushed = Instant::now();
    let delay = Duration::from_millis(150);
    queue.push_in(&work(1, 1), delay).await.unwrap();
    assert!(numbers(&queue, 1).await.is_empty());
    assert_eq!(queue.stats(Pool::Chat).await.unwrap().scheduled, 1);
    claim_soon(&queue).await;
    assert!(pushed.elapsed() >= delay);
}
