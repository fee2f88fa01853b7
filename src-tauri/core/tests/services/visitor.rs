//! Owns the person in front of the sandbox's page for a loopback sign-in: reads it, decides, and follows
//! the browser back. Leaves out what comes of it.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Approve(u8),
    Deny,
}

/// Opens the page, presses a button, and answers with what the browser shows in the end.
pub(crate) async fn decide(page: &Url, answer: Answer) -> String {
    let (_, html) = send(page, None).await;
    let fields = html.split("<input type=\"hidden\" name=\"").skip(1).map(|field| {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.replace("&amp;", "&"))
    });
    let mut fields: Vec<(String, String)> = fields.collect();
    fields.extend(match answer {
        Answer::Approve(person) => {
            vec![("person".to_owned(), person.to_string()), ("verdict".to_owned(), "approve".to_owned())]
        }
        Answer::Deny => vec![("verdict".to_owned(), "deny".to_owned())],
    });
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let (back, html) = send(&page.join("/authorize").unwrap(), Some(&body)).await;
    let back = back.unwrap_or_else(|| panic!("the browser is not sent back: {html}"));
    send(&back, None).await.1
}

/// Opens the page and goes wherever it leads.
pub(crate) async fn follow(page: &Url) -> String {
    let (back, html) = send(page, None).await;
    match back {
        Some(back) => send(&back, None).await.1,
        None => html,
    }
}

/// Whether nobody listens (any more) where this page would lead the browser back to.
pub(crate) async fn is_closed(page: &Url) -> bool {
    let back = page.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    let back = Url::parse(&back).unwrap();
    for _ in 0..1000 {
        if TcpStream::connect(back.authority()).await.is_err() {
            return true;
        }
        // The listener ends with its task, which is another one.
        tokio::task::yield_now().await;
    }
    false
}

/// Where the answer leads, and its body.
async fn send(url: &Url, form: Option<&str>) -> (Option<Url>, String) {
    let authority = url.authority();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let method = if form.is_some() { "POST" } else { "GET" };
    let form = form.unwrap_or_default();
    let kind = if form.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nOrigin: null\r\n", form.len())
    };
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{kind}\r\n");
    stream.write_all(format!("{head}{form}").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location").then(|| Url::parse(value).unwrap())
    });
    (location, body.to_owned())
}
