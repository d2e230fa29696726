use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use skein_tests::proxy::Proxy;

use super::stage::{Stage, Store};

/// Between two deaths of a worker.
const EVERY: Duration = Duration::from_secs(10);

/// What goes wrong while something is done.
pub(super) struct Trouble<'a> {
    stage: &'a Stage,
    random: StdRng,
}

impl<'a> Trouble<'a> {
    pub(super) fn begin(stage: &'a Stage, random: StdRng) -> Self {
        Self { stage, random }
    }

    /// Does the work in all this trouble; afterwards everything is well again.
    pub(super) async fn during<T>(mut self, work: impl Future<Output = T>) -> T {
        let stage = self.stage;
        let store = StdRng::from_rng(&mut self.random);
        let done = tokio::select! {
            done = work => done,
            () = kill(stage, self.random) => unreachable!("it goes on"),
            () = disturb(stage, store) => unreachable!("it goes on"),
        };
        if let Store::S3 { proxy, .. } = &stage.store {
            proxy.resume();
        }
        for reader in stage.readers() {
            reader.wait_until_ready().await;
        }
        done
    }
}

/// Kills one of the workers that read files, again and again, and starts it at once.
async fn kill(stage: &Stage, mut random: StdRng) {
    loop {
        tokio::time::sleep(EVERY).await;
        let readers = stage.readers();
        let reader = &readers[random.random_range(0..readers.len())];
        reader.wait_until_ready().await;
        let (ingest, embed) = (reader.running_in("ingest").await, reader.running_in("embed").await);
        reader.kill();
        reader.start_again();
        stage
            .timeline
            .note(&format!("{} died with {ingest} files to read and {embed} to embed", reader.name()));
    }
}

/// Makes the store fail now and then, where there is one that can.
async fn disturb(stage: &Stage, mut random: StdRng) {
    let Store::S3 { proxy, .. } = &stage.store else { return std::future::pending().await };
    loop {
        pause(&mut random, 1_000, 5_000).await;
        fail(proxy, &mut random).await;
        proxy.resume();
    }
}

async fn fail(proxy: &Proxy, random: &mut StdRng) {
    match random.random_range(0..10) {
        // Every connection breaks in the middle of what it did.
        0..=4 => proxy.cut(),
        // Nothing arrives for a while, and then all of it.
        5..=7 => {
            proxy.stall();
            pause(random, 500, 4_000).await;
        }
        8 => {
            proxy.delay(Duration::from_millis(40));
            pause(random, 500, 3_000).await;
        }
        // It is away.
        _ => {
            proxy.refuse();
            pause(random, 500, 4_000).await;
        }
    }
}

async fn pause(random: &mut StdRng, from_ms: u64, to_ms: u64) {
    tokio::time::sleep(Duration::from_millis(random.random_range(from_ms..to_ms))).await;
}
