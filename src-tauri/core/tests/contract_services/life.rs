//! Owns the life of a key at each service: made, recognised, limited by its scopes and its end, revoked,
//! proved; by the service's own calls, or by its other way.

use crate::sandbox::Sandbox;
use crate::{Caller, SERVICES, service};
use chrono::TimeDelta;
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{KeyName, Offered, Secret};
use latchkey_core::http::HttpError;
use latchkey_core::providers::{CreatedKey, ListedKey, Means, NewKey, Provider, ProviderError, Verdict};
use serde_json::{Value, json};

const DAY: u32 = 24 * 60 * 60;

fn new_key(name: &str) -> NewKey {
    NewKey::named(KeyName::parse(name, 100).unwrap())
}

async fn verdict(provider: &dyn Provider, caller: &Caller) -> Verdict {
    provider.test(&caller.call()).await.unwrap().verdict
}

/// The account as the sandbox hands it out: the admin key, or the first of MemoryKit's keys.
fn account(sandbox: &Sandbox, name: &str) -> Caller {
    let part = sandbox.part(name);
    let key = part["admin_key"].as_str().or_else(|| part["keys"][0]["key"].as_str()).unwrap();
    Caller::new(&part["host"].as_str().unwrap().parse().unwrap(), &Secret::new(key.to_owned()))
}

#[tokio::test]
async fn each_service_holds_the_contract() {
    for settings in [
        json!({}),
        json!({"memory_api_errors": "detail", "memory_os_list": "keys"}),
        json!({"memory_os_state": "status"}),
        json!({"memory_os_state": "revoked_at", "without": ["memory-os.revoke"]}),
    ] {
        let sandbox = Sandbox::start(&[]).await;
        sandbox.admin("/admin/settings", &settings).await;
        for name in SERVICES {
            let (provider, admin) = (service(name), account(&sandbox, name));
            assert_eq!(verdict(provider, &admin).await, Verdict::Works, "{name}");
            refuses_a_stranger(provider, &admin).await;
            match provider.description().create {
                Means::Guided => ends_in_its_dashboard(provider, &admin, &sandbox).await,
                Means::Native | Means::Asked => {
                    let offers_revoke = name != "memory-os" || settings["without"].is_null();
                    lives(provider, &admin, offers_revoke).await;
                }
            }
        }
    }
}

/// Made with scopes and an end, recognised, unable to do what it was not given, revoked and proved.
async fn lives(provider: &dyn Provider, admin: &Caller, offers_revoke: bool) {
    let known = provider.description();
    let scope = known.scopes[0].id.to_owned();
    let end = SystemClock.now() + TimeDelta::days(30) + TimeDelta::hours(1);
    let asked = NewKey {
        scopes: vec![scope.clone()],
        environment: (!known.environments.is_empty()).then(|| "live".to_owned()),
        rate_limit: known.rate_limit.then_some(77),
        expires_at: Some(end),
        ..new_key("laptop")
    };
    let created = provider.create_key(&admin.call(), &asked).await.unwrap();
    let head = created.facts.prefix.clone().unwrap();
    // Only the head is looked at, and a failure prints none of the key.
    assert!(
        created.secret.expose_secret().starts_with(&head) && head.len() <= created.secret.expose_secret().len() / 2
    );
    assert_eq!(created.facts.scopes.as_deref(), Some(&[scope.clone()][..]), "{}", known.name);
    assert_eq!(created.facts.environment.as_deref(), Some("live"), "{}", known.name);
    match known.name {
        "Memory API" => {
            assert_eq!(created.expiry, Offered::Yes);
            let said = created.facts.expires_at.flatten().unwrap();
            assert!(
                said <= end && said > end - TimeDelta::days(1),
                "the answer's own date, not past the one asked for"
            );
        }
        _ => assert_eq!((created.expiry, created.facts.expires_at), (Offered::NotAsked, None)),
    }

    let listing = provider.list_keys(&admin.call(), &[]).await.unwrap();
    // Memory OS documents no last use; its list may carry one all the same.
    assert!(listing.reports_use || known.name != "Memory API");
    let listed = find(&listing.keys, &created).expect("the new key is listed");
    assert_eq!((listed.name.as_str(), listed.revoked), ("laptop", false));
    // The characters were in the answer to the create and nowhere since.
    let printed = format!("{listing:?} {created:?}");
    assert!(!printed.contains(created.secret.expose_secret()), "a whole key was printed");

    let own = admin.with(&created.secret);
    let refused = provider.create_key(&own.call(), &new_key("another")).await;
    assert!(matches!(&refused, Err(ProviderError::LacksScope { scope, .. }) if scope == "admin"), "{refused:?}");
    let identified = provider.identify(&own.call()).await.unwrap();
    assert_eq!((identified.can_create, identified.lacks.as_slice()), (Some(false), &["admin".to_owned()][..]));
    let acting = provider.identify(&admin.call()).await.unwrap();
    assert_eq!((acting.can_list, acting.can_create), (Some(true), Some(true)), "{}", known.name);
    let own_row = acting.key.expect("the admin key finds its own row");

    let id = created.facts.remote_id.clone().unwrap();
    let answer = provider.revoke_key(&admin.call(), &id, None).await;
    if offers_revoke {
        answer.unwrap();
        assert_eq!(verdict(provider, &own).await, Verdict::Refused);
        let listing = provider.list_keys(&admin.call(), &[]).await.unwrap();
        assert!(find(&listing.keys, &created).is_none_or(|listed| listed.revoked), "gone or marked");
        let unknown = provider.revoke_key(&admin.call(), "key_nobody", None).await;
        assert!(matches!(unknown, Err(ProviderError::NoSuchKey)), "{unknown:?}");
    } else {
        assert!(matches!(answer, Err(ProviderError::NotOffered(404 | 405))), "{answer:?}");
        assert_eq!(verdict(provider, &own).await, Verdict::Works, "nothing is called revoked without a 2xx");
    }
    if known.name == "Memory API" {
        let answer = provider.revoke_key(&admin.call(), &own_row.remote_id.unwrap(), None).await;
        assert!(matches!(answer, Err(ProviderError::CurrentKey(_))), "{answer:?}");
        assert_eq!(verdict(provider, admin).await, Verdict::Works);
    }
}

