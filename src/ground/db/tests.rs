//! The database layer's promises, held against SQLite and, where `TEST_DATABASE_URL` names one, PostgreSQL.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{Conn, Db, DbError, Filter, Json, Location, MigrateError, OnConflict, Sql, Tenant, TenantSql, Topic};
use crate::{
    clock::{Clock, Randomness},
    words::{OrganizationId, SiteId, UserId},
};

const INSERT_STATE: Sql = Sql::platform(
    "insert into platform_state (name, value, updated_at) values (?1, ?2, ?3)",
    "the platform's own state",
);
const STATE: Sql = Sql::platform("select value from platform_state where name = ?1", "the platform's own state");
const INSERT_USER: Sql = Sql::platform(
    "insert into users (id, email, email_folded, name, is_superuser, is_active, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    "users belong to no organization",
);
const INSERT_ORGANIZATION: Sql = Sql::platform(
    "insert into organizations (id, name, slug, time_zone, currency, default_locale, locales, created_at, updated_at)
     values (?1, ?2, ?3, 'UTC', 'EUR', 'en', '[\"en\"]', ?4, ?4)",
    "the organization is made here",
);
const INSERT_SITE: TenantSql = TenantSql::new(
    "insert into sites (organization_id, id, name, slug, status, default_locale, locales, time_zone, currency, settings,
        content_version, created_at, updated_at)
     values (?1, ?2, ?3, ?4, 'draft', 'en', '[\"en\"]', 'UTC', 'EUR', ?5, 1, ?6, ?6)",
);

#[derive(Clone, Copy)]
struct Group(OrganizationId);
impl Tenant for Group {
    fn organization_id(&self) -> OrganizationId {
        self.0
    }
}

/// Runs a promise on each database there is.
fn on_both(promise: impl Fn(&Db)) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("test.db"));
    let db = Db::open(&location, Clock::system(), Randomness::system()).unwrap();
    db.migrate(folder.path()).unwrap();
    promise(&db);
    db.close();
    #[expect(clippy::disallowed_methods, reason = "the test script tells tests where its servers are")]
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: TEST_DATABASE_URL is not set");
        return;
    };
    let (url, name) = fresh_postgres(&url);
    let db = Db::open(&Location::Postgres(url), Clock::system(), Randomness::system()).unwrap();
    db.migrate(folder.path()).unwrap();
    promise(&db);
    drop(db);
    println!("ran on PostgreSQL database {name}");
}

/// A database of its own on the server that the URL names.
fn fresh_postgres(url: &str) -> (String, String) {
    let name = format!("gammacms_test_{}", u64::from_le_bytes(Randomness::system().bytes()));
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    client
        .batch_execute(&format!(
            "create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
        ))
        .unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    (format!("{server}/{name}?sslmode=disable"), name)
}

fn organization(db: &Db, slug: &'static str) -> Group {
    db.write_blocking(move |tx| {
        let id = tx.new_id::<OrganizationId>();
        tx.execute(INSERT_ORGANIZATION.with((id, slug, slug, tx.now())))?;
        Ok::<_, DbError>(Group(id))
    })
    .unwrap()
}

#[test]
fn a_read_sees_one_state_whatever_is_committed_meanwhile() {
    on_both(|db| {
        let insert = |name: &'static str| {
            db.write_blocking(move |tx| tx.execute(INSERT_STATE.with((name, "there", tx.now())))).unwrap();
        };
        let is_there = |name: &'static str| {
            move |conn: &Conn| {
                Ok::<_, DbError>(conn.optional(STATE.with((name,)), |row| row.get::<String>(0))?.is_some())
            }
        };
        let seen = db.read_blocking(|conn| {
            let before = is_there("one")(conn)?;
            insert("one");
            Ok::<_, DbError>((before, is_there("one")(conn)?))
        });
        assert_eq!(seen, Ok((false, false)));
        assert_eq!(db.read_blocking(is_there("one")), Ok(true), "the next read sees it");
        // What ends a read early leaves its connection as it was.
        let failed = db.read_blocking(|conn| is_there("two")(conn).and(Err::<(), _>(DbError::Busy)));
        assert_eq!(failed, Err(DbError::Busy));
        insert("two");
        assert_eq!(db.read_blocking(is_there("two")), Ok(true));
    });
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    on_both(|db| {
        let id = db
            .write_blocking(|tx| {
                let id = tx.new_id::<UserId>();
                tx.execute(INSERT_USER.with((id, "Ä@b.ch", "ä@b.ch", "0123", true, false, tx.now())))?;
                Ok::<_, DbError>(id)
            })
            .unwrap();
        const USER: Sql = Sql::platform(
            "select id, name, is_superuser, is_active, totp_secret, created_at from users where id = ?1",
            "users belong to no organization",
        );
        let (found, name, is_superuser, is_active, secret, created_at) = db
            .read_blocking(|conn| {
                conn.one(USER.with((id,)), |row| {
                    Ok((
                        row.get::<UserId>(0)?,
                        row.get::<String>(1)?,
                        row.get::<bool>(2)?,
                        row.get::<bool>(3)?,
                        row.get::<Option<Vec<u8>>>(4)?,
                        row.get::<crate::clock::Timestamp>(5)?,
                    ))
                })
            })
            .unwrap_or_else(|error: DbError| panic!("{error}"));
        // Text stays text: a column typed UUID or JSONB would have made a number of it.
        assert_eq!((found, name.as_str(), is_superuser, is_active, secret), (id, "0123", true, false, None));
        assert!(created_at.as_millisecond() > 0);
    });
}

