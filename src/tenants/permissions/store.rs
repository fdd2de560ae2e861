//! SQL of permissions: platform tables, the same for every organization.

use ground::db::{Conn, DbError, Sql, Tx};

use super::{Declared, Role};

const WHY: &str = "permissions and roles are declared for the whole platform";

const NAMES: Sql = Sql::platform("select name from permissions order by name", WHY);

/// Every stored permission's name.
pub fn permission_names(conn: &Conn) -> Result<Vec<String>, DbError> {
    conn.list(NAMES.with(()), |row| row.get(0))
}

const PUT: Sql = Sql::platform(
    "insert into permissions (name, description) values (?1, ?2)
     on conflict (name) do update set description = excluded.description
     where permissions.description <> excluded.description",
    WHY,
);

/// Adds the permission or rewords it; 0 if it stood like that already.
pub fn put_permission(tx: &Tx, declared: &Declared) -> Result<u64, DbError> {
    tx.execute(PUT.with((declared.name, declared.description)))
}

const REMOVE: Sql = Sql::platform("delete from permissions where name = ?1", WHY);

/// Removes a permission with its grants.
pub fn remove_permission(tx: &Tx, name: &str) -> Result<u64, DbError> {
    tx.execute(REMOVE.with((name,)))
}

const GRANT: Sql =
    Sql::platform("insert into role_permissions (role, permission) values (?1, ?2) on conflict do nothing", WHY);

/// Grants a permission to a role; 0 if the role had it already.
pub fn grant(tx: &Tx, role: Role, permission: &str) -> Result<u64, DbError> {
    tx.execute(GRANT.with((role, permission)))
}

const GRANTED: Sql = Sql::platform("select permission from role_permissions where role = ?1", WHY);

/// What a role holds (primary key's prefix).
pub fn granted_names(conn: &Conn, role: Role) -> Result<Vec<String>, DbError> {
    conn.list(GRANTED.with((role,)), |row| row.get(0))
}

const FINGERPRINT: Sql = Sql::platform("select value from platform_state where name = 'permissions'", WHY);

/// Which declared list was applied last.
pub fn applied_fingerprint(conn: &Conn) -> Result<Option<String>, DbError> {
    conn.optional(FINGERPRINT.with(()), |row| row.get(0))
}

const REMEMBER: Sql = Sql::platform(
    "insert into platform_state (name, value, updated_at) values ('permissions', ?1, ?2)
     on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at",
    WHY,
);

/// Notes which declared list stands in the tables now.
pub fn remember_fingerprint(tx: &Tx, fingerprint: &str) -> Result<(), DbError> {
    tx.execute(REMEMBER.with((fingerprint, tx.now()))).map(drop)
}
