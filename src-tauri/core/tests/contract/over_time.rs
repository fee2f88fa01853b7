//! Owns what the sandbox makes happen to a key over time: its end, its rate limit, its scopes, and a
//! service that does not offer everything.

use crate::caller::{Caller, SERVICES, service};
use crate::sandbox::Sandbox;
use chrono::TimeDelta;
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{KeyName, Secret};
use latchkey_core::providers::{NewKey, Provider, ProviderError, Verdict};
use serde_json::json;

const DAY: u32 = 24 * 60 * 60;

fn new_key(name: &str) -> NewKey {
    NewKey::named(KeyName::parse(name, 100).unwrap())
}

async fn verdict(provider: &dyn Provider, caller: &Caller) -> Verdict {
    provider.test(&caller.call()).await.unwrap().verdict
}

/// The account as the sandbox hands it out: the admin key, or the first of MemoryKit's keys.
fn account(sandbox: &Sandbox, name: &str) -> Caller {
    let part = sandbox.part(&name.replace('-', "_"));
    let key = part["admin_key"].as_str().or_else(|| part["keys"][0]["key"].as_str()).unwrap();
    Caller::new(&part["host"].as_str().unwrap().parse().unwrap(), &Secret::new(key.to_owned()))
}

#[tokio::test]
async fn an_end_that_the_service_knows_bites() {
    let sandbox = Sandbox::start(&[]).await;
    let (provider, admin) = (service("memory-api"), account(&sandbox, "memory-api"));
    let asked = NewKey { expires_at: Some(SystemClock.now() + TimeDelta::days(2)), ..new_key("short") };
    let created = provider.create_key(&admin.call(), &asked).await.unwrap();
    let own = admin.with(&created.secret);
    assert_eq!(verdict(provider, &own).await, Verdict::Works);
    sandbox.admin("/admin/clock", &json!({"advance_seconds": 3 * DAY})).await;
    assert_eq!(verdict(provider, &own).await, Verdict::Refused);
}

#[tokio::test]
async fn a_rate_limit_says_when_it_can_be_asked_again_and_how_much_is_left() {
    for name in SERVICES {
        let sandbox = Sandbox::start(&["--rate-limit", "3"]).await;
        let (provider, admin) = (service(name), account(&sandbox, name));
        for left in [2, 1, 0] {
            assert_eq!(verdict(provider, &admin).await, Verdict::Works);
            let seen = admin.seen.rate_limit().expect("the answer's limit is noted");
            assert_eq!((seen.limit, seen.remaining), (3, left), "{name}");
        }
        let limited = provider.test(&admin.call()).await;
        let Err(ProviderError::RateLimited { retry_at: Some(at), .. }) = limited else { panic!("{name}: {limited:?}") };
        let wait = at - SystemClock.now();
        assert!(wait > TimeDelta::zero() && wait < TimeDelta::seconds(63), "{name}: {wait}");
    }
}

#[tokio::test]
async fn a_key_that_may_only_read_tells_what_it_lacks() {
    let sandbox = Sandbox::start(&[]).await;
    let (provider, admin) = (service("memory-os"), account(&sandbox, "memory-os"));
    let asked = NewKey { scopes: vec!["search:read".to_owned()], ..new_key("searcher") };
    let created = provider.create_key(&admin.call(), &asked).await.unwrap();
    let own = admin.with(&created.secret);
    assert_eq!(verdict(provider, &own).await, Verdict::LacksScope("memories:read".to_owned()));
    let usage = provider.usage(&own.call()).await;
    assert!(matches!(&usage, Err(ProviderError::LacksScope { scope, .. }) if scope == "admin"), "{usage:?}");
    let usage = provider.usage(&admin.call()).await.unwrap().unwrap();
    assert!(usage.plan.is_some() && !usage.lines.is_empty(), "{usage:?}");
}

#[tokio::test]
async fn usage_that_is_not_offered_is_not_an_error() {
    let sandbox = Sandbox::start(&["--without", "memory-os.usage,memory-api.usage"]).await;
    for name in ["memory-api", "memory-os"] {
        let (provider, admin) = (service(name), account(&sandbox, name));
        assert_eq!(provider.usage(&admin.call()).await.unwrap(), None, "{name}");
    }
}
