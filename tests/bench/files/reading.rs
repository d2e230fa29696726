//! From upload to searchable, and pages of PDF.

use std::time::{Duration, Instant};

use skein_tests::corpus;

use super::ground::Ground;
use super::text::Language;
use crate::report::{milliseconds, percentile};

const MEGABYTE: usize = 1_000_000;
const TRIES: u64 = 9;
/// Bytes of text on a page, as print has it.
const PAGE: usize = 2_000;

/// 1 MB of text: until its words are found, and until it has all its vectors.
pub(super) async fn upload(ground: &Ground) {
    ground.embed(true).await;
    let (mut searchable, mut ready, mut chunks) = (Vec::new(), Vec::new(), 0);
    for n in 0..=TRIES {
        let bytes = Language::new(n).text(MEGABYTE).into_bytes();
        let began = Instant::now();
        let id = ground.admin.upload(&format!("{n}.txt"), bytes).await.id;
        ground.file_when(&id, Duration::from_millis(5), |file| file.searchable).await;
        let words = began.elapsed();
        let file = ground.file_when(&id, Duration::from_millis(5), |file| file.state == "ready").await;
        chunks = file.chunks.unwrap_or_default();
        // The first one makes the index of vectors.
        if n > 0 {
            searchable.push(words);
            ready.push(began.elapsed());
        }
    }
    println!("\n### 1 MB of text, {TRIES} times, {chunks} passages\n");
    println!("| from upload to | p50 | longest |");
    println!("|---|---|---|");
    for (name, times) in [("searchable (words)", &searchable), ("ready (vectors)", &ready)] {
        println!(
            "| {name} | {} | {} |",
            milliseconds(percentile(times, 50)),
            milliseconds(times.iter().max().copied())
        );
    }
}

/// Pages of PDF through extraction and chunking, without vectors.
pub(super) async fn pages(ground: &Ground, files: usize, pages: usize) {
    ground.embed(false).await;
    let made: Vec<(String, Vec<u8>)> = (0..files).map(|n| pdf(n as u64, pages)).collect();
    let (began, before) = (Instant::now(), ground.reading_time());
    let ids = ground.upload(made.into_iter()).await;
    let mut passages = 0;
    for id in &ids {
        let file = ground.file_when(id, Duration::from_millis(20), |file| file.state == "ready").await;
        assert_eq!(file.pages, u32::try_from(pages).ok());
        passages += file.chunks.unwrap_or_default();
    }
    let (took, spent) = (began.elapsed(), ground.reading_time() - before);
    let all = (files * pages) as f64;
    println!("\n### {files} PDF files of {pages} pages with {PAGE} bytes of text, {passages} passages\n");
    println!(
        "{:.0} pages/s in all; {:.0} pages for each second of a processor ({:.1} s of it in {:.1} s).",
        all / took.as_secs_f64(),
        all / spent.as_secs_f64().max(0.01),
        spent.as_secs_f64(),
        took.as_secs_f64()
    );
}

/// A PDF with so many full pages.
pub(super) fn pdf(seed: u64, pages: usize) -> (String, Vec<u8>) {
    let mut language = Language::new(1_000_000 + seed);
    let texts: Vec<String> = (0..pages).map(|_| language.text(PAGE)).collect();
    (format!("{seed}.pdf"), corpus::pdf(&texts))
}
