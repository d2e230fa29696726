use nix::sys::resource::{Resource, setrlimit};

/// What a reader may use.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Bytes of memory beyond those of the empty program.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub cpu_s: u64,
    /// Bytes of text that are kept.
    pub text_bytes: usize,
}

/// Bounds this process for the rest of its life: it cannot take its word back.
pub(super) fn confine(bounds: &Bounds) -> nix::Result<()> {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    for (what, most) in [
        (Resource::RLIMIT_AS, reserved().saturating_add(bounds.memory_bytes)),
        (Resource::RLIMIT_CPU, bounds.cpu_s),
        // It writes no file, leaves no picture of its memory behind, opens nothing and starts nobody.
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_NOFILE, 16),
    ] {
        setrlimit(what, most, most)?;
    }
    Ok(())
}

/// Address space that the program has before it reads anything: its code, and what an allocator has set aside.
fn reserved() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').next().and_then(|pages| pages.parse().ok()).unwrap_or_default();
    // Pages are larger than this on some machines, never smaller.
    pages.saturating_mul(4096)
}
