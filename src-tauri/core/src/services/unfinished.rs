//! Owns what a crash left unfinished: a create or a revoke whose line in the journal has no answer.
//! Leaves out answers that were lost while Latchkey ran, which the list and the proof see to.

use super::activity::Line;
use super::{ServiceError, Services, Topic};
use crate::domain::{AccountId, ActivityKind, ApiKey, JournalEntry, KeptIn, KeyOrigin, ServiceStatus};
use crate::vault::SecretName;

impl Services {
    /// What was begun before this start and has no answer.
    fn unfinished(&self) -> Result<Vec<JournalEntry>, ServiceError> {
        let Some(started_at) = self.live().started_at else { return Ok(Vec::new()) };
        let mut lines = self.records().unanswered()?;
        lines.retain(|line| line.at < started_at);
        Ok(lines)
    }

    fn key_of(&self, line: &JournalEntry) -> Result<Option<ApiKey>, ServiceError> {
        match line.key {
            Some(id) => Ok(self.records().key(id)?),
            None => Ok(None),
        }
    }

    /// Says of each key that was made just before a crash whether its secret was kept in time. One
    /// whose secret is gone is told like one whose answer was lost.
    pub(super) async fn settle_created(&self) -> Result<(), ServiceError> {
        for line in self.unfinished()? {
            let key = self.key_of(&line)?.filter(|key| key.origin == KeyOrigin::Created);
            let Some(key) = key.filter(|_| line.kind == ActivityKind::KeyIntended) else { continue };
            let kept = match key.kept {
                // The record comes before the secret, so there cannot be one.
                KeptIn::Nowhere | KeptIn::Session => false,
                KeptIn::Keychain => match self.vault().get(&SecretName::Key(key.id)).await {
                    Ok(found) => found.is_some(),
                    // A keychain that cannot be asked proves nothing; the next start asks it.
                    Err(_) => continue,
                },
            };
            if kept {
                self.journal(Line::about_key(ActivityKind::KeyCreated, &key).answers(line.id))?;
            } else {
                let key = self.update_key(key.id, |key| {
                    key.kept = KeptIn::Nowhere;
                    key.origin = KeyOrigin::Intended;
                })?;
                let told = Line::about_key(ActivityKind::KeyFound, &key).answers(line.id);
                self.journal(told.fact("Secret", "Latchkey ended before it was saved"))?;
            }
            self.changed(Topic::Keys);
        }
        Ok(())
    }

    /// Answers, with a whole list at hand, what a crash left open for this account.
    pub(super) fn settle_unfinished(&self, account: AccountId) -> Result<(), ServiceError> {
        for line in self.unfinished()? {
            if line.account != Some(account) {
                continue;
            }
            let key = self.key_of(&line)?;
            let failed = |found: &str| {
                let told = Line::new(line.kind, &line.subject).account(account).failed().answers(line.id);
                told.fact("Found", found)
            };
            let answer = match (line.kind, &key) {
                (ActivityKind::KeyIntended, None) => failed("It was never made"),
                (ActivityKind::KeyIntended, Some(key))
                    if key.origin == KeyOrigin::Intended && key.remote_id.is_some() =>
                {
                    let told = Line::about_key(ActivityKind::KeyFound, key).answers(line.id);
                    told.fact("Secret", "Its answer was lost")
                }
                (ActivityKind::RevokeIntended, None) => failed("It is not known here any more"),
                (ActivityKind::RevokeIntended, Some(key))
                    if matches!(key.service_status, ServiceStatus::Revoked(_)) =>
                {
                    let told = Line::about_key(ActivityKind::KeyRevoked, key).answers(line.id);
                    told.fact("Proof", "The list no longer has it, or marks it as revoked")
                }
                (ActivityKind::RevokeIntended, Some(_)) => failed("It still works"),
                _ => continue,
            };
            self.journal(answer)?;
        }
        Ok(())
    }
}