#[test]
fn a_refused_row_names_the_same_index_on_both_and_undoes_its_transaction() {
    #[derive(Debug, PartialEq, thiserror::Error)]
    enum Refusal {
        #[error("the slug is taken")]
        SlugTaken,
        #[error(transparent)]
        Db(#[from] DbError),
    }
    on_both(|db| {
        let group = organization(db, "lake");
        let make = move |slug: &'static str, name: &'static str| {
            db.write_blocking(move |tx| {
                tx.execute(INSERT_STATE.with((name, "", tx.now())))?;
                let row =
                    INSERT_SITE.of(&group, (tx.new_id::<SiteId>(), slug, slug, Json(serde_json::json!({})), tx.now()));
                tx.execute(row).on_conflict("sites_organization_id_slug_key", Refusal::SlugTaken)
            })
        };
        assert_eq!(make("seeblick", "first"), Ok(1));
        assert_eq!(make("seeblick", "second"), Err(Refusal::SlugTaken));
        let left = db.read_blocking(|conn| conn.optional(STATE.with(("second",)), |row| row.get::<String>(0)));
        assert_eq!(left, Ok::<_, DbError>(None));
    });
}

#[test]
fn one_callers_failure_or_panic_does_not_touch_its_neighbours() {
    on_both(|db| {
        let written = Arc::new(AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for number in 0..40_i64 {
                let (db, written) = (db.clone(), Arc::clone(&written));
                scope.spawn(move || {
                    let work = move || {
                        db.write_blocking(move |tx| {
                            tx.execute(INSERT_STATE.with((number.to_string(), "", tx.now())))?;
                            assert!(number % 5 != 0, "a panic inside a transaction");
                            if number % 5 == 1 { Err(DbError::NoRow) } else { Ok(()) }
                        })
                    };
                    if let Ok(Ok(())) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
                        written.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        const COUNT: Sql = Sql::platform("select count(*) from platform_state", "the platform's own state");
        let rows = db.read_blocking(|conn| conn.one(COUNT.with(()), |row| row.get::<i64>(0)));
        assert_eq!(rows, Ok::<_, DbError>(24));
        assert_eq!(written.load(Ordering::SeqCst), 24);
    });
}

#[test]
fn last_steps_run_last_and_a_commit_announces_its_topics() {
    on_both(|db| {
        let events = db.listen(Topic::Events);
        let jobs = db.listen(Topic::Jobs);
        db.write_blocking(|tx| {
            tx.before_commit(|tx| tx.execute(INSERT_STATE.with(("b", "last", tx.now()))).map(drop));
            tx.execute(INSERT_STATE.with(("a", "first", tx.now())))?;
            tx.announce(Topic::Events);
            Ok::<_, DbError>(())
        })
        .unwrap();
        assert!(events.has_changed().unwrap());
        assert!(!jobs.has_changed().unwrap());
        let last = db.read_blocking(|conn| conn.one(STATE.with(("b",)), |row| row.get::<String>(0)));
        assert_eq!(last, Ok::<_, DbError>("last".to_owned()));
    });
}

#[test]
fn a_part_that_fails_is_taken_back_alone() {
    on_both(|db| {
        let events = db.listen(Topic::Events);
        db.write_blocking(|tx| {
            tx.execute(INSERT_STATE.with(("kept", "first", tx.now())))?;
            let refused = tx.attempt(|tx| {
                tx.attempt(|tx| tx.execute(INSERT_STATE.with(("inner", "second", tx.now()))))?;
                tx.before_commit(|tx| tx.execute(INSERT_STATE.with(("late", "third", tx.now()))).map(drop));
                tx.announce(Topic::Events);
                // Refused by the database itself: on PostgreSQL nothing could follow without the savepoint.
                tx.execute(INSERT_STATE.with(("kept", "again", tx.now())))
            });
            assert!(matches!(refused, Err(DbError::Unique { .. })), "{refused:?}");
            tx.attempt(|tx| tx.execute(INSERT_STATE.with(("next", "fourth", tx.now()))))
        })
        .unwrap();
        assert!(!events.has_changed().unwrap());
        let state = |name: &'static str| {
            db.read_blocking(|conn| conn.optional(STATE.with((name,)), |row| row.get::<String>(0)))
                .unwrap_or_else(|error: DbError| panic!("{error}"))
        };
        let found = ["kept", "inner", "late", "next"].map(state);
        assert_eq!(found, [Some("first".to_owned()), None, None, Some("fourth".to_owned())]);
    });
}

#[test]
fn a_filter_finds_only_what_belongs_to_the_organization() {
    on_both(|db| {
        let (lake, alp) = (organization(db, "lake"), organization(db, "alp"));
        for (group, slug) in [(lake, "a"), (lake, "b"), (alp, "a")] {
            db.write_blocking(move |tx| {
                let row =
                    INSERT_SITE.of(&group, (tx.new_id::<SiteId>(), slug, slug, Json(serde_json::json!({})), tx.now()));
                tx.execute(row)
            })
            .unwrap();
        }
        let slugs = |filter: Filter| {
            db.read_blocking(|conn| {
                conn.list(filter.statement("select slug from sites", "order by slug limit ?", (10_i64,)), |row| {
                    row.get::<String>(0)
                })
            })
        };
        assert_eq!(slugs(Filter::of(&lake, "sites")), Ok::<_, DbError>(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(slugs(Filter::of(&alp, "sites").and_in("slug", &["a", "b"])), Ok(vec!["a".to_owned()]));
        assert_eq!(slugs(Filter::of(&alp, "sites").and_in::<&str>("slug", &[])), Ok(vec![]));
    });
}

#[test]
fn tenant_sql_that_forgets_its_organization_stops_the_test() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::Sqlite(folder.path().join("test.db")), Clock::system(), Randomness::system()).unwrap();
    db.migrate(folder.path()).unwrap();
    let group = organization(&db, "lake");
    const HALF_SCOPED: TenantSql =
        TenantSql::new("select s.id from sites s, entries e where s.organization_id = ?1 and e.title = ?2");
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        db.read_blocking(|conn| conn.list(HALF_SCOPED.of(&group, ("x",)), |row| row.get::<String>(0)))
    }));
    assert_eq!(outcome.is_err(), cfg!(debug_assertions));
}

#[test]
fn a_second_start_changes_nothing_and_a_newer_database_is_refused() {
    on_both(|db| {
        let folder = tempfile::tempdir().unwrap();
        assert!(db.migrate(folder.path()).unwrap().is_empty());
        assert!(db.migration_status().unwrap().missing.is_empty());
        const NEWER: Sql = Sql::platform(
            "insert into schema_migrations values (9999, '9999_later.sql', '', '')",
            "the schema is the platform's",
        );
        db.write_blocking(|tx| tx.execute(NEWER.with(()))).unwrap();
        assert!(matches!(db.migrate(folder.path()), Err(MigrateError::Newer { found: 9999, .. })));
    });
}

#[test]
fn a_database_is_copied_before_an_upgrade_touches_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::Sqlite(folder.path().join("test.db")), Clock::system(), Randomness::system()).unwrap();
    db.migrate(folder.path()).unwrap();
    const OLDER: Sql =
        Sql::platform("update schema_migrations set version = -1 where version = 1", "the schema is the platform's");
    db.write_blocking(|tx| tx.execute(OLDER.with(()))).unwrap();
    // The tables are there already, so the upgrade itself fails; what counts is the copy and that nothing changed.
    assert!(db.migrate(&folder.path().join("snapshots")).is_err());
    let copies: Vec<_> =
        std::fs::read_dir(folder.path().join("snapshots")).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(copies.len(), 1);
    let copy = Db::open(&Location::Sqlite(copies[0].path()), Clock::system(), Randomness::system()).unwrap();
    copy.quick_check().unwrap();
    const COUNT: Sql = Sql::platform("select count(*) from organizations", "organizations are the platform's");
    assert_eq!(copy.read_blocking(|conn| conn.one(COUNT.with(()), |row| row.get::<i64>(0))), Ok::<_, DbError>(0));
}

#[test]
fn a_closed_database_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::Sqlite(folder.path().join("test.db")), Clock::system(), Randomness::system()).unwrap();
    db.close();
    assert!(matches!(db.write_blocking(|_| Ok::<_, DbError>(())), Err(DbError::Unreachable(_))));
}
