use ground::{
    clock::{Clock, Randomness},
    db::{Db, Location, Sql},
};
use serde_json::json;

use super::*;

fn logged(db: &Db, count: usize) {
    for number in 0..count {
        let change = Change {
            action: "site.renamed",
            subject_type: "site",
            subject_id: number.to_string(),
            before: Some(json!({"name": "Old", "password": "hunter2"})),
            after: Some(json!({"name": format!("New {number}"), "list": [{"api_token": "t"}]})),
        };
        db.write_blocking(move |tx| record(tx, &Platform::operator("test"), change)).unwrap();
    }
}

fn tamper(db: &Db, sql: &'static str) -> ChainError {
    let sql = Sql::platform(sql, "the test does what an intruder would");
    db.write_blocking(move |tx| tx.execute(sql.with(()))).unwrap();
    db.read_blocking(verify_platform_chain).unwrap_err()
}

fn fresh(folder: &std::path::Path) -> Db {
    let location = Location::Sqlite(folder.join("test.db"));
    let db = Db::open(&location, Clock::system(), Randomness::system()).unwrap();
    db.migrate(folder).unwrap();
    db
}

#[test]
fn a_chain_holds_until_somebody_edits_or_removes_a_record() {
    for (edit, position) in [
        ("update audit_records set actor_name = 'somebody else' where position = 3", 3),
        ("update audit_records set after_json = '{}' where position = 4", 4),
        ("delete from audit_records where position = 2", 3),
        ("update audit_records set recorded_at = '2020-01-01T00:00:00.000Z' where position = 1", 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let db = fresh(folder.path());
        logged(&db, 5);
        assert_eq!(db.read_blocking(verify_platform_chain).unwrap(), 5);
        assert!(matches!(tamper(&db, edit), ChainError::Broken { position: found } if found == position), "{edit}");
    }
}

#[test]
fn secrets_are_never_written_whoever_forgets_to_leave_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let db = fresh(folder.path());
    logged(&db, 1);
    let found = db.read_blocking(|conn| store::platform_newest(conn, None, 1)).unwrap();
    let text = format!("{:?} {:?}", found[0].before, found[0].after);
    assert!(text.contains("New 0") && !text.contains("hunter2") && !text.contains("\\\"t\\\""), "{text}");
}
