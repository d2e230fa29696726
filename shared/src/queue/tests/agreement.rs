//! The two stores are one queue: whatever is asked of both in turn, they answer the same.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::super::store::Entry;
use super::*;

const STEPS: usize = 400;

struct Pair {
    stores: [Arc<dyn Store>; 2],
    /// What both have handed out.
    running: Vec<Lease>,
    dead: Vec<Uuid>,
    pushed: u32,
}

impl Pair {
    async fn push(&mut self, random: &mut StdRng) {
        let mut envelopes = Vec::new();
        for _ in 0..random.random_range(1..6) {
            self.pushed += 1;
            let caps = ["user:1", "model:a", "model:b"]
                .iter()
                .filter(|_| random.random_bool(0.2))
                .copied()
                .collect::<Vec<_>>()
                .into_iter()
                .map(|key| Cap { key: key.into(), limit: random.random_range(1..4) })
                .collect();
            let job = Work {
                owner: random.random_range(0..6),
                number: self.pushed,
                priority: Priority::ALL[random.random_range(0..4)],
                key: random.random_bool(0.5).then(|| random.random_range(0..40).to_string()),
                weight: random.random_range(1..4),
                caps,
            };
            envelopes.push(Envelope::of(&job, 0).unwrap());
        }
        let mut answers = Vec::new();
        for store in &self.stores {
            let entry = |envelope: &Envelope| Entry { envelope: envelope.clone(), delay: Duration::ZERO };
            answers.push(store.push(Pool::Chat, envelopes.iter().map(entry).collect()).await.unwrap());
        }
        assert_eq!(answers[0], answers[1], "pushed");
    }

    async fn claim(&mut self, random: &mut StdRng) {
        let (limit, token) = (random.random_range(1..7), Uuid::new_v4());
        let mut answers = Vec::new();
        for store in &self.stores {
            let taken = store.claim(Pool::Chat, limit, token).await.unwrap().taken;
            answers.push(
                taken.into_iter().map(|taken| (taken.id, taken.body, taken.history)).collect::<Vec<_>>(),
            );
        }
        assert_eq!(answers[0], answers[1], "claimed");
        self.running.extend(answers.remove(0).into_iter().map(|(id, ..)| Lease { id, token }));
    }

    async fn settle(&mut self, random: &mut StdRng) {
        let mut settlements = Vec::new();
        for _ in 0..random.random_range(1..5) {
            if self.running.is_empty() {
                break;
            }
            let mut lease = self.running.swap_remove(random.random_range(0..self.running.len()));
            let verdict = match random.random_range(0..10) {
                0..5 => Verdict::Done,
                5..7 => Verdict::Release,
                7 => Verdict::Again { delay: Duration::ZERO, errors: Some("[]".into()) },
                8 => {
                    self.dead.push(lease.id);
                    Verdict::Bury { code: "x".into(), reason: "y".into(), errors: None }
                }
                _ => {
                    // A zombie's; the job itself stays with its holder.
                    self.running.push(lease.clone());
                    lease.token = Uuid::new_v4();
                    Verdict::Done
                }
            };
            settlements.push(Settlement { lease, verdict });
        }
        let mut answers = Vec::new();
        for store in &self.stores {
            answers.push(store.settle(Pool::Chat, &settlements).await.unwrap());
        }
        assert_eq!(answers[0], answers[1], "settled");
    }

    async fn ask(&mut self, random: &mut StdRng) {
        let key = format!("work:{}", random.random_range(0..40));
        let cancel = random.random_bool(0.3);
        let dead =
            (!self.dead.is_empty()).then(|| self.dead.swap_remove(random.random_range(0..self.dead.len())));
        let replay = random.random_bool(0.5);
        let mut answers = Vec::new();
        for store in &self.stores {
            let ahead = store.ahead(Pool::Chat, &key).await.unwrap();
            let cancelled = cancel && store.cancel(Pool::Chat, &key).await.unwrap();
            let raised = match dead {
                Some(id) if replay => store.replay(Pool::Chat, &[id]).await.unwrap(),
                Some(id) => store.discard(Pool::Chat, &[id]).await.unwrap(),
                None => 0,
            };
            answers.push((ahead, cancelled, raised));
        }
        assert_eq!(answers[0], answers[1], "asked");
    }

    async fn compare(&self) {
        let mut answers = Vec::new();
        for store in &self.stores {
            let stats = store.stats(Pool::Chat).await.unwrap();
            answers.push((stats.waiting, stats.scheduled, stats.running, stats.dead));
        }
        assert_eq!(answers[0], answers[1], "counted");
        assert_eq!(answers[0].2, self.running.len() as u64);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_and_redis_are_one_queue() {
    let Some(private) = PrivateRedis::start().await else { return };
    for seed in 0..6 {
        // Nothing lapses on its own here.
        let settings = Settings { lease: Duration::from_secs(600), ..settings() };
        let stores = [in_memory(settings.clone()).store, private.queue(settings).store];
        let mut pair = Pair { stores, running: Vec::new(), dead: Vec::new(), pushed: 0 };
        let mut random = StdRng::seed_from_u64(seed);
        for step in 0..STEPS {
            // A queue that grows, then one that shrinks.
            let push = if step < STEPS / 2 { 4 } else { 1 };
            match random.random_range(0..10) {
                n if n < push => pair.push(&mut random).await,
                n if n < 6 => pair.claim(&mut random).await,
                n if n < 9 => pair.settle(&mut random).await,
                _ => pair.ask(&mut random).await,
            }
            pair.compare().await;
        }
        // What is left can always be finished.
        let started = Instant::now();
        while pair.stores[0].stats(Pool::Chat).await.unwrap().depth() > 0 || !pair.running.is_empty() {
            assert!(started.elapsed() < PATIENCE * 3, "seed {seed}: jobs wait for nothing");
            pair.claim(&mut random).await;
            pair.settle(&mut random).await;
            pair.compare().await;
        }
        for id in std::mem::take(&mut pair.dead) {
            for store in &pair.stores {
                store.discard(Pool::Chat, &[id]).await.unwrap();
            }
        }
        let keys = private.server.command("KEYS *").unwrap();
        assert!(keys.starts_with("*1\r\n") && keys.contains("{queue:chat}:clock"), "left behind: {keys}");
    }
    private.shutdown.stop();
}
