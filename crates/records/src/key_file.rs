//! Where the keys come from: a file or the environment.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::keys::{INDEX, KEY_BYTES};
use crate::{KeyError, Keys};

#[cfg(unix)]
const EVERYBODY: u32 = 0o007;

impl Keys {
    /// The keys named by `KEZEK_KEY_FILE` (a path) or given in `KEZEK_KEY` (the file's content, commas for ends of
    /// lines).
    pub fn from_environment() -> Result<Self, KeyError> {
        Self::choose(std::env::var_os("KEZEK_KEY_FILE"), std::env::var("KEZEK_KEY").ok())
    }

    fn choose(file: Option<OsString>, key: Option<String>) -> Result<Self, KeyError> {
        match (file, key) {
            (Some(file), None) => Self::from_file(Path::new(&file)),
            (None, Some(key)) => Self::parse(&Zeroizing::new(key)),
            (None, None) => Err(KeyError::Missing),
            (Some(_), Some(_)) => Err(KeyError::Ambiguous),
        }
    }

    /// The keys in this file; refused if everybody on the machine can read it.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        Self::parse(&read(path)?)
    }

    /// Makes a new key file that only its owner can read (0600), and never overwrites one.
    pub fn create_file(path: &Path) -> Result<Self, KeyError> {
        let text = Zeroizing::new(format!(
            "# The keys of this installation. Without them its personal data is lost: keep a copy apart.\n{}\n{}\n",
            *new_line(INDEX)?,
            *new_line("1")?
        ));
        let keys = Self::parse(&text)?;
        write_new(path, &text).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
            _ => KeyError::File { path: path.to_owned(), source },
        })?;
        Ok(keys)
    }

    /// Adds a new sealing key to the file. What older keys sealed still opens; re-seal it in the background.
    pub fn rotate_file(path: &Path) -> Result<Self, KeyError> {
        let mut text = read(path)?;
        let next = Self::parse(&text)?.current().saturating_add(1);
        // Room first: growing would leave a copy of the keys in freed memory.
        let line = new_line(&next.to_string())?;
        let mut longer = Zeroizing::new(String::with_capacity(text.len() + line.len() + 2));
        let _ = write!(longer, "{}\n{}\n", text.trim_end(), *line);
        std::mem::swap(&mut text, &mut longer);
        let keys = Self::parse(&text)?;
        replace(path, &text).map_err(|source| KeyError::File { path: path.to_owned(), source })?;
        Ok(keys)
    }
}

fn new_line(name: &str) -> Result<Zeroizing<String>, KeyError> {
    let mut secret = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *secret).map_err(KeyError::Random)?;
    let encoded = Zeroizing::new(Base64::encode_string(&*secret));
    Ok(Zeroizing::new(format!("{name}={}", *encoded)))
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let problem = |source| KeyError::File { path: path.to_owned(), source };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(problem)?.permissions().mode();
        if mode & EVERYBODY != 0 {
            return Err(KeyError::Exposed { path: path.to_owned() });
        }
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(problem)
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_directory(path)
}

/// Writes beside and renames, so that the keys are never half there.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    write_new(beside, text)?;
    std::fs::rename(beside, path)?;
    sync_directory(path)
}

fn sync_directory(path: &Path) -> std::io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kezek.key");
        assert!(matches!(Keys::from_file(&path), Err(KeyError::File { .. })));
        assert_eq!(Keys::create_file(&path).unwrap().current(), 1);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Keys::create_file(&path), Err(KeyError::Exists { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).unwrap();
        assert!(matches!(Keys::from_file(&path), Err(KeyError::Exposed { .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(Keys::from_file(&path).unwrap().current(), 1);
    }

    #[test]
    fn a_rotated_file_keeps_its_keys() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kezek.key");
        Keys::create_file(&path).unwrap();
        let before = std::fs::read_to_string(&path).unwrap();
        assert_eq!(Keys::rotate_file(&path).unwrap().current(), 2);
        assert_eq!(Keys::rotate_file(&path).unwrap().current(), 3);
        let after = std::fs::read_to_string(&path).unwrap();
        assert!(after.starts_with(&before));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_source_of_keys_only() {
        let key = [new_line("index").unwrap().as_str(), new_line("1").unwrap().as_str()].join(",");
        assert_eq!(Keys::choose(None, Some(key.clone())).unwrap().current(), 1);
        assert!(matches!(Keys::choose(None, None), Err(KeyError::Missing)));
        assert!(matches!(Keys::choose(Some("x".into()), Some(key)), Err(KeyError::Ambiguous)));
    }

    #[test]
    fn a_broken_key_is_told_by_its_line() {
        let (index, one) = (new_line("index").unwrap(), new_line("1").unwrap());
        let line_of = |text: &str| match Keys::parse(text) {
            Err(KeyError::Malformed { line } | KeyError::Repeated { line }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line_of(&format!("{}\nhello", *index)), 2);
        assert_eq!(line_of(&format!("{}\n\n{}x", *index, *one)), 3);
        assert_eq!(line_of("0=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), 1);
        assert_eq!(line_of("1=AAAA"), 1);
        assert_eq!(line_of(&format!("{},{}", *one, *one)), 2);
        assert!(matches!(Keys::parse(&index), Err(KeyError::Incomplete)));
        assert!(matches!(Keys::parse(&one), Err(KeyError::Incomplete)));
    }
}
