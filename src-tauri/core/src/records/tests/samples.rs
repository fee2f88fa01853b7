//! Owns the values the tests put: plain ones, and strategies for odd ones.

use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, Capability, EntryId, Expiry, Fact, JournalEntry, KeptIn, KeyId,
    KeyOrigin, LastUse, NotedPlace, Offered, Outcome, PlaceId, ProviderId, Servers, ServiceStatus, SignIn, Workspace,
};
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use url::Url;

pub(super) fn plain_account() -> Account {
    let server = Url::parse("https://cloud.example.com").unwrap();
    Account {
        id: AccountId::random(),
        provider: ProviderId::BasicMemory,
        label: "Basic Memory".to_owned(),
        servers: Servers { host: server.clone(), authorization_server: server, client_id: "client_1".to_owned() },
        sandbox: false,
        subject: None,
        email: None,
        sign_in: SignIn::SignedIn,
        capability: Capability::default(),
        workspaces: Vec::new(),
        added_at: super::moment(),
        checked_at: None,
        last_failure: None,
        reports_use: false,
    }
}

pub(super) fn plain_key(account: AccountId) -> ApiKey {
    ApiKey {
        id: KeyId::random(),
        account,
        remote_id: None,
        name: "work-laptop".to_owned(),
        prefix: Some("bmc_Qv4m".to_owned()),
        workspace: None,
        workspace_confirmed: false,
        created_at: Some(super::moment()),
        last_use: LastUse::NotReported,
        expiry: Expiry::Unknown,
        service_status: ServiceStatus::Active,
        origin: KeyOrigin::Listed,
        kept: KeptIn::Nowhere,
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

pub(super) fn account() -> impl Strategy<Value = Account> {
    let servers = (address(), address(), text()).prop_map(|(host, authorization_server, client_id)| Servers {
        host,
        authorization_server,
        client_id,
    });
    let capability = (offered(), offered(), offered(), offered())
        .prop_map(|(list, create, revoke, expiry)| Capability { list, create, revoke, expiry });
    let sign_in = prop_oneof![Just(SignIn::SignedIn), Just(SignIn::Needed), Just(SignIn::SignedOut)];
    let texts = (text(), option::of(text()), option::of(text()), option::of(text()));
    let moments = (instant(), option::of(instant()));
    (servers, capability, sign_in, texts, moments, vec(workspace(), 0..4), any::<[bool; 2]>()).prop_map(
        |(servers, capability, sign_in, (label, subject, email, last_failure), moments, workspaces, flags)| Account {
            id: AccountId::random(),
            provider: ProviderId::BasicMemory,
            label,
            servers,
            sandbox: flags[0],
            subject,
            email,
            sign_in,
            capability,
            workspaces,
            added_at: moments.0,
            checked_at: moments.1,
            last_failure,
            reports_use: flags[1],
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
    (texts, any::<bool>(), option::of(instant()), last_use, expiry, status, origin, kept).prop_map(
        |(texts, workspace_confirmed, created_at, last_use, expiry, service_status, origin, kept)| ApiKey {
            id: KeyId::random(),
            account: AccountId::random(),
            remote_id: texts.1,
            name: texts.0,
            prefix: texts.2,
            workspace: texts.3,
            workspace_confirmed,
            created_at,
            last_use,
            expiry,
            service_status,
            origin,
            kept,
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