/// Nothing can be made, listed or ended by a request; a probe proves the end.
async fn ends_in_its_dashboard(provider: &dyn Provider, key: &Caller, sandbox: &Sandbox) {
    let call = key.call();
    assert!(matches!(provider.list_keys(&call, &[]).await, Err(ProviderError::Unsupported)));
    assert!(matches!(provider.create_key(&call, &new_key("laptop")).await, Err(ProviderError::Unsupported)));
    assert!(matches!(provider.revoke_key(&call, "key_1", None).await, Err(ProviderError::Unsupported)));
    let usage = provider.usage(&call).await.unwrap().unwrap();
    assert!(usage.plan.is_some() && usage.lines.iter().all(|line| line.limit.is_some()), "{usage:?}");
    sandbox.admin("/admin/keys/key_0000000000000003/revoke", &json!({})).await;
    assert_eq!(verdict(provider, key).await, Verdict::Refused);
}

async fn refuses_a_stranger(provider: &dyn Provider, admin: &Caller) {
    let head = provider.description().key_prefixes[0];
    // One of the right form that nobody made, and one of another service.
    for text in [format!("{head}nobodyEXAMPLEnobodyEXAMPLEnobodyEXAMPLE"), "bmc_nobodyEXAMPLE".to_owned()] {
        let stranger = admin.with(&Secret::new(text));
        assert_eq!(verdict(provider, &stranger).await, Verdict::Refused, "{}", provider.description().name);
    }
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
async fn a_create_whose_answer_is_lost_is_sent_once_and_found_in_the_list() {
    let sandbox = Sandbox::start(&[]).await;
    for (name, path) in [("memory-api", "/v1/account/api-keys"), ("memory-os", "/api/v1/keys")] {
        let (provider, admin) = (service(name), account(&sandbox, name));
        for (kind, made) in [("dropped_before_work", 0), ("dropped_after_work", 1), ("truncated", 1)] {
            let fault = json!({"service": name, "path": path, "method": "POST", "kind": kind, "times": 1});
            sandbox.admin("/admin/faults", &fault).await;
            let failure = provider.create_key(&admin.call(), &new_key(kind)).await.unwrap_err();
            assert!(matches!(failure, ProviderError::Http(HttpError::NoAnswer)), "{name} {kind}: {failure:?}");
            let listing = provider.list_keys(&admin.call(), &[]).await.unwrap();
            assert_eq!(listing.keys.iter().filter(|key| key.name == kind).count(), made, "{name} {kind}");
        }
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

fn find<'a>(keys: &'a [ListedKey], created: &CreatedKey) -> Option<&'a ListedKey> {
    keys.iter().find(|key| key.remote_id.is_some() && key.remote_id == created.facts.remote_id)
}

impl Sandbox {
    /// One service's part of the ready file.
    pub(crate) fn part(&self, name: &str) -> Value {
        self.ready(&name.replace('-', "_"))
    }
}
