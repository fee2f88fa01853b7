//! Owns signing the CLI in: a device grant of its own, whose tokens go straight to the CLI's file and
//! are then forgotten. Two programs that renew one rotating token would sign each other out, so
//! Latchkey's own refresh token is never shared.

use super::super::activity::Line;
use super::super::sign_in::{Attempt, Target};
use super::super::{Details, Reason, ServiceError, Services, Topic};
use super::PROVIDER;
use super::credentials::is_host;
use crate::domain::{AccountId, ActivityKind, Authorization};
use crate::oauth::TokenSet;
use crate::routing::{self, Config, SignInTokens};
use url::Url;

impl Services {
    /// Begins a sign-in for the CLI at the servers of an account, which must be those that the CLI is
    /// set up for: it could not renew a sign-in of others.
    pub fn start_cli_sign_in(&self, account: AccountId) -> Result<Attempt, ServiceError> {
        let account = self.account(account)?;
        let authorization = account.servers.authorization.clone();
        let authorization = authorization.filter(|_| account.provider == PROVIDER);
        let authorization = authorization.ok_or_else(|| ServiceError::field(Reason::BadInput, "account"))?;
        let config = routing::read(&self.location().config).map_err(|error| self.file_error(&error))?;
        let host = self.cloud_host(Some(&config));
        if !is_host(&account.servers.host, &host) {
            return Err(elsewhere(&host));
        }
        let (domain, client_id) = self.cli_authorization(&config);
        if !is_host(&authorization.server, &domain) || authorization.client_id != client_id {
            return Err(elsewhere(&domain));
        }
        Ok(self.begin_sign_in(Target::for_cli(&account, authorization)))
    }

    /// Where the CLI signs in, and as which client: variables beat the file.
    fn cli_authorization(&self, config: &Config) -> (String, String) {
        let of = |name: &str, file: &str| self.variable(name).unwrap_or(file).to_owned();
        (
            of("BASIC_MEMORY_CLOUD_DOMAIN", &config.cloud_domain),
            of("BASIC_MEMORY_CLOUD_CLIENT_ID", &config.cloud_client_id),
        )
    }

    /// Hands the tokens to the CLI. Nothing of them stays here.
    pub(in crate::services) fn keep_for_cli(
        &self,
        account: AccountId,
        authorization: &Authorization,
        tokens: &TokenSet,
    ) -> Result<AccountId, ServiceError> {
        let location = self.location();
        let written = SignInTokens {
            access_token: tokens.access.clone(),
            refresh_token: tokens.refresh.clone(),
            expires_at: tokens.expires_at,
            token_type: "Bearer".to_owned(),
        };
        routing::write_sign_in(&location, &written).map_err(|error| self.file_error(&error))?;
        let account = self.account(account)?;
        let host = authorization.server.host_str().unwrap_or_default().to_owned();
        let line = Line::new(ActivityKind::CliSignedIn, &account.label).account(account.id);
        self.journal(line.fact("Approved at", host).fact("File", self.shortened(&location.tokens)))?;
        self.changed(Topic::Projects);
        self.check_credentials_soon();
        Ok(account.id)
    }
}

fn elsewhere(address: &str) -> ServiceError {
    let host = Url::parse(address).ok().and_then(|address| address.host_str().map(str::to_owned));
    let details = Details { host: host.or_else(|| Some(address.to_owned())), ..Details::default() };
    ServiceError { reason: Reason::OtherHost, details: Box::new(details) }
}
