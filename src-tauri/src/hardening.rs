//! Owns what keeps the process to itself: no core dumps, no look into its memory by other programs of the
//! same person. Leaves out what is in the memory, and zeroing it (main.rs).
//!
//! Linux: not dumpable (`PR_SET_DUMPABLE`), which closes ptrace and `/proc/PID/mem`, and a core limit of 0.
//! macOS: `PT_DENY_ATTACH` and a core limit of 0. Windows: an access list of the process that grants its
//! own user no reading, writing or debugging. The core limit passes on to the processes of the web view;
//! the rest does not outlive the start of another program, so theirs stay open to the same person.

use secmem_proc::config::Config;

/// Why the process could not be closed. The app starts all the same: whoever can prevent this could read
/// its memory anyway, and a person locked out of their keys is no safer.
#[derive(Debug, thiserror::Error)]
#[error("this process could not be closed to debuggers and core dumps")]
pub struct HardeningError;

/// Closes this process. Before anything secret is in it.
pub fn harden() -> Result<(), HardeningError> {
    // A debugger that is there already was put there by the person who started us so.
    Config::new_with_anti_tracing(false).harden_process().map_err(|_| HardeningError)
}
