//! Owns ready-made ways to use a Basic Memory key. Their text names the variable; only
//! [`snippet_with_key`] puts a key in its place, for copying.

use super::DESCRIPTION;
use crate::domain::Secret;
use crate::providers::Snippet;
use url::Url;

/// What stands for the key while a template is written.
enum Stand<'a> {
    Variable,
    Key(&'a str),
}

/// Every snippet for keys of this host.
pub(super) fn snippets(host: &Url) -> Vec<Snippet> {
    IDS.iter()
        .filter_map(|(id, label)| render(id, host, &Stand::Variable).map(|text| Snippet { id, label, text }))
        .collect()
}

/// One snippet with the key in place; `None` when there is no such snippet, or when the key holds
/// characters that cannot stand in one (quotes, backslashes, white space …).
pub(super) fn snippet_with_key(host: &Url, id: &str, key: &Secret) -> Option<Secret> {
    // The key becomes part of the text to copy, which is a secret itself.
    let characters = key.expose_secret();
    let plain = !characters.is_empty()
        && characters
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'/' | b'='));
    if !plain {
        return None;
    }
    render(id, host, &Stand::Key(characters)).map(Secret::new)
}

const IDS: [(&str, &str); 5] = [
    ("environment", "Environment"),
    ("curl", "curl"),
    ("python", "Python"),
    ("javascript", "JavaScript"),
    ("mcp", "MCP client"),
];

fn render(id: &str, host: &Url, stand: &Stand<'_>) -> Option<String> {
    let variable = DESCRIPTION.variable;
    let base = host.as_str().trim_end_matches('/');
    let projects = format!("{base}/api/v2/projects");
    let text = match id {
        "environment" => match stand {
            Stand::Variable => format!("export {variable}=\"your key\""),
            Stand::Key(key) => format!("export {variable}=\"{key}\""),
        },
        "curl" => {
            let bearer = match stand {
                Stand::Variable => format!("${variable}"),
                Stand::Key(key) => (*key).to_owned(),
            };
            format!("curl -H \"Authorization: Bearer {bearer}\" \\\n  {projects}")
        }
        "python" => {
            let (import, header) = match stand {
                Stand::Variable => ("import os\n\n", format!("f\"Bearer {{os.environ['{variable}']}}\"")),
                Stand::Key(key) => ("", format!("\"Bearer {key}\"")),
            };
            format!(
                "{import}import httpx\n\nresponse = httpx.get(\n    \"{projects}\",\n    headers={{\"Authorization\": {header}}},\n)\nresponse.raise_for_status()\nprint(response.json())"
            )
        }
        "javascript" => {
            let header = match stand {
                Stand::Variable => format!("`Bearer ${{process.env.{variable}}}`"),
                Stand::Key(key) => format!("\"Bearer {key}\""),
            };
            format!(
                "const response = await fetch(\"{projects}\", {{\n  headers: {{ Authorization: {header} }},\n}});\nif (!response.ok) throw new Error(`HTTP ${{response.status}}`);\nconsole.log(await response.json());"
            )
        }
        "mcp" => {
            let bearer = match stand {
                Stand::Variable => format!("${{{variable}}}"),
                Stand::Key(key) => (*key).to_owned(),
            };
            let path = DESCRIPTION.mcp_path;
            format!(
                "{{\n  \"mcpServers\": {{\n    \"basic-memory\": {{\n      \"type\": \"http\",\n      \"url\": \"{base}{path}\",\n      \"headers\": {{\n        \"Authorization\": \"Bearer {bearer}\"\n      }}\n    }}\n  }}\n}}"
            )
        }
        _ => return None,
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

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
