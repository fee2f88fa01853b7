//! Owns opening a page in the system's browser. Leaves out which pages there are.

use latchkey_core::domain::check_address;
use latchkey_core::services::{Browser, NoBrowser};
use url::Url;

/// The person's browser.
pub(crate) struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, page: &Url) -> Result<(), NoBrowser> {
        if !may_open(page) {
            return Err(NoBrowser);
        }
        tauri_plugin_opener::open_url(page.as_str(), None::<&str>).map_err(|_| NoBrowser)
    }
}

/// Only https, or http on this computer. A query may stand behind it: RFC 8628 section 3.3.1 puts the
/// user code there.
fn may_open(page: &Url) -> bool {
    let mut bare = page.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    check_address(&bare).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_computer_are_opened() {
        let may = |text: &str| may_open(&Url::parse(text).unwrap());
        assert!(may("https://login.example.com/device?user_code=FKWD-RJTX"));
        assert!(may("http://127.0.0.1:4100/device?user_code=FKWD-RJTX#top"));
        for text in [
            "http://login.example.com/device",
            "http://localhost:4100/",
            "https://name:word@login.example.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "mailto:a@example.com",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
