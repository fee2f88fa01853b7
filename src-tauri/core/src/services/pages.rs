//! Owns the few pages that may be opened in the browser. Their addresses never come from the window.

use super::{Reason, ServiceError, Services};
use crate::domain::{AccountId, ProviderId};
use url::Url;

/// A page that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// Where the service's keys are managed by hand.
    Keys,
    /// Where one signs up.
    SignUp,
    /// The service's documentation of keys.
    Documentation,
    /// The subscription page of the last refusal.
    Subscribe,
}

impl Services {
    /// The address of a page, for an account or, without one, for a service.
    pub fn page(
        &self,
        kind: PageKind,
        account: Option<AccountId>,
        provider: Option<ProviderId>,
    ) -> Result<Url, ServiceError> {
        let account = account.map(|id| self.account(id)).transpose()?;
        let sandbox = account.as_ref().is_some_and(|account| account.sandbox);
        let provider = account.map(|account| account.provider).or(provider);
        let provider = provider.ok_or_else(|| ServiceError::field(Reason::BadInput, "provider"))?;
        let description = self.provider(provider).description();
        let live = self.live();
        let page = match kind {
            PageKind::Keys if sandbox => live.sandbox_keys_pages.get(&provider).cloned(),
            PageKind::Keys => Url::parse(description.keys_page).ok(),
            PageKind::SignUp => Url::parse(description.sign_up_page).ok(),
            PageKind::Documentation => Url::parse(description.documentation).ok(),
            PageKind::Subscribe => live.subscribe_page.clone(),
        };
        page.ok_or_else(|| ServiceError::of(Reason::NotFound))
    }

    /// Opens a page in the system browser.
    pub fn open_page(
        &self,
        kind: PageKind,
        account: Option<AccountId>,
        provider: Option<ProviderId>,
    ) -> Result<(), ServiceError> {
        let page = self.page(kind, account, provider)?;
        self.desktop().browser.open(&page).map_err(|_| ServiceError::with_url(Reason::BrowserFailed, &page))
    }

    /// Copies a page's address, for when no browser could be opened.
    pub fn copy_page_address(
        &self,
        kind: PageKind,
        account: Option<AccountId>,
        provider: Option<ProviderId>,
    ) -> Result<(), ServiceError> {
        let page = self.page(kind, account, provider)?;
        Ok(self.desktop().clipboard.put_text(page.as_str())?)
    }
}
