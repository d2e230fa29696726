//! Everything goes wrong for some minutes, and afterwards every promise is held against what is stored. Prints its seed
//! and what it did when; ends with 1 if a promise was broken.
//!
//!     cargo build --workspace && target/debug/chaos --minutes 10
//!     target/debug/chaos --seed 7 --minutes 10 --mariadb
//!     target/debug/chaos --only rescue --times 20      frozen, rolling: one promise, many times
//!     target/debug/chaos --only documents --s3         files are read while their workers die

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for a terminal")]

mod documents;
mod faults;
mod field;
mod rescue;
mod rolling;
mod timeline;
mod users;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use skein_tests::cluster::Db;
use skein_tests::services::Missing;

use crate::field::Field;

#[derive(Parser)]
struct Options {
    /// The same seed makes the same plan of faults and users; what comes of it still depends on the machine.
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// MariaDB in place of PostgreSQL.
    #[arg(long)]
    mariadb: bool,
    /// People who use it all the time.
    #[arg(long, default_value_t = 16)]
    users: usize,
    #[arg(long, value_enum, default_value_t = Only::Mix)]
    only: Only,
    /// How often, where one thing is done many times.
    #[arg(long, default_value_t = 20)]
    times: usize,
    /// How many documents, where they are what it is about.
    #[arg(long, default_value_t = 200)]
    documents: usize,
    /// Their files in SeaweedFS, which fails now and then.
    #[arg(long)]
    s3: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// All faults in turn, some of them two at once.
    Mix,
    /// Workers are killed; their runs go on elsewhere.
    Rescue,
    /// Workers are frozen for thirty seconds; they write nothing after that.
    Frozen,
    /// Processes are restarted one after another; no request fails.
    Rolling,
    /// Documents are read while workers are killed every ten seconds; each has its end, and nothing is left over.
    Documents,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    println!("seed {seed}");
    match Box::pin(run(&options, StdRng::seed_from_u64(seed))).await {
        Ok(problems) if problems.is_empty() => {
            println!("every promise was kept (seed {seed})");
            ExitCode::SUCCESS
        }
        Ok(problems) => {
            for problem in problems.iter().take(50) {
                println!("BROKEN: {problem}");
            }
            println!("{} promises were broken (seed {seed})", problems.len());
            ExitCode::FAILURE
        }
        Err(missing) => {
            println!("skipped: {missing}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options, random: StdRng) -> Result<Vec<String>, Missing> {
    if options.only == Only::Documents {
        return documents::run(options.documents, options.s3, random).await;
    }
    let database = if options.mariadb { Db::MariaDb } else { Db::Postgres };
    let field = Field::start(database, options.only == Only::Rolling).await?;
    match options.only {
        Only::Mix => {
            let time = Duration::from_secs(options.minutes * 60);
            faults::mix(&field, random, time, options.users).await;
        }
        Only::Rescue => rescue::kill(&field, options.times).await,
        Only::Frozen => rescue::freeze(&field, options.times).await,
        Only::Rolling => rolling::restart(&field, random, options.times, options.users).await,
        Only::Documents => unreachable!("it has a stage of its own"),
    }
    field.leave_nothing().await;
    Ok(field.timeline.problems())
}
