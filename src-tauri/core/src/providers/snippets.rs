//! Owns ready-made ways to use a key, written from a service's description. Their text names the
//! variable; only [`snippet_with_key`] puts a key in its place, for copying.

use super::{Description, Snippet};
use crate::domain::Secret;
use url::Url;

/// Every snippet for keys of this host.
pub(super) fn snippets(known: &Description, host: &Url) -> Vec<Snippet> {
    KINDS
        .iter()
        .filter_map(|(id, label, language)| {
            let text = render(known, id, host, &Stand::Variable)?;
            let label = match *id {
                // A second name for the same thing is told by the name itself.
                SECOND => known.variables.get(1)?,
                _ => label,
            };
            let caution = known.recipe.cautions.iter().find(|(about, _)| about == id).map(|(_, words)| *words);
            Some(Snippet { id, label: (*label).to_owned(), language, text, caution })
        })
        .collect()
}

/// One snippet with the key in place; `None` when there is no such snippet, or when the key holds
/// characters that cannot stand in one (quotes, backslashes, white space …).
pub(super) fn snippet_with_key(known: &Description, host: &Url, id: &str, key: &Secret) -> Option<Secret> {
    // The key becomes part of the text to copy, which is a secret itself.
    let characters = key.expose_secret();
    let plain = !characters.is_empty()
        && characters
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'/' | b'='));
    if !plain {
        return None;
    }
    render(known, id, host, &Stand::Key(characters)).map(Secret::new)
}

/// What stands for the key while a text is written.
enum Stand<'a> {
    Variable,
    Key(&'a str),
}

/// Stands in the entry of a client where the service publishes no address of an MCP server.
const NO_ADDRESS: &str = "https://ADDRESS-OF-YOUR-MCP-SERVER";

const SECOND: &str = "environment_2";

/// Id, label and language.
const KINDS: [(&str, &str, &str); 6] = [
    ("environment", "Environment", "shell"),
    (SECOND, "", "shell"),
    ("curl", "curl", "shell"),
    ("python", "Python", "python"),
    ("javascript", "JavaScript", "javascript"),
    ("mcp", "MCP client", "json"),
];

fn render(known: &Description, id: &str, host: &Url, stand: &Stand<'_>) -> Option<String> {
    let variable = known.variables.first()?;
    let base = host.as_str().trim_end_matches('/');
    let address = format!("{base}{}", known.recipe.path);
    let text = match id {
        "environment" => assignment(variable, stand),
        SECOND => assignment(known.variables.get(1)?, stand),
        "curl" => {
            let bearer = match stand {
                Stand::Variable => format!("${variable}"),
                Stand::Key(key) => (*key).to_owned(),
            };
            format!("curl -H \"Authorization: Bearer {bearer}\" \\\n  {address}")
        }
        "python" => {
            let (import, header) = match stand {
                Stand::Variable => ("import os\n\n", format!("f\"Bearer {{os.environ['{variable}']}}\"")),
                Stand::Key(key) => ("", format!("\"Bearer {key}\"")),
            };
            format!(
                "{import}import httpx\n\nresponse = httpx.get(\n    \"{address}\",\n    headers={{\"Authorization\": {header}}},\n)\nresponse.raise_for_status()\nprint(response.json())"
            )
        }
        "javascript" => {
            let header = match stand {
                Stand::Variable => format!("`Bearer ${{process.env.{variable}}}`"),
                Stand::Key(key) => format!("\"Bearer {key}\""),
            };
            format!(
                "const response = await fetch(\"{address}\", {{\n  headers: {{ Authorization: {header} }},\n}});\nif (!response.ok) throw new Error(`HTTP ${{response.status}}`);\nconsole.log(await response.json());"
            )
        }
        "mcp" => {
            // A service that publishes no address is given none: whoever has one puts it there.
            let address = known.recipe.mcp_path.map_or_else(|| NO_ADDRESS.to_owned(), |path| format!("{base}{path}"));
            let bearer = match stand {
                Stand::Variable => format!("${{{variable}}}"),
                Stand::Key(key) => (*key).to_owned(),
            };
            let name = known.id;
            format!(
                "{{\n  \"mcpServers\": {{\n    \"{name}\": {{\n      \"type\": \"http\",\n      \"url\": \"{address}\",\n      \"headers\": {{\n        \"Authorization\": \"Bearer {bearer}\"\n      }}\n    }}\n  }}\n}}"
            )
        }
        _ => return None,
    };
    Some(text)
}

