use std::collections::BTreeMap;
use std::time::Duration;

use crate::load::Timing;
use crate::usage::{Parts, Usage, peak_megabytes};

/// The outcome of one scenario at one target.
pub(crate) struct Row {
    pub(crate) target: String,
    pub(crate) timings: Vec<Timing>,
    pub(crate) errors: Vec<String>,
    pub(crate) took: Duration,
    /// Nothing for the model server itself.
    pub(crate) spent: Option<Usage>,
}

/// The heading that goes with [`Row::print`].
pub(crate) fn heading(title: &str) {
    println!("\n### {title}\n");
    println!(
        "| target | answers | errors | first token p50 | p99 | gap p50 | p99 | tokens/s | wrong tokens | CPU s per 1,000 tokens |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
}

impl Row {
    pub(crate) fn print(&self) {
        let first: Vec<Duration> = self.timings.iter().map(|timing| timing.first).collect();
        let gaps: Vec<Duration> =
            self.timings.iter().flat_map(|timing| timing.gaps.iter().copied()).collect();
        let tokens: usize = self.timings.iter().map(|timing| timing.tokens).sum();
        let wrong: usize = self.timings.iter().map(|timing| timing.wrong).sum();
        let cost = self.spent.as_ref().map_or("-".to_owned(), |spent| cost(spent, tokens));
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {:.0} | {wrong} | {cost} |",
            self.target,
            self.timings.len(),
            self.errors.len(),
            milliseconds(percentile(&first, 50)),
            milliseconds(percentile(&first, 99)),
            milliseconds(percentile(&gaps, 50)),
            milliseconds(percentile(&gaps, 99)),
            tokens as f64 / self.took.as_secs_f64(),
        );
        for error in self.errors.iter().take(3) {
            eprintln!("{}: {error}", self.target);
        }
    }
}

fn cost(spent: &Usage, tokens: usize) -> String {
    let thousands = tokens.max(1) as f64 / 1000.0;
    let parts: Vec<(&str, f64)> =
        spent.seconds().map(|(name, seconds)| (name, seconds / thousands)).collect();
    let sum: f64 = parts.iter().map(|(_, cost)| cost).sum();
    let each: Vec<String> = parts.iter().map(|(name, cost)| format!("{name} {cost:.4}")).collect();
    if each.len() > 1 { format!("{sum:.4} ({})", each.join(", ")) } else { format!("{sum:.4}") }
}

/// Prints the most memory that each part has had so far.
pub(crate) fn memory(parts: &Parts) {
    println!("\nPeak memory: {}", megabytes(&peak_megabytes(parts)));
}

pub(crate) fn megabytes(parts: &BTreeMap<String, f64>) -> String {
    parts.iter().map(|(name, size)| format!("{name} {size:.0} MB")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn milliseconds(time: Option<Duration>) -> String {
    time.map_or("-".to_owned(), |time| format!("{:.2} ms", time.as_secs_f64() * 1000.0))
}

pub(crate) fn percentile(times: &[Duration], percent: usize) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied()
}

/// The machine's load over a minute, which every figure has to be read with.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{} on {processors} processors", text.split(' ').next().unwrap_or("unknown"))
}
