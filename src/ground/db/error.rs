//! What can go wrong in either database, in one vocabulary.

/// A database error. Its text is for the log, never for a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A unique index refused the row; the index is named `table_columns_key`.
    #[error("a row with the same values exists (index {index})")]
    Unique {
        /// Name of the index as the migrations give it.
        index: String,
    },
    /// The row names something that does not exist, or is still named by others.
    #[error("a foreign key refused the change")]
    ForeignKey,
    /// A statement that must find a row found none.
    #[error("the row does not exist")]
    NoRow,
    /// The writer's queue or the pool was full for too long.
    #[error("the database is busy")]
    Busy,
    /// No space is left on the volume.
    #[error("the disk is full")]
    DiskFull,
    /// The database file is damaged.
    #[error("the database file is damaged: {0}")]
    Corrupt(String),
    /// The database cannot be written to.
    #[error("the database is read-only")]
    ReadOnly,
    /// The server cannot be reached, or the connection broke.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// A stored value is not what the reader expects.
    #[error("a stored value cannot be read: {0}")]
    Decode(String),
    /// Anything else, with the database's own words.
    #[error("the database refused the statement: {0}")]
    Failed(String),
}

/// Turns the refusal of one unique index into the capability's own error.
pub trait OnConflict<T> {
    /// `refusal` where the index `name` refused the row, else the error as it is.
    fn on_conflict<E: From<DbError>>(self, name: &str, refusal: E) -> Result<T, E>;
}

impl<T> OnConflict<T> for Result<T, DbError> {
    fn on_conflict<E: From<DbError>>(self, name: &str, refusal: E) -> Result<T, E> {
        match self {
            Err(DbError::Unique { index }) if index == name => Err(refusal),
            other => other.map_err(E::from),
        }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let rusqlite::Error::SqliteFailure(code, message) = &error else {
            return match error {
                rusqlite::Error::QueryReturnedNoRows => Self::NoRow,
                other => Self::Failed(other.to_string()),
            };
        };
        let text = message.clone().unwrap_or_else(|| error.to_string());
        match code.code {
            ErrorCode::ConstraintViolation => match code.extended_code {
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                    Self::Unique { index: index_name(&text) }
                }
                rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
                _ => Self::Failed(text),
            },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(text),
            ErrorCode::ReadOnly => Self::ReadOnly,
            _ => Self::Failed(text),
        }
    }
}

/// `UNIQUE constraint failed: sites.organization_id, sites.slug` names columns (or, for partial indexes, the index):
/// both become `sites_organization_id_slug_key`, the name that PostgreSQL reports.
fn index_name(message: &str) -> String {
    let columns = message.split_once("failed: ").map_or(message, |(_, rest)| rest);
    if let Some(index) = columns.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    let mut table = "";
    let mut name = String::new();
    for column in columns.split(", ") {
        let (in_table, column) = column.split_once('.').unwrap_or(("", column));
        table = in_table;
        name.push('_');
        name.push_str(column);
    }
    format!("{table}{name}_key")
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        use postgres::error::SqlState;
        let Some(refusal) = error.as_db_error() else {
            return Self::Unreachable(error.to_string());
        };
        match *refusal.code() {
            SqlState::UNIQUE_VIOLATION => Self::Unique { index: refusal.constraint().unwrap_or_default().to_owned() },
            SqlState::FOREIGN_KEY_VIOLATION => Self::ForeignKey,
            SqlState::DISK_FULL => Self::DiskFull,
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
                Self::Busy
            }
            SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly,
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Self::Corrupt(refusal.message().to_owned()),
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
                Self::Unreachable(refusal.message().to_owned())
            }
            _ => Self::Failed(format!("{} ({})", refusal.message(), refusal.code().code())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_row_names_its_index_as_postgresql_does() {
        for (message, index) in [
            ("UNIQUE constraint failed: users.email_folded", "users_email_folded_key"),
            ("UNIQUE constraint failed: sites.organization_id, sites.slug", "sites_organization_id_slug_key"),
            ("UNIQUE constraint failed: index 'sites_domain_key'", "sites_domain_key"),
        ] {
            assert_eq!(index_name(message), index);
        }
    }
}
