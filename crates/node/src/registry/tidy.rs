//! Removing partial files whose full file has been there for a day: every cycle leaves some.

use std::io;
use std::time::{Duration, SystemTime};

use kezek_registry::dir::{Dir, DirError};
use kezek_registry::tile::{FULL, Tile};

use super::error::RegistryError;
use super::ledger::OneLog;
use super::publisher::apart;

/// How often it is looked.
pub const EVERY: Duration = Duration::from_secs(3_600);
/// Whoever began to read at a size needs its partial files for a while.
const KEEP: Duration = Duration::from_secs(86_400);

/// Removes what is not needed any more.
pub async fn tidy(logs: &[OneLog]) -> Result<(), RegistryError> {
    let dirs: Vec<Dir> = logs.iter().map(|one| one.dir.clone()).collect();
    let removed =
        apart(move || dirs.iter().map(|dir| tidy_one(dir, KEEP)).sum::<Result<u64, DirError>>()).await??;
    tracing::debug!(removed, "partial files of the registries were removed");
    Ok(())
}

/// Removes the partial files of one log whose full file is at least this old.
fn tidy_one(dir: &Dir, keep: Duration) -> Result<u64, DirError> {
    let broken = |error| DirError::Io { path: dir.root().to_owned(), error };
    let mut removed = 0;
    for found in
        dir.list().or_else(|error| if is_missing(&error) { Ok(Vec::new()) } else { Err(broken(error)) })?
    {
        let Some(partial) = Tile::parse(&found.path).filter(Tile::is_partial) else { continue };
        let Some(full) = Tile::new(partial.row(), partial.index(), FULL) else { continue };
        let Ok(written) = std::fs::metadata(dir.root().join(full.path())).and_then(|found| found.modified())
        else {
            continue;
        };
        if SystemTime::now().duration_since(written).is_ok_and(|age| age >= keep) {
            dir.remove_partial(&partial)?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

#[cfg(test)]
mod tests {
    use kezek_registry::grow::Head;

    use super::*;

    #[test]
    fn partial_files_go_once_their_full_one_is_old() {
        let directory = tempfile::tempdir().unwrap();
        let dir = Dir::new(directory.path());
        let mut head = Head::empty();
        for size in [100_usize, 200, 300] {
            let growth = head.grow(&vec![b"x"; size - head.size() as usize]).unwrap();
            dir.store(&growth.files).unwrap();
            head = growth.head;
        }
        assert_eq!(tidy_one(&dir, KEEP).unwrap(), 0);
        let before = dir.list().unwrap().len();
        assert_eq!(tidy_one(&dir, Duration::ZERO).unwrap(), 4, "two of entries, two of hashes");
        assert_eq!(dir.list().unwrap().len(), before - 4);
        assert_eq!(tidy_one(&Dir::new(directory.path().join("none")), KEEP).unwrap(), 0);
    }
}
