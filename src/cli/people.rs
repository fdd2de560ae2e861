//! Commands about who may: the first account, permissions, the first-run code.

use std::{fs, io::IsTerminal, path::Path};

use ground::{
    config::Flags,
    db::{DbError, Tx},
    words::EmailAddress,
};
use tenants::{
    accounts::{
        AccountError, NewPassword,
        users::{self, PersonName},
    },
    audit::Platform,
    permissions::{self, Initialized},
    setup_code,
};

use super::{
    output::{Failure, note, say},
    serving::installation,
};
use crate::installation::Installation;

/// Who acts, in the audit log.
pub const OPERATOR: &str = "gammacms on the command line";
/// A file with a password holds a line, not a disk image.
const LONGEST_PASSWORD_FILE: u64 = 4096;

/// `createsuperuser`.
pub fn create_superuser(
    flags: &Flags,
    email: &str,
    password_file: Option<&Path>,
    name: Option<String>,
) -> Result<(), Failure> {
    let email: EmailAddress = email.parse().map_err(|error: ground::words::WordError| Failure::usage(error.message))?;
    let (installation, _logs) = installation(flags)?;
    let password = match password_file {
        Some(file) => password_in(file)?,
        None => ask_password()?,
    };
    make_superuser(&installation, email.clone(), name, &password)?;
    say(&format!("{email} may operate this installation: sign in at {}/dashboard/", installation.frontend_url()));
    installation.close();
    Ok(())
}

/// Makes the account of an unattended first start, or of `createsuperuser`.
pub fn make_superuser(
    installation: &Installation,
    email: EmailAddress,
    name: Option<String>,
    password: &str,
) -> Result<(), Failure> {
    let name = name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
    let name: PersonName = name.parse().map_err(|error: ground::words::WordError| Failure::failed(error.message))?;
    let password = NewPassword::parse(password, &[email.as_str(), name.as_str()])
        .map_err(|error| Failure::failed(format!("the password: {}", error.message)))?
        .hash_here(installation.db.randomness())
        .map_err(Failure::failed)?;
    let by = Platform::operator(OPERATOR);
    installation
        .db
        .write_blocking(move |tx| users::make_superuser(tx, &by, email, name, password).map(drop))
        .map_err(|error: AccountError| Failure::failed(error))?;
    // Whoever operates the installation has set it up: the code, if there was one, is void.
    setup_code::ensure(&installation.db, &installation.config.data_dir).map_err(Failure::failed)?;
    Ok(())
}

/// The first line of the file.
pub fn password_in(file: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::failed(format!("cannot read {}: {error}", file.display()));
    if fs::metadata(file).map_err(unreadable)?.len() > LONGEST_PASSWORD_FILE {
        return Err(Failure::failed(format!("{} is too long to hold a password", file.display())));
    }
    let text = fs::read_to_string(file).map_err(unreadable)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failure::failed(format!(
            "the first line of {} is empty; it should be the password",
            file.display()
        )));
    }
    Ok(line.to_owned())
}

fn ask_password() -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("there is no terminal to ask for the password: give a file with --password-file"));
    }
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(Failure::failed);
    let password = ask("Password: ")?;
    if ask("The same again: ")? != password {
        return Err(Failure::failed("the two passwords differ; nothing was changed"));
    }
    Ok(password)
}

/// `initialize_permissions`.
pub fn initialize_permissions(flags: &Flags) -> Result<(), Failure> {
    initialize(flags, "permissions", permissions::initialize_permissions)
}

/// `initialize_role_permissions`.
pub fn initialize_role_permissions(flags: &Flags) -> Result<(), Failure> {
    initialize(flags, "permissions of roles", permissions::initialize_role_permissions)
}

fn initialize(flags: &Flags, what: &str, fill: fn(&Tx) -> Result<Initialized, DbError>) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    let done = installation.db.write_blocking(fill).map_err(Failure::failed)?;
    say(&format!("{} {what} stand as declared", done.declared));
    if done.changed > 0 {
        note(&format!("{} rows were changed", done.changed));
    }
    installation.close();
    Ok(())
}

/// `setup-code`.
pub fn setup_code(flags: &Flags) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    let code = setup_code::renew(&installation.db, &installation.config.data_dir).map_err(Failure::failed)?;
    say(&format!("{}/setup#code={code}", installation.frontend_url()));
    note("Open the link in a browser; the code before is void. A running server takes this one at once.");
    installation.close();
    Ok(())
}
