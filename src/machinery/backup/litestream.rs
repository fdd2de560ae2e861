//! The program Litestream: which one it is, and its short commands. The long one is begun by [`super::Supervisor`].

use std::{
    ffi::OsStr,
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
};

use ground::db::{DbError, MigrateError};

use super::Replica;

/// What of the environment it may see: its own settings and those of storage, and nothing of ours.
const PASSED_ON: [&str; 14] = [
    "LITESTREAM_ACCESS_KEY_ID",
    "LITESTREAM_SECRET_ACCESS_KEY",
    "LITESTREAM_AZURE_ACCOUNT_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "HOME",
    "PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
];
/// The version whose numbers and commands are known here.
const KNOWN: &str = "0.3.";

/// Why the database cannot be replicated or restored. The sentences are for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub enum LitestreamError {
    /// It is not there.
    #[error(
        "Litestream cannot be started ({program}: {error}): install version 0.3, or name it with LITESTREAM_BINARY"
    )]
    NotFound {
        /// What was tried.
        program: String,
        /// What the system says.
        error: io::Error,
    },
    /// It is one that is not known here.
    #[error(
        "Litestream {0} is not known to this version of GammaCMS: install version 0.3, or name another with LITESTREAM_BINARY"
    )]
    UnknownVersion(String),
    /// The storage did not answer, or refused.
    #[error("the replica {replica} cannot be read: {said}")]
    Unreachable {
        /// The URL without its password.
        replica: String,
        /// Litestream's last line.
        said: String,
    },
    /// Neither database nor replica.
    #[error(
        "there is no database at {database}, and none in the replica {replica}. If this installation is new, start it once with \
         --init-empty (or GAMMACMS_INIT_EMPTY=true). If it is not, LITESTREAM_REPLICA_URL names the wrong place"
    )]
    NothingThere {
        /// The file.
        database: String,
        /// The URL without its password.
        replica: String,
    },
    /// Somebody else's.
    #[error(
        "the replica {replica} belongs to {theirs}, and this is {ours}: two installations in one place would destroy each \
         other's copy. Give LITESTREAM_REPLICA_URL a place of its own"
    )]
    Foreign {
        /// The URL without its password.
        replica: String,
        /// Whose it is.
        theirs: String,
        /// Who asks.
        ours: String,
    },
    /// What came back is not good.
    #[error("the copy in the replica {replica} cannot be used: {reason}. Nothing was changed here")]
    Unusable {
        /// The URL without its password.
        replica: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The disk.
    #[error("the folder for replication: {0}")]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The schema.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

/// Litestream with what it may see of the environment.
fn command(program: &OsStr) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Refuses one that is not known.
pub(super) fn check_version(replica: &Replica) -> Result<(), LitestreamError> {
    let asked = command(replica.program.as_os_str()).arg("version").stdin(Stdio::null()).output();
    let answer =
        asked.map_err(|error| LitestreamError::NotFound { program: replica.program.display().to_string(), error })?;
    let text = String::from_utf8_lossy(&answer.stdout);
    let version = text.trim().trim_start_matches('v');
    if version.starts_with(KNOWN) { Ok(()) } else { Err(LitestreamError::UnknownVersion(version.to_owned())) }
}

/// Brings what the replica holds of a database into a new file. False where it holds nothing.
pub(super) fn restore(replica: &Replica, database: &Path, into: &Path) -> Result<bool, LitestreamError> {
    let ran = command(replica.program.as_os_str())
        .args(["restore", "-if-replica-exists", "-config"])
        .arg(replica.configuration_file())
        .arg("-o")
        .arg(into)
        .arg(database)
        .stdin(Stdio::null())
        .output()?;
    if ran.status.success() {
        return Ok(into.exists());
    }
    // Its reason stands last; what it fetched before does not matter.
    let said = String::from_utf8_lossy(&ran.stderr);
    let said = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it gave no reason").to_owned();
    Err(LitestreamError::Unreachable { replica: replica.shown.clone(), said })
}

/// Turns this process into Litestream. Its parent is the server: when that ends, however it ends, the kernel asks this one to
/// send what is left and end too. Answers only what went wrong.
pub fn become_litestream(program: &Path, configuration: &Path) -> io::Error {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM)) {
        return error.into();
    }
    command(program.as_os_str()).arg("replicate").arg("-config").arg(configuration).exec()
}
