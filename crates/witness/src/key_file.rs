//! The file of a witness's secret key, readable by its owner alone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use kezek_registry::{Role, SecretKey, key::KeyError};
use zeroize::Zeroizing;

/// Longer than any key with a sensible name, in bytes.
const LONGEST: u64 = 4096;

/// A new key from the system's random source. It is nowhere yet.
pub fn make(name: &str) -> Result<Result<SecretKey, KeyError>, getrandom::Error> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)?;
    Ok(SecretKey::from_seed(name, Role::Witness, &seed))
}

/// The text of the file, if there is one. Refused if others than its owner can read it.
pub fn read(path: &Path) -> io::Result<Option<Zeroizing<String>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        let say = "others can read this secret key; run chmod 400 on it, and make a new witness if they did";
        return Err(io::Error::new(ErrorKind::PermissionDenied, say));
    }
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(LONGEST).unwrap_or(0)));
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(Some(text))
}

/// Writes the key durably (0400); never over another.
pub fn create(path: &Path, key: &SecretKey) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // A name as [`Dir::settle`](kezek_registry::dir::Dir::settle) knows it.
    let unfinished = folder.join(".witness.key.tmp");
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&unfinished)?;
    let mut text = Zeroizing::new(key.to_secret_text());
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Unlike a rename, a link never replaces a key.
    fs::hard_link(&unfinished, path)?;
    fs::remove_file(&unfinished)?;
    File::open(folder)?.sync_all()
}
