//! A load client that measures what users feel and what it costs, always beside the model server asked directly in
//! the same run. Prints a table in Markdown.
//!
//!     cargo build --release --workspace && target/release/bench all
//!     target/release/bench streams --n 200 --rate 50 --seconds 20 --mode cluster
//!     target/release/bench ttft --against http://127.0.0.1:8000/v1 --key KEY --model NAME

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for a terminal")]

mod crowd;
mod files;
mod load;
mod quality;
mod queue;
mod report;
mod scenarios;
mod system;
mod usage;

use clap::{Parser, Subcommand, ValueEnum};

#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    scenario: Scenario,
    /// What to start: one process, a cluster (2 API nodes, 2 workers, Redis, PostgreSQL), or both after each other.
    #[arg(long, value_enum, default_value_t = Mode::Both, global = true)]
    mode: Mode,
    /// Measure an OpenAI-compatible server that runs already, by its base URL (up to and with /v1), and start nothing.
    #[arg(long, global = true)]
    against: Option<String>,
    /// Bearer token for --against.
    #[arg(long, global = true, default_value = "none")]
    key: String,
    /// Model for --against.
    #[arg(long, global = true, default_value = "mock")]
    model: String,
    /// Processes whose cost is to be counted with --against.
    #[arg(long, global = true, value_delimiter = ',')]
    pids: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Single,
    Cluster,
    Both,
}

#[derive(Clone, Subcommand)]
enum Scenario {
    /// Time to the first token for one client that asks again and again.
    Ttft {
        #[arg(long, default_value_t = 300)]
        n: usize,
    },
    /// Many streams at once at the pace of a quick model.
    Streams {
        #[arg(long, default_value_t = 200)]
        n: usize,
        /// Tokens per second of each stream.
        #[arg(long, default_value_t = 50)]
        rate: u32,
        #[arg(long, default_value_t = 20)]
        seconds: u32,
    },
    /// New chats that all begin within one second.
    Burst {
        #[arg(long, default_value_t = 50)]
        n: usize,
    },
    /// Time to ready, and memory and processor time of processes that nobody uses.
    Idle {
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
    /// The queue by itself: push to start, jobs per second, a long backlog, and what is left behind.
    Queue {
        /// Jobs one after the other, for the time to the start.
        #[arg(long, default_value_t = 500)]
        samples: u32,
        /// Jobs that wait before anybody works.
        #[arg(long, default_value_t = 100_000)]
        jobs: u32,
    },
    /// One user with many jobs against twenty with few.
    Fairness {
        #[arg(long, default_value_t = 1_000)]
        jobs: usize,
    },
    /// Five times as many questions as can be answered.
    Pressure {
        #[arg(long, default_value_t = 20)]
        seconds: u64,
    },
    /// How often a search finds the right passage, by words, by meaning, by both, and reranked.
    Quality {
        #[arg(long, default_value_t = 200)]
        questions: usize,
        #[arg(long, default_value_t = 600)]
        passages: usize,
        #[command(flatten)]
        servers: quality::Servers,
    },
    /// Files: from upload to searchable, pages of PDF, searches, and the first token of a chat meanwhile.
    Files(files::Plan),
    /// All but the last five, with their defaults.
    All,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = Options::parse();
    let scenarios = match &options.scenario {
        Scenario::All => vec![
            Scenario::Idle { seconds: 10 },
            Scenario::Ttft { n: 300 },
            Scenario::Streams { n: 200, rate: 50, seconds: 20 },
            Scenario::Burst { n: 50 },
        ],
        one => vec![one.clone()],
    };
    let own = match options.scenario.clone() {
        Scenario::Queue { samples, jobs } => {
            queue::run(samples, jobs).await;
            return;
        }
        Scenario::Quality { questions, passages, servers } => {
            quality::run(questions, passages, &servers).await;
            return;
        }
        Scenario::Files(plan) => {
            files::run(&plan, options.mode).await;
            return;
        }
        Scenario::Fairness { jobs } => Some(crowd::fairness(jobs).await),
        Scenario::Pressure { seconds } => Some(crowd::pressure(seconds).await),
        _ => None,
    };
    match own {
        Some(Ok(())) => return,
        Some(Err(missing)) => {
            println!("skipped: {missing}");
            return;
        }
        None => {}
    }
    if let Some(base) = &options.against {
        let system = system::System::running(base, &options.key, &options.model, &options.pids);
        scenarios::run(&system, &scenarios).await;
        return;
    }
    for (mode, name) in
        [(Mode::Single, "one process, SQLite"), (Mode::Cluster, "2 API nodes, 2 workers, Redis, PostgreSQL")]
    {
        if options.mode != Mode::Both && options.mode != mode {
            continue;
        }
        println!("\n## {name}\n");
        match system::System::start(mode == Mode::Cluster).await {
            Ok(system) => scenarios::run(&system, &scenarios).await,
            Err(missing) => println!("skipped: {missing}"),
        }
    }
}
