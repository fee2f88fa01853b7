//! Owns a network without a way out: this program run once more where nothing but loopback can be reached.
//! Leaves out what it does there.

use crate::steps::{Failure, Outcome, capture};
use std::process::Command;

/// This very program, in a network namespace of its own. The caller adds its arguments, and something in the
/// environment by which it knows that it is the one inside.
pub fn itself_alone() -> Outcome<Command> {
    let remedy = "install util-linux and iproute2";
    let itself = std::env::current_exe().map_err(|error| Failure::new(error.to_string(), "run it through cargo"))?;
    for program in ["unshare", "ip"] {
        if crate::paths::find_program(program).is_none() {
            return Err(Failure::new(format!("`{program}` makes a network of its own and is missing"), remedy));
        }
    }
    let mut command = Command::new("unshare");
    if !capture(Command::new("id").arg("-u"), "").is_ok_and(|id| id.trim() == "0") {
        // Root in a namespace of its own alone, where the system allows it to everybody.
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]).arg(itself);
    Ok(command)
}
