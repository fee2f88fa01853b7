//! Owns what is done to an answer on its way: to its JSON, its bytes, its headers, its framing and to
//! the connection. Leaves out what it was and who asked for it.

use crate::answers::{Answer, Body, strange};
use crate::numbers::Numbers;
use crate::small_server::{After, Reply};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// The bytes of an answer and how they come, after one to four things were done to it. `heard` is the
/// credential as the server was sent it, which a hostile one may say again.
pub(crate) fn worsened(mut answer: Answer, heard: &str, trap: &Url, numbers: &mut Numbers) -> Reply {
    for _ in 0..=numbers.below(4) {
        match numbers.below(8) {
            0 | 1 => change_json(&mut answer, heard, numbers),
            2 => change_bytes(&mut answer, numbers),
            3 | 4 => change_headers(&mut answer, heard, trap, numbers),
            5 => change_status(&mut answer, heard, trap, numbers),
            6 => repeat_credential(&mut answer, heard, numbers),
            _ => {}
        }
    }
    deliver(framed(&answer, numbers), numbers)
}

/// As it was recorded.
pub(crate) fn sound(answer: &Answer) -> Reply {
    Reply::Parts { parts: vec![plainly_framed(answer)], pause: Duration::ZERO, then: After::Keep }
}

fn change_json(answer: &mut Answer, heard: &str, numbers: &mut Numbers) {
    let Body::Json(body) = &mut answer.body else { return };
    match numbers.below(10) {
        // Nested deeper than any parser should follow.
        0 => {
            let deep = "[".repeat(numbers.below(20_000)) + &"]".repeat(numbers.below(20_000));
            answer.body = Body::Bytes(deep.into_bytes());
        }
        // Numbers that fit nowhere, written by hand since no type holds them.
        1 => answer.body = Body::Bytes(body.to_string().replace(':', ":1e999999,\"x\":").into_bytes()),
        // Every name twice.
        2 => answer.body = Body::Bytes(body.to_string().replacen('{', "{\"key\":null,\"id\":[],", 3).into_bytes()),
        _ => {
            let places = places(body);
            let place = numbers.one(&places).clone();
            let value = match numbers.below(4) {
                0 => Value::String(heard.to_owned()),
                1 => Value::String(format!("{}{heard}", "long before it ".repeat(numbers.below(20)))),
                _ => strange(numbers),
            };
            if let Some(found) = body.pointer_mut(&place) {
                *found = value;
            }
        }
    }
}

/// Every place in a value, as a pointer.
fn places(value: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.replace('~', "~0").replace('/', "~1"), field)).collect()
        }
        _ => Vec::new(),
    };
    for (name, value) in inner {
        all.extend(places(value).into_iter().map(|rest| format!("/{name}{rest}")));
    }
    all
}

