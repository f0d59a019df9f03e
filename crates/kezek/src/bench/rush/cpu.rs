//! Processor time from /proc, in nanoseconds; 0 where the system does not tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Of this process, all its threads.
pub fn own_ns() -> u64 {
    threads_ns(Path::new("/proc/self/task"))
}

/// Of this process, by the names of its threads.
pub fn by_thread_ns() -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for thread in fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = fs::read_to_string(thread.join("comm")).unwrap_or_default();
        *found.entry(name.trim().to_owned()).or_default() += thread_ns(&thread).unwrap_or(0);
    }
    found
}

/// Of a server's first process and all that it started.
pub fn children_ns(first: u32) -> u64 {
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
        let before = own_ns();
        let mut sum = 0_u64;
        for number in 0..20_000_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(number));
        }
        assert!(own_ns() > before, "{sum}");
    }
}
