//! Owns what a service, or somebody in its place, may answer to do harm, and what must never happen to a
//! secret on its way: sent on after a redirect, sent unencrypted to another computer, sent to a server
//! whose certificate does not check, sent with characters that are no part of it.

use crate::caller::{Caller, SERVICES, service};
use crate::fifth::WITH_FIFTH;
use crate::small_server::{Reply, SmallServer};
use latchkey_core::domain::{KeyName, Secret, UnsafeAddress, Workspace};
use latchkey_core::http::{Http, HttpError};
use latchkey_core::providers::{Call, NewKey, Provider, ProviderError, Seen};
use std::sync::Arc;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use url::Url;

fn all() -> Vec<&'static dyn Provider> {
    WITH_FIFTH.descriptions().into_iter().map(|known| WITH_FIFTH.provider(known.id)).collect()
}

fn traveller(service: &dyn Provider) -> Secret {
    Secret::new(format!("{}travellerEXAMPLE", service.description().key_prefixes[0]))
}

/// Everything a service can be asked, with the name of what was asked; what is not there is left out.
async fn every_failure(service: &dyn Provider, http: &Http, host: &Url) -> Vec<(&'static str, ProviderError)> {
    let (credential, seen) = (traveller(service), Seen::default());
    let call = Call { http, host, credential: &credential, seen: &seen };
    let new_key = NewKey::named(KeyName::parse("work-laptop", 40).unwrap());
    let workspace = Workspace { id: "w1".to_owned(), name: String::new(), role: "owner".to_owned(), is_default: true };
    let mut failures = vec![
        ("test", service.test(&call).await.err()),
        ("probe", service.probe(&call).await.err()),
        ("identify", service.identify(&call).await.err()),
        ("list", service.list_keys(&call, &[]).await.err()),
        ("list of a workspace", service.list_keys(&call, std::slice::from_ref(&workspace)).await.err()),
        ("create", service.create_key(&call, &new_key).await.err()),
        ("revoke", service.revoke_key(&call, "key_1", None).await.err()),
        ("workspaces", service.workspaces(&call).await.err()),
    ];
    if service.description().usage {
        failures.push(("usage", service.usage(&call).await.err()));
    }
    failures
        .into_iter()
        .map(|(what, failure)| (what, failure.unwrap_or_else(|| panic!("{what} succeeded"))))
        .filter(|(_, failure)| !matches!(failure, ProviderError::Unsupported))
        .collect()
}

#[tokio::test]
async fn no_service_is_followed_to_another_address() {
    let http = Http::new().unwrap();
    for service in all() {
        for status in [301, 302, 307, 308] {
            let second = SmallServer::start(|_| Reply::json(200, &serde_json::json!({"data": []}))).await;
            let location = second.base.join("/v1/status").unwrap().to_string();
            let first = SmallServer::start(move |_| Reply::empty(status).with("location", &location)).await;
            let failures = every_failure(service, &http, &first.base).await;
            assert!(!failures.is_empty());
            for (what, failure) in failures {
                let name = service.description().name;
                let named = matches!(&failure, ProviderError::Redirected { host, .. } if host.as_deref() != Some(""));
                assert!(named, "{name}, {what}, {status}: {failure:?}");
            }
            assert!(!first.asked().is_empty() && second.asked().is_empty(), "a redirect was followed");
        }
    }
}

#[tokio::test]
async fn no_service_is_spoken_to_unencrypted_on_another_computer() {
    let http = Http::new().unwrap();
    for service in all() {
        for host in ["http://example.com/v1", "http://10.0.0.1/v1", "http://localhost:1/v1"] {
            for (what, failure) in every_failure(service, &http, &host.parse().unwrap()).await {
                let refused =
                    matches!(failure, ProviderError::Http(HttpError::UnsafeAddress(UnsafeAddress::NotEncrypted)));
                assert!(refused, "{what}: {failure:?}");
            }
        }
        for host in ["https://person:word@example.com/v1", "https://example.com/v1#part"] {
            for (what, failure) in every_failure(service, &http, &host.parse().unwrap()).await {
                let refused = matches!(failure, ProviderError::Http(HttpError::UnsafeAddress(UnsafeAddress::NotPlain)));
                assert!(refused, "{what}: {failure:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_service_is_trusted_whose_certificate_nobody_signed() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let listening = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut read = Vec::new();
            // A handshake that fails is what is hoped for; what comes through one is told.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ended = stream.read_to_end(&mut read).await;
            }
            let _sent = tell.send(read);
        }
    });
    let http = Http::new().unwrap();
    for service in all() {
        let host = format!("https://127.0.0.1:{port}/v1").parse().unwrap();
        for (what, failure) in every_failure(service, &http, &host).await {
            assert!(matches!(failure, ProviderError::Http(HttpError::Certificate)), "{what}: {failure:?}");
            assert!(told.recv().await.unwrap().is_empty(), "{what}: something was sent");
        }
    }
    listening.abort();
}

#[tokio::test]
async fn every_odd_answer_becomes_an_error_of_its_own_and_is_never_asked_again() {
    for name in SERVICES {
        for (reply, expected) in [
            (Reply::html(200), "not understood"),
            (Reply::html(404), "not offered"),
            (Reply::empty(418), "not understood"),
            (Reply::json(500, &serde_json::json!({"error": {"message": "down"}})), "failed"),
            (Reply::json(429, &serde_json::json!({"error": {"code": "RATE_LIMITED"}})), "rate limited"),
            (Reply::kind(200, "application/json", "{\"data\": ["), "truncated"),
            (Reply::Bytes(b"HTTP/1.1 200 OK\r\nconte".to_vec()), "no answer"),
            (Reply::Silence, "no answer"),
            (Reply::Endless, "too large"),
        ] {
            let server = SmallServer::scripted([reply.clone()]).await;
            let caller = Caller::new(&server.base, &traveller(service(name)));
            let answer = service(name).test(&caller.call()).await;
            let found = match &answer {
                Err(ProviderError::NotUnderstood(_)) => "not understood",
                Err(ProviderError::NotOffered(404)) => "not offered",
                Err(ProviderError::Failed(_)) => "failed",
                Err(ProviderError::RateLimited { retry_at: None, .. }) => "rate limited",
                Err(ProviderError::Http(HttpError::NoAnswer)) => "no answer",
                Err(ProviderError::Http(HttpError::TooLarge)) => "too large",
                _ => "something else",
            };
            // MemoryKit's status is judged by its number, and half a body was an answer all the same.
            let expected = match (expected, name) {
                ("truncated", "memory-kit") => "something else",
                ("truncated", _) => "not understood",
                (other, _) => other,
            };
            assert_eq!(found, expected, "{name}: {reply:?} became {answer:?}");
            assert_eq!(server.lines().len(), 1, "{name}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn a_key_with_characters_that_no_header_carries_is_not_sent() {
    for text in [
        "mem_live_line\nbreakEXAMPLE",
        "mem_live_zero\u{200b}widthEXAMPLE",
        "mem_live_nul\0EXAMPLE",
        "mem_live_a spaceEXAMPLE",
    ] {
        for name in SERVICES {
            let server = SmallServer::start(|_| Reply::empty(200)).await;
            let caller = Caller::new(&server.base, &Secret::new(text.to_owned()));
            let answer = service(name).test(&caller.call()).await;
            assert!(matches!(answer, Err(ProviderError::Http(HttpError::Unsendable))), "{name}: {answer:?}");
            assert!(server.asked().is_empty(), "{name}");
        }
    }
}
