use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use skein_tests::cluster::Node;
use skein_tests::proxy::Reach;

use crate::field::Field;
use crate::users::Users;

/// How long a process that was told to end may take: the drain and the last writes.
const ENDED: Duration = Duration::from_secs(40);

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    KillWorker,
    FreezeWorker,
    StopWorker,
    KillApi,
    FreezeApi,
    StopApi,
    Failover,
    KillPrimary,
    StallPrimary,
    EmptyRedis,
    CutPrimaryWithApi,
    RestartDatabase,
    DatabaseAway,
    CutDatabaseConnections,
    StallDatabase,
    CutApiFromDatabase,
}

const PROCESSES: [Fault; 6] = [
    Fault::KillWorker,
    Fault::FreezeWorker,
    Fault::StopWorker,
    Fault::KillApi,
    Fault::FreezeApi,
    Fault::StopApi,
];

const SERVERS: [Fault; 10] = [
    Fault::Failover,
    Fault::KillPrimary,
    Fault::StallPrimary,
    Fault::EmptyRedis,
    Fault::CutPrimaryWithApi,
    Fault::RestartDatabase,
    Fault::DatabaseAway,
    Fault::CutDatabaseConnections,
    Fault::StallDatabase,
    Fault::CutApiFromDatabase,
];

/// All faults in a new order again and again, every third together with one of a process, until the time is over.
pub(crate) async fn mix(field: &Field, mut random: StdRng, time: Duration, users: usize) {
    let users = Users::arrive(field, &mut random, users, false).await;
    let until = Instant::now() + time;
    let mut deck: Vec<Fault> = Vec::new();
    while Instant::now() < until {
        if deck.is_empty() {
            deck.extend(PROCESSES.into_iter().chain(SERVERS));
            deck.shuffle(&mut random);
        }
        let fault = deck.pop().expect("just filled");
        let (a, b): (StdRng, StdRng) =
            (rand::SeedableRng::from_rng(&mut random), rand::SeedableRng::from_rng(&mut random));
        let second = (SERVERS.contains(&fault) && random.random_bool(0.33))
            .then(|| PROCESSES[random.random_range(0..PROCESSES.len())]);
        tokio::join!(happen(field, fault, a), async {
            if let Some(second) = second {
                happen(field, second, b).await;
            }
        });
        field.calm().await;
        field.look_for_dead();
        tokio::time::sleep(Duration::from_secs(random.random_range(2..6))).await;
    }
    field.timeline.note("it is over; the last answers");
    users.leave(&field.timeline).await;
}

async fn happen(field: &Field, fault: Fault, mut random: StdRng) {
    let (cluster, set, timeline) = (&field.cluster, field.sentinels(), &field.timeline);
    let api = &cluster.apis[random.random_range(0..cluster.apis.len())];
    let some = |random: &mut StdRng, from: u64, to: u64| Duration::from_millis(random.random_range(from..to));
    let noted = |what: String| timeline.note(&format!("{fault:?}: {what}"));
    match fault {
        Fault::KillWorker => {
            let worker = &cluster.workers[cluster.busiest_worker().await];
            noted(worker.name().to_owned());
            worker.kill();
            tokio::time::sleep(some(&mut random, 0, 15_000)).await;
            field.bring_back(worker).await;
        }
        Fault::FreezeWorker => {
            let worker = &cluster.workers[cluster.busiest_worker().await];
            let time = some(&mut random, 1_000, 30_000);
            noted(format!("{} for {time:.1?}", worker.name()));
            frozen(worker, time).await;
        }
        Fault::FreezeApi => {
            let time = some(&mut random, 1_000, 12_000);
            noted(format!("{} for {time:.1?}", api.name()));
            // Whoever reads there hears nothing until it comes back.
            timeline.outage_begins();
            frozen(api, time).await;
            timeline.outage_ends();
        }
        Fault::StopWorker | Fault::StopApi => {
            let worker = &cluster.workers[random.random_range(0..cluster.workers.len())];
            let node = if fault == Fault::StopApi { api } else { worker };
            noted(node.name().to_owned());
            let told = Instant::now();
            match node.stop(ENDED).await {
                Some(status) if status.success() => noted(format!("ended after {:.1?}", told.elapsed())),
                Some(status) => timeline.broken(format!("{} ended with {status}", node.name())),
                None => timeline.broken(format!("{} did not end within {ENDED:?}", node.name())),
            }
            field.bring_back(node).await;
        }
        Fault::KillApi => {
            noted(api.name().to_owned());
            api.kill();
            tokio::time::sleep(some(&mut random, 0, 8_000)).await;
            field.bring_back(api).await;
        }
        Fault::Failover => {
            noted("by command".to_owned());
            set.fail_over().await;
        }
        Fault::KillPrimary => {
            noted("kill -9".to_owned());
            let old = set.kill_primary().await;
            tokio::time::sleep(some(&mut random, 0, 5_000)).await;
            old.restart().await;
        }
        Fault::StallPrimary => {
            noted("for 10 s".to_owned());
            let primary = set.primary().await.expect("a primary");
            primary.freeze();
            tokio::time::sleep(Duration::from_secs(10)).await;
            primary.thaw();
        }
        Fault::EmptyRedis => {
            noted("the primary comes back empty before anybody can be elected".to_owned());
            set.primary().await.expect("a primary").restart().await;
        }
        Fault::CutPrimaryWithApi => {
            let primary = set.primary().await.expect("a primary");
            noted(format!("with {}", api.name()));
            // Its readers hear nothing but the ends, from the database.
            timeline.outage_begins();
            set.cut_off(&primary, &[api.pid()]);
            set.primary_after(&primary).await;
            tokio::time::sleep(some(&mut random, 0, 10_000)).await;
            set.heal();
            timeline.outage_ends();
        }
        Fault::RestartDatabase | Fault::DatabaseAway => {
            let away = if fault == Fault::DatabaseAway {
                Duration::from_secs(10)
            } else {
                some(&mut random, 0, 1_000)
            };
            noted(format!("for {away:.1?}"));
            timeline.outage_begins();
            cluster.stop_database().await;
            tokio::time::sleep(away).await;
            cluster.start_database().await;
            timeline.outage_ends();
        }
        Fault::CutDatabaseConnections => {
            noted("all of them, at once".to_owned());
            field.database().cut();
        }
        Fault::StallDatabase => {
            let time = some(&mut random, 1_000, 8_000);
            noted(format!("for {time:.1?}"));
            timeline.outage_begins();
            field.database().stall();
            tokio::time::sleep(time).await;
            field.database().resume();
            timeline.outage_ends();
        }
        Fault::CutApiFromDatabase => {
            let time = some(&mut random, 1_000, 10_000);
            noted(format!("{} for {time:.1?}", api.name()));
            timeline.outage_begins();
            field.database().reach(Reach::AllBut(vec![api.pid()]));
            tokio::time::sleep(time).await;
            field.database().resume();
            timeline.outage_ends();
        }
    }
}

async fn frozen(node: &Node, time: Duration) {
    node.freeze();
    tokio::time::sleep(time).await;
    node.thaw();
}
