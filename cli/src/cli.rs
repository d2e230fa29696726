//! Commands and their help.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shared::queue::Pool;
use workers::extract::{Bounds, Tool};

/// A chat platform that does not lose an answer.
///
/// Without a command everything runs in one process, with nothing to install. Settings come from the defaults, a file
/// and variables named SKEIN_SECTION__KEY.
#[derive(Debug, Parser)]
#[command(name = "skein", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Address and port to listen on, like 127.0.0.1:8080.
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The folder of the database, files and signing key.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A TOML file with settings.
    #[arg(long, global = true, env = "SKEIN_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the page and the API. Needs Redis and PostgreSQL or MySQL.
    Api,
    /// Takes jobs from the queues. Needs Redis and PostgreSQL or MySQL.
    Worker {
        /// The pools to serve, separated by commas.
        #[arg(long, value_delimiter = ',', default_value = "chat,ingest,embed,maintenance")]
        pool: Vec<PoolName>,
        /// Jobs of each pool that run at once; from the settings when absent.
        #[arg(long)]
        concurrency: Option<usize>,
    },
    /// Brings the database to the form that this version needs.
    Migrate,
    /// Says of each part whether it can be reached, and what to do if not.
    Check,
    /// Prints the OpenAPI document.
    Openapi,
    /// Asks the process at the configured address whether it is ready; for containers.
    Healthcheck,
    /// Reads one file from standard input for a worker.
    #[command(hide = true)]
    Extract(Extract),
    /// Accounts, from the command line.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Extract {
    #[arg(long, default_value = "")]
    media_type: String,
    /// Languages of a picture whose text is wanted.
    #[arg(long)]
    ocr: Option<String>,
    /// A page that is to be drawn.
    #[arg(long)]
    draw: Option<u32>,
    #[arg(long)]
    memory_mb: u64,
    #[arg(long)]
    cpu_s: u64,
    #[arg(long)]
    text_bytes: usize,
}

impl Extract {
    pub(crate) fn run(&self) -> ExitCode {
        let bounds =
            Bounds { memory_bytes: self.memory_mb << 20, cpu_s: self.cpu_s, text_bytes: self.text_bytes };
        let tool = match (&self.ocr, self.draw) {
            (Some(languages), _) => Tool::Ocr { languages: languages.clone() },
            (None, Some(page)) => Tool::Draw { page },
            (None, None) => return workers::extract::main(&self.media_type, &bounds),
        };
        workers::extract::become_tool(&tool, &bounds)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Makes an account. The password is read from standard input.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// Makes it an admin.
        #[arg(long)]
        admin: bool,
    },
    /// Sets a new password, read from standard input, and ends all sessions.
    ResetPassword {
        #[arg(long)]
        email: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PoolName {
    Chat,
    Ingest,
    Embed,
    Maintenance,
}

impl From<PoolName> for Pool {
    fn from(name: PoolName) -> Self {
        match name {
            PoolName::Chat => Self::Chat,
            PoolName::Ingest => Self::Ingest,
            PoolName::Embed => Self::Embed,
            PoolName::Maintenance => Self::Maintenance,
        }
    }
}

impl Cli {
    /// The environment, with the flags above it.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (String, String)> + use<> {
        let listen = self.listen.clone().map(|v| ("SKEIN_SERVER__LISTEN".to_owned(), v));
        let data = self.data.as_ref().map(|v| ("SKEIN_DATA__DIR".to_owned(), v.display().to_string()));
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .chain(listen)
            .chain(data)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_win_over_the_environment() {
        let cli = Cli::parse_from(["skein", "--listen", "127.0.0.1:1", "worker", "--pool", "chat,embed"]);
        assert_eq!(cli.settings().last(), Some(("SKEIN_SERVER__LISTEN".into(), "127.0.0.1:1".into())));
    }
}
