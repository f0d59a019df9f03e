//! The keys that sign the registries: one for each, in one file.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use kezek_disclosure::Log;
use kezek_registry::{Role, SecretKey};

use super::error::RegistryError;

/// The file in the data directory. Each node of a service has a copy.
const FILE: &str = "registry.key";
const FIRST_LINE: &str = "# The keys that sign the registries of this service. Whoever has them can sign in its name: keep a copy apart.";
/// The group and everybody else.
const OTHERS: u32 = 0o077;

/// Whether keys may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// Nothing was ever signed.
    Nothing,
    /// New keys would sign a second history.
    Something,
}

/// The name of a registry, for ever.
pub fn origin(host: &str, log: Log) -> String {
    format!("{host}/{}", log.name())
}

/// The name under which the keys in a data directory sign; none where there are no keys yet.
pub fn host_of(data_dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data_dir.join(FILE)).ok()?;
    let mut keys = text.lines().filter_map(|line| SecretKey::parse(line).ok());
    let suffix = format!("/{}", Log::Applications.name());
    keys.find_map(|key| key.public().name().strip_suffix(&suffix).map(str::to_owned))
}

/// The keys in the data directory, in the order of [`Log::ALL`]; made at the first start.
pub fn open(data_dir: &Path, host: &str, signed: Signed) -> Result<Vec<SecretKey>, RegistryError> {
    let path = data_dir.join(FILE);
    let unusable = |reason: String| RegistryError::KeyFile { path: path.clone(), reason };
    let is_there = path.try_exists().map_err(|error| unusable(error.to_string()))?;
    match (is_there, signed) {
        (false, Signed::Something) => return Err(RegistryError::KeyMissing { path }),
        (false, Signed::Nothing) => {
            write_new(&path, &new_keys(host)?).map_err(|error| unusable(error.to_string()))?
        }
        (true, _) => {}
    }
    refuse_exposed(&path).map_err(unusable)?;
    let text = std::fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
    let mut keys = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        keys.push(SecretKey::parse(line).map_err(|error| unusable(error.to_string()))?);
    }
    Log::ALL.into_iter().map(|log| named(&keys, &origin(host, log)).map_err(unusable)).collect()
}

fn named(keys: &[SecretKey], origin: &str) -> Result<SecretKey, String> {
    let found = keys.iter().find(|key| key.public().name() == origin && key.public().role() == Role::Log);
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = keys.iter().map(|key| key.public().name()).collect();
        format!(
            "it has no key for {origin}, only for {}; a registry keeps its name for ever",
            names.join(", ")
        )
    })
}

fn new_keys(host: &str) -> Result<String, RegistryError> {
    let mut text = format!("{FIRST_LINE}\n");
    for log in Log::ALL {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| RegistryError::Random)?;
        let key = SecretKey::from_seed(&origin(host, log), Role::Log, &seed);
        let key = key.map_err(|_| RegistryError::BadOrigin(host.to_owned()))?;
        text.push_str(&key.to_secret_text());
        text.push('\n');
    }
    Ok(text)
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o400);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
    if mode & OTHERS == 0 {
        Ok(())
    } else {
        Err(format!("others can read it; run chmod 400 {}", path.display()))
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_made_once_and_never_under_another_name() {
        let directory = tempfile::tempdir().unwrap();
        let missing = open(directory.path(), "kezek.example", Signed::Something).unwrap_err();
        assert!(matches!(missing, RegistryError::KeyMissing { .. }));
        let keys = open(directory.path(), "kezek.example", Signed::Nothing).unwrap();
        assert_eq!(keys[0].public().name(), "kezek.example/applications");
        assert_eq!(host_of(directory.path()).as_deref(), Some("kezek.example"));
        let again = open(directory.path(), "kezek.example", Signed::Something).unwrap();
        assert!(keys.iter().zip(&again).all(|(one, other)| one.public() == other.public()));
        let other = open(directory.path(), "other.example", Signed::Nothing).unwrap_err().to_string();
        assert!(other.contains("keeps its name"), "{other}");
        let bad = tempfile::tempdir().unwrap();
        assert!(matches!(open(bad.path(), "a b", Signed::Nothing), Err(RegistryError::BadOrigin(_))));
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        open(directory.path(), "kezek.example", Signed::Nothing).unwrap();
        let path = directory.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        let exposed = open(directory.path(), "kezek.example", Signed::Something).unwrap_err().to_string();
        assert!(exposed.contains("chmod 400"), "{exposed}");
    }
}
