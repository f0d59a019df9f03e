//! Passwords by argon2id. Slow on purpose: call these where blocking is allowed, few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

const PASSWORD_BYTES_MAX: usize = 1024;
/// 32 letters and digits that are not taken for one another; each is worth five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const ONE_TIME_LETTERS: u32 = 12;

/// How much work a password costs whoever tries to guess it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// 19 MiB, two passes: for every real account.
    Full,
    /// 64 KiB, one pass: only for tests and for the made-up people of a demonstration, whose password is public.
    DemonstrationOnly,
}

/// A password cannot be hashed or compared. Never contains the password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Longer than 1,024 bytes.
    #[error("the password is longer than {PASSWORD_BYTES_MAX} bytes; choose a shorter one")]
    TooLong,
    /// The stored hash is not one of [`hash_password`]. The person needs a new password.
    #[error("the stored password hash is damaged; give the person a new password")]
    Damaged,
    /// Random bytes or memory are missing. Try again.
    #[error("the password could not be hashed; try again")]
    Failed,
}

/// Hashes a new password with a salt of its own.
pub fn hash_password(password: &str, strength: Strength) -> Result<String, PasswordError> {
    within_limit(password)?;
    let hash = hasher(strength)?.hash_password(password.as_bytes()).map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

/// A password for one sign-in: three groups of four letters and digits, 60 bits drawn by the system.
pub fn one_time_password() -> Result<String, PasswordError> {
    let drawn = getrandom::u64().map_err(|_| PasswordError::Failed)?;
    let mut letters = String::with_capacity(14);
    for at in 0..ONE_TIME_LETTERS {
        if at > 0 && at % 4 == 0 {
            letters.push('-');
        }
        let letter = ALPHABET.get((drawn >> (at * 5) & 31) as usize).ok_or(PasswordError::Failed)?;
        letters.push(char::from(*letter));
    }
    Ok(letters)
}

/// Whether the password is the one that was hashed. `None`, where there is no account, takes the same time and
/// says no, so that nobody learns from the time who has an account.
pub fn verify_password(password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
    within_limit(password)?;
    let Some(hash) = hash else {
        return hash_password(password, Strength::Full).map(|_| false);
    };
    let hash = PasswordHash::new(hash).map_err(|_| PasswordError::Damaged)?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(PasswordError::Damaged);
    }
    // Cost and salt are those of the stored hash.
    match hasher(Strength::Full)?.verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(PasswordError::Damaged),
    }
}

fn hasher(strength: Strength) -> Result<Argon2<'static>, PasswordError> {
    let (memory_kib, passes) = match strength {
        Strength::Full => (19 * 1024, 2),
        Strength::DemonstrationOnly => (64, 1),
    };
    let params = Params::new(memory_kib, passes, 1, None).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn within_limit(password: &str) -> Result<(), PasswordError> {
    if password.len() > PASSWORD_BYTES_MAX { Err(PasswordError::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        for strength in [Strength::Full, Strength::DemonstrationOnly] {
            let hash = hash_password("жеті бұлақ 7", strength).unwrap();
            assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
            assert!(verify_password("жеті бұлақ 7", Some(&hash)).unwrap());
            assert!(!verify_password("жеті бұлақ 8", Some(&hash)).unwrap());
            assert_ne!(hash, hash_password("жеті бұлақ 7", strength).unwrap(), "each has its own salt");
        }
        assert!(hash_password("x", Strength::Full).unwrap().contains("$m=19456,t=2,p=1$"));
    }

    #[test]
    fn one_time_passwords_are_of_one_form_and_differ() {
        let drawn: std::collections::BTreeSet<String> =
            (0..200).map(|_| one_time_password().unwrap()).collect();
        assert_eq!(drawn.len(), 200);
        for one in &drawn {
            let groups: Vec<&str> = one.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4], "{one}");
            assert!(groups.concat().bytes().all(|letter| ALPHABET.contains(&letter)), "{one}");
        }
        let mut letters = drawn.iter().flat_map(|one| one.bytes()).collect::<Vec<u8>>();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 33, "every letter and the hyphen occur");
    }

    #[test]
    fn no_account_is_no_and_odd_input_is_an_error() {
        assert!(!verify_password("x", None).unwrap());
        assert!(matches!(verify_password("x", Some("")), Err(PasswordError::Damaged)));
        assert!(matches!(verify_password("x", Some("$argon2id$v=19$m=1")), Err(PasswordError::Damaged)));
        assert!(matches!(hash_password(&"x".repeat(1025), Strength::Full), Err(PasswordError::TooLong)));
        assert!(matches!(verify_password(&"x".repeat(1025), None), Err(PasswordError::TooLong)));
    }
}
