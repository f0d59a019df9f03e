//! Accounts and sessions.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Keys, Record, SealError};

const FAILURES_FREE: u32 = 5;
const LOCK_FIRST_US: i64 = 60_000_000;
const LOCK_LONGEST_US: i64 = 3_600_000_000;
const TOKEN_BYTES: usize = 32;

/// What a person may be in the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A parent or other lawful representative.
    Parent,
    /// An operator of the service's provider.
    Provider,
    /// An official of a kindergarten.
    Kindergarten,
    /// An official of the akimat.
    Akimat,
    /// An official of the State Corporation.
    StateCorporation,
    /// One who checks and changes nothing.
    Auditor,
    /// One who runs the installation.
    Administrator,
}

/// The right to sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Person id.
    pub person: u64,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// From [`crate::hash_password`].
    pub password_hash: String,
    /// The kindergarten an official acts for.
    pub kindergarten: Option<u64>,
    /// The settlement an official acts in.
    pub settlement: Option<u64>,
    /// Wrong passwords since the last right one.
    pub failed_count: u32,
    /// No password is looked at before this time, microseconds since 1970 UTC.
    pub locked_until_us: Option<i64>,
    /// The password was given by somebody else: after signing in with it the person must choose another.
    #[serde(default)]
    pub must_change_password: bool,
}

impl Record for Account {
    const KIND: &'static str = "account";
}

impl Account {
    /// Whether a password may not even be tried now.
    pub fn is_locked(&self, now_us: i64) -> bool {
        self.locked_until_us.is_some_and(|until_us| now_us < until_us)
    }

    /// Counts a wrong password: from the fifth on a minute's lock, doubled each time, an hour at most.
    pub fn note_failure(&mut self, now_us: i64) {
        self.failed_count = self.failed_count.saturating_add(1);
        if let Some(doublings) = self.failed_count.checked_sub(FAILURES_FREE) {
            let lock_us = LOCK_FIRST_US.saturating_mul(1 << doublings.min(10)).min(LOCK_LONGEST_US);
            self.locked_until_us = Some(now_us.saturating_add(lock_us));
        }
    }

    /// Whether the account acts for nobody but its own family.
    pub fn is_parent_only(&self) -> bool {
        self.roles.iter().all(|role| *role == Role::Parent)
    }

    /// Forgets the wrong passwords after a right one.
    pub fn note_success(&mut self) {
        self.failed_count = 0;
        self.locked_until_us = None;
    }
}

/// A signed-in browser. Found by the hash of the token in its cookie; the token itself is stored nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Account id.
    pub account: u64,
    /// SHA-256 of the cookie's token.
    pub token_hash: [u8; 32],
    /// What every form of this session must carry.
    pub csrf_token: String,
    /// When it began, microseconds since 1970 UTC.
    pub created_us: i64,
    /// When it ends, microseconds since 1970 UTC.
    pub expires_us: i64,
}

impl Record for Session {
    const KIND: &'static str = "session";

    fn lookup(&self, _keys: &Keys) -> Option<[u8; 32]> {
        Some(self.token_hash)
    }
}

impl Session {
    /// A new session and the token for its cookie. Make a new one at each sign-in.
    pub fn begin(account: u64, now_us: i64, lifetime_us: i64) -> Result<(Self, SessionToken), SealError> {
        let token = SessionToken(random_text()?);
        let session = Self {
            account,
            token_hash: SessionToken::hash(token.as_str()),
            csrf_token: random_text()?.to_string(),
            created_us: now_us,
            expires_us: now_us.saturating_add(lifetime_us),
        };
        Ok((session, token))
    }

    /// Whether it has ended.
    pub fn is_over(&self, now_us: i64) -> bool {
        now_us >= self.expires_us
    }
}

/// The secret in a session's cookie: 43 letters of base64url.
#[derive(Clone)]
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// The text for the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what the session of a cookie's text is found: SHA-256. The token is random, so it needs no key.
    pub fn hash(token: &str) -> [u8; 32] {
        Sha256::digest(token).into()
    }
}

fn random_text() -> Result<Zeroizing<String>, SealError> {
    let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
    getrandom::fill(&mut *bytes).map_err(SealError::Random)?;
    Ok(Zeroizing::new(Base64UrlUnpadded::encode_string(&*bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_passwords_lock_longer_and_longer() {
        let mut account = Account {
            person: 1,
            roles: vec![Role::Parent],
            password_hash: String::new(),
            kindergarten: None,
            settlement: None,
            failed_count: 0,
            locked_until_us: None,
            must_change_password: false,
        };
        for _ in 0..4 {
            account.note_failure(0);
        }
        assert!(!account.is_locked(0));
        let mut locks_s = Vec::new();
        for _ in 0..8 {
            account.note_failure(0);
            locks_s.push(account.locked_until_us.unwrap() / 1_000_000);
        }
        assert_eq!(locks_s, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert!(account.is_locked(3_599_999_999) && !account.is_locked(3_600_000_000));
        account.failed_count = u32::MAX;
        account.note_failure(i64::MAX);
        account.note_success();
        assert!(!account.is_locked(0) && account.failed_count == 0);
    }

    #[test]
    fn an_account_written_before_passwords_could_end_is_read() {
        let old = r#"{"person":1,"roles":["parent"],"password_hash":"","kindergarten":null,"settlement":null,
            "failed_count":0,"locked_until_us":null}"#;
        let account: Account = serde_json::from_str(old).unwrap();
        assert!(!account.must_change_password && account.is_parent_only());
    }

    #[test]
    fn tokens_differ_and_are_stored_as_hash_only() {
        let (one, token) = Session::begin(7, 100, 50).unwrap();
        let (two, _) = Session::begin(7, 100, 50).unwrap();
        assert_ne!(one.token_hash, two.token_hash);
        assert_ne!(one.csrf_token, two.csrf_token);
        assert_eq!(token.as_str().len(), 43);
        assert_eq!(SessionToken::hash(token.as_str()), one.token_hash);
        assert!(!serde_json::to_string(&one).unwrap().contains(token.as_str()));
        assert!(!one.is_over(149) && one.is_over(150));
    }
}