fn assignment(variable: &str, stand: &Stand<'_>) -> String {
    match stand {
        Stand::Variable => format!("export {variable}=\"your key\""),
        Stand::Key(key) => format!("export {variable}=\"{key}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::{Provider as _, basic_memory::BasicMemory, memory_os::MemoryOs};
    use serde_json::Value;

    fn snippets(host: &Url) -> Vec<Snippet> {
        super::snippets(BasicMemory.description(), host)
    }

    fn snippet_with_key(host: &Url, id: &str, key: &Secret) -> Option<Secret> {
        super::snippet_with_key(BasicMemory.description(), host, id, key)
    }

    #[test]
    fn a_second_variable_has_a_line_of_its_own_and_no_line_runs_a_package_nobody_owns() {
        let host = Url::parse("https://api.mymemoryos.com/api/v1").unwrap();
        let all = super::snippets(MemoryOs.description(), &host);
        let lines: Vec<_> = all.iter().map(|one| (one.id, one.label.as_str())).collect();
        assert_eq!(lines[1], ("environment_2", "MEMORY_OS_API_KEY"));
        assert_eq!(all[0].text, "export MEMORYOS_API_KEY=\"your key\"");
        assert!(all.iter().all(|one| !one.text.contains("npx")), "{lines:?}");
        let client = all.iter().find(|one| one.id == "mcp").unwrap();
        assert!(client.text.contains(NO_ADDRESS) && client.caution.is_some(), "{}", client.text);
        assert!(all.iter().any(|one| one.id == "javascript" && one.caution.is_some()));
        assert!(all[2].text.contains("https://api.mymemoryos.com/api/v1/memories"));
    }

    fn host() -> Url {
        Url::parse("https://cloud.basicmemory.com").unwrap()
    }

    #[test]
    fn every_snippet_names_the_variable_and_this_host() {
        let all = snippets(&host());
        assert_eq!(
            all.iter().map(|one| one.id).collect::<Vec<_>>(),
            ["environment", "curl", "python", "javascript", "mcp"]
        );
        for snippet in &all {
            assert!(snippet.text.contains("BASIC_MEMORY_API_KEY"), "{}", snippet.text);
            assert!(!snippet.text.contains("bmc_"), "{}", snippet.text);
            assert!(
                snippet.id == "environment" || snippet.text.contains("https://cloud.basicmemory.com/"),
                "{}",
                snippet.text
            );
        }
    }

    #[test]
    fn the_client_entry_is_json_with_and_without_the_key() {
        let host = Url::parse("http://127.0.0.1:4000/base/").unwrap();
        let entry: Value = serde_json::from_str(&snippets(&host)[4].text).unwrap();
        let server = &entry["mcpServers"]["basic-memory"];
        assert_eq!(server["url"], "http://127.0.0.1:4000/base/mcp");
        assert_eq!(server["headers"]["Authorization"], "Bearer ${BASIC_MEMORY_API_KEY}");
        let key = Secret::new("bmc_snippetEXAMPLE".to_owned());
        let with_key = snippet_with_key(&host, "mcp", &key).unwrap();
        let entry: Value = serde_json::from_str(with_key.expose_secret()).unwrap();
        assert_eq!(entry["mcpServers"]["basic-memory"]["headers"]["Authorization"], "Bearer bmc_snippetEXAMPLE");
    }

    #[test]
    fn a_snippet_with_the_key_no_longer_needs_the_variable() {
        let key = Secret::new("bmc_snippetEXAMPLE".to_owned());
        for snippet in snippets(&host()) {
            let with_key = snippet_with_key(&host(), snippet.id, &key).unwrap();
            assert!(with_key.expose_secret().contains("bmc_snippetEXAMPLE"));
            assert_eq!(with_key.expose_secret().contains("BASIC_MEMORY_API_KEY"), snippet.id == "environment");
        }
        assert!(snippet_with_key(&host(), "fortran", &key).is_none());
    }

    #[test]
    fn a_key_that_would_break_out_of_its_quotes_is_not_put_in() {
        for text in ["", "bmc_\"; rm", "bmc_$(id)EXAMPLE", "bmc_`id`", "bmc_a b", "bmc_\\", "bmc_ä"] {
            assert!(snippet_with_key(&host(), "curl", &Secret::new(text.to_owned())).is_none(), "{text}");
        }
    }
}
