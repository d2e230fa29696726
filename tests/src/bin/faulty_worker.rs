//! A worker of the real queue whose jobs may kill it. Runs until it is told to stop.

use clap::Parser;

#[derive(Parser)]
struct Options {
    /// The Redis that the queue lies in.
    #[arg(long)]
    redis: String,
    /// Jobs at once.
    #[arg(long, default_value_t = 4)]
    slots: usize,
    /// Knows the newer form of the job, and only that.
    #[arg(long)]
    newer: bool,
}

#[tokio::main]
async fn main() -> shared::Result<()> {
    let options = Options::parse();
    skein_tests::fault::work(&options.redis, options.slots, options.newer).await
}
