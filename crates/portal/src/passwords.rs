//! Passwords are checked off the async threads, few at a time, and few wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::sign_in::SignInError;

/// Passwords checked at one time; each costs 19 MiB and a core.
const AT_ONCE: usize = 4;
/// Passwords that wait for a turn; one more is told to come back.
const WAITING: usize = 64;
/// How long one waits before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turns to check or hash a password.
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Semaphore,
    patience: Duration,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(AT_ONCE, WAITING, PATIENCE)
    }
}

impl Passwords {
    fn new(at_once: usize, waiting: usize, patience: Duration) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), waiting: Semaphore::new(waiting), patience }
    }

    /// Does the work when its turn comes. The turn ends with the work, also when the caller has gone meanwhile.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SignInError> {
        let place = self.waiting.try_acquire().map_err(|_| SignInError::Busy)?;
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| SignInError::Busy)?.map_err(|_| SignInError::Fault)?;
        drop(place);
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| SignInError::Fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};

    /// Work that goes on until the sender goes.
    fn long() -> (Sender<()>, impl FnOnce() + Send + 'static) {
        let (sender, receiver) = channel::<()>();
        (sender, move || {
            let _ = receiver.recv();
        })
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_frees_no_turn() {
        let passwords = Passwords::new(1, 4, Duration::from_millis(50));
        let (end, work) = long();
        let left = tokio::time::timeout(Duration::from_millis(20), passwords.run(work)).await;
        assert!(left.is_err(), "the caller has gone");
        assert_eq!(passwords.run(|| 1).await, Err(SignInError::Busy), "the work goes on");
        drop(end);
        let patient = Passwords { patience: Duration::from_secs(5), ..passwords };
        assert_eq!(patient.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn only_so_many_wait() {
        let passwords = Arc::new(Passwords::new(1, 1, Duration::from_secs(5)));
        let (end, work) = long();
        let begin = |passwords: Arc<Passwords>, work: Box<dyn FnOnce() + Send>| {
            tokio::spawn(async move { passwords.run(work).await })
        };
        let first = begin(Arc::clone(&passwords), Box::new(work));
        tokio::time::sleep(Duration::from_millis(20)).await;
        let second = begin(Arc::clone(&passwords), Box::new(|| ()));
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(passwords.run(|| ()).await, Err(SignInError::Busy));
        drop(end);
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (Ok(()), Ok(())));
    }
}
