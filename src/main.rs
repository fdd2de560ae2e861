//! The program: parses the command line and answers with an exit code.

mod app;
mod cli;
mod installation;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Several crates speak TLS; they take the process's provider. Nobody can have installed another before.
    drop(rustls::crypto::ring::default_provider().install_default());
    cli::run(cli::Cli::parse())
}
