use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};

/// A server process of a test. It is killed when this value is dropped and also when the test process dies.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the command with its output appended to `log`. `at_end` is the signal it gets when the test dies.
    pub fn start(mut command: Command, log: &Path, at_end: Signal) -> io::Result<Self> {
        let output = File::options().append(true).create(true).open(log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        Ok(Self { child: spawn(command, at_end)?, log: log.to_owned() })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let _ = kill(Pid::from_raw(self.child.id().cast_signed()), signal);
    }

    /// None while it runs.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for the process to end by itself; None when it still runs after the time.
    pub async fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            match self.exit_status() {
                None if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(10)).await,
                status => return status,
            }
        }
    }

    /// Kills it at once (SIGKILL) and takes its exit status.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Everything it has written.
    pub fn output(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

type Request = (Command, mpsc::Sender<io::Result<Child>>);

/// The kernel sends the parent-death signal when the *thread* that started the child ends, so all children are started
/// by one thread that lives as long as the test process.
fn spawn(mut command: Command, at_end: Signal) -> io::Result<Child> {
    static STARTER: OnceLock<mpsc::Sender<Request>> = OnceLock::new();
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; prctl is a plain system call.
    #[allow(unsafe_code, reason = "a child must not outlive a test that was killed")]
    unsafe {
        command.pre_exec(move || nix::sys::prctl::set_pdeathsig(at_end).map_err(io::Error::from));
    }
    let starter = STARTER.get_or_init(|| {
        let (requests, incoming) = mpsc::channel::<Request>();
        std::thread::spawn(move || {
            for (mut command, answer) in incoming {
                let _ = answer.send(command.spawn());
            }
        });
        requests
    });
    let (answer, child) = mpsc::channel();
    starter.send((command, answer)).map_err(io::Error::other)?;
    child.recv().map_err(io::Error::other)?
}

/// Makes the command run as the named user when the test runs as root (database servers refuse root).
pub(super) fn as_user(command: &mut Command, name: &str) {
    if nix::unistd::geteuid().is_root()
        && let Ok(Some(user)) = User::from_name(name)
    {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
}

/// Finds a program on PATH or in one of these folders.
pub(super) fn find(program: &str, folders: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(folders.iter().map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Resolves when the process is told to stop (SIGTERM or Ctrl-C).
pub async fn stop_signal() {
    let mut term =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("signal handler");
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_ends_with_its_value() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo started; sleep 60"]);
        let process = Process::start(command, log.path(), Signal::SIGKILL).unwrap();
        let pid = Pid::from_raw(process.pid().cast_signed());
        while !process.output().contains("started") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(process);
        assert_eq!(kill(pid, None), Err(nix::errno::Errno::ESRCH));
    }
}
