//! The program: parses the command line and answers with an exit code.

mod app;
mod cli;
mod installation;

use std::process::ExitCode;

use clap::Parser;

/// A request makes and drops some hundred small objects on two threads. This allocator takes a tenth off the processor
/// time of a read, and holds as much memory as the system's when idle (mimalloc was seen to hold four times as much).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Database, keys, mails: what this program writes is nobody else's to read, whatever its directory allows.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    // Several crates speak TLS; they take the process's provider. Nobody can have installed another before.
    drop(rustls::crypto::ring::default_provider().install_default());
    cli::run(cli::Cli::parse())
}
