//! What files cost: from upload to searchable, pages of PDF, searches over many passages, and what a chat feels of it.

mod chat;
mod ground;
mod reading;
mod searching;
mod text;

use clap::ValueEnum;
use skein_tests::services::Missing;

use self::ground::Ground;
use crate::Mode;
use crate::report::load;

/// What is measured, and with how much.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Plan {
    /// Parts of it; all if absent.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Passages that are searched.
    #[arg(long, default_value_t = 100_000)]
    chunks: u64,
    /// Numbers of a vector.
    #[arg(long, default_value_t = 384)]
    dimensions: usize,
    /// Searches that are timed.
    #[arg(long, default_value_t = 300)]
    searches: usize,
    /// PDF files, and pages of each.
    #[arg(long, default_value_t = 500)]
    pdfs: usize,
    #[arg(long, default_value_t = 20)]
    pages: usize,
    /// How far the worker that reads files steps back behind the others.
    #[arg(long, default_value_t = 10)]
    niceness: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// 1 MB of text from upload to searchable.
    Upload,
    /// PDF pages through extraction and chunking.
    Pages,
    /// Searches over many passages.
    Search,
    /// The first token of a chat while PDF files are read. In a cluster only.
    Chat,
}

impl Plan {
    fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

pub(crate) async fn run(plan: &Plan, mode: Mode) {
    for (one, name) in
        [(Mode::Single, "one process, SQLite"), (Mode::Cluster, "cluster, PostgreSQL with pgvector")]
    {
        if mode != Mode::Both && mode != one {
            continue;
        }
        println!("\n## Files: {name}\n\nLoad before: {}.", load());
        if let Err(missing) = measure(plan, one == Mode::Cluster).await {
            println!("skipped: {missing}");
        }
    }
}

async fn measure(plan: &Plan, cluster: bool) -> Result<(), Missing> {
    if plan.has(Part::Upload) || plan.has(Part::Pages) {
        let ground = Ground::start(cluster, plan.dimensions, 0).await?;
        if plan.has(Part::Pages) {
            reading::pages(&ground, plan.pdfs.div_ceil(5), plan.pages).await;
        }
        if plan.has(Part::Upload) {
            reading::upload(&ground).await;
        }
    }
    if plan.has(Part::Search) {
        let ground = Ground::start(cluster, plan.dimensions, 0).await?;
        searching::run(&ground, plan.chunks, plan.searches).await;
    }
    if plan.has(Part::Chat) && cluster {
        let ground = Ground::start(true, plan.dimensions, plan.niceness).await?;
        chat::run(&ground, plan.pdfs, plan.pages, plan.niceness).await;
    }
    Ok(())
}
