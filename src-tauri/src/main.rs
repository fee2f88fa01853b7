//! Owns the start of the program. Leaves out everything else (lib.rs).

// A window of a terminal would stand behind the app's own on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::alloc::System;
use std::io::Write as _;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Zeroes memory when it is given back. Secrets pass through buffers of libraries (HTTP, TLS, D-Bus, the
/// clipboard) that nobody else would zero. The one static of the program: the language asks for it.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    if let Err(error) = latchkey::harden() {
        let _ = writeln!(std::io::stderr(), "latchkey: {error}");
    }
    match latchkey::run() {
        Ok(code) => u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            // The only words there are without a window.
            let _ = writeln!(std::io::stderr(), "latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}
