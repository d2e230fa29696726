//! The `skein` executable: one program for every role.

mod check;
mod cli;
mod detect;
mod roles;
mod users;

use std::process::ExitCode;

use clap::Parser as _;
use shared::{Config, Result};

use crate::cli::{Cli, Command};

/// Short-lived pieces of text for every token on many threads: the system's allocator costs a tenth of all there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before any thread, setting or connection is there: what it reads is nobody's friend.
    if let Some(Command::Extract(extract)) = &cli.command {
        return extract.run();
    }
    // Before anything opens a connection: two TLS clients share this one provider.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("skein: the TLS provider was chosen twice");
        return ExitCode::FAILURE;
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("skein: {}", error.message);
            if let Some(source) = &error.source {
                eprintln!("  because: {source}");
            }
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> Result<()> {
    if let Some(Command::Openapi) = cli.command {
        return roles::print_openapi();
    }
    let config = Config::load(cli.config.as_deref(), cli.settings())?;
    match cli.command {
        None => roles::all(config).await,
        Some(Command::Api) => roles::api(config).await,
        Some(Command::Worker { pool, concurrency }) => roles::worker(config, &pool, concurrency).await,
        Some(Command::Migrate) => roles::migrate(config).await,
        Some(Command::Check) => check::run(config).await,
        Some(Command::Healthcheck) => check::health(&config).await,
        Some(Command::User { command }) => users::run(config, command).await,
        Some(Command::Openapi | Command::Extract(_)) => Ok(()),
    }
}
