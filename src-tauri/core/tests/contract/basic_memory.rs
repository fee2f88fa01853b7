//! Owns what every server of Basic Memory Cloud must let Latchkey do, and what must be noticed
//! where it does not. Leaves out which server it is.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{KeyName, Offered, Secret};
use latchkey_core::http::Http;
use latchkey_core::providers::{
    Call, CreatedKey, ListedKey, NewKey, Probe, Provider, ProviderError, Seen, basic_memory::BasicMemory,
};
use url::Url;

/// What the server offers beyond creating keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offers {
    pub(crate) list: bool,
    pub(crate) revoke: bool,
    pub(crate) expiry: bool,
}

impl Offers {
    pub(crate) const EVERYTHING: Self = Self { list: true, revoke: true, expiry: true };
}

/// Leads one key through its life: created with an end, used, listed, revoked, proved.
pub(crate) async fn holds(host: &Url, token: &Secret, offers: Offers) {
    let http = Http::new().unwrap();
    let service = &BasicMemory;
    let seen = Seen::default();
    let call = Call { http: &http, host, credential: token, seen: &seen };

    let Probe::Accepted { workspace: Some(current), workspaces } = service.workspaces(&call).await.unwrap() else {
        panic!("the token is not accepted")
    };
    assert!(workspaces.len() > 1, "{workspaces:?}");
    let other = workspaces.iter().find(|workspace| workspace.id != current).unwrap();
    assert!(other.may_create_keys() && !other.name.is_empty());
    assert!(matches!(service.probe(&call).await.unwrap(), Probe::Accepted { .. }));

    let before = SystemClock.now().trunc_subsecs(0);
    let end = (before + TimeDelta::days(90)).trunc_subsecs(0);
    let name = KeyName::parse("work-laptop", 100).unwrap();
    let new_key = NewKey { workspace: Some(other.id.clone()), expires_at: Some(end), ..NewKey::named(name) };
    let created = service.create_key(&call, &new_key).await.unwrap();
    check_created(&created, end, offers);

    let with_key = Call { credential: &created.secret, ..call.clone() };
    let Probe::Accepted { workspace, .. } = service.probe(&with_key).await.unwrap() else {
        panic!("the new key is not accepted")
    };
    assert_eq!(workspace.as_ref(), Some(&other.id), "the key tells its workspace");

    let listing = service.list_keys(&call, &workspaces).await;
    if offers.list {
        let listing = listing.unwrap();
        assert!(listing.reports_use && !listing.partial);
        let listed = same(&listing.keys, &created).expect("the new key is listed");
        check_listed(listed, before, end, offers, &created.secret);
        assert_eq!(listed.workspace.as_ref(), Some(&other.id));
    } else {
        assert!(matches!(listing, Err(ProviderError::NotOffered(404 | 405))), "{listing:?}");
    }

    let id = created.facts.remote_id.as_deref().unwrap_or("unknown");
    let revoked = service.revoke_key(&call, id, Some(&other.id)).await;
    if offers.revoke && created.facts.remote_id.is_some() {
        revoked.unwrap();
        check_revoked(service, &call, &created, offers).await;
    } else if !offers.revoke {
        assert!(matches!(revoked, Err(ProviderError::NotOffered(404 | 405))), "{revoked:?}");
    }
    check_stranger(service, &call).await;
}

fn check_created(created: &CreatedKey, end: DateTime<Utc>, offers: Offers) {
    // Only the form is looked at, and a failure prints none of it.
    let sendable = created.secret.expose_secret().starts_with("bmc_");
    assert!(sendable, "a key of another kind");
    assert!(is_head(created.facts.prefix.as_deref(), &created.secret), "{:?}", created.facts.prefix);
    match (offers.expiry, offers.list) {
        // Without a list an answer may be the key alone, which leaves the date open.
        (true, false) => assert!(matches!(created.expiry, Offered::Yes | Offered::Unclear), "{:?}", created.expiry),
        (true, true) => {
            assert_eq!(created.expiry, Offered::Yes);
            assert_eq!(created.facts.expires_at, Some(Some(end)));
        }
        (false, _) => assert!(matches!(created.expiry, Offered::No(400 | 422)), "{:?}", created.expiry),
    }
}

/// Enough to recognise the key by, and no more than a service shows.
fn is_head(prefix: Option<&str>, secret: &Secret) -> bool {
    // Only to compare; nothing is printed.
    prefix.is_some_and(|prefix| (8..=16).contains(&prefix.len()) && secret.expose_secret().starts_with(prefix))
}

fn check_listed(listed: &ListedKey, before: DateTime<Utc>, end: DateTime<Utc>, offers: Offers, secret: &Secret) {
    assert_eq!(listed.name, "work-laptop");
    assert!(is_head(listed.prefix.as_deref(), secret), "{:?}", listed.prefix);
    let near = |moment: DateTime<Utc>| moment >= before && moment < before + TimeDelta::minutes(5);
    assert!(listed.created_at.is_some_and(near), "{:?}", listed.created_at);
    assert!(listed.last_used_at.flatten().is_some_and(near), "the probe is a use: {:?}", listed.last_used_at);
    assert_eq!(listed.expires_at, offers.expiry.then_some(Some(end)));
    assert!(!listed.revoked && !listed.expired);
}

async fn check_revoked(service: &dyn Provider, call: &Call<'_>, created: &CreatedKey, offers: Offers) {
    let with_key = Call { credential: &created.secret, ..call.clone() };
    assert_eq!(service.probe(&with_key).await.unwrap(), Probe::Refused);
    if offers.list {
        let Probe::Accepted { workspaces, .. } = service.workspaces(call).await.unwrap() else { panic!("refused") };
        let listing = service.list_keys(call, &workspaces).await.unwrap();
        assert!(same(&listing.keys, created).is_none_or(|listed| listed.revoked), "gone or marked");
    }
    let unknown = service.revoke_key(call, "00000000-0000-4000-8000-000000000000", None).await;
    assert!(matches!(unknown, Err(ProviderError::NoSuchKey)), "{unknown:?}");
}

async fn check_stranger(service: &dyn Provider, call: &Call<'_>) {
    let stranger = Secret::new("bmc_nobodyEXAMPLE".to_owned());
    let call = Call { credential: &stranger, ..call.clone() };
    assert_eq!(service.probe(&call).await.unwrap(), Probe::Refused);
    let new_key = NewKey::named(KeyName::parse("stranger", 100).unwrap());
    let refused = service.create_key(&call, &new_key).await;
    assert!(matches!(refused, Err(ProviderError::Refused(_))), "{refused:?}");
}

fn same<'a>(keys: &'a [ListedKey], created: &CreatedKey) -> Option<&'a ListedKey> {
    keys.iter().find(|key| match &created.facts.remote_id {
        Some(id) => key.remote_id.as_ref() == Some(id),
        None => key.name == "work-laptop" && key.prefix == created.facts.prefix,
    })
}
