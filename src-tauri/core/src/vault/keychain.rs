//! Owns the talk with the system's keychain: Secret Service, macOS Keychain, Windows Credential
//! Manager. The only importer of the keyring crates. Their errors carry raw bytes and are never
//! printed: each becomes a [`VaultError`] here.

use super::{SecretName, SecretStore, VaultError};
use crate::domain::Secret;
use keyring_core::{Entry, Error};
use std::collections::HashMap;
use zeroize::Zeroize as _;

/// The name that all items carry.
const SERVICE: &str = "app.latchkey.desktop";

/// The system's keychain. Nothing is opened before the first call, and a keychain that is
/// missing now is looked for again at the next call.
#[derive(Debug, Default)]
pub struct KeychainStore {
    #[cfg(target_os = "linux")]
    link: std::sync::Mutex<Option<linux::Link>>,
}

impl KeychainStore {
    /// A store that has not been opened yet.
    pub fn new() -> Self {
        Self::default()
    }
}

fn put(entry: &Entry, secret: &Secret) -> Result<(), Error> {
    // The characters go to the keychain, as UTF-8: Windows would take half as many in UTF-16.
    entry.set_secret(secret.expose_secret().as_bytes())
}

fn get(entry: &Entry) -> Result<Option<Secret>, Error> {
    match entry.get_secret() {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(characters) => Ok(Some(Secret::new(characters))),
            Err(error) => Err(Error::BadEncoding(error.into_bytes())),
        },
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

fn delete(entry: &Entry) -> Result<bool, Error> {
    match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(Error::Ambiguous(entries)) => {
            entries.iter().try_for_each(Entry::delete_credential)?;
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

/// Says in our own words what went wrong, and zeroes the bytes that the error carries.
fn in_our_words(error: Error) -> VaultError {
    match error {
        Error::NoDefaultStore => VaultError::Absent,
        Error::NoStorageAccess(_) => VaultError::Denied,
        Error::TooLong(..) => VaultError::TooLong,
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            VaultError::Failed("an item is not text")
        }
        Error::Ambiguous(_) => VaultError::Failed("several items have one name"),
        Error::BadStoreFormat(_) => VaultError::Failed("it is damaged"),
        Error::NotSupportedByStore(_) | Error::Invalid(..) => VaultError::Failed("it does not know this request"),
        _ => VaultError::Failed("the system refused without a reason"),
    }
}

#[cfg(target_os = "linux")]
mod linux {
    //! Owns what is particular to the Secret Service: it is asked first whether it is locked, so
    //! that only `unlock` ever opens a prompt.

    use super::super::secret_service::{Door, SecretService};
    use super::{
        Entry, Error, HashMap, KeychainStore, SERVICE, Secret, SecretName, SecretStore, VaultError, in_our_words,
    };
    use keyring_core::api::CredentialStoreApi as _;
    use std::sync::{Arc, PoisonError};
    use zbus_secret_service_keyring_store::Store;

    /// The connections to one running Secret Service.
    #[derive(Debug, Clone)]
    pub(super) struct Link {
        service: Arc<SecretService>,
        store: Arc<Store>,
    }

    impl Link {
        fn open() -> Result<Self, VaultError> {
            let service = SecretService::connect()?;
            // Asked first, because the store's own error does not tell "absent" from the rest.
            service.default_collection()?;
            let store = Store::new().map_err(in_our_words)?;
            Ok(Self { service: Arc::new(service), store })
        }

        fn entry(&self, name: &SecretName) -> Result<Entry, Error> {
            // What a person reads in the system's password program.
            let label = match name {
                SecretName::RefreshToken(_) => "Latchkey sign-in",
                SecretName::Key(_) => "Latchkey key",
                SecretName::Probe => "Latchkey check",
            };
            self.store.build(SERVICE, &name.to_string(), Some(&HashMap::from([("label", label)])))
        }

        /// Whether items can be found and made without a prompt.
        fn is_open(&self) -> Result<bool, VaultError> {
            match self.service.default_collection()? {
                Door::Open => Ok(true),
                Door::Locked(_) => Err(VaultError::Locked),
                Door::Missing => Ok(false),
            }
        }

        /// A refusal while the collection is locked means that a prompt came up after all and was
        /// dismissed; it was locked between our question and the call.
        fn in_our_words(&self, error: Error) -> VaultError {
            match (error, self.service.default_collection()) {
                (_, Err(error)) => error,
                (Error::NoStorageAccess(_), Ok(Door::Open)) => VaultError::Failed("an item is locked"),
                (error, Ok(_)) => in_our_words(error),
            }
        }
    }

    impl KeychainStore {
        /// Does the work over the connection at hand. If that one is broken (the service was
        /// restarted, or is new), once more over a fresh one: each piece of work can be repeated.
        fn with_link<T>(&self, work: impl Fn(&Link) -> Result<T, VaultError>) -> Result<T, VaultError> {
            let at_hand = self.link.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(link) = at_hand {
                match work(&link) {
                    Err(VaultError::Failed(_) | VaultError::Absent) => {}
                    answer => return answer,
                }
            }
            let opened = Link::open();
            *self.link.lock().unwrap_or_else(PoisonError::into_inner) = opened.as_ref().ok().cloned();
            work(&opened?)
        }
    }

    impl SecretStore for KeychainStore {
        fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
            self.with_link(|link| {
                if !link.is_open()? {
                    return Err(VaultError::Locked);
                }
                link.entry(name).and_then(|entry| super::put(&entry, secret)).map_err(|error| link.in_our_words(error))
            })
        }

        fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
            self.with_link(|link| {
                let open = link.is_open()?;
                let answer = link.entry(name).and_then(|entry| super::get(&entry));
                match answer.map_err(|error| link.in_our_words(error))? {
                    // A service that was never unlocked finds nothing, whatever it keeps.
                    None if !open => Err(VaultError::Locked),
                    answer => Ok(answer),
                }
            })
        }

        fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
            self.with_link(|link| {
                let open = link.is_open()?;
                let answer = link.entry(name).and_then(|entry| super::delete(&entry));
                let found = answer.map_err(|error| link.in_our_words(error))?;
                if found || open { Ok(()) } else { Err(VaultError::Locked) }
            })
        }

        fn unlock(&self) -> Result<(), VaultError> {
            // A connection of its own: the prompt may stand open while other calls go on.
            SecretService::connect()?.unlock()
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    //! Owns what is particular to macOS and Windows, which lock and prompt by themselves.

    use super::{Entry, HashMap, KeychainStore, SERVICE, Secret, SecretName, SecretStore, VaultError, in_our_words};

    /// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
    const LONGEST_ON_WINDOWS: usize = 2560;

    fn entry(name: &SecretName) -> Result<Entry, VaultError> {
        // Sets the system's own store as the default one, once.
        if keyring::v1::Entry::store_status().is_err() {
            return Err(VaultError::Absent);
        }
        let mut modifiers = HashMap::new();
        if cfg!(target_os = "windows") {
            // The default would travel to other computers with the person's roaming profile.
            modifiers.insert("persistence", "Local");
        }
        Entry::new_with_modifiers(SERVICE, &name.to_string(), &modifiers).map_err(in_our_words)
    }

    impl SecretStore for KeychainStore {
        fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
            super::put(&entry(name)?, secret).map_err(in_our_words)
        }

        fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
            super::get(&entry(name)?).map_err(in_our_words)
        }

        fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
            super::delete(&entry(name)?).map(drop).map_err(in_our_words)
        }

        fn longest(&self) -> usize {
            if cfg!(target_os = "windows") { LONGEST_ON_WINDOWS } else { usize::MAX }
        }
    }
}
