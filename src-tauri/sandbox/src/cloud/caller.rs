//! Owns who calls: the person behind an access token or the API key itself, and the workspace they
//! mean.

use super::{INVALID_TOKEN, Refusal};
use crate::people::{Person, Role, Workspace};
use crate::store::Key;
use crate::world::Shared;
use crate::{guard, secrets};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

/// Whoever holds the credential.
#[derive(Debug)]
pub(super) enum Who {
    /// Signed in.
    Person(&'static Person),
    /// An API key, and so just its own workspace.
    Key(Key),
}

/// A request's credential and the workspace it asks for.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) who: Who,
    /// `X-Workspace-ID`, or the default: the person's first workspace, the key's own.
    pub(super) workspace: &'static Workspace,
    /// What the person (of the key) may do there.
    pub(super) role: Role,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Shared) -> Result<Self, Refusal> {
        let refused = || Refusal::new(StatusCode::UNAUTHORIZED, INVALID_TOKEN);
        let now = world.clock.now();
        let credential = secrets::hash(guard::bearer(&parts.headers).ok_or_else(refused)?);
        let who = match world.store.person_of(&credential, now)? {
            Some(number) => Who::Person(Person::by_number(number).ok_or_else(refused)?),
            None => Who::Key(world.store.use_key(&credential, now)?.ok_or_else(refused)?),
        };
        Self::in_workspace(who, asked_for(&parts.headers)).ok_or_else(|| {
            Refusal::new(StatusCode::FORBIDDEN, "This workspace does not exist or is not open to this credential")
        })
    }
}

impl Caller {
    fn in_workspace(who: Who, asked_for: Option<&str>) -> Option<Self> {
        let (person, open): (&Person, Vec<_>) = match &who {
            Who::Person(person) => (person, person.workspaces().iter().map(|(workspace, _)| *workspace).collect()),
            Who::Key(key) => {
                (Person::by_number(key.person)?, Workspace::by_tenant_id(&key.workspace).into_iter().collect())
            }
        };
        let workspace =
            *open.iter().find(|workspace| asked_for.is_none_or(|tenant_id| tenant_id == workspace.tenant_id))?;
        Some(Self { role: person.role_in(workspace)?, workspace, who })
    }
}

fn asked_for(headers: &HeaderMap) -> Option<&str> {
    // Unreadable letters are nobody's workspace, not the default one.
    headers.get("x-workspace-id").map(|value| value.to_str().unwrap_or("?"))
}
