//! Searches over many passages.

use std::time::{Duration, Instant};

use super::ground::Ground;
use super::text::Language;
use crate::report::{load, milliseconds, percentile};

/// Bytes of a file that is searched.
const FILE: usize = 1_000_000;
/// Searches before those that count.
const WARM: usize = 20;
const K: u64 = 10;

pub(super) async fn run(ground: &Ground, wanted: u64, searches: usize) {
    ground.embed(true).await;
    let began = Instant::now();
    let (mut ids, mut passages, mut seed) = (Vec::new(), 0, 0);
    while passages < wanted {
        let more = usize::try_from((wanted - passages).div_ceil(1_000)).unwrap_or(1).clamp(1, 16) as u64;
        let left = usize::try_from(wanted - passages).unwrap_or(usize::MAX);
        let bytes = FILE.min(left.saturating_mul(1_300)).max(10_000);
        let texts = (seed..seed + more)
            .map(|n| (format!("{n}.txt"), Language::new(2_000_000 + n).text(bytes).into_bytes()));
        for id in ground.upload(texts).await {
            let file = ground.file_when(&id, Duration::from_millis(50), |file| file.state == "ready").await;
            passages += file.chunks.unwrap_or_default();
            ids.push(id);
        }
        seed += more;
    }
    let filled = began.elapsed();
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    let collection = ground.admin.collect("all", &all).await;
    println!(
        "\n### {passages} passages in {} files, read and embedded in {filled:.0?}; {searches} searches, the best {K}\n",
        ids.len()
    );
    println!("Load before: {}.\n", load());
    println!("| search | p50 | p95 | p99 | found nothing |");
    println!("|---|---|---|---|---|");
    for (name, vectors) in [("words and vectors", true), ("words alone", false)] {
        ground.embed(vectors).await;
        let mut language = Language::new(3);
        let (mut times, mut nothing) = (Vec::new(), 0);
        for n in 0..WARM + searches {
            let question = language.question();
            let began = Instant::now();
            let found = ground.admin.search(&collection, &question, K).await;
            if n >= WARM {
                times.push(began.elapsed());
                nothing += usize::from(found.is_empty());
            }
        }
        println!(
            "| {name} | {} | {} | {} | {nothing} |",
            milliseconds(percentile(&times, 50)),
            milliseconds(percentile(&times, 95)),
            milliseconds(percentile(&times, 99))
        );
    }
}
