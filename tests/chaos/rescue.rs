//! What workers that die or stand still had in hand, many times, with the leases of the defaults.

use std::time::Duration;

use futures_util::future::join_all;
use skein_tests::client::{Client, Reader, Turn};
use skein_tests::reply::numbered;

use crate::field::Field;

/// Longest time that the readers of a dead worker's runs may wait: nearly all of them, and every one.
const RESCUED: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(20));
const FROZEN: Duration = Duration::from_secs(30);
/// Answers that run at once.
const ANSWERS: usize = 60;

/// Kills the worker with the most runs and waits until all of them have gone on elsewhere; so many times.
pub(crate) async fn kill(field: &Field, times: usize) {
    let mut waited = Vec::new();
    for _ in 0..times {
        let mut readers = begin(field, 200).await;
        let worker = &field.cluster.workers[field.cluster.busiest_worker().await];
        worker.kill();
        join_all(readers.iter_mut().map(|(_, reader)| reader.finish())).await;
        worker.restart().await;
        let mut here: Vec<Duration> = readers
            .iter()
            .filter(|(_, reader)| reader.reply.restarts > 0)
            .map(|(_, reader)| reader.silence)
            .collect();
        here.sort_unstable();
        field.timeline.note(&format!(
            "{} had {} runs; the last waited {:.1?}",
            worker.name(),
            here.len(),
            here.last()
        ));
        for (turn, reader) in &readers {
            check(field, turn, reader).await;
        }
        waited.append(&mut here);
    }
    waited.sort_unstable();
    let Some(last) = waited.last().copied() else {
        return field.timeline.broken("no worker had any runs".to_owned());
    };
    let (half, late) = (waited[waited.len() / 2], waited[waited.len() * 99 / 100]);
    field
        .timeline
        .note(&format!("{} runs taken up: p50 {half:.1?}, p99 {late:.1?}, last {last:.1?}", waited.len()));
    if late > RESCUED.0 || last > RESCUED.1 {
        field
            .timeline
            .broken(format!("runs of dead workers waited for {late:.1?} (p99) and {last:.1?} (last)"));
    }
}

/// Freezes the worker with the most runs for thirty seconds, in which others run them to their end or nearly so; so
/// many times.
pub(crate) async fn freeze(field: &Field, times: usize) {
    for _ in 0..times {
        let mut readers = begin(field, 500).await;
        let worker = &field.cluster.workers[field.cluster.busiest_worker().await];
        worker.freeze();
        let coming_back = async {
            tokio::time::sleep(FROZEN).await;
            worker.thaw();
        };
        tokio::join!(coming_back, join_all(readers.iter_mut().map(|(_, reader)| reader.finish())));
        let replaced = readers.iter().filter(|(_, reader)| reader.reply.restarts > 0).count();
        field.timeline.note(&format!(
            "{} stood still for {FROZEN:?}; {replaced} of its runs were taken up",
            worker.name()
        ));
        for (turn, reader) in &readers {
            check(field, turn, reader).await;
            if reader.reply.restarts > 1 {
                field
                    .timeline
                    .broken(format!("{} began anew {} times", turn.generation.id, reader.reply.restarts));
            }
        }
        if replaced == 0 {
            field.timeline.broken("the frozen worker had nothing to lose".to_owned());
        }
    }
}

/// So many answers of so many tokens at twenty a second, all of which have begun. No two attempts are alike.
async fn begin(field: &Field, tokens: u32) -> Vec<(Turn, Reader)> {
    let content = format!("go [[tokens={tokens} rate=20 shift=1000]]");
    let clients: Vec<Client> = field.cluster.apis.iter().map(|node| field.admin.at(&node.url())).collect();
    let sending = (0..ANSWERS).map(|number| {
        let client = &clients[number % clients.len()];
        let content = content.as_str();
        async move {
            let chat = client.create_chat("mock").await;
            let turn = client.send(&chat.id, content).await;
            let mut reader = client.reader(&turn.generation.id);
            reader.until(|reply| reply.text.contains("020 ") || reply.text.starts_with("t0 ")).await;
            (turn, reader)
        }
    });
    join_all(sending).await
}

/// What a reader has is one whole answer, of one attempt, and it is what is stored.
async fn check(field: &Field, turn: &Turn, reader: &Reader) {
    let (id, reply) = (&turn.generation.id, &reader.reply);
    let broken = |what: String| field.timeline.broken(format!("{id}: {what}"));
    reply.problems.iter().for_each(|problem| broken(problem.clone()));
    if reply.ended() != Some("completed") {
        broken(format!("ended with {:?}", reply.end));
    }
    let first = reply.text.get(1..).and_then(|text| text.split(' ').next()?.parse::<u32>().ok());
    let count = u32::try_from(reply.text.split_whitespace().count()).unwrap_or_default();
    match first {
        Some(first) if reply.text == numbered(first, count) => {}
        _ => broken("the words of two attempts are mixed".to_owned()),
    }
    let stored = field.admin.messages(&turn.user_message.chat_id).await;
    if stored.get(1).is_none_or(|answer| answer.content != reply.text) {
        broken("what was read is not what is stored".to_owned());
    }
}
