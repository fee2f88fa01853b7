//! Owns the start and the end of the sandbox program. Leaves out everything it pretends (the library).

use clap::Parser;
use latchkey_sandbox::{Sandbox, Settings};
use std::io::{Read, Write};
use std::process::ExitCode;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = Settings::parse();
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "latchkey-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    // Asked for before anybody can know the process id, so that no signal finds the program unprepared.
    let asked_to_end = asked_to_end()?;
    let ready_file = settings.ready_file.clone();
    let exit_with_parent = settings.exit_with_parent;
    let sandbox = Sandbox::start(settings).await?;
    if let Some(path) = &ready_file {
        sandbox.ready().write(path)?;
    }
    // The admin token and the pretend keys are for the ready file alone: a terminal keeps what it shows.
    let ready = sandbox.ready();
    let _ = writeln!(
        std::io::stdout(),
        "Latchkey sandbox: everything here is pretend.\n  Memory API            {}\n  Memory OS             {}\n  MemoryKit             {}\n  Basic Memory Cloud    {}\n  authorization server  {}\n  client id             {}",
        ready.memory_api.host,
        ready.memory_os.host,
        ready.memory_kit.host,
        ready.basic_memory.host,
        ready.basic_memory.authorization_server,
        ready.basic_memory.client_id
    );
    tokio::select! {
        () = asked_to_end => {}
        () = parent_gone(exit_with_parent) => {}
    }
    if let Some(path) = &ready_file {
        // It names addresses that are now dead and a token that opens nothing any more.
        let _ = std::fs::remove_file(path);
    }
    Ok(())
}

/// Resolves on ctrl-c or when the system asks the program to end.
#[cfg(unix)]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves on ctrl-c.
#[cfg(not(unix))]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Resolves when standard input ends, which it does when whoever started this is gone.
async fn parent_gone(watched: bool) {
    if !watched {
        return std::future::pending().await;
    }
    let (gone, notice) = oneshot::channel();
    // A thread of its own: a blocked read inside the runtime would hold up the end of the program.
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 64];
        while matches!(std::io::stdin().read(&mut buffer), Ok(1..)) {}
        let _ = gone.send(());
    });
    let _ = notice.await;
}
