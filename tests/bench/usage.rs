use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// Processor time of some processes, by part of the system.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    cpu: BTreeMap<String, Duration>,
}

/// The processes of a system by the name of their part.
pub(crate) type Parts = Vec<(String, u32)>;

impl Usage {
    /// What the processes, and their children, have used since they started.
    pub(crate) fn now(parts: &Parts) -> Self {
        let mut cpu = BTreeMap::new();
        for (name, pid) in parts {
            *cpu.entry(name.clone()).or_default() +=
                with_children(*pid).into_iter().map(cpu_time).sum::<Duration>();
        }
        Self { cpu }
    }

    pub(crate) fn since(&self, before: &Self) -> Self {
        let spent = |name: &String, now: &Duration| {
            now.saturating_sub(before.cpu.get(name).copied().unwrap_or_default())
        };
        Self { cpu: self.cpu.iter().map(|(name, now)| (name.clone(), spent(name, now))).collect() }
    }

    /// Seconds by part.
    pub(crate) fn seconds(&self) -> impl Iterator<Item = (&str, f64)> {
        self.cpu.iter().map(|(name, spent)| (name.as_str(), spent.as_secs_f64()))
    }
}

/// The most memory (resident set, megabytes) that each process ever had, added up by part.
pub(crate) fn peak_megabytes(parts: &Parts) -> BTreeMap<String, f64> {
    by_part(parts, "VmHWM:")
}

/// The memory (resident set, megabytes) that each process has now, added up by part.
pub(crate) fn megabytes(parts: &Parts) -> BTreeMap<String, f64> {
    by_part(parts, "VmRSS:")
}

fn by_part(parts: &Parts, field: &str) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (name, pid) in parts {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kilobytes: f64 =
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
        *sums.entry(name.clone()).or_default() += kilobytes / 1024.0;
    }
    sums
}

/// The process and those it has started (a database server works in children).
fn with_children(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    std::iter::once(pid).chain(children).collect()
}

/// User and system time. Linux counts in hundredths of a second on every machine that we know.
fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may contain anything; the numbers come after it. utime and stime are fields 14 and 15.
    let numbers = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        numbers.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