fn change_bytes(answer: &mut Answer, numbers: &mut Numbers) {
    let mut bytes = answer.body.bytes();
    match numbers.below(7) {
        0 => bytes.truncate(numbers.below(bytes.len() + 1)),
        1 => bytes.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
        2 => bytes = (0..numbers.below(2048)).map(|_| u8::try_from(numbers.below(256)).unwrap()).collect(),
        3 => bytes = b"<!doctype html><title>Welcome</title><h1>Sign in to this network</h1>".to_vec(),
        // Below and above the largest answer that is read, 4 MiB.
        4 if numbers.once_in(6) => bytes.resize((3 + numbers.below(3)) << 20, b' '),
        5 if !bytes.is_empty() => {
            let (from, to) = (numbers.below(bytes.len()), numbers.below(bytes.len()));
            bytes = [&bytes[from.min(to)..], &bytes[..from.max(to)]].concat();
        }
        _ => {
            for _ in 0..=numbers.below(8) {
                let at = numbers.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
    }
    answer.body = Body::Bytes(bytes);
}

fn change_headers(answer: &mut Answer, heard: &str, trap: &Url, numbers: &mut Numbers) {
    const NAMES: &[&str] = &[
        "date",
        "retry-after",
        "content-type",
        "content-encoding",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-request-id",
        "cf-ray",
        "location",
        "link",
        "refresh",
        "set-cookie",
        "www-authenticate",
        "alt-svc",
        "clear-site-data",
        "connection",
        "upgrade",
        "content-type",
    ];
    if numbers.once_in(20) {
        let many = (0..numbers.below(400)).map(|at| (format!("x-many-{at}"), vec![b'y'; 64]));
        answer.headers.extend(many);
        return;
    }
    let value = match numbers.below(12) {
        0 => heard.to_owned(),
        1 => trap.to_string(),
        2 => format!("<{trap}>; rel=\"next\""),
        3 => format!("{}{heard}", trap.as_str()),
        4 => (*numbers.one(&["gzip", "br", "identity", "chunked", "deflate, gzip"])).to_owned(),
        5 => {
            (*numbers.one(&["-1", "0", "99999999999999999999", "1e9", "9223372036854775807", "4294967296"])).to_owned()
        }
        6 => (*numbers.one(&[
            "Sat, 21 Nov 2026 00:00:00 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Sun, 99 Foo 2026 99:99:99 GMT",
            "Saturday, 21-Nov-26 00:00:00 GMT",
            "Sat Nov 21 00:00:00 2026",
        ]))
        .to_owned(),
        7 => (*numbers.one(&["text/html; charset=utf-8", "text/plain", "application/json; charset=utf-16", ";;;"]))
            .to_owned(),
        8 => "z".repeat(1 << numbers.below(19)),
        9 => "\u{7f}\u{1}\t \u{ff}".to_owned(),
        10 => format!("0; url={trap}"),
        _ => String::new(),
    };
    answer.headers.push(((*numbers.one(NAMES)).to_owned(), value.into_bytes()));
}

fn change_status(answer: &mut Answer, heard: &str, trap: &Url, numbers: &mut Numbers) {
    const STATUS: &[u16] = &[
        0, 99, 100, 101, 103, 200, 201, 202, 204, 205, 206, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405,
        407, 408, 409, 410, 418, 422, 425, 428, 429, 431, 451, 500, 501, 502, 503, 504, 511, 600, 999,
    ];
    answer.status = *numbers.one(STATUS);
    if (300..400).contains(&answer.status) {
        let host = trap.host_str().unwrap();
        let location = match numbers.below(5) {
            0 => format!("//{host}:{}/stolen", trap.port().unwrap()),
            1 => format!("http://{heard}@{host}:{}/", trap.port().unwrap()),
            2 => format!("https://{heard}.example/{heard}"),
            3 => "/somewhere/else".to_owned(),
            _ => trap.to_string(),
        };
        answer.headers.push(("location".to_owned(), location.into_bytes()));
    }
}

/// The server says again what it was sent, where words of a refusal stand.
fn repeat_credential(answer: &mut Answer, heard: &str, numbers: &mut Numbers) {
    let escaped: String =
        heard.chars().flat_map(|character| ['\\', 'u', '0', '0', digit(character, 4), digit(character, 0)]).collect();
    let half = &heard[heard.len() / 3..];
    let said = match numbers.below(5) {
        0 => format!("The key {heard} is not known"),
        1 => escaped,
        2 => format!("{}{heard}", "x ".repeat(80 + numbers.below(20))),
        3 => format!("Bearer\u{200b}{heard}\u{200b}"),
        _ => format!("ends with {half}"),
    };
    answer.status = *numbers.one(&[400, 401, 403, 404, 409, 422, 429, 500, 503]);
    let body = match numbers.below(6) {
        0 => {
            answer.headers.retain(|(name, _)| name != "content-type");
            answer.headers.push(("content-type".to_owned(), b"text/plain".to_vec()));
            said
        }
        1 => format!("{{\"detail\":\"{said}\"}}"),
        2 => format!(
            "{{\"error\":{{\"message\":\"{said}\",\"code\":\"{said}\",\"details\":{{\"required_scopes\":[\"{said}\"]}}}}}}"
        ),
        3 => format!("{{\"detail\":[{{\"loc\":[\"body\",\"{said}\"],\"msg\":\"{said}\",\"input\":\"{said}\"}}]}}"),
        4 => format!("{{\"error\":\"{said}\",\"error_description\":\"{said}\",\"error_uri\":\"https://x/{heard}\"}}"),
        _ => format!(
            "{{\"meta\":{{\"request_id\":\"{said}\"}},\"detail\":{{\"message\":\"{said}\",\"subscribe_url\":\"https://basicmemory.com/{heard}\",\"error\":\"subscription_required\"}}}}"
        ),
    };
    answer.body = Body::Bytes(body.into_bytes());
}

/// One of the two hexadecimal digits of an ASCII character.
fn digit(character: char, shift: u32) -> char {
    char::from_digit((u32::from(character) >> shift) & 0xf, 16).unwrap()
}

fn head(answer: &Answer, line: &str, framing: &str) -> Vec<u8> {
    let mut bytes = format!("{line}\r\n").into_bytes();
    for (name, value) in &answer.headers {
        bytes.extend(name.as_bytes());
        bytes.extend(b": ");
        bytes.extend(value);
        bytes.extend(b"\r\n");
    }
    bytes.extend(framing.as_bytes());
    bytes.extend(b"\r\n");
    bytes
}

fn plainly_framed(answer: &Answer) -> Vec<u8> {
    let body = answer.body.bytes();
    let line = format!("HTTP/1.1 {} Status", answer.status);
    let length = if answer.status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let mut bytes = head(answer, &line, &length);
    if answer.status != 204 {
        bytes.extend(body);
    }
    bytes
}

/// How its length is told: mostly truly.
fn framed(answer: &Answer, numbers: &mut Numbers) -> Vec<u8> {
    let body = answer.body.bytes();
    let length = body.len();
    let line = format!("HTTP/1.1 {:03} Status", answer.status);
    let with = |line: &str, framing: &str, body: &[u8]| [head(answer, line, framing), body.to_vec()].concat();
    match numbers.below(24) {
        0 => with(&line, &format!("content-length: {}\r\n", length + 7), &body),
        1 => with(&line, &format!("content-length: {}\r\n", length / 2), &body),
        2 => with(&line, "content-length: -1\r\n", &body),
        3 => with(&line, "content-length: 18446744073709551616\r\n", &body),
        4 => with(&line, &format!("content-length: {length}\r\ncontent-length: {}\r\n", length + 1), &body),
        5 => {
            with(&line, &format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"), &chunks(&body, numbers))
        }
        6 | 7 => with(&line, "transfer-encoding: chunked\r\n", &chunks(&body, numbers)),
        8 => with(&line, "transfer-encoding: chunked\r\n", b"zzzz\r\n"),
        9 => with(&line, "transfer-encoding: chunked\r\n", b"fffffffffffffffff\r\n"),
        10 => with(&line, "transfer-encoding: gzip, chunked\r\n", &chunks(&body, numbers)),
        11 => with(&format!("HTTP/1.0 {} OK", answer.status), "", &body),
        12 => with(
            numbers.one::<&str>(&["HTTP/2 200", "ICY 200 OK", "HTTP/1.1 2OO OK", "HTTP/1.1", "", "\0\0\0\0"]),
            "",
            &body,
        ),
        // A second answer that nobody asked for, for whoever uses the connection next.
        13 => [plainly_framed(answer), plainly_framed(answer)].concat(),
        14 => [b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1 + numbers.below(300)), plainly_framed(answer)].concat(),
        15 => with(&line, "", &body),
        _ => plainly_framed(answer),
    }
}

fn chunks(body: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut written = Vec::new();
    for chunk in body.chunks(1 + numbers.below(2000)) {
        let note = if numbers.once_in(9) { ";note=\"x\"" } else { "" };
        written.extend(format!("{:x}{note}\r\n", chunk.len()).into_bytes());
        written.extend(chunk);
        written.extend(b"\r\n");
    }
    if !numbers.once_in(5) {
        written.extend(b"0\r\nx-trailer: y\r\n\r\n");
    }
    written
}

/// How the bytes come: mostly at once, now and then in drips, cut off, or followed by silence.
fn deliver(mut bytes: Vec<u8>, numbers: &mut Numbers) -> Reply {
    let whole = |bytes: Vec<u8>, then| Reply::Parts { parts: vec![bytes], pause: Duration::ZERO, then };
    match numbers.below(40) {
        0 => Reply::Silence,
        1 if numbers.once_in(2) => Reply::Endless,
        2 if numbers.once_in(3) => {
            bytes.truncate(numbers.below(bytes.len()));
            whole(bytes, After::Hang)
        }
        3 if numbers.once_in(3) => {
            let parts = bytes.chunks(1).take(200).map(<[u8]>::to_vec).collect();
            Reply::Parts { parts, pause: Duration::from_millis(20), then: After::Close }
        }
        4..=7 => {
            bytes.truncate(numbers.below(bytes.len() + 1));
            whole(bytes, After::Close)
        }
        8..=12 => {
            let size = 1 + numbers.below(bytes.len());
            let parts = bytes.chunks(size.max(bytes.len() / 20 + 1)).map(<[u8]>::to_vec).collect();
            Reply::Parts { parts, pause: Duration::from_micros(200), then: After::Close }
        }
        13..=24 => whole(bytes, After::Close),
        _ => whole(bytes, After::Keep),
    }
}
