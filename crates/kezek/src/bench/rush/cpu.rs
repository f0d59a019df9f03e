//! Processor time from /proc, in nanoseconds; 0 where the system does not tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What had been spent at one moment.
#[derive(Debug)]
pub struct Mark {
    threads_ns: BTreeMap<String, u64>,
    server: Option<u32>,
    database_ns: Option<u64>,
}

/// What was spent since.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// By this process, by the names of its threads.
    pub threads_ns: BTreeMap<String, u64>,
    /// By the database server, where its first process is known.
    pub database_ns: Option<u64>,
}

impl Mark {
    pub fn now(server: Option<u32>) -> Mark {
        Mark { threads_ns: by_thread_ns(), server, database_ns: server.map(children_ns) }
    }

    /// A thread that has ended meanwhile is not counted.
    pub fn since(&self) -> Spent {
        let now = Mark::now(self.server);
        let spent = |(name, ns): (String, u64)| {
            let before = self.threads_ns.get(&name).copied().unwrap_or(0);
            (name, ns.saturating_sub(before))
        };
        let database_ns = now.database_ns.zip(self.database_ns).map(|(now, then)| now.saturating_sub(then));
        Spent { threads_ns: now.threads_ns.into_iter().map(spent).collect(), database_ns }
    }
}

impl Spent {
    /// By this process, all its threads.
    pub fn process_ns(&self) -> u64 {
        self.threads_ns.values().sum()
    }
}

fn by_thread_ns() -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for thread in fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = fs::read_to_string(thread.join("comm")).unwrap_or_default();
        *found.entry(name.trim().to_owned()).or_default() += thread_ns(&thread).unwrap_or(0);
    }
    found
}

/// Of a server's first process and all that it started.
fn children_ns(first: u32) -> u64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter(|process| *process == first || parent(*process) == Some(first))
        .map(|process| threads_ns(Path::new(&format!("/proc/{process}/task"))))
        .sum()
}

/// The first process of the PostgreSQL server that a backend belongs to, if it is on this machine.
pub fn parent_of_postgres(backend: u32) -> Option<u32> {
    let name = fs::read_to_string(format!("/proc/{backend}/comm")).ok()?;
    (name.trim() == "postgres").then(|| parent(backend)).flatten()
}

fn threads_ns(tasks: &Path) -> u64 {
    let threads = fs::read_dir(tasks).into_iter().flatten().flatten();
    threads.filter_map(|thread| thread_ns(&thread.path())).sum()
}

/// The first number of `schedstat` is the time on a processor.
fn thread_ns(thread: &Path) -> Option<u64> {
    fs::read_to_string(thread.join("schedstat")).ok()?.split_whitespace().next()?.parse().ok()
}

fn parent(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_processor_time() {
        let before = Mark::now(None);
        let mut sum = 0_u64;
        for number in 0..20_000_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(number));
        }
        assert!(before.since().process_ns() > 0, "{sum}");
    }
}
