//! Owns the proof that the use cases carry a service they never heard of: one line of the registry is all
//! that is added, and its account is added, filled, tested and emptied like any other.

use crate::fifth::WITH_FIFTH;
use crate::house::{House, reason};
use crate::small_server::{Asked, Reply, SmallServer};
use latchkey_core::domain::{ActivityKind, Expiry, KeptIn, KeyOrigin, ProviderId, ServiceStatus, SignIn};
use latchkey_core::services::{CreateKey, Proof, Reason, TestResult};
use serde_json::{Value, json};

const ADMIN: &str = "fth_adminEXAMPLE";

/// What the made-up service holds of one token.
struct Token {
    secret: String,
    facts: Value,
}

fn token(number: usize, title: &Value, may: &Value, secret: &str) -> Token {
    let facts = json!({"token_id": format!("t{number}"), "title": title, "head": &secret[..8], "may": may, "born": "2026-01-02T03:04:05Z"});
    Token { secret: secret.to_owned(), facts }
}

fn answer(tokens: &mut Vec<Token>, asked: &Asked) -> Reply {
    let bearer = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let Some(own) = tokens.iter().find(|token| token.secret == bearer) else {
        return Reply::json(401, &json!({"why": "unknown token"}));
    };
    let manages = own.facts["may"].as_array().unwrap().contains(&json!("manage"));
    match (asked.method.as_str(), asked.target.as_str()) {
        ("GET", "/five/tokens/self") => Reply::json(200, &json!({"fine": true})),
        _ if !manages => Reply::json(403, &json!({"why": "needs manage"})),
        ("GET", "/five/tokens") => {
            Reply::json(200, &tokens.iter().map(|token| token.facts.clone()).collect::<Vec<_>>().into())
        }
        ("POST", "/five/tokens") => {
            let (number, body) = (tokens.len() + 1, asked.json());
            let made = token(number, &body["name"], &body["scopes"], &format!("fth_{number}v4mWnR8sLkEXAMPLE"));
            let mut said = made.facts.clone();
            said["token"] = made.secret.clone().into();
            tokens.push(made);
            Reply::json(201, &said)
        }
        ("DELETE", target) => {
            let id = target.strip_prefix("/five/tokens/").unwrap_or_default().to_owned();
            tokens.retain(|token| token.facts["token_id"] != id.as_str());
            Reply::empty(204)
        }
        _ => Reply::json(404, &json!({"why": "no such page"})),
    }
}

#[tokio::test]
async fn a_fifth_service_is_carried_through_every_use_case_by_its_line_in_the_registry() {
    let mut tokens = vec![token(1, &json!("Latchkey"), &json!(["use", "manage"]), ADMIN)];
    let server = SmallServer::start(move |asked| answer(&mut tokens, asked)).await;
    let host = format!("{}/five", server.base.as_str().trim_end_matches('/'));
    let house = House::of_services(WITH_FIFTH);
    let fifth: ProviderId = "fifth-memory".parse().unwrap();
    assert_eq!(
        house.descriptions().last().map(|known| known.short_name),
        Some("Fifth"),
        "the window draws it from this"
    );

    house.board.write(&format!(" {ADMIN}\n"));
    let pasted = house.paste_key().await.unwrap();
    assert_eq!((pasted.suggested, pasted.prefix.as_str()), (Some(fifth), "fth_admi"));
    let found = house.check_admin_key(&pasted.id, fifth, Some(&host)).await.unwrap();
    assert!(found.accepted && found.can_create == Some(true), "{found:?}");
    let account = house.add_account(&pasted.id, fifth, Some(&host), "").await.unwrap().account;
    assert_eq!((account.sign_in, account.provider), (SignIn::SignedIn, fifth));
    house.until("its keys are read", || house.state(account.id).account.checked_at.is_some()).await;

    let scopes = vec!["use".to_owned()];
    let expires_on = Some((house.now() + chrono::TimeDelta::days(30)).date_naive());
    let wish = CreateKey { workspace: None, scopes, expires_on, ..House::wish(account.id, "worker") };
    let key = house.create_key(wish).await.unwrap().key;
    let secret = house.secret(key.id).await;
    house.close_slot(true).unwrap();
    let key = house.known(key.id);
    assert_eq!((key.origin, key.kept), (KeyOrigin::Created, KeptIn::Keychain));
    assert!(matches!(key.expiry, Expiry::Reminder(_)), "it takes no date, so Latchkey reminds: {:?}", key.expiry);
    assert_eq!(house.test_key(key.id).await.unwrap().result, TestResult::Works);

    // A key that may not manage is genuine, and is added with what it lacks.
    house.board.write(secret.expose_secret());
    let reader = house.paste_key().await.unwrap();
    let found = house.check_admin_key(&reader.id, fifth, Some(&host)).await.unwrap();
    assert_eq!((found.accepted, found.lacks), (true, vec!["manage".to_owned()]));
    house.discard_pasted();

    let detail = house.key_detail(key.id).unwrap();
    assert!(detail.snippets.iter().any(|one| one.text.contains("FIFTH_TOKEN") && one.text.contains(&host)));
    house.copy_snippet(key.id, "curl", true).await.unwrap();
    assert!(
        house
            .board
            .holds(&format!("curl -H \"Authorization: Bearer {}\" \\\n  {host}/tokens/self", secret.expose_secret()))
    );

    let plan = house.revoke_plan(key.id).unwrap();
    assert!(!plan.in_browser);
    let typed = plan.confirmation.as_ref().map(|asked| asked.text.as_str());
    let revoked = house.revoke_key(key.id, typed, false).await.unwrap();
    assert!(matches!(revoked.proof, Proof::Refused { .. }), "{:?}", revoked.proof);
    assert!(matches!(house.known(key.id).service_status, ServiceStatus::Revoked(_)));
    assert_eq!(house.lines(ActivityKind::KeyRevoked).len(), 1);
    let foreign = house.check_admin_key("no such paste", fifth, Some(&host)).await;
    assert_eq!(reason(foreign), Reason::NotFound);
}
