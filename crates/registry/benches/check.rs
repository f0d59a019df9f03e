//! How fast a log is checked and grows: `cargo bench -p kezek-registry`. `KEZEK_BENCH_DIR` chooses the disk.

use std::{collections::BTreeSet, time::Instant};

use kezek_registry::{Checkpoint, check, dir::Dir, grow::Head, read::Reader};

const ENTRIES: u64 = 1_000_000;
const ENTRY_BYTES: usize = 300;
const BATCH: u64 = 1_000;
const ROUNDS: usize = 3;

fn entry(index: u64) -> Vec<u8> {
    let mut entry = vec![b'.'; ENTRY_BYTES];
    entry.iter_mut().zip(index.to_string().bytes()).for_each(|(place, digit)| *place = digit);
    entry
}

fn per_second(what: &str, started: Instant) {
    println!("{what}: {:.0} entries/s", ENTRIES as f64 / started.elapsed().as_secs_f64());
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parent = std::env::var_os("KEZEK_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let folder = tempfile::tempdir_in(parent)?;
    let batches: Vec<Vec<Vec<u8>>> =
        (0..ENTRIES / BATCH).map(|batch| (batch * BATCH..(batch + 1) * BATCH).map(entry).collect()).collect();
    for _ in 0..ROUNDS {
        let mut head = Head::empty();
        let started = Instant::now();
        for batch in &batches {
            head = head.grow(batch)?.head;
        }
        per_second(&format!("grow by {BATCH} at a time, in memory"), started);
    }
    // Stored in one growth, so that only the files of the final size are there.
    let growth = Head::empty().grow(&batches.concat())?;
    let checkpoint =
        Checkpoint { origin: "q.example/apps".into(), size: growth.head.size(), root: growth.head.root() };
    let dir = Dir::new(folder.path());
    let started = Instant::now();
    dir.store(&growth.files)?;
    println!("store {} files durably: {:.2} s", growth.files.len(), started.elapsed().as_secs_f64());
    drop(growth);
    for _ in 0..ROUNDS {
        let mut bytes = 0;
        let started = Instant::now();
        check::check_tree(
            &checkpoint,
            &BTreeSet::new(),
            |path| dir.read(path),
            |_, entry| bytes += entry.len(),
        )?;
        per_second(&format!("check {bytes} bytes of entries"), started);
    }
    let started = Instant::now();
    for index in (0..ENTRIES).step_by(1_000) {
        let mut reader = Reader::open(&checkpoint, |path| dir.read(path))?;
        reader.prove_inclusion(index, ENTRIES)?;
    }
    println!("prove one entry: {:.3} ms", started.elapsed().as_secs_f64());
    Ok(())
}
