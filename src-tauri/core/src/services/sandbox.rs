//! Owns the built-in sandbox's life: opening it makes an account, closing it removes every trace.

use super::accounts::AccountState;
use super::activity::Line;
use super::{ServiceError, Services, Topic};
use crate::domain::{Account, ActivityKind, ProviderId, SignIn};

impl Services {
    /// Whether the sandbox runs.
    pub fn sandbox_runs(&self) -> bool {
        self.desktop().sandbox.runs()
    }

    /// Starts the sandbox and adds its account, signed out. If it runs already, its account.
    pub async fn open_sandbox(&self) -> Result<AccountState, ServiceError> {
        // Asked for twice, it is started once.
        let _opening = self.0.opening.lock().await;
        let known = self.records().accounts()?.into_iter().find(|account| account.sandbox);
        if let Some(account) = known.filter(|_| self.sandbox_runs()) {
            return self.account_state(account.id);
        }
        self.remove_sandbox_accounts().await?;
        let servers = self.desktop().sandbox.start().await?;
        self.live().sandbox_keys_page = Some(servers.keys_page);
        let account = Account {
            sandbox: true,
            ..Account::signed_out(
                ProviderId::BASIC_MEMORY,
                self.free_label("Sandbox")?,
                servers.basic_memory,
                self.now(),
            )
        };
        self.records().put_account(&account)?;
        self.journal(Line::new(ActivityKind::SandboxOpened, &account.label).account(account.id))?;
        self.changed(Topic::App);
        self.account_state(account.id)
    }

    /// Removes the sandbox's accounts, records and keychain items, then ends the program.
    pub async fn close_sandbox(&self) -> Result<(), ServiceError> {
        let _opening = self.0.opening.lock().await;
        let ran = self.live().sandbox_keys_page.is_some();
        let removed = self.remove_sandbox_accounts().await;
        self.desktop().sandbox.stop();
        self.live().sandbox_keys_page = None;
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
            for key in self.records().keys_of(account.id)? {
                if self.copied().is_some_and(|copied| copied.key == key.id) {
                    self.clear_clipboard();
                }
                if Self::may_be_kept(&key) {
                    self.delete_kept(&key).await?;
                }
            }
            if account.sign_in != SignIn::SignedOut {
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
