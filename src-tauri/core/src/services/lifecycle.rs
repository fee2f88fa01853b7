//! Owns start, quit and erase.

use super::{Desktop, Parts, Reason, ServiceError, Services, Surroundings, Topic};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::SignIn;
use crate::http::Http;
use crate::providers::Registry;
use crate::records::Records;
use crate::vault::{KeychainStore, Vault};
use std::path::Path;
use std::sync::Arc;

/// Composes the use cases on this computer's own keychain, clock and network, with the records in
/// this folder.
pub fn compose(folder: &Path, desktop: Desktop, surroundings: Surroundings) -> Result<Services, ServiceError> {
    let file = folder.join(RECORDS);
    let records = Records::open(&file).map_err(|error| ServiceError::from(error).about(&file))?;
    Ok(Services::new(Parts {
        records,
        vault: Vault::new(Arc::new(KeychainStore::new())),
        providers: Registry::built_in(),
        http: Http::new()?,
        clock: Arc::new(SystemClock),
        desktop,
        surroundings,
    }))
}

/// Puts damaged records in this folder aside, so that the next [`compose`] begins new ones. The keychain is
/// left alone. Records that are sound, newer or not writable stay where they are.
pub fn set_records_aside(folder: &Path) -> Result<(), ServiceError> {
    let file = folder.join(RECORDS);
    let aside = Records::set_aside(&file, SystemClock.now());
    aside.map(|_| ()).map_err(|error| ServiceError::from(error).about(&file))
}

const RECORDS: &str = "records.db";

impl Services {
    /// What must happen once at start: left-overs of a sandbox that a crash did not close are
    /// removed, old activity is forgotten, the keychain is tried, and every account is read.
    pub async fn start(&self) -> Result<(), ServiceError> {
        self.clean_cli_files();
        self.forget_old_activity()?;
        let forgot = self.forget_last_session()?;
        let left_over = self.records().accounts()?.iter().any(|account| account.sandbox);
        self.watch_due();
        self.watch_idleness();
        self.check_storage().await;
        self.settle_created().await?;
        // A keychain that is locked right now keeps the left-overs until the next start.
        let left_overs = self.remove_sandbox_accounts().await;
        self.changed(Topic::App);
        // A window that reads a very long list again for nothing is slow meanwhile.
        if forgot || left_over {
            self.changed(Topic::Keys);
        }
        let read = self.refresh_keys(None).await;
        left_overs.and(read)
    }

    /// The last steps: the clipboard is cleared if it is still ours, the sandbox is closed with its
    /// traces, tokens are dropped.
    pub async fn quit(&self) {
        self.cancel_sign_in();
        self.clear_clipboard();
        // What cannot be removed now is removed at the next start.
        let _removed = self.close_sandbox().await;
        self.0.access.drop_all();
    }

    /// Erases everything Latchkey keeps on this computer: secrets, then records. Keys go on working
    /// at their services.
    pub async fn erase(&self, typed: &str) -> Result<(), ServiceError> {
        if typed.trim() != "erase" {
            return Err(ServiceError::of(Reason::WrongConfirmation));
        }
        self.cancel_sign_in();
        self.clear_clipboard();
        self.discard_pasted();
        self.cancel_retries();
        for key in self.records().keys()?.into_iter().filter(Self::may_be_kept) {
            self.delete_kept(&key).await?;
        }
        for account in self.records().accounts()? {
            if account.sign_in == SignIn::SignedIn && account.admin_key.is_none() {
                // The server may be out of reach; what is here goes in any case.
                let _ended = self.sign_out(account.id).await;
            }
            self.delete_refresh_token(&self.account(account.id)?).await?;
            self.0.access.forget(account.id).await;
        }
        self.desktop().sandbox.stop();
        self.take_slot(|_| true);
        {
            let mut live = self.live();
            live.sandbox_keys_pages.clear();
            live.tests.clear();
            live.import = None;
            live.failures.clear();
            live.found.clear();
            live.attempt = None;
            live.projects = super::projects::Known::default();
        }
        self.records().erase()?;
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        self.changed(Topic::Activity);
        Ok(())
    }
}
