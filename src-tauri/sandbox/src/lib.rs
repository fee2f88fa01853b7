//! Owns the sandbox as a whole: its listeners, its addresses and its end. Leaves out what each
//! server answers (authorization, cloud, memory_api, memory_os, memory_kit, admin) and the command line
//! (main).
//!
//! Four pretend memory services, and Basic Memory's authorization server, on loopback only. It shares no code
//! with Latchkey, so that a mistake made in one cannot hide in the other.

mod admin;
mod authorization;
mod clock;
mod cloud;
mod dashboard;
mod faults;
mod guard;
mod handed_out;
mod html;
mod limits;
mod memory_api;
mod memory_kit;
mod memory_os;
mod minting;
mod people;
mod ready;
mod refusals;
mod samples;
mod secrets;
mod seed;
mod server;
mod service;
mod settings;
mod statistics;
mod store;
mod switches;
mod world;

pub use ready::{Admin, BasicMemory, KeyService, MemoryKit, Ready, ReadyKey};
pub use settings::{AnswerShape, DateForm, PrefixField, Seed, Settings};
pub use switches::{MemoryApiErrors, MemoryOsBase, MemoryOsList, MemoryOsState, Part, Switches};

use axum::middleware;
use service::Service;
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
    /// Listens on random loopback ports, one for each server, and serves until dropped.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let (cloud_listener, cloud) = listen().await?;
        let (authorization_listener, authorization) = listen().await?;
        let (memory_api_listener, memory_api) = listen().await?;
        let (memory_os_listener, memory_os) = listen().await?;
        let (memory_kit_listener, memory_kit) = listen().await?;
        let (admin_listener, admin) = listen().await?;
        let base = |address: SocketAddr| format!("http://{address}");
        let page = |address: SocketAddr, service: Service| format!("http://{address}{}", service.keys_page());

        let admin_token = secrets::random_text();
        let client_id = settings.client_id.first().cloned().unwrap_or_else(|| PUBLISHED_CLIENT_ID.into());
        let failed = |error: store::StoreError| StartError::Store(Box::new(error));
        let store = store::Store::open(settings.data.as_deref()).map_err(failed)?;
        let world = Arc::new(world::World::new(settings, store, base(authorization), &admin_token));
        seed::plant(&world).map_err(failed)?;
        let handed_out = handed_out::mint(&world).map_err(failed)?;
        let memory_os_base = match world.switches().memory_os_base {
            MemoryOsBase::V1 => "/v1",
            MemoryOsBase::Api | MemoryOsBase::Both => "/api/v1",
        };
        let ready = Ready {
            basic_memory: BasicMemory {
                host: base(cloud),
                authorization_server: base(authorization),
                client_id,
                keys_page: page(cloud, Service::BasicMemory),
            },
            memory_api: KeyService {
                host: format!("{}/v1", base(memory_api)),
                keys_page: page(memory_api, Service::MemoryApi),
                admin_key: handed_out.for_memory_api,
            },
            memory_os: KeyService {
                host: format!("{}{memory_os_base}", base(memory_os)),
                keys_page: page(memory_os, Service::MemoryOs),
                admin_key: handed_out.for_memory_os,
            },
            memory_kit: MemoryKit {
                host: format!("{}/v1", base(memory_kit)),
                keys_page: page(memory_kit, Service::MemoryKit),
                keys: handed_out.of_memory_kit,
            },
            admin: Admin { url: base(admin), token: admin_token },
            pid: std::process::id(),
        };

        let mut servers = JoinSet::new();
        for (listener, address, router) in [
            (cloud_listener, cloud, cloud::router(&world)),
            (authorization_listener, authorization, authorization::router(&world)),
            (memory_api_listener, memory_api, memory_api::router(&world)),
            (memory_os_listener, memory_os, memory_os::router(&world)),
            (memory_kit_listener, memory_kit, memory_kit::router(&world)),
            (admin_listener, admin, admin::router(&world)),
        ] {
            let told = router.layer(middleware::from_fn_with_state(world.clone(), clock::tell));
            servers.spawn(server::serve(listener, guard::only_from(told, address)));
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
