//! Owns the one HTTP client: which addresses are spoken to, time limits, body caps, and whether a
//! failed request may have been done. Leaves out what is asked and what an answer means.

use crate::domain::{Secret, UnsafeAddress, check_address};
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Method, Proxy, redirect};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url, form_urlencoded};
use zeroize::Zeroizing;

/// The one client. Cloning is cheap.
///
/// Redirects are never followed, so that a credential goes to no address but the given one: a 3xx is
/// a status like any other. Nothing is sent twice, not even after a connection that died. There are no
/// cookies, no `Referer` and no compression.
///
/// The system's proxy (its settings, or `HTTPS_PROXY` and `NO_PROXY`) is used for `https` to other
/// computers, where it sees the host's name and no more. A request to this computer never takes it.
#[derive(Clone)]
pub struct Http {
    clients: Arc<Clients>,
    limits: Limits,
}

/// One request that was not sent yet.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    http: Http,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    fresh: bool,
    unsendable: bool,
}

/// A whole answer. Its body is zeroed on drop, and Debug prints none of it.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
}

/// Why no whole answer came. Carries neither the address nor anything that was sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection (name not found, refused, no TLS, no answer to connecting): nothing was sent.
    #[error("no connection")]
    Offline,
    /// It was sent, or may have been, and no whole answer came: it may have been done.
    #[error("no answer")]
    NoAnswer,
    /// It was sent, and the answer is larger than any that is expected: it may have been done.
    #[error("the answer is too large")]
    TooLarge,
    /// The address is one that a secret must not be sent to; nothing was sent.
    #[error("unsafe address: {0}")]
    UnsafeAddress(#[from] UnsafeAddress),
    /// A header or credential holds characters that no request can carry; nothing was sent.
    #[error("the request holds characters that cannot be sent")]
    Unsendable,
    /// The server's certificate does not check (expired, another name, not signed by anyone known);
    /// nothing was sent.
    #[error("the server's certificate does not check")]
    Certificate,
    /// The system's certificates cannot be read, so that no server could be trusted.
    #[error("TLS cannot be set up")]
    Setup,
}

impl HttpError {
    /// Whether the request may have reached the server, and so may have been done.
    pub fn may_have_been_done(self) -> bool {
        matches!(self, Self::NoAnswer | Self::TooLarge)
    }
}

impl Http {
    /// Sets up TLS with the system's certificates.
    pub fn new() -> Result<Self, HttpError> {
        Self::with(Limits::default(), None)
    }

    /// The same client with less patience for a whole answer: what hangs is given up after this time.
    pub fn patient_for(total: Duration) -> Result<Self, HttpError> {
        Self::with(Limits { total, ..Limits::default() }, None)
    }

    /// A GET.
    pub fn get(&self, url: Url) -> Request {
        self.request(Method::GET, url)
    }

    /// A POST.
    pub fn post(&self, url: Url) -> Request {
        self.request(Method::POST, url)
    }

    /// A DELETE.
    pub fn delete(&self, url: Url) -> Request {
        self.request(Method::DELETE, url)
    }

    /// Other limits and another proxy than the system's, for tests.
    fn with(limits: Limits, proxy: Option<&Proxy>) -> Result<Self, HttpError> {
        let build = |builder: ClientBuilder| builder.build().map_err(|_| HttpError::Setup);
        let remote = || match proxy {
            Some(proxy) => limits.builder().proxy(proxy.clone()),
            None => limits.builder(),
        };
        let clients = Clients {
            remote: build(remote())?,
            remote_fresh: build(remote().pool_max_idle_per_host(0))?,
            local: build(limits.builder().no_proxy())?,
            local_fresh: build(limits.builder().no_proxy().pool_max_idle_per_host(0))?,
        };
        Ok(Self { clients: Arc::new(clients), limits })
    }

    fn request(&self, method: Method, url: Url) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Request { http: self.clone(), method, url, headers, body: None, fresh: false, unsendable: false }
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client's own Debug prints the proxy, which may hold a password.
        formatter.debug_struct("Http").finish_non_exhaustive()
    }
}

