//! Owns the person with the browser: opens a page, keeps cookies, follows redirects and sends forms.
//! Plain HTTP of its own, so that it shares nothing with the client under test.

use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Url, form_urlencoded};

#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
    user_code: Option<String>,
    refuses: bool,
}

struct Page {
    url: Url,
    html: String,
}

impl Browser {
    /// Types this code where the page asks for one.
    pub(crate) fn typing(mut self, user_code: &str) -> Self {
        self.user_code = Some(user_code.to_owned());
        self
    }

    /// Says no where the page asks whether the code is the same.
    pub(crate) fn refusing(mut self) -> Self {
        self.refuses = true;
        self
    }

    /// Signs in under this name and sends every form, until a page has none.
    pub(crate) async fn approve(mut self, address: &Url, login: &str) {
        let mut page = self.open(address.clone(), None).await;
        for _ in 0..8 {
            let Some((action, mut fields)) = form(&page) else {
                assert!(page.html.contains("Sign-in Success"), "the last page: {}", page.html);
                return;
            };
            if page.html.contains("name=\"password\"") {
                fields.push(("login".to_owned(), login.to_owned()));
                fields.push(("password".to_owned(), "password".to_owned()));
            }
            if let Some(field) = fields.iter_mut().find(|(name, value)| name == "user_code" && value.is_empty()) {
                field.1 = self.user_code.clone().expect("a code to type");
            }
            let refusing = self.refuses && fields.iter().any(|(name, _)| name == "confirm");
            if refusing {
                fields.push(("abort".to_owned(), "yes".to_owned()));
            }
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
            page = self.open(action, Some(body)).await;
            if refusing {
                assert!(page.html.contains("interrupted"), "the page after a no: {}", page.html);
                return;
            }
        }
        panic!("the pages do not end: {}", page.html);
    }

    async fn open(&mut self, mut url: Url, mut body: Option<String>) -> Page {
        for _ in 0..8 {
            let (status, headers, html) = self.send(&url, body.take()).await;
            assert!(status < 400, "{status} at {}: {html}", url.path());
            for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            self.cookies.retain(|_, value| !value.is_empty());
            match headers.iter().find(|(name, _)| name == "location") {
                Some((_, location)) if (300..400).contains(&status) => url = url.join(location).unwrap(),
                _ => return Page { url, html },
            }
        }
        panic!("too many redirects")
    }

    async fn send(&self, url: &Url, body: Option<String>) -> (u16, Vec<(String, String)>, String) {
        let address = (url.host_str().unwrap(), url.port().unwrap());
        let mut stream = TcpStream::connect(address).await.unwrap();
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.unwrap_or_default();
        let head = [
            format!("{method} {target} HTTP/1.1"),
            format!("host: {}:{}", address.0, address.1),
            "accept: text/html".to_owned(),
            "connection: close".to_owned(),
            "content-type: application/x-www-form-urlencoded".to_owned(),
            format!("content-length: {}", body.len()),
            format!("cookie: {}", cookies.join("; ")),
        ];
        let request = format!("{}\r\n\r\n{body}", head.join("\r\n"));
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, html) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let headers = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        (status, headers, html.to_owned())
    }
}

/// The first form of a page: where it goes, and its hidden fields and the code's field.
fn form(page: &Page) -> Option<(Url, Vec<(String, String)>)> {
    let (_, rest) = page.html.split_once("<form")?;
    let (form, _) = rest.split_once("</form>")?;
    let action = attribute(form.split_once('>')?.0, "action").unwrap_or_default();
    let fields = form
        .split("<input")
        .skip(1)
        .map(|input| input.split_once('>').map_or(input, |(input, _)| input))
        .filter(|input| input.contains("type=\"hidden\"") || input.contains("name=\"user_code\""))
        .map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default()))
        .collect();
    Some((page.url.join(&action).unwrap(), fields))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).or_else(|| tag.split_once(&format!("\n{name}=\"")))?;
    Some(rest.split_once('"')?.0.replace("&amp;", "&"))
}
