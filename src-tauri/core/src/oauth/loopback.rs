//! Owns the listener that a browser comes back to (RFC 8252 section 7.3): one sign-in, one answer. Leaves
//! out what a request must look like (callback.rs) and what the answer means (code.rs).

use super::OAuthError;
use super::callback::{self, Brought, Head};
use super::reply_page::ReplyPage;
use crate::domain::Secret;
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use zeroize::Zeroizing;

/// A head is at most this long; codes of some servers have a few kilobytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// How long a client may take for its head, and then for its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// At most this many clients at once. The oldest makes room for one more: slow ones cannot keep a browser out.
const MOST_CLIENTS: usize = 32;
/// Between two tries where the system has no room for one more connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Listens from the moment it is made until it is dropped. It hands out one answer, the first with its state.
pub(super) struct Loopback {
    address: SocketAddr,
    door: Arc<Door>,
    answer: Option<oneshot::Receiver<Brought>>,
    listening: JoinHandle<()>,
}

impl Loopback {
    /// Binds a literal loopback address: 127.0.0.1, or `::1` on a computer without it. Never the name
    /// `localhost`, which others can answer for (RFC 8252 section 8.3). `port` is 0 unless a server pins
    /// one; then one that is taken fails at once.
    pub(super) async fn bind(port: u16, state: Secret) -> Result<Self, OAuthError> {
        let taken = OAuthError::CannotListen { port: (port != 0).then_some(port) };
        let listener = match TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => {
                TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await.map_err(|_| taken.clone())?
            }
            Err(_) => return Err(taken),
        };
        let address = listener.local_addr().map_err(|_| taken)?;
        let (sender, answer) = oneshot::channel();
        let door = Arc::new(Door { host: address.to_string(), state, stands: Mutex::new(Stands::Open(sender)) });
        let listening = tokio::spawn(listen(listener, Arc::clone(&door)));
        Ok(Self { address, door, answer: Some(answer), listening })
    }

    /// The address to come back to, with the literal and the port.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://{}{}", self.address, callback::PATH)
    }

    /// What the browser brought. Nothing is lost if this is dropped and called again. `None` once it was
    /// handed out, or if listening itself has broken down.
    pub(super) async fn answer(&mut self) -> Option<Brought> {
        let brought = self.answer.as_mut()?.await.ok();
        self.answer = None;
        brought
    }

    /// From now on its own state is answered with "this sign-in was replaced", and no answer is taken.
    pub(super) fn replace(&self) {
        *self.door.stands() = Stands::Replaced;
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What every connection knows of the sign-in.
struct Door {
    host: String,
    state: Secret,
    stands: Mutex<Stands>,
}

enum Stands {
    Open(oneshot::Sender<Brought>),
    Answered,
    Replaced,
}

impl Door {
    fn stands(&self) -> std::sync::MutexGuard<'_, Stands> {
        self.stands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which page a request gets, and for the one that brings the answer, where to leave it.
    fn knock(&self, head: Head) -> (ReplyPage, Option<(oneshot::Sender<Brought>, Brought)>) {
        let Head::Callback(brought) = head else { return (ReplyPage::NotFound, None) };
        // Compared in constant time: how long a guess takes says nothing of how right it was.
        if !brought.state.as_ref().is_some_and(|state| state.same_as(&self.state)) {
            return (ReplyPage::NotFound, None);
        }
        let mut stands = self.stands();
        match std::mem::replace(&mut *stands, Stands::Answered) {
            Stands::Open(sender) => (ReplyPage::Received, Some((sender, brought))),
            Stands::Answered => (ReplyPage::Again, None),
            Stands::Replaced => {
                *stands = Stands::Replaced;
                (ReplyPage::Replaced, None)
            }
        }
    }
}

async fn listen(listener: TcpListener, door: Arc<Door>) {
    let mut clients = JoinSet::new();
    let mut by_age: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if by_age.len() >= MOST_CLIENTS && let Some(oldest) = by_age.pop_front() {
                        oldest.abort();
                    }
                    by_age.push_back(clients.spawn(serve(stream, Arc::clone(&door))));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = clients.join_next() => by_age.retain(|client| !client.is_finished()),
        }
    }
}

/// One request, one answer; then the connection is closed.
async fn serve(mut stream: TcpStream, door: Arc<Door>) {
    let Ok(head) = tokio::time::timeout(PATIENCE, read_head(&mut stream, &door.host)).await else { return };
    let (page, delivery) = door.knock(head);
    // The page goes out first: listening ends with the delivery, and the browser would show an error.
    let said = async {
        let _gone = stream.write_all(&page.bytes()).await;
        let _gone = stream.shutdown().await;
    };
    let _too_slow = tokio::time::timeout(PATIENCE, said).await;
    if let Some((sender, brought)) = delivery {
        // Nobody may wait any more; then it is dropped, and with it the code.
        let _unwanted = sender.send(brought);
    }
}

/// Reads until the head ends, into a buffer that never moves and is zeroed: a code goes through it.
async fn read_head(stream: &mut TcpStream, host: &str) -> Head {
    let mut buffer = Zeroizing::new(vec![0; LONGEST_HEAD]);
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match stream.read(room).await {
            Ok(0) | Err(_) => return Head::Foreign,
            Ok(count) => filled += count,
        }
        match callback::read(&buffer[..filled], host) {
            Head::Unfinished => {}
            head => return head,
        }
    }
    Head::Foreign
}
