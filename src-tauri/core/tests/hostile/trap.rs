//! Owns the other host: an address that every hostile answer may name, and that nobody may connect to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use url::Url;

/// Counts who comes; says nothing to anybody.
pub(crate) struct Trap {
    pub(crate) base: Url,
    caught: Arc<AtomicUsize>,
    listening: tokio::task::JoinHandle<()>,
}

impl Trap {
    pub(crate) async fn set() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let caught = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&caught);
        let listening = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { base, caught, listening }
    }

    /// How many connections came.
    pub(crate) fn caught(&self) -> usize {
        self.caught.load(Ordering::SeqCst)
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
