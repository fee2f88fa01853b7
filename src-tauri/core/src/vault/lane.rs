//! Owns the limit on calls that may block for ever: one worker thread at a time, and no pile-up.

use super::VaultError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// Runs blocking work one after the other. While a piece of work is over its time, its thread goes
/// on alone, its late answer is dropped, and every other caller is told `Waiting` at once.
#[derive(Clone)]
pub(super) struct Lane {
    patience: Duration,
    turn: Arc<Semaphore>,
    stuck: Arc<AtomicBool>,
}

impl Lane {
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, turn: Arc::new(Semaphore::new(1)), stuck: Arc::default() }
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        if self.is_stuck() {
            return Err(VaultError::Waiting);
        }
        let mut started = false;
        let answer = tokio::time::timeout(self.patience, self.take_turn(work, &mut started)).await;
        answer.unwrap_or_else(|_| {
            // Someone who only stood in the queue says nothing about the worker ahead.
            if started {
                self.stuck.store(true, Ordering::SeqCst);
            }
            Err(VaultError::Waiting)
        })
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
        started: &mut bool,
    ) -> Result<T, VaultError> {
        let closed = |_| VaultError::Failed("its queue is closed");
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(closed)?;
        self.stuck.store(false, Ordering::SeqCst);
        let (sender, receiver) = oneshot::channel();
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let answer = work();
                // The turn ends before the answer is out, so that whoever has it can go on.
                drop(turn);
                // Nobody listens any more if the time was over; the answer, and a secret in it, is dropped.
                drop(sender.send(answer));
            })
            .map_err(|_| VaultError::Failed("no thread could be started"))?;
        *started = true;
        receiver.await.map_err(|_| VaultError::Failed("its thread broke off"))?
    }

    /// The flag alone may be stale: a worker that came back has given up its turn.
    fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::SeqCst) && self.turn.available_permits() == 0
    }
}
