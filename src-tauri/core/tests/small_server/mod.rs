//! Owns a small HTTP/1.1 server for tests: it answers as a closure says, and remembers what it was
//! asked. Leaves out what any service means by it.
// Each test program uses its own part of it, and a test fails by panicking.
#![allow(dead_code, unreachable_pub, clippy::expect_used)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The connection it came over, counted from 0.
    pub connection: usize,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A whole answer.
    Whole { status: u16, headers: Vec<(&'static str, String)>, body: String },
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// Nothing; the connection is closed.
    Silence,
    /// A body that does not end.
    Endless,
    /// These bytes, one part after the other with a pause between them, and then what is said.
    Parts { parts: Vec<Vec<u8>>, pause: Duration, then: After },
}

/// What becomes of the connection after an answer in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is closed.
    Close,
    /// The next request may come.
    Keep,
    /// It stays open, and nothing more is said on it.
    Hang,
}

impl Reply {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::kind(status, "application/json", &body.to_string())
    }

    pub fn html(status: u16) -> Self {
        Self::kind(status, "text/html; charset=utf-8", "<!doctype html><title>Welcome</title>")
    }

    pub fn kind(status: u16, kind: &str, body: &str) -> Self {
        Self::Whole { status, headers: vec![("content-type", kind.to_owned())], body: body.to_owned() }
    }

    pub fn empty(status: u16) -> Self {
        Self::Whole { status, headers: Vec::new(), body: String::new() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

pub struct SmallServer {
    pub base: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
    listening: tokio::task::JoinHandle<()>,
}

impl SmallServer {
    /// Answers as the closure says.
    pub async fn start(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Mutex<Answering>> = Arc::new(Mutex::new(Box::new(answer)));
        let remembered = Arc::clone(&asked);
        let listening = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, connection, Arc::clone(&answer), Arc::clone(&remembered)));
                connection += 1;
            }
        });
        Self { base: Url::parse(&base).expect("an address"), asked, listening }
    }

    /// Answers in this order; a request too many fails the test that asks for [`Self::asked`].
    pub async fn scripted(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        Self::start(move |_| replies.pop_front().unwrap_or_else(|| Reply::empty(599))).await
    }

    /// Everything asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic before").clone()
    }

    /// Method and target of everything asked so far.
    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }
}

impl Drop for SmallServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

type Answering = Box<dyn FnMut(&Asked) -> Reply + Send>;

async fn serve(
    stream: TcpStream,
    connection: usize,
    answer: Arc<Mutex<Answering>>,
    remembered: Arc<Mutex<Vec<Asked>>>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = read_request(&mut stream, connection).await {
        let reply = (answer.lock().expect("no panic before"))(&asked);
        remembered.lock().expect("no panic before").push(asked);
        if !write_reply(stream.get_mut(), reply).await {
            return;
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>, connection: usize) -> Option<Asked> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let mut first = head.first()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = head
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut asked = Asked { connection, method, target, headers, body: Vec::new() };
    let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    asked.body = vec![0; length];
    stream.read_exact(&mut asked.body).await.ok()?;
    Some(asked)
}

/// Whether the connection can be used again.
async fn write_reply(stream: &mut TcpStream, reply: Reply) -> bool {
    match reply {
        Reply::Whole { status, headers, body } => {
            let mut headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            if status != 204 {
                headers.push(format!("content-length: {}\r\n", body.len()));
            }
            let text = format!("HTTP/1.1 {status} Status\r\n{}\r\n{body}", headers.concat());
            stream.write_all(text.as_bytes()).await.is_ok()
        }
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            false
        }
        Reply::Silence => false,
        Reply::Endless => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut going = stream.write_all(head.as_bytes()).await.is_ok();
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            // Ends when the client has had enough and closes.
            while going {
                going = stream.write_all(chunk.as_bytes()).await.is_ok();
            }
            false
        }
        Reply::Parts { parts, pause, then } => {
            let mut ticks = tokio::time::interval(pause.max(Duration::from_micros(1)));
            for part in parts {
                ticks.tick().await;
                if stream.write_all(&part).await.is_err() || stream.flush().await.is_err() {
                    return false;
                }
            }
            if then == After::Hang {
                // Ends when the client has had enough and closes, or sends what nobody hears.
                let _ = stream.read(&mut [0; 64]).await;
            }
            then == After::Keep
        }
    }
}
