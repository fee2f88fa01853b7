//! Owns the checks that views say what the domain and the services say, and nothing more.

use super::*;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use latchkey_core::domain::{
    Account, AccountId, ApiKey, Authorization, Capability, Expiry, FoundCredential, FoundKind, KeptIn, KeyOrigin,
    LastUse, Offered, ProviderId, Servers, SignIn, Workspace,
};
use latchkey_core::services::{
    AccountState, Details, Found, Lock, LockedBy, Page, Reason, Registry, SavedFile, ServiceError, Settings,
    SignInMethod,
};
use serde_json::json;
use std::path::{Path, PathBuf};
use url::Url;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap()
}

fn account() -> Account {
    let address = |text: &str| Url::parse(text).unwrap();
    let authorization = Authorization {
        server: address("https://login.example.com/tenant/"),
        client_id: "client_EXAMPLE".to_owned(),
        loopback: true,
    };
    let servers = Servers { host: address("https://cloud.example.com"), authorization: Some(authorization) };
    Account {
        subject: Some("user_EXAMPLE".to_owned()),
        sign_in: SignIn::Needed,
        capability: Capability { list: Offered::No(404), ..Capability::default() },
        workspaces: vec![Workspace {
            id: "tenant-1".to_owned(),
            name: "Team notes".to_owned(),
            role: "Owner".to_owned(),
            is_default: true,
        }],
        reports_use: true,
        ..Account::signed_out(ProviderId::BASIC_MEMORY, "Work".to_owned(), servers, now())
    }
}

fn key(account: &Account) -> ApiKey {
    ApiKey {
        remote_id: Some("remote-EXAMPLE".to_owned()),
        name: "work-laptop".to_owned(),
        prefix: Some("bmc_Qv4m".to_owned()),
        workspace: Some("tenant-1".to_owned()),
        workspace_confirmed: true,
        created_at: Some(now() - TimeDelta::days(3)),
        last_use: LastUse::At(now()),
        expiry: Expiry::AtService(now() + TimeDelta::days(5)),
        kept: KeptIn::Keychain,
        ..ApiKey::blank(account.id, KeyOrigin::Created)
    }
}

fn state(account: Account, failure: Option<ServiceError>) -> AccountState {
    AccountState {
        account,
        checking: false,
        failure,
        kept_secrets: 2,
        method: SignInMethod::Dashboard,
        retry: None,
        clock_ahead: None,
    }
}

#[test]
fn a_key_is_judged_now_and_its_workspace_named_in_words() {
    let account = account();
    let view = serde_json::to_value(KeyView::new(&key(&account), &account, now())).unwrap();
    assert_eq!(view["status"], "expiring");
    assert_eq!(view["workspace"], "Team notes");
    assert_eq!(view["has_remote_id"], true);
    assert_eq!(view["kept"], "keychain");
    assert_eq!(view["expiry"], json!({ "kind": "at_service", "at": "2026-11-25T12:00:00Z" }));
    assert!(!view.to_string().contains("remote-EXAMPLE"), "the service's own id has no use in the window");
}

#[test]
fn an_unknown_workspace_is_named_by_its_id() {
    let account = account();
    let elsewhere = ApiKey { workspace: Some("tenant-2".to_owned()), ..key(&account) };
    assert_eq!(KeyView::new(&elsewhere, &account, now()).workspace.as_deref(), Some("tenant-2"));
    let nowhere = ApiKey { workspace: None, ..key(&account) };
    assert_eq!(KeyView::new(&nowhere, &account, now()).workspace, None);
}

#[test]
fn a_list_holds_each_key_of_a_known_account() {
    let account = account();
    let stray = ApiKey { account: AccountId::random(), ..key(&account) };
    let keys = [key(&account), stray];
    let (first, total) = (keys[0].id.to_string(), keys.len());
    let page = Page { keys: keys.into(), next: Some(7), total };
    let list = KeyListView::new(&page, &[state(account, None)], now());
    assert_eq!(list.keys.len(), 1);
    assert_eq!(list.keys[0].id, first);
    assert_eq!((list.next, list.total), (Some(7), 2));
}

#[test]
fn an_account_says_what_its_server_offers_and_never_who_its_subject_is() {
    let view = serde_json::to_value(AccountView::from(state(account(), None))).unwrap();
    assert_eq!(view["sign_in"], "needed");
    assert_eq!(view["host"], "https://cloud.example.com");
    assert_eq!(view["authorization_server"], "https://login.example.com/tenant");
    assert_eq!(view["capability"]["list"], json!({ "answer": "no", "status": 404 }));
    assert_eq!(view["capability"]["create"], json!({ "answer": "not_asked" }));
    assert_eq!(view["workspaces"][0]["may_create_keys"], true);
    assert_eq!(view["kept_secrets"], 2);
    assert!(!view.to_string().contains("user_EXAMPLE"));
}

#[test]
fn every_reason_keeps_its_name_as_a_code() {
    for name in [
        "offline",
        "answer_lost",
        "sign_in_needed",
        "subscription_required",
        "keychain_waiting",
        "records_newer",
        "bad_input",
        "sandbox_failed",
    ] {
        let reason = Reason::from_name(name).unwrap();
        assert_eq!(serde_json::to_value(ErrorCode::from(reason)).unwrap(), name);
    }
}

