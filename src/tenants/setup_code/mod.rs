//! The first-run code: who can read the data directory or the log owns the installation. One short code, its hash in
//! the database, its plain copy for the operator's eyes only; gone as soon as there is an owner.

mod store;

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use ground::{
    clock::Randomness,
    crypto,
    db::{Conn, Db, DbError, Tx},
};
use machinery::web::{Explain, Problem};

use crate::accounts::{codes, users};

/// Signs of the code: 40 bits, which five tries a quarter of an hour and twenty an hour in total never find.
const CODE_LENGTH: usize = 8;
/// Name of the plain copy in the data directory.
const FILE_NAME: &str = "setup-code";

/// A code to show to the operator, as `XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupCode(String);

impl std::fmt::Display for SetupCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, second) = self.0.split_at(CODE_LENGTH / 2);
        write!(formatter, "{first}-{second}")
    }
}

/// Why there is no code to show.
#[derive(Debug, thiserror::Error)]
pub enum SetupCodeError {
    /// There is an owner: setup is closed.
    #[error("this installation has an owner already; sign in, or run `gammacms createsuperuser`")]
    HasOwner,
    /// The code's plain copy cannot be written or removed.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why the code does not open setup.
#[derive(Debug, thiserror::Error)]
pub enum SetupRefusal {
    /// The code is wrong.
    #[error("the setup code is wrong")]
    CodeWrong,
    /// There is an owner: setup is closed.
    #[error("setup is closed: there is an owner")]
    Closed,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for SetupRefusal {
    fn explain(&self) -> Problem {
        match self {
            Self::CodeWrong => Problem::new(
                403,
                "setup_code_wrong",
                "The setup code is wrong",
                "Type the code as the server's log and the file `setup-code` in its data directory show it, or make a new one with `gammacms setup-code`.",
            ),
            Self::Closed => Problem::new(
                409,
                "setup_closed",
                "Setup is closed",
                "This installation has an owner. Sign in, or ask the owner for an invitation.",
            ),
            Self::Db(error) => error.explain(),
        }
    }
}

/// At start: the code in force, a new one if there is none; nothing, and nothing left lying about, once there is an
/// owner. Blocks: call it from a plain thread.
pub fn ensure(db: &Db, data_directory: &Path) -> Result<Option<SetupCode>, SetupCodeError> {
    let (has_owner, hash) =
        db.read_blocking(|conn| Ok::<_, DbError>((users::owner_exists(conn)?, store::kept(conn)?)))?;
    if has_owner {
        close(db, data_directory)?;
        return Ok(None);
    }
    let shown = fs::read_to_string(data_directory.join(FILE_NAME)).ok().and_then(|text| plain(&text));
    match shown {
        Some(code) if hash.as_deref() == Some(&code_hash(&code)) => Ok(Some(SetupCode(code))),
        _ => renew(db, data_directory).map(Some),
    }
}

/// A new code in the place of the one before; a running server takes it at once. Blocks: call it from a plain thread.
pub fn renew(db: &Db, data_directory: &Path) -> Result<SetupCode, SetupCodeError> {
    let code = codes::random(CODE_LENGTH, db.randomness());
    let hash = code_hash(&code);
    db.write_blocking(move |tx| {
        if users::owner_exists(tx)? {
            return Err(SetupCodeError::HasOwner);
        }
        store::keep(tx, &hash)?;
        Ok(())
    })?;
    let code = SetupCode(code);
    write_file(data_directory, &code, db.randomness())?;
    Ok(code)
}

/// Whether this code opens setup now. The comparison takes the same time wherever they differ.
pub fn check(conn: &Conn, code: &str) -> Result<(), SetupRefusal> {
    if users::owner_exists(conn)? {
        return Err(SetupRefusal::Closed);
    }
    let expected = store::kept(conn)?;
    let given = plain(code).map(|code| code_hash(&code));
    match (expected, given) {
        (Some(expected), Some(given)) if crypto::same(expected.as_bytes(), given.as_bytes()) => Ok(()),
        _ => Err(SetupRefusal::CodeWrong),
    }
}

/// Uses the code up, in the transaction that makes the owner.
pub fn use_up(tx: &Tx) -> Result<(), DbError> {
    store::remove(tx)
}

/// Removes the plain copy, after that transaction. A file that is not there is removed.
pub fn remove_file(data_directory: &Path) -> Result<(), SetupCodeError> {
    let path = data_directory.join(FILE_NAME);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(SetupCodeError::File { path, source }),
        _ => Ok(()),
    }
}

fn close(db: &Db, data_directory: &Path) -> Result<(), SetupCodeError> {
    if db.read_blocking(store::kept)?.is_some() {
        db.write_blocking(use_up)?;
    }
    remove_file(data_directory)
}

/// The code without what people add when they type: hyphens, spaces, small letters. `None` if it cannot be one.
fn plain(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
    let code = code.to_ascii_uppercase();
    let fits = code.len() == CODE_LENGTH && code.bytes().all(|sign| codes::ALPHABET.contains(&sign));
    fits.then_some(code)
}

fn code_hash(code: &str) -> String {
    crypto::sha256_hex(format!("setup-code:{code}").as_bytes())
}

/// Writes the copy beside the old one and renames it over: at no time is there a file that others may read.
fn write_file(data_directory: &Path, code: &SetupCode, randomness: &Randomness) -> Result<(), SetupCodeError> {
    let path = data_directory.join(FILE_NAME);
    let fresh = data_directory.join(format!("{FILE_NAME}.{:08x}", u32::from_le_bytes(randomness.bytes())));
    let written = private_file(&fresh)
        .and_then(|mut file| writeln!(file, "{code}").and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, &path));
    written.map_err(|source| {
        // Leaving the half-written file would do no harm; the reason for the failure is what matters.
        let _ = fs::remove_file(&fresh);
        SetupCodeError::File { path, source }
    })
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(plain(" abcd-2345\n").as_deref(), Some("ABCD2345"));
        assert_eq!(SetupCode("ABCD2345".to_owned()).to_string(), "ABCD-2345");
        for wrong in ["", "ABCD-234", "ABCD-23456", "ABCD-0345", "ABCD-I345"] {
            assert_eq!(plain(wrong), None, "{wrong}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_operator_reads_the_copy() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let code = SetupCode("ABCD2345".to_owned());
        for _ in 0..2 {
            write_file(directory.path(), &code, &Randomness::seeded(5)).unwrap();
        }
        let file = directory.path().join(FILE_NAME);
        assert_eq!(fs::read_to_string(&file).unwrap(), "ABCD-2345\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        remove_file(directory.path()).unwrap();
        remove_file(directory.path()).unwrap();
    }
}
