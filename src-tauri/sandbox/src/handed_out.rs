//! Owns the keys that the ready file hands out. Their ids stay, their secrets are new at each start, for
//! no secret is kept. Leaves out the other keys to start with (seed, samples).

use crate::minting::{self, Order};
use crate::ready::ReadyKey;
use crate::secrets;
use crate::service::Service;
use crate::store::{ServiceKey, StoreError};
use crate::world::World;
use chrono::TimeDelta;

/// The secrets, for the ready file alone.
pub(crate) struct HandedOut {
    pub(crate) for_memory_api: String,
    pub(crate) for_memory_os: String,
    pub(crate) of_memory_kit: Vec<ReadyKey>,
}

/// Mints them.
pub(crate) fn mint(world: &World) -> Result<HandedOut, StoreError> {
    let admin = |service, id, scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        plant(world, service, id, 130, Order { name: "Latchkey on this computer".into(), scopes, ..Order::default() })
    };
    let kit = |id, age, name: &str, project: &str, scopes: &[&str]| {
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let project = project.to_owned();
        let order =
            Order { name: name.into(), project: Some(project.clone()), scopes: scopes.clone(), ..Order::default() };
        let key = plant(world, Service::MemoryKit, id, age, order)?;
        Ok::<_, StoreError>(ReadyKey { name: name.into(), project, scopes, key })
    };
    Ok(HandedOut {
        for_memory_api: admin(Service::MemoryApi, "key_0000000000000001", &["read", "write", "delete", "admin"])?,
        for_memory_os: admin(
            Service::MemoryOs,
            "key_0000000000000002",
            &["memories:read", "memories:write", "search:read", "admin"],
        )?,
        of_memory_kit: vec![
            kit(
                "key_0000000000000003",
                58,
                "Support site",
                "Helpdesk",
                &["memories:read", "chats:read", "chats:write"],
            )?,
            kit("key_0000000000000004", 12, "Weekly digest", "Research notes", &["memories:read", "memories:write"])?,
        ],
    })
}

/// One key of this age in days.
fn plant(world: &World, service: Service, id: &str, age: i64, order: Order) -> Result<String, StoreError> {
    let now = world.clock.now();
    let (secret, key) = minting::mint(service, order, now - TimeDelta::days(age));
    let key = ServiceKey { id: id.to_owned(), last_used_at: Some(now), ..key };
    world.store.put_service_key(&secrets::hash(&secret), &key)?;
    Ok(secret)
}
