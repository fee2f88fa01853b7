//! Owns the values the tests put: plain ones, and strategies for odd ones.

use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, Authorization, Capability, EntryId, Expiry, Fact, JournalEntry, KeptIn,
    KeyId, KeyOrigin, LastUse, NotedPlace, Offered, Outcome, PlaceId, ProviderId, RateLimit, Servers, ServiceStatus,
    SignIn, Usage, UsageLine, Workspace,
};
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use url::Url;

pub(super) fn plain_account() -> Account {
    let server = Url::parse("https://cloud.example.com").unwrap();
    let authorization = Authorization { server: server.clone(), client_id: "client_1".to_owned(), loopback: false };
    let servers = Servers { host: server, authorization: Some(authorization) };
    let label = "Basic Memory".to_owned();
    Account {
        sign_in: SignIn::SignedIn,
        ..Account::signed_out(ProviderId::BASIC_MEMORY, label, servers, super::moment())
    }
}

pub(super) fn plain_key(account: AccountId) -> ApiKey {
    ApiKey {
        name: "work-laptop".to_owned(),
        prefix: Some("bmc_Qv4m".to_owned()),
        created_at: Some(super::moment()),
        ..ApiKey::blank(account, KeyOrigin::Listed)
    }
}

pub(super) fn plain_place(key: KeyId) -> NotedPlace {
    NotedPlace { id: PlaceId::random(), key, name: "GitHub Actions".to_owned(), detail: "acme/notes".to_owned() }
}

pub(super) fn plain_entry() -> JournalEntry {
    let facts = ["Expires", "Workspace"];
    JournalEntry {
        facts: facts.map(|label| Fact { label: label.to_owned(), value: "18 Feb 2027".to_owned() }).to_vec(),
        ..super::line(ActivityKind::KeyCreated, Outcome::Done, super::moment())
    }
}

/// Any text at all, the empty one, NUL, quotes and line ends among them.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("\0'; DROP TABLE keys; --\0".to_owned()),
        Just("\r\n\u{202e}\u{feff}🔑".to_owned()),
    ]
}

/// Any moment chrono can hold, to the nanosecond.
fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    let all = DateTime::<Utc>::MIN_UTC.timestamp()..=DateTime::<Utc>::MAX_UTC.timestamp();
    (prop_oneof![all, 0_i64..4_102_444_800], 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanoseconds)| DateTime::from_timestamp(seconds, nanoseconds).unwrap())
}

fn address() -> impl Strategy<Value = Url> {
    ("[a-z][a-z0-9]{0,10}", any::<u16>(), "(/[ -~]{0,8}){0,3}").prop_map(|(host, port, path)| {
        let mut address = Url::parse(&format!("https://{host}.example:{port}")).unwrap();
        address.set_path(&path);
        address
    })
}

fn offered() -> impl Strategy<Value = Offered> {
    prop_oneof![Just(Offered::NotAsked), Just(Offered::Yes), any::<u16>().prop_map(Offered::No), Just(Offered::Unclear),]
}

fn workspace() -> impl Strategy<Value = Workspace> {
    (text(), text(), text(), any::<bool>()).prop_map(|(id, name, role, is_default)| Workspace {
        id,
        name,
        role,
        is_default,
    })
}

fn usage() -> impl Strategy<Value = Usage> {
    let line = (text(), option::of(any::<u64>()), option::of(any::<u64>()), text())
        .prop_map(|(label, used, limit, unit)| UsageLine { label, used, limit, unit });
    (option::of(text()), vec(line, 0..4), instant()).prop_map(|(plan, lines, at)| Usage { plan, lines, at })
}

fn rate_limit() -> impl Strategy<Value = RateLimit> {
    (any::<[u32; 2]>(), option::of(instant()), instant()).prop_map(|(counts, resets_at, at)| RateLimit {
        limit: counts[0],
        remaining: counts[1],
        resets_at,
        at,
    })
}

/// A name as no version of today knows it: such an account is kept all the same.
fn provider() -> impl Strategy<Value = ProviderId> {
    prop_oneof![
        Just(ProviderId::BASIC_MEMORY),
        "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?".prop_map(|name| name.parse().unwrap()),
    ]
}

