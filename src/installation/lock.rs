//! The lock by which one server keeps a second one off its data directory. Its file tells who holds it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use ground::config::Config;

use super::directory_failure;

/// Held by the server for as long as it runs; given up by the system however the process ends.
const LOCK_FILE: &str = "gammacms.lock";
/// Tries to take it: a command that looks who runs holds it for some microseconds.
const TRIES: u32 = 5;
/// Between two tries.
const REST: Duration = Duration::from_millis(10);

/// The server that runs on a data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningServer {
    /// Its process id.
    pub process: String,
    /// Where people reach its dashboard, as its own flags and environment say.
    pub frontend_url: String,
}

/// Takes the lock for the one server; a second one is told whose it is.
pub fn take(config: &Config) -> Result<File> {
    let path = config.data_dir.join(LOCK_FILE);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| directory_failure(&path, &error))?;
    let mut tries = 1;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if tries < TRIES => sleep(REST),
            Err(TryLockError::WouldBlock) => {
                let holder =
                    read(&mut file).map_or_else(String::new, |server| format!(" (process {})", server.process));
                bail!(
                    "another gammacms{holder} runs on the data directory {}: stop it, or name another with --data-dir",
                    config.data_dir.display()
                );
            }
            Err(TryLockError::Error(error)) => return Err(directory_failure(&path, &error)),
        }
        tries += 1;
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}\n{}", std::process::id(), config.frontend_url))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file)
}

/// The server that runs on the data directory at this moment, if one does.
pub fn running(data_dir: &Path) -> Option<RunningServer> {
    let mut file = File::open(data_dir.join(LOCK_FILE)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&mut file),
        // Nobody holds it; what we took is given up with the file.
        _ => None,
    }
}

fn read(file: &mut File) -> Option<RunningServer> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let mut lines = text.lines().map(str::to_owned);
    Some(RunningServer { process: lines.next()?, frontend_url: lines.next()? })
}
