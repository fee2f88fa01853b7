//! Owns the proof that the sandbox keeps its rules, over real sockets. Leaves out the official CLI
//! (official_cli.rs).

#[cfg(test)]
mod approval_page;
#[cfg(test)]
mod authorization;
#[cfg(test)]
mod back_door;
#[cfg(test)]
mod code_grant;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod memory_api;
#[cfg(test)]
mod memory_kit;
#[cfg(test)]
mod memory_os;
#[cfg(test)]
mod program;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod support;
