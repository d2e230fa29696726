//! Restarts one after another, as at an update, behind the proxy: nobody may notice.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use skein_tests::cluster::Node;

use crate::field::Field;
use crate::users::Users;

const ENDED: Duration = Duration::from_secs(30);

/// So many restarts, API nodes and workers in turn.
pub(crate) async fn restart(field: &Field, mut random: StdRng, times: usize, users: usize) {
    let users = Users::arrive(field, &mut random, users, true).await;
    let apis = field.cluster.apis.iter().map(|node| (node, true));
    let workers = field.cluster.workers.iter().map(|node| (node, false));
    let turns: Vec<(&Node, bool)> = apis.zip(workers).flat_map(|(api, worker)| [api, worker]).collect();
    for (node, is_api) in turns.iter().cycle().take(times) {
        let told = Instant::now();
        let status = node.stop(ENDED).await;
        let ended = told.elapsed();
        node.restart().await;
        field.timeline.note(&format!(
            "{} ended after {ended:.1?} and was back after {:.1?}",
            node.name(),
            told.elapsed()
        ));
        if !status.is_some_and(|status| status.success()) {
            field.timeline.broken(format!("{} ended with {status:?}", node.name()));
        }
        if *is_api {
            node.wait_until_used().await;
        }
    }
    users.leave(&field.timeline).await;
}