#[test]
fn a_failure_carries_its_details() {
    let details = Details {
        status: Some(429),
        request_id: Some("request-1".to_owned()),
        retry_at: Some(now()),
        host: Some("cloud.example.com".to_owned()),
        ..Details::default()
    };
    let error = ServiceError { reason: Reason::RateLimited, details: Box::new(details) };
    let view = serde_json::to_value(ErrorView::from(error)).unwrap();
    assert_eq!(view["code"], "rate_limited");
    assert_eq!(view["details"]["status"], 429);
    assert_eq!(view["details"]["retry_at"], "2026-11-20T12:00:00Z");
    assert_eq!(view["details"]["host"], "cloud.example.com");
    assert_eq!(view["message"], "The service was asked too often.");
}

#[test]
fn settings_come_back_as_they_went_and_an_unknown_theme_is_refused() {
    let view = SettingsView::from(Settings::default());
    let back = SettingsView::from(Settings::try_from(view.clone()).unwrap());
    assert_eq!(back, view);
    let odd = SettingsView { theme: "sepia".to_owned(), ..view };
    let refused = Settings::try_from(odd).unwrap_err();
    assert_eq!((refused.code, refused.details.field.as_deref()), (ErrorCode::BadInput, Some("theme")));
}

#[test]
fn a_zoom_between_the_steps_or_beyond_them_is_refused() {
    for zoom in [0, 79, 99, 101, 201, u32::MAX] {
        let odd = SettingsView { zoom, ..SettingsView::from(Settings::default()) };
        let refused = Settings::try_from(odd).unwrap_err();
        assert_eq!((refused.code, refused.details.field.as_deref()), (ErrorCode::BadInput, Some("zoom")), "{zoom}");
    }
}

#[test]
fn a_found_key_is_placed_below_the_home_folder_or_in_its_variable() {
    let found = |file: Option<&str>| {
        let credential = FoundCredential {
            provider: ProviderId::BASIC_MEMORY,
            kind: FoundKind::ApiKey,
            file: file.map(PathBuf::from),
            prefix: None,
            problem: None,
        };
        FoundView::new(Found { id: "1".to_owned(), credential }, Path::new("/people/ada"), "VARIABLE").place
    };
    assert_eq!(found(Some("/people/ada/.basic-memory/config.json")), "~/.basic-memory/config.json");
    assert_eq!(found(Some("/srv/config.json")), "/srv/config.json");
    assert_eq!(found(None), "VARIABLE");
}

#[test]
fn a_locked_app_shows_nothing_that_was_read_or_kept() {
    let lock = Lock { at: now(), by: LockedBy::Idle(10), clipboard_cleared: true, secret_waits: false };
    let storage = StorageView { name: "keyring".to_owned(), state: StorageState::Ready, session_only: false };
    let view = AppView::locked(SettingsView::from(Settings::default()), storage, lock.into());
    assert!(view.locked && view.accounts.is_empty() && view.providers.is_empty());
    assert!(view.unsaved.is_none() && view.clipboard.is_none() && !view.sandbox);
}

#[test]
fn a_service_crosses_as_the_data_it_is_described_with() {
    let described: Vec<ProviderView> =
        Registry::built_in().descriptions().into_iter().map(ProviderView::from).collect();
    let views = serde_json::to_value(&described).unwrap();
    let of = |id: &str| views.as_array().unwrap().iter().find(|view| view["id"] == id).unwrap();
    assert_eq!(of("basic-memory")["sign_in"]["method"], "browser");
    assert_eq!(of("memory-api")["sign_in"]["any_of"], json!(["admin"]));
    assert_eq!(of("memory-api")["expiry"], json!({ "kind": "native", "min_days": 1, "max_days": 365 }));
    assert_eq!(of("memory-api")["environment"], "chosen");
    assert_eq!(of("memory-os")["expiry"], json!({ "kind": "reminder_only" }));
    assert_eq!(
        (of("memory-os")["revoke"].as_str(), of("memory-kit")["revoke"].as_str()),
        (Some("asked"), Some("guided"))
    );
    assert_eq!(of("memory-kit")["keys_page_host"], "platform.memorykit.io");
    assert!(of("memory-kit")["sign_in"]["authorization_server"].is_null());
}

#[test]
fn a_key_says_what_is_worth_a_remark_and_whether_it_acts_for_its_account() {
    let account = account();
    let old = ApiKey {
        created_at: Some(now() - TimeDelta::days(100)),
        last_use: LastUse::Never,
        expiry: Expiry::Never,
        ..key(&account)
    };
    let account = Account { admin_key: Some(old.id), ..account };
    let view = serde_json::to_value(KeyView::new(&old, &account, now())).unwrap();
    assert_eq!(view["hints"], json!(["unused_90_days", "older_than_90_days"]));
    assert_eq!((view["is_admin_key"].as_bool(), view["folded"].as_bool()), (Some(true), Some(false)));
    assert_eq!(view["provider"], "basic-memory");
}

#[test]
fn a_saved_file_is_placed_below_the_home_folder() {
    let saved = SavedFile { name: "keys.csv".to_owned(), folder: PathBuf::from("/people/ada/Downloads") };
    assert_eq!(SavedFileView::new(saved, Path::new("/people/ada")).folder, "~/Downloads");
}
