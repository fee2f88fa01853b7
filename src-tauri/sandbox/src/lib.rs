//! Owns the sandbox as a whole: its listeners, its addresses and its end. Leaves out what each
//! server answers (authorization, cloud, admin) and the command line (main).
//!
//! A pretend Basic Memory Cloud with its authorization server, on loopback only. It shares no code
//! with Latchkey, so that a mistake made in one cannot hide in the other.

mod admin;
mod authorization;
mod clock;
mod cloud;
mod faults;
mod guard;
mod html;
mod people;
mod ready;
mod secrets;
mod seed;
mod server;
mod settings;
mod statistics;
mod store;
mod world;

pub use ready::{Admin, BasicMemory, Ready};
pub use settings::{AnswerShape, DateForm, Part, PrefixField, Seed, Settings};

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The client id that the Basic Memory CLI publishes; anyone who speaks its grant may use it.
pub const PUBLISHED_CLIENT_ID: &str = "client_01K6KWQPW6J1M8VV7R3TZP5A6M";

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No loopback port could be had.
    #[error("cannot listen on 127.0.0.1: {0}")]
    Listen(#[source] std::io::Error),
    /// The store could not be opened or filled.
    #[error("cannot open the store: {0}")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The ready file could not be written.
    #[error("cannot write {path}: {source}")]
    ReadyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running sandbox. It ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    ready: Ready,
    _servers: JoinSet<()>,
}

impl Sandbox {
    /// Listens on three random loopback ports and serves until dropped.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let (cloud_listener, cloud) = listen().await?;
        let (authorization_listener, authorization) = listen().await?;
        let (admin_listener, admin) = listen().await?;
        let base = |address: SocketAddr| format!("http://{address}");

        let admin_token = secrets::random_text();
        let ready = Ready {
            basic_memory: BasicMemory {
                host: base(cloud),
                authorization_server: base(authorization),
                client_id: settings.client_id.first().cloned().unwrap_or_else(|| PUBLISHED_CLIENT_ID.into()),
                keys_page: format!("{}{}", base(cloud), cloud::KEYS_PAGE),
            },
            admin: Admin { url: base(admin), token: admin_token.clone() },
            pid: std::process::id(),
        };
        let store = store::Store::open(settings.data.as_deref()).map_err(|error| StartError::Store(Box::new(error)))?;
        let world = Arc::new(world::World::new(settings, store, base(authorization), &admin_token));
        seed::plant(&world).map_err(|error| StartError::Store(Box::new(error)))?;

        let mut servers = JoinSet::new();
        for (listener, address, router) in [
            (cloud_listener, cloud, cloud::router(&world)),
            (authorization_listener, authorization, authorization::router(&world)),
            (admin_listener, admin, admin::router(&world)),
        ] {
            servers.spawn(server::serve(listener, guard::only_from(router, address)));
        }
        Ok(Self { ready, _servers: servers })
    }

    /// Where everything is.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }
}

async fn listen() -> Result<(TcpListener, SocketAddr), StartError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(StartError::Listen)?;
    let address = listener.local_addr().map_err(StartError::Listen)?;
    Ok((listener, address))
}
