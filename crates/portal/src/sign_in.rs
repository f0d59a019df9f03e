//! Signing in by IIN and password, for pages and API alike.

use kezek_calendar::Iin;
use kezek_node::{PeopleError, Tried};
use kezek_records::{
    Account, Notice, PasswordError, Session, SessionToken, Strength, hash_password, verify_password,
};
use kezek_rules::notice::MessageKind;

use crate::app::AppState;
use crate::who::SESSION_US;

/// When to try again while too many passwords wait, seconds.
pub const RETRY_AFTER_S: u32 = 5;

/// Why nobody was signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// The IIN or the password is wrong; which one is not told.
    Wrong,
    /// Too many wrong passwords.
    Locked,
    /// Too many passwords wait to be checked: 503, try again after [`RETRY_AFTER_S`].
    Busy,
    /// Personal data could not be read or written.
    Fault,
}

impl From<PeopleError> for SignInError {
    fn from(error: PeopleError) -> Self {
        if matches!(error, PeopleError::AccountChanged) {
            return Self::Wrong;
        }
        tracing::error!(%error, "an account could not be read or written");
        Self::Fault
    }
}

/// Begins a session for the right IIN and password.
pub async fn sign_in(
    app: &AppState,
    iin: &str,
    password: &str,
) -> Result<(Session, SessionToken), SignInError> {
    let found = match Iin::parse(iin) {
        Ok(iin) => app.people().account_by_iin(&iin).await?,
        Err(_) => None,
    };
    let account = found.map(|found| found.record);
    if account.as_ref().is_some_and(|account| app.people().is_locked(account)) {
        return Err(SignInError::Locked);
    }
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let is_right = check(app, password.to_string(), hash).await?;
    let account = account.ok_or(SignInError::Wrong)?;
    let account = settle(app, &account, is_right).await?;
    begin(app, account).await
}

/// The account as it is now, if the password that was checked still counts.
async fn settle(app: &AppState, checked: &Account, is_right: bool) -> Result<Account, SignInError> {
    let tried = match is_right {
        true => app.people().note_success(checked).await?,
        false => app.people().note_failure(checked).await?,
    };
    match tried {
        Tried::Right(account) => Ok(account),
        Tried::Wrong => Err(SignInError::Wrong),
        Tried::Locked => Err(SignInError::Locked),
    }
}

/// Begins a session and tells the person of it (R3.34/31).
pub async fn begin(app: &AppState, account: Account) -> Result<(Session, SessionToken), SignInError> {
    let person = account.person;
    let begun = app.people().sign_in(account, SESSION_US).await?;
    let language = app.people().contacts(person).await?.map(|found| found.record.language);
    let at = app.now();
    let notice = Notice {
        to: person,
        kind: MessageKind::NewSignIn.code().to_string(),
        language: language.unwrap_or_default(),
        parameters: [("at".to_string(), at.to_string())].into(),
        created_us: at.as_micros(),
        read_us: None,
    };
    app.people().notify(&notice).await?;
    Ok(begun)
}

/// Changes a password for whoever knows the present one, ends all sessions of the person and begins a new one.
pub async fn change_password(
    app: &AppState,
    person: u64,
    present: &str,
    new: &str,
) -> Result<SessionToken, SignInError> {
    let found = app.people().account(person).await?.ok_or(SignInError::Wrong)?;
    let account = found.record;
    if app.people().is_locked(&account) {
        return Err(SignInError::Locked);
    }
    let is_right = check(app, present.to_string(), Some(account.password_hash.clone())).await?;
    let account = settle(app, &account, is_right).await?;
    let new = hash(app, new.to_string()).await?;
    let account = app.people().change_password(&account, new).await?;
    Ok(begin(app, account).await?.1)
}

async fn hash(app: &AppState, password: String) -> Result<String, SignInError> {
    match app.passwords().run(move || hash_password(&password, Strength::Full)).await? {
        Ok(hash) => Ok(hash),
        Err(PasswordError::TooLong) => Err(SignInError::Wrong),
        Err(_) => Err(SignInError::Fault),
    }
}

async fn check(app: &AppState, password: String, hash: Option<String>) -> Result<bool, SignInError> {
    match app.passwords().run(move || verify_password(&password, hash.as_deref())).await? {
        Ok(is_right) => Ok(is_right),
        Err(PasswordError::TooLong) => Ok(false),
        Err(error) => {
            tracing::error!(%error, "a password could not be checked");
            Err(SignInError::Fault)
        }
    }
}
