//! The secret key of the installation: given, or made at the first start of an installation that is not production.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::Config;
use crate::{
    clock::Randomness,
    crypto::{SecretKey, token},
};

/// Name of the file in the data directory that holds a key which nobody gave.
pub const SECRET_KEY_FILE: &str = "secret-key";

/// Why there is no secret key.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// The file cannot be read or made.
    #[error("cannot read or write {}: {reason}. Make it readable for the user that runs gammacms, or set GAMMACMS_SECRET_KEY", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file holds no key.
    #[error("{} is damaged: it holds fewer than 32 characters. Restore it from a backup; a new one would lose the sealed secrets", .0.display())]
    Damaged(PathBuf),
}

impl Config {
    /// The secret key that was given, or the one in the data directory, which is made where there is none. Production has
    /// always one that was given.
    pub fn secret_key(&self, randomness: &Randomness) -> Result<SecretKey, SecretKeyError> {
        let path = self.data_dir.join(SECRET_KEY_FILE);
        let text = match &self.secret_key {
            Some(secret) => secret.to_string(),
            None => {
                kept(&path, randomness).map_err(|reason| SecretKeyError::Unreadable { path: path.clone(), reason })?
            }
        };
        SecretKey::from_bytes(text.trim().as_bytes()).map_err(|_| SecretKeyError::Damaged(path))
    }
}

fn kept(path: &Path, randomness: &Randomness) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        other => return other,
    }
    let text = token(randomness);
    // Written under another name and renamed, so that a power cut leaves a whole key or none.
    let unfinished = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    Ok(text)
}
