//! Starts the reader of a file, listens to it, and ends it when it takes too much of anything.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use shared::config::{Files, s};
use shared::{Context, Error, Result};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::extract::{self, Text, Unreadable};

/// What JSON adds to a text at most, where every character has to be escaped.
const ESCAPED: u64 = 6;

/// The text of a file. What the file itself is to blame for is an error that stays.
pub(super) async fn read(ctx: &Context, file: File, media_type: &str) -> Result<Text> {
    let settings = &ctx.config.files;
    let most = settings.max_text_bytes as u64 * ESCAPED + 1024 * 1024;
    let what = ["--media-type", media_type];
    let Some((status, said)) = run(settings, Stdio::from(file), &what, most).await? else {
        return Err(unreadable(too_slow()));
    };
    let heard =
        tokio::task::spawn_blocking(
            move || if status.success() { extract::heard(&said) } else { Err(died(status)) },
        );
    heard
        .await
        .map_err(|error| Error::internal("A text could not be read.").source(error))?
        .map_err(unreadable)
}

/// Starts a reader and hears what it says, up to so many bytes; nothing where it takes too long.
pub(super) async fn run(
    settings: &Files,
    file: Stdio,
    what: &[&str],
    most: u64,
) -> Result<Option<(ExitStatus, Vec<u8>)>> {
    let mut child = Command::new(program()?)
        .arg("extract")
        .args(what)
        .args(["--memory-mb", &settings.extract_memory_mb.to_string()])
        .args(["--cpu-s", &settings.extract_cpu_s.to_string()])
        .args(["--text-bytes", &settings.max_text_bytes.to_string()])
        .env_clear()
        // The allocator would set aside a gigabyte, which counts against the bound on memory.
        .env("MIMALLOC_ARENA_RESERVE", "16MiB")
        .stdin(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Error::unavailable("The reader of files cannot be started.").source(error))?;
    let mut out = child.stdout.take().ok_or_else(|| Error::internal("A reader has no output."))?;
    let listen = async {
        let mut said = Vec::new();
        (&mut out).take(most).read_to_end(&mut said).await?;
        // What it still has to say is too much: without a listener it ends.
        drop(out);
        Ok::<_, std::io::Error>((child.wait().await?, said))
    };
    match tokio::time::timeout(wall(settings), listen).await {
        Ok(Ok(ended)) => Ok(Some(ended)),
        Ok(Err(error)) => Err(Error::unavailable("The reader of files was lost.").source(error)),
        Err(_) => Ok(None),
    }
}

/// This very program, also after a newer one was put in its place.
fn program() -> Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().map_err(|error| Error::internal("This program has no path.").source(error))
}

/// On a machine that is busy a reader may wait for its turn longer than it works.
fn wall(settings: &Files) -> Duration {
    s(settings.extract_cpu_s.saturating_mul(4).max(60))
}

fn died(status: ExitStatus) -> Unreadable {
    match status.signal().and_then(|signal| Signal::try_from(signal).ok()) {
        Some(Signal::SIGXCPU | Signal::SIGKILL) => too_slow(),
        Some(Signal::SIGABRT) => Unreadable {
            code: "file_too_complex".into(),
            message: "Reading the file takes more memory than is allowed.".into(),
        },
        _ => extract::crashed(),
    }
}

fn too_slow() -> Unreadable {
    Unreadable {
        code: "file_too_slow".into(),
        message: "Reading the file takes more time than is allowed.".into(),
    }
}

/// The codes are closed: an open text from a child would become a code that programs rely on.
fn unreadable(why: Unreadable) -> Error {
    const CODES: &[&str] = &[
        "archive_too_large",
        "file_damaged",
        "file_locked",
        "file_too_complex",
        "file_too_slow",
        "file_unreadable",
        "no_text",
        "reader_crashed",
        "unsupported_type",
    ];
    let code = CODES.iter().find(|code| **code == why.code).copied().unwrap_or("file_unreadable");
    Error::invalid(code, why.message)
}
