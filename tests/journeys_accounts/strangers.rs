//! Owns two servers that no key may go to: one that sends whoever asks to another, and one whose
//! certificate nobody signed.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncReadExt as _;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server that answers every request with the same redirect.
pub(crate) struct Lure {
    pub(crate) address: String,
    asked: Arc<AtomicUsize>,
}

impl Lure {
    /// How often it was asked.
    pub(crate) fn asked(&mut self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Sends whoever asks to this address.
pub(crate) fn redirecting(to: &str) -> Lure {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let (counted, to) = (Arc::clone(&asked), to.to_owned());
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut request = [0; 8192];
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ended = write!(
                    stream,
                    "HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }
        }
    });
    Lure { address, asked }
}

/// A server whose certificate nobody signed.
pub(crate) struct Impostor {
    pub(crate) address: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Impostor {
    /// Every byte that came through a handshake.
    pub(crate) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }
}

/// Listens with a certificate of its own making.
pub(crate) async fn self_signed() -> Impostor {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("https://{}/v1", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A handshake that fails is what is hoped for.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut read = Vec::new();
                let _ended = stream.read_to_end(&mut read).await;
                kept.lock().unwrap().extend(read);
            }
        }
    });
    Impostor { address, heard }
}