pub(super) fn account() -> impl Strategy<Value = Account> {
    let authorization =
        option::of((address(), text(), any::<bool>()).prop_map(|(server, client_id, loopback)| Authorization {
            server,
            client_id,
            loopback,
        }));
    let servers = (provider(), address(), authorization)
        .prop_map(|(id, host, authorization)| (id, Servers { host, authorization }));
    let capability = (offered(), offered(), offered(), offered())
        .prop_map(|(list, create, revoke, expiry)| Capability { list, create, revoke, expiry });
    let sign_in =
        prop_oneof![Just(SignIn::SignedIn), Just(SignIn::Needed), Just(SignIn::SignedOut), Just(SignIn::NotUsed)];
    let texts = (text(), option::of(text()), option::of(text()), option::of(text()));
    let moments = (instant(), option::of(instant()));
    let said = (vec(text(), 0..3), option::of(usage()), option::of(rate_limit()));
    (servers, capability, sign_in, texts, moments, vec(workspace(), 0..4), said, any::<[bool; 3]>()).prop_map(
        |(servers, capability, sign_in, (label, subject, email, last_failure), moments, workspaces, said, flags)| {
            Account {
                sandbox: flags[0],
                subject,
                email,
                sign_in,
                capability,
                workspaces,
                checked_at: moments.1,
                last_failure,
                reports_use: flags[1],
                admin_key: flags[2].then(KeyId::random),
                lacks: said.0,
                usage: said.1,
                rate_limit: said.2,
                ..Account::signed_out(servers.0, label, servers.1, moments.0)
            }
        },
    )
}

pub(super) fn key() -> impl Strategy<Value = ApiKey> {
    let last_use = prop_oneof![Just(LastUse::NotReported), Just(LastUse::Never), instant().prop_map(LastUse::At)];
    let expiry = prop_oneof![
        Just(Expiry::Unknown),
        Just(Expiry::Never),
        instant().prop_map(Expiry::AtService),
        instant().prop_map(Expiry::Reminder),
    ];
    let status = prop_oneof![
        Just(ServiceStatus::Active),
        Just(ServiceStatus::Expired),
        option::of(instant()).prop_map(ServiceStatus::Revoked),
    ];
    let origin = prop_oneof![
        Just(KeyOrigin::Listed),
        Just(KeyOrigin::Created),
        Just(KeyOrigin::Adopted),
        Just(KeyOrigin::Intended),
    ];
    let kept = prop_oneof![Just(KeptIn::Nowhere), Just(KeptIn::Keychain), Just(KeptIn::Session)];
    let texts = (text(), option::of(text()), option::of(text()), option::of(text()));
    let moments = (option::of(instant()), option::of(instant()));
    let some_have = (option::of(text()), option::of(vec(text(), 0..4)), option::of(text()), option::of(any::<u32>()));
    (texts, any::<bool>(), moments, last_use, expiry, status, (origin, kept), some_have).prop_map(
        |(texts, workspace_confirmed, moments, last_use, expiry, service_status, (origin, kept), some_have)| ApiKey {
            id: KeyId::random(),
            account: AccountId::random(),
            remote_id: texts.1,
            name: texts.0,
            prefix: texts.2,
            workspace: texts.3,
            workspace_confirmed,
            created_at: moments.0,
            last_use,
            expiry,
            service_status,
            origin,
            kept,
            environment: some_have.0,
            scopes: some_have.1,
            project: some_have.2,
            rate_limit: some_have.3,
            woke_at: moments.1,
        },
    )
}

pub(super) fn noted_place() -> impl Strategy<Value = NotedPlace> {
    (text(), text()).prop_map(|(name, detail)| NotedPlace { id: PlaceId::random(), key: KeyId::random(), name, detail })
}

pub(super) fn entry() -> impl Strategy<Value = JournalEntry> {
    let kind = (0..ActivityKind::ALL.len()).prop_map(|index| ActivityKind::ALL[index]);
    let outcome = prop_oneof![Just(Outcome::Started), Just(Outcome::Done), Just(Outcome::Failed)];
    let facts = vec((text(), text()).prop_map(|(label, value)| Fact { label, value }), 0..4);
    (instant(), kind, outcome, text(), facts, any::<[bool; 3]>()).prop_map(
        |(at, kind, outcome, subject, facts, named)| JournalEntry {
            id: EntryId::random(),
            at,
            kind,
            outcome,
            account: named[0].then(AccountId::random),
            key: named[1].then(KeyId::random),
            subject,
            answers: named[2].then(EntryId::random),
            facts,
        },
    )
}
