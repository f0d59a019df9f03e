//! A case on the disk, and the made-up log that it is about.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use kezek_registry::{Checkpoint, Hash, check, dir::Dir, grow::Head, read::Reader};

use crate::{
    Result,
    sign::{Key, LOG, WITNESS},
};

pub const ORIGIN: &str = "queue.example/apps";
pub const OTHER_ORIGIN: &str = "queue.example/referrals";
pub const RECEIPT: &str = "receipt";
pub const ENTRY: &str = "entry";
pub const REMEMBERED: &str = "remembered";
pub const CONSISTENCY: &str = "consistency";
pub const POLICY: &str = "policy";
/// How long before now the witnesses cosigned, in seconds.
const AGE: u64 = 60;

/// The keys of one log and its three witnesses, of which two cosign: just the quorum.
pub struct Keys {
    pub log: Key,
    pub witnesses: [Key; 3],
}

impl Keys {
    pub fn new(origin: &str) -> Self {
        let witness = |seed| Key::new(&format!("witness.example/{seed}"), WITNESS, seed);
        let seed = if origin == ORIGIN { 101 } else { 102 };
        Self { log: Key::new(origin, LOG, seed), witnesses: [1, 2, 3].map(witness) }
    }

    pub fn policy(&self) -> String {
        let [one, two, three] = self.witnesses.each_ref().map(Key::vkey);
        let log = self.log.vkey();
        format!(
            "log {log}\nwitness w1 {one}\nwitness w2 {two}\nwitness w3 {three}\ngroup two 2 w1 w2 w3\nquorum two\n"
        )
    }

    /// A text signed by the log and cosigned by two witnesses a minute ago.
    pub fn note(&self, text: &str, now: u64) -> String {
        let [one, two, _] = self.witnesses.each_ref().map(|witness| witness.cosign(text, now - AGE));
        format!("{text}\n{}{one}{two}", self.log.line(text))
    }

    /// The note about the state of a log.
    pub fn state(&self, size: u64, root: Hash, now: u64) -> String {
        self.note(&format!("{}\n{size}\n{root}\n", self.log.name), now)
    }
}

/// A case on the disk.
pub struct Case {
    pub root: PathBuf,
    pub keys: Keys,
    pub now: u64,
}

impl Case {
    pub fn new(root: &Path, now: u64) -> Self {
        Self { root: root.into(), keys: Keys::new(ORIGIN), now }
    }

    pub fn dir(&self) -> Dir {
        Dir::new(self.path("log"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn read(&self, name: &str) -> Result<Vec<u8>> {
        fs::read(self.path(name)).map_err(|error| format!("{name}: {error}").into())
    }

    pub fn text(&self, name: &str) -> Result<String> {
        Ok(String::from_utf8(self.read(name)?)?)
    }

    /// Puts another file in the place of this one, which may be a second name of a file of another case.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => Ok(fs::write(path, bytes)?),
        }
    }

    pub fn checkpoint(&self) -> Result<Checkpoint> {
        let note = kezek_registry::Note::parse(&self.read("log/checkpoint")?)?;
        Ok(Checkpoint::parse(note.text())?)
    }

    /// A reader of the log.
    pub fn reader(&self) -> Result<Reader<impl FnMut(&str) -> io::Result<Vec<u8>>>> {
        let dir = self.dir();
        Ok(Reader::open(&self.checkpoint()?, move |path: &str| dir.read(path))?)
    }

    /// All entries of the log.
    pub fn entries(&self) -> Result<Vec<Vec<u8>>> {
        let (mut entries, dir) = (Vec::new(), self.dir());
        let keep = |_, entry: &[u8]| entries.push(entry.to_vec());
        check::check_tree(&self.checkpoint()?, &Default::default(), |path| dir.read(path), keep)?;
        Ok(entries)
    }

    /// Replaces the whole log by one of these entries, and gives its root.
    pub fn rebuild(&self, entries: &[Vec<u8>]) -> Result<Hash> {
        fs::remove_dir_all(self.path("log/tile"))?;
        let growth = Head::empty().grow(entries)?;
        self.dir().store(&growth.files)?;
        Ok(growth.head.root())
    }
}
