//! Owns what a service counts for an account: asked when the person looks, never by itself.

use super::access::ProviderOrService;
use super::accounts::AccountState;
use super::{ServiceError, Services, Topic};
use crate::domain::AccountId;
use crate::providers::ProviderError;

impl Services {
    /// Asks what an account has used. A service that does not say is no failure.
    pub async fn refresh_usage(&self, id: AccountId) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        let provider = self.provider(account.provider);
        if !provider.description().usage {
            return self.account_state(id);
        }
        let answer = self
            .repeating(id, || self.as_account(&account, |call| Box::pin(async move { provider.usage(&call).await })))
            .await;
        match answer {
            Ok(usage) => {
                self.update_account(id, |account| account.usage = usage)?;
            }
            Err(ProviderOrService::Provider(ProviderError::NotOffered(_) | ProviderError::Unsupported)) => {
                self.update_account(id, |account| account.usage = None)?;
            }
            Err(ProviderOrService::Provider(ProviderError::LacksScope { scope, .. })) => {
                self.lacks(id, &scope)?;
            }
            Err(error) => return Err(self.remember_page(error.into(), &account)),
        }
        self.changed(Topic::App);
        self.account_state(id)
    }

    /// Remembers a scope that the key lacks which acts for an account.
    pub(super) fn lacks(&self, id: AccountId, scope: &str) -> Result<(), ServiceError> {
        self.update_account(id, |account| {
            if !account.lacks.iter().any(|known| known == scope) && account.lacks.len() < 10 {
                account.lacks.push(scope.to_owned());
            }
        })?;
        Ok(())
    }
}