impl Request {
    /// Carries a credential as RFC 6750 section 2.1 says. One with anything but visible ASCII (white space,
    /// zero-width characters …) is not sent: no service hands such a one out, so it was pasted wrongly.
    ///
    /// Goes over a connection of its own: one that is kept for later keeps what it last sent, too.
    pub fn bearer(mut self, credential: &Secret) -> Self {
        self.fresh = true;
        // The characters go into the header of this one request, in a buffer that is zeroed after it.
        let characters = credential.expose_secret();
        if characters.is_empty() || !characters.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.unsendable = true;
            return self;
        }
        let mut value = Zeroizing::new(String::with_capacity("Bearer ".len() + characters.len()));
        value.push_str("Bearer ");
        value.push_str(characters);
        match HeaderValue::from_maybe_shared(zeroed(Zeroizing::new(std::mem::take(&mut *value).into_bytes()))) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(AUTHORIZATION, value);
            }
            Err(_) => self.unsendable = true,
        }
        self
    }

    /// Sets a header, in place of an earlier one of that name. Without one, JSON is asked for.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.unsendable = true,
        }
        self
    }

    /// Carries JSON.
    pub fn json(self, value: &serde_json::Value) -> Self {
        let body = Zeroizing::new(value.to_string().into_bytes());
        self.body("application/json", body)
    }

    /// Carries a form (`application/x-www-form-urlencoded`). It may hold secrets: its buffer is zeroed.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        // Room for the worst case, so that no half-written copy is left behind by growing.
        let longest = fields.iter().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(longest));
        form.extend_pairs(fields);
        self.encoded_form(form.finish().into_bytes())
    }

    /// Carries a form that is encoded already.
    pub(crate) fn encoded_form(self, body: Vec<u8>) -> Self {
        self.body("application/x-www-form-urlencoded", Zeroizing::new(body))
    }

    /// Goes over a connection of its own. A connection that was used before may be closed by the
    /// server at the very moment of sending, which would leave open whether a key was created.
    pub fn fresh_connection(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// Sends it once and reads the whole answer.
    pub async fn send(self) -> Result<Response, HttpError> {
        if self.unsendable {
            return Err(HttpError::Unsendable);
        }
        let client = self.http.clients.choose(&self.url, self.fresh)?;
        let mut request = client.request(self.method, self.url).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|error| classify(&error))?;
        let cap = self.http.limits.body;
        if response.content_length().is_some_and(|length| length > cap as u64) {
            return Err(HttpError::TooLarge);
        }
        let mut body = Zeroizing::new(Vec::new());
        // A failure from here on is never `Offline`: the server has begun to answer.
        while let Some(chunk) = response.chunk().await.map_err(|_| HttpError::NoAnswer)? {
            if body.len() + chunk.len() > cap {
                return Err(HttpError::TooLarge);
            }
            append(&mut body, &chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(Response { status: response.status().as_u16(), headers, body })
    }

    fn body(mut self, kind: &'static str, body: Zeroizing<Vec<u8>>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = Some(zeroed(body));
        self
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Response {
    /// Whether the status is a 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's text, if it is there once at least and visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, whatever its content type says; `None` if it is not, or lacks what `T` needs.
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as it lies in memory, without a copy that would not be zeroed; `None` if it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// When the server says it answered (RFC 9110 section 6.6.1).
    pub fn date(&self) -> Option<DateTime<Utc>> {
        http_date(self.header(DATE.as_str())?)
    }

    /// When it can be asked again (RFC 9110 section 10.2.3). A date of the server's is taken by the
    /// server's own clock, if it told the time. Never earlier than `now`, nor more than a year later, so
    /// that no later sum can overflow.
    pub fn retry_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let value = self.header(RETRY_AFTER.as_str())?.trim();
        let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            TimeDelta::try_seconds(value.parse().ok()?)?
        } else {
            http_date(value)? - self.date().unwrap_or(now)
        };
        now.checked_add_signed(wait.clamp(TimeDelta::zero(), TimeDelta::days(366)))
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The same settings four times: with and without the proxy, with and without kept connections.
struct Clients {
    remote: Client,
    remote_fresh: Client,
    local: Client,
    local_fresh: Client,
}

impl Clients {
    fn choose(&self, url: &Url, fresh: bool) -> Result<&Client, HttpError> {
        // A request may have a query, which an address kept in an account may not.
        let mut address = url.clone();
        address.set_query(None);
        check_address(&address)?;
        let local = match url.host() {
            Some(Host::Ipv4(host)) => host.is_loopback(),
            Some(Host::Ipv6(host)) => host.is_loopback(),
            Some(Host::Domain(host)) => host == "localhost" || host.ends_with(".localhost"),
            None => false,
        };
        Ok(match (local, fresh) {
            (true, false) => &self.local,
            (true, true) => &self.local_fresh,
            (false, false) => &self.remote,
            (false, true) => &self.remote_fresh,
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    /// From looking up the name to the end of the TLS handshake.
    connect: Duration,
    /// From there on, or from taking a kept connection, to the last byte of the answer.
    total: Duration,
    /// Bytes of an answer's body.
    body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), total: Duration::from_secs(30), body: 4 * 1024 * 1024 }
    }
}

impl Limits {
    fn builder(self) -> ClientBuilder {
        Client::builder()
            .user_agent(concat!("Latchkey/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect)
            .timeout(self.total)
    }
}

/// In doubt `NoAnswer`: calling something done that was not costs a look at the list; the other
/// way round a key would exist that nobody knows of.
fn classify(error: &reqwest::Error) -> HttpError {
    if !error.is_connect() && !error.is_builder() {
        return HttpError::NoAnswer;
    }
    if names_a_certificate(error) { HttpError::Certificate } else { HttpError::Offline }
}

/// Whether the handshake ended because of the server's certificate.
fn names_a_certificate(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return matches!(tls, rustls::Error::InvalidCertificate(_));
        }
        // What an input or output error wraps is not its source.
        cause = match inner.downcast_ref::<std::io::Error>() {
            Some(wrapper) => wrapper.get_ref().map(|wrapped| -> &(dyn std::error::Error + 'static) { wrapped }),
            None => inner.source(),
        };
    }
    false
}

/// Wraps a buffer so that it is zeroed when the last part of the client lets go of it.
fn zeroed(buffer: Zeroizing<Vec<u8>>) -> Bytes {
    struct Owner(Zeroizing<Vec<u8>>);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    Bytes::from_owner(Owner(buffer))
}

/// Appends like `extend_from_slice`, and zeroes the old buffer when it has to move.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * body.capacity())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// The three forms of RFC 9110 section 5.6.7.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|moment| moment.and_utc())
}

#[cfg(test)]
mod tests;
