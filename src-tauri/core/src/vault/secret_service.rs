//! Owns the questions that the keyring crates do not ask of a Secret Service: is there one, is it
//! locked, and "please unlock". Leaves out the secrets; none passes through here.
//!
//! The names are those of the freedesktop.org Secret Service API, version 0.2.

use super::VaultError;
use futures::StreamExt as _;
use futures::future::{Either, select};
use std::collections::HashMap;
use std::time::Duration;
use zbus::blocking::{Connection, connection};
use zbus::message::Message;
use zbus::proxy::{self, CacheProperties, Proxy};
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Value};

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const NOTHING: &str = "/";

/// How the collection is that new items go to.
#[derive(Debug)]
pub(super) enum Door {
    Open,
    Locked(OwnedObjectPath),
    /// There is none yet: nobody ever unlocked this service.
    Missing,
}

/// A connection to the session bus, for questions.
#[derive(Debug)]
pub(super) struct SecretService {
    connection: Connection,
}

impl SecretService {
    pub(super) fn connect() -> Result<Self, VaultError> {
        let connection = connection::Builder::session()
            .and_then(|builder| builder.method_timeout(Duration::from_secs(3)).build())
            // Without a bus there can be no service.
            .map_err(|_| VaultError::Absent)?;
        Ok(Self { connection })
    }

    pub(super) fn default_collection(&self) -> Result<Door, VaultError> {
        let path: OwnedObjectPath = answer(&self.ask("ReadAlias", &("default",))?)?;
        if path.as_str() == NOTHING {
            return Ok(Door::Missing);
        }
        let locked = self
            .connection
            .call_method(
                Some(SERVICE),
                &path,
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &("org.freedesktop.Secret.Collection", "Locked"),
            )
            .map_err(|error| in_our_words(&error))?;
        match bool::try_from(answer::<OwnedValue>(&locked)?) {
            Ok(true) => Ok(Door::Locked(path)),
            Ok(false) => Ok(Door::Open),
            Err(_) => Err(NOT_UNDERSTOOD),
        }
    }

    /// Asks the service to open the default collection, or to make one, and waits for the prompt.
    pub(super) fn unlock(&self) -> Result<(), VaultError> {
        let prompt: OwnedObjectPath = match self.default_collection()? {
            Door::Open => return Ok(()),
            Door::Locked(path) => {
                answer::<(Vec<OwnedObjectPath>, OwnedObjectPath)>(&self.ask("Unlock", &(vec![path],))?)?.1
            }
            Door::Missing => {
                let label = Value::from("Default keyring");
                let properties = HashMap::from([("org.freedesktop.Secret.Collection.Label", label)]);
                let made = self.ask("CreateCollection", &(properties, "default"))?;
                answer::<(OwnedObjectPath, OwnedObjectPath)>(&made)?.1
            }
        };
        if prompt.as_str() == NOTHING { Ok(()) } else { self.wait_for(&prompt) }
    }

    fn wait_for(&self, prompt: &ObjectPath<'_>) -> Result<(), VaultError> {
        let signal = zbus::block_on(self.completed(prompt)).map_err(|error| in_our_words(&error))?;
        // No signal: the service is gone, and its prompt with it.
        let (dismissed, _) = answer::<(bool, OwnedValue)>(&signal.ok_or(VaultError::Absent)?)?;
        if dismissed { Err(VaultError::Denied) } else { Ok(()) }
    }

    async fn completed(&self, prompt: &ObjectPath<'_>) -> zbus::Result<Option<Message>> {
        let prompt: Proxy<'_> = proxy::Builder::new(self.connection.inner())
            .destination(SERVICE)?
            .path(prompt)?
            .interface("org.freedesktop.Secret.Prompt")?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        // Listening starts before the prompt does, or a quick answer would be missed.
        let mut completed = prompt.receive_signal("Completed").await?;
        let mut owner_changed = prompt.receive_owner_changed().await?;
        prompt.call_method("Prompt", &("",)).await?;
        match select(completed.next(), owner_changed.next()).await {
            Either::Left((signal, _)) => Ok(signal),
            Either::Right(_) => Ok(None),
        }
    }

    fn ask<B: serde::Serialize + DynamicType>(&self, method: &str, body: &B) -> Result<Message, VaultError> {
        self.connection
            .call_method(Some(SERVICE), ROOT, Some("org.freedesktop.Secret.Service"), method, body)
            .map_err(|error| in_our_words(&error))
    }
}

const NOT_UNDERSTOOD: VaultError = VaultError::Failed("its answer was not understood");

fn answer<T>(message: &Message) -> Result<T, VaultError>
where
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    message.body().deserialize().map_err(|_| NOT_UNDERSTOOD)
}

fn in_our_words(error: &zbus::Error) -> VaultError {
    match error {
        zbus::Error::MethodError(name, ..) => match name.as_str() {
            "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
                VaultError::Absent
            }
            name if name.starts_with("org.freedesktop.DBus.Error.Spawn") => VaultError::Absent,
            "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.TimedOut" => VaultError::Waiting,
            _ => VaultError::Failed("the service refused"),
        },
        zbus::Error::InputOutput(error) if error.kind() == std::io::ErrorKind::TimedOut => VaultError::Waiting,
        _ => VaultError::Failed("the connection to it broke"),
    }
}
