//! Owns the built-in sandbox's life: opening it fills one account for each service it pretends, closing
//! it removes every trace.

use super::accounts::AccountState;
use super::activity::Line;
use super::adopt::{Notes, begins_as};
use super::desktop::SandboxAccount;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{Account, AccountId, ActivityKind, SignIn};

impl Services {
    /// Whether the sandbox runs.
    pub fn sandbox_runs(&self) -> bool {
        self.desktop().sandbox.runs()
    }

    /// Starts the sandbox and adds its accounts: those that a key acts for come with it, one with a
    /// sign-in in the browser is signed out. Answers the first. If it runs already, its first account.
    pub async fn open_sandbox(&self) -> Result<AccountState, ServiceError> {
        // Asked for twice, it is started once.
        let _opening = self.0.opening.lock().await;
        let known = self.records().accounts()?.into_iter().find(|account| account.sandbox);
        if let Some(account) = known.filter(|_| self.sandbox_runs()) {
            return self.account_state(account.id);
        }
        self.remove_sandbox_accounts().await?;
        let servers = self.desktop().sandbox.start().await?;
        let mut first = None;
        for pretended in servers.accounts {
            self.live().sandbox_keys_pages.insert(pretended.provider, pretended.keys_page.clone());
            let account = self.add_pretended(pretended).await?;
            first = first.or(Some(account));
        }
        let first = first.ok_or_else(|| ServiceError::of(Reason::SandboxFailed))?;
        self.journal(Line::new(ActivityKind::SandboxOpened, "Sandbox").account(first))?;
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        self.account_state(first)
    }

    /// One pretended account. That a service of it cannot be asked, or that its key cannot be kept,
    /// stands with the account and stops none of the others.
    async fn add_pretended(&self, pretended: SandboxAccount) -> Result<AccountId, ServiceError> {
        let description = self.provider(pretended.provider).description();
        let account = Account {
            sandbox: true,
            sign_in: begins_as(description),
            ..Account::signed_out(pretended.provider, self.free_label(&pretended.label)?, pretended.servers, self.now())
        };
        let id = account.id;
        if let Some(secret) = &pretended.admin_key {
            let identified = self.identify(account.provider, &account.servers, secret).await;
            let begun = match identified {
                Ok(identified) => self.begin_account(account.clone(), secret, identified).await,
                Err(error) => Err(error.into()),
            };
            match begun {
                Ok(_) => self.read_soon(id),
                Err(error) => {
                    self.records().put_account(&account)?;
                    self.live().failures.insert(id, error);
                }
            }
        } else {
            self.records().put_account(&account)?;
        }
        for key in pretended.keys {
            let notes = Notes { name: key.name, project: key.project, scopes: Some(key.scopes), ..Notes::default() };
            let record = self.record_adopted(&account, &notes, &key.secret, None)?;
            if let Err(error) = self.keep(record.id, &key.secret).await {
                self.live().failures.insert(id, error);
            }
        }
        Ok(id)
    }

    /// Removes the sandbox's accounts, records and keychain items, then ends the program.
    pub async fn close_sandbox(&self) -> Result<(), ServiceError> {
        let _opening = self.0.opening.lock().await;
        let ran = !self.live().sandbox_keys_pages.is_empty();
        let removed = self.remove_sandbox_accounts().await;
        self.desktop().sandbox.stop();
        self.live().sandbox_keys_pages.clear();
        removed?;
        if ran {
            self.journal(Line::new(ActivityKind::SandboxClosed, "Sandbox"))?;
        }
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        Ok(())
    }

    /// Secrets first, then records: no secret is ever without its record.
    pub(super) async fn remove_sandbox_accounts(&self) -> Result<(), ServiceError> {
        if let Some(attempt) = self.sign_in_state()
            && attempt.account.is_some_and(|id| self.account(id).is_ok_and(|account| account.sandbox))
        {
            self.cancel_sign_in();
        }
        for account in self.records().accounts()?.into_iter().filter(|account| account.sandbox) {
            self.cancel_retry(account.id);
            for key in self.records().keys_of(account.id)? {
                if self.copied().is_some_and(|copied| copied.key == key.id) {
                    self.clear_clipboard();
                }
                if Self::may_be_kept(&key) {
                    self.delete_kept(&key).await?;
                }
                self.live().tests.remove(&key.id);
            }
            if account.sign_in != SignIn::SignedOut && account.servers.authorization.is_some() {
                self.delete_refresh_token(&account).await?;
            }
            self.drop_slot_of(account.id);
            self.0.access.forget(account.id).await;
            self.live().failures.remove(&account.id);
            self.records().remove_account(account.id)?;
        }
        Ok(())
    }
}
