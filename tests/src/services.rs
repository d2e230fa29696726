//! Real servers for tests: private, on free ports of 127.0.0.1, gone with the test.

mod mariadb;
mod nginx;
mod ports;
mod postgres;
mod process;
mod redis_server;
mod scratch;
mod seaweed;
mod sentinel;

use std::fmt;
use std::io::Write as _;

pub use mariadb::MariaDb;
pub use nginx::Nginx;
pub use ports::{Port, free_port};
pub use postgres::Postgres;
pub use process::{Process, stop_signal};
pub use redis_server::Redis;
pub use seaweed::Seaweed;
pub use sentinel::{PRIMARY, Sentinels};

/// A program that a test needs is not on this machine.
#[derive(Debug)]
pub struct Missing {
    pub program: &'static str,
    /// The packages of Debian that bring it.
    pub packages: &'static str,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} not installed; apt-get install {}", self.program, self.packages)
    }
}

impl Missing {
    /// Says that the test did not run, on stderr and in the file that `SKEIN_TEST_SKIPS` names (a runner shows it even
    /// when it hides the output of tests that pass).
    pub fn report(&self) {
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        eprintln!("skipped: {self}");
        if let Some(path) = std::env::var_os("SKEIN_TEST_SKIPS")
            && let Ok(mut file) = std::fs::OpenOptions::new().append(true).create(true).open(path)
        {
            let _ = writeln!(file, "skipped: {test}: {self}");
        }
    }
}

/// The value, or the end of the test with a note of what is missing.
#[macro_export]
macro_rules! or_skip {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(missing) => {
                $crate::services::Missing::report(&missing);
                return;
            }
        }
    };
}
