//! Owns the contract of a provider: one suite that every service passes, on the sandbox and on a plain
//! server that answers with recorded shapes; two servers that share no line of code. What only Basic
//! Memory has (workspaces, calls that are not documented) is proved beside it.
//!
//! The sandbox program is found beside this test: `cargo build -p latchkey-sandbox` puts it there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod basic_memory;
mod caller;
mod fifth;
mod hostile;
mod over_time;
mod plain_server;
mod published;
mod recorded;
mod sandbox;
#[path = "../small_server/mod.rs"]
mod small_server;
mod stage;
mod suite;
mod workspaces;

use fifth::WITH_FIFTH;
use latchkey_core::domain::{ProviderId, Secret};
use latchkey_core::providers::{
    Registry, basic_memory::BasicMemory, memory_api::MemoryApi, memory_kit::MemoryKit, memory_os::MemoryOs,
};
use recorded::Recorded;
use sandbox::Sandbox;
use suite::holds;
use url::Url;

#[tokio::test]
async fn basic_memory_keeps_the_contract() {
    holds(&Recorded::start(&BasicMemory, "").await).await;
    let sandbox = Sandbox::start(&[]).await;
    holds(&sandbox.stage(&BasicMemory, true).await).await;
}

#[tokio::test]
async fn memory_api_keeps_the_contract_in_both_of_its_envelopes() {
    for envelope in ["documented", "detail"] {
        holds(&Recorded::start(&MemoryApi, envelope).await).await;
        let sandbox = Sandbox::start(&["--memory-api-errors", envelope]).await;
        holds(&sandbox.stage(&MemoryApi, true).await).await;
    }
}

#[tokio::test]
async fn memory_os_keeps_the_contract_in_every_shape_of_its_list() {
    for variant in ["", "keys", "gone"] {
        holds(&Recorded::start(&MemoryOs, variant).await).await;
    }
    for (list, state) in [("data", "is_active"), ("keys", "status"), ("data", "revoked_at")] {
        let sandbox = Sandbox::start(&["--memory-os-list", list, "--memory-os-state", state]).await;
        holds(&sandbox.stage(&MemoryOs, true).await).await;
    }
}

#[tokio::test]
async fn memory_os_keeps_the_contract_without_a_way_to_revoke() {
    let sandbox = Sandbox::start(&["--without", "memory-os.revoke"]).await;
    holds(&sandbox.stage(&MemoryOs, false).await).await;
}

#[tokio::test]
async fn memory_kit_keeps_the_contract() {
    for variant in ["", "limits"] {
        holds(&Recorded::start(&MemoryKit, variant).await).await;
    }
    let sandbox = Sandbox::start(&[]).await;
    holds(&sandbox.stage(&MemoryKit, false).await).await;
}

#[tokio::test]
async fn a_fifth_service_is_a_folder_a_line_and_its_fixtures() {
    let id: ProviderId = "fifth-memory".parse().unwrap();
    assert!(Registry::built_in().find(id).is_none());
    let service = WITH_FIFTH.find(id).unwrap();
    assert_eq!(WITH_FIFTH.descriptions().last().map(|known| known.name), Some("Fifth Memory"));
    assert_eq!(WITH_FIFTH.suggested_by(&Secret::new("fth_abcEXAMPLE".to_owned())), Some(id));
    let snippets = service.snippets(&Url::parse("https://fifth.example/five").unwrap());
    assert!(snippets.iter().any(|one| one.id == "mcp" && one.text.contains("https://fifth.example/five/mcp")));
    holds(&Recorded::start(service, "").await).await;
}

#[test]
fn every_description_is_whole_and_leads_to_safe_addresses_only() {
    for known in Registry::built_in().descriptions() {
        let pages = [known.host, known.keys_page, known.sign_up_page, known.documentation];
        for page in pages.iter().chain(known.other_hosts) {
            let url: Url = page.parse().unwrap();
            assert_eq!(url.scheme(), "https", "{page}");
            assert!(latchkey_core::domain::check_address(&url).is_ok() && !page.ends_with('/'), "{page}");
        }
        assert!(!known.variables.is_empty() && !known.key_prefixes.is_empty());
        for preset in known.presets {
            assert!(
                preset.scopes.iter().all(|id| known.scopes.iter().any(|scope| scope.id == *id)),
                "{}",
                preset.label
            );
        }
        for kind in known.environments {
            assert!(known.key_prefixes.contains(&kind.prefix), "{}", kind.prefix);
        }
        for snippet in Registry::built_in().provider(known.id).snippets(&known.host.parse().unwrap()) {
            assert!(!snippet.text.contains("npx") && !snippet.text.contains("pip install"), "{}", snippet.text);
            assert!(known.variables.iter().any(|name| snippet.text.contains(name)), "{}", snippet.text);
        }
    }
}
