use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::User;
use tempfile::TempDir;

/// A temporary folder that the named user may enter and write.
pub(super) fn folder(owner: &str) -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("skein-test-")
        .tempdir()
        .expect("the temporary folder can be written");
    own(folder.path(), owner);
    folder
}

fn own(path: &Path, owner: &str) {
    if nix::unistd::geteuid().is_root()
        && let Ok(Some(user)) = User::from_name(owner)
    {
        let _ = std::os::unix::fs::chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()));
    }
}

/// A copy of a prepared data folder inside `into`. It is prepared once a machine (that takes seconds) and then copied.
pub(super) fn copy_of_template(
    name: &str,
    owner: &str,
    into: &Path,
    prepare: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let cache = std::env::temp_dir().join(format!("skein-test-templates-{}", nix::unistd::geteuid()));
    fs::create_dir_all(&cache)?;
    let lock = File::create(cache.join(format!("{name}.lock")))?;
    lock.lock()?;
    let template = cache.join(name);
    if !template.exists() {
        // Made under another name first: a preparation that was interrupted leaves no template behind.
        let unfinished = cache.join(format!("{name}.unfinished"));
        let _ = fs::remove_dir_all(&unfinished);
        fs::create_dir(&unfinished)?;
        own(&unfinished, owner);
        prepare(&unfinished)?;
        fs::rename(&unfinished, &template)?;
    }
    drop(lock);
    let data = into.join("data");
    let status = Command::new("cp").arg("-a").arg(&template).arg(&data).status()?;
    if status.success() { Ok(data) } else { Err(io::Error::other("the template could not be copied")) }
}

/// Runs a command to its end; its output becomes the error when it fails.
pub(super) fn run(mut command: Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(io::Error::other(format!("{command:?} failed: {}", String::from_utf8_lossy(&text))))
}
