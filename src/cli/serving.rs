//! Commands about the server itself: run it, bring its database up, look at its settings and its machine.

use std::{
    collections::BTreeMap,
    env::vars_os,
    io::{BufRead as _, BufReader, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream},
    path::Path,
    time::Duration,
};

use ground::{
    clock::Clock,
    config::{Config, Environment, Flags, SECRET_KEY_FILE},
    db::{Backend, Db, Location},
};
use machinery::{
    backup::{Format, configuration},
    monitoring::{LogFormat, LogSettings, Logs, set_up},
};
use pictures::apart::{self, Task};
use serde::Serialize;

use super::output::{Failure, json, note, say, table};
use crate::{
    app,
    installation::{self, Installation},
};

/// How long a server may take to say that it is alive: containers ask every half minute.
const LONGEST_PROBE: Duration = Duration::from_secs(3);
/// Free space below which `doctor` warns: an upgrade copies the database, and SQLite's log needs room.
const LITTLE_SPACE: u64 = 1 << 30;

/// Where Litestream's own documentation lets it tell its numbers.
const LITESTREAM_PORT: u16 = 9090;

/// Settings from the file, the environment and the flags.
pub fn settings(flags: &Flags) -> Result<Config, Failure> {
    // A name or value that is not Unicode cannot be one of ours.
    let environment = vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(Config::load(flags, environment)?)
}

/// The machine's clock; in debug builds one that tests can move.
fn clock() -> Clock {
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os("GAMMACMS_TEST_CLOCK_OFFSET_FILE") {
        return Clock::from_offset_file(path.into());
    }
    Clock::system()
}

/// The installation for a command that works beside the server. Warnings go to standard error.
pub fn installation(flags: &Flags) -> Result<(Installation, Logs), Failure> {
    let config = settings(flags)?;
    let logs = logs(&config, true)?;
    Ok((Installation::open(config, clock())?, logs))
}

fn logs(config: &Config, is_on_standard_error: bool) -> Result<Logs, Failure> {
    let level = if is_on_standard_error { "warn" } else { config.log_level.as_str() };
    set_up(LogSettings {
        format: match config.log_format {
            ground::config::LogFormat::Json => LogFormat::Json,
            ground::config::LogFormat::Text => LogFormat::Text,
        },
        level: level.to_owned(),
        environment: config.environment.to_string(),
        clock: clock(),
        is_on_standard_error,
    })
    .map_err(Failure::failed)
}

/// `serve`.
pub fn serve(flags: &Flags, init_empty: bool) -> Result<(), Failure> {
    let started = std::time::Instant::now();
    let mut config = settings(flags)?;
    config.may_begin_empty |= init_empty;
    let logs = logs(&config, false)?;
    app::check_address(&config)?;
    let installation = Installation::open_for_server(config, clock())?;
    Ok(app::serve(installation, &logs, started)?)
}

/// `migrate`.
pub fn migrate(flags: &Flags, is_check: bool) -> Result<(), Failure> {
    let config = settings(flags)?;
    let _logs = logs(&config, true)?;
    if !is_check {
        let db = open_for_migration(&config)?;
        let applied = installation::migrate(&db, &config)?;
        if applied.is_empty() {
            say("the database is up to date");
        }
        for name in applied {
            say(&format!("applied {name}"));
        }
        db.close();
        return Ok(());
    }
    let db = installation::open_as_it_is(&config, clock())?;
    let status = db.migration_status().map_err(Failure::failed)?;
    for name in &status.missing {
        say(&format!("missing {name}"));
    }
    if status.missing.is_empty() {
        say("the database is up to date");
        return Ok(());
    }
    Err(Failure::failed("migrations are missing: run `gammacms migrate`, or start the server, which does it by itself"))
}

fn open_for_migration(config: &Config) -> Result<Db, Failure> {
    if let Location::Sqlite(path) = &config.database
        && !path.exists()
    {
        note(&format!("making the database {}", path.display()));
    }
    Ok(installation::open(config, clock())?)
}

/// `config`.
pub fn config(flags: &Flags, is_json: bool) -> Result<(), Failure> {
    let config = settings(flags)?;
    if is_json {
        return json(&config.report());
    }
    let rows = config.report().iter().map(|line| {
        let value = line.value.clone().unwrap_or_else(|| "-".to_owned());
        vec![line.setting.to_owned(), value, line.source.clone()]
    });
    table(&["setting", "value", "from"], &rows.collect::<Vec<_>>());
    Ok(())
}

/// `openapi`.
pub fn openapi() -> Result<(), Failure> {
    json(&app::openapi())
}

/// `healthcheck`.
pub fn health_check(flags: &Flags) -> Result<(), Failure> {
    let mut address = settings(flags)?.listen;
    if address.ip().is_unspecified() {
        // Listening everywhere: also here.
        let own: IpAddr = if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(own);
    }
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, LONGEST_PROBE)?;
        stream.set_read_timeout(Some(LONGEST_PROBE))?;
        write!(stream, "GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    let line = asked().map_err(|error| Failure::failed(format!("nothing answers at {address}: {error}")))?;
    if line.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    Err(Failure::failed(format!("the server at {address} is not well: {}", line.trim())))
}

/// `version`.
pub fn version(is_json: bool) -> Result<(), Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if is_json {
        return json(&BTreeMap::from([("version", version), ("sqlite", ground::db::sqlite_version())]));
    }
    say(&format!("gammacms {version} (SQLite {})", ground::db::sqlite_version()));
    Ok(())
}

/// What `doctor` found out about one thing.
#[derive(Serialize)]
struct Finding {
    name: &'static str,
    is_well: bool,
    detail: String,
}

/// `doctor`.
pub fn doctor(flags: &Flags, is_json: bool) -> Result<(), Failure> {
    let config = settings(flags)?;
    let _logs = logs(&config, true)?;
    let mut findings = vec![Finding {
        name: "settings",
        is_well: true,
        detail: format!("environment {}, no problems", config.environment),
    }];
    findings.extend(look_at_database(&config));
    findings.push(look_at_space(&config.data_dir));
    findings.extend(look_at_key(&config));
    findings.push(look_at_mail(&config));
    findings.push(look_at_store(&config));
    if is_json {
        json(&findings)?;
    } else {
        let rows = findings.iter().map(|finding| {
            vec![
                finding.name.to_owned(),
                if finding.is_well { "ok" } else { "LOOK" }.to_owned(),
                finding.detail.clone(),
            ]
        });
        table(&["what", "state", "detail"], &rows.collect::<Vec<_>>());
    }
    match findings.iter().filter(|finding| !finding.is_well).count() {
        0 => Ok(()),
        count => Err(Failure::failed(format!("{count} of {} findings need a look", findings.len()))),
    }
}

fn look_at_database(config: &Config) -> Vec<Finding> {
    let opened = installation::open_as_it_is(config, clock());
    let db = match opened {
        Ok(db) => db,
        Err(error) => return vec![Finding { name: "database", is_well: false, detail: format!("{error:#}") }],
    };
    let checked = match db.quick_check() {
        Ok(()) if db.backend() == Backend::Sqlite => {
            (true, format!("SQLite {}, all pages are sound", ground::db::sqlite_version()))
        }
        Ok(()) => (true, "PostgreSQL answers".to_owned()),
        Err(error) => (false, error.to_string()),
    };
    let migrated = match db.migration_status() {
        Ok(status) if status.missing.is_empty() => {
            (true, format!("{} migrations applied, none missing", status.applied.len()))
        }
        Ok(status) => (false, format!("missing: {}; run `gammacms migrate`", status.missing.join(", "))),
        Err(error) => (false, error.to_string()),
    };
    db.close();
    let found = [("database", checked), ("migrations", migrated)];
    found.into_iter().map(|(name, (is_well, detail))| Finding { name, is_well, detail }).collect()
}

fn look_at_space(data_dir: &Path) -> Finding {
    match installation::free_space(data_dir) {
        Some(free) => Finding {
            name: "disk",
            is_well: free >= LITTLE_SPACE,
            detail: format!("{} MiB free at {}", free >> 20, data_dir.display()),
        },
        None => Finding {
            name: "disk",
            is_well: false,
            detail: format!("the free space at {} cannot be told; does the directory exist?", data_dir.display()),
        },
    }
}

fn look_at_key(config: &Config) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let path = config.data_dir.join(SECRET_KEY_FILE);
    let mode = std::fs::metadata(&path).ok()?.permissions().mode() & 0o777;
    let for_others = mode & 0o077;
    Some(Finding {
        name: "secret key",
        is_well: for_others == 0,
        detail: format!(
            "{} has mode {mode:o}{}",
            path.display(),
            if for_others == 0 { "" } else { "; run chmod 600 on it" }
        ),
    })
}

fn look_at_mail(config: &Config) -> Finding {
    match &config.smtp_url {
        Some(_) => {
            Finding { name: "mail", is_well: true, detail: format!("sent by SMTP from {}", config.default_from_email) }
        }
        None => Finding {
            name: "mail",
            is_well: config.environment != Environment::Production,
            detail: "written to files in the data directory; set SMTP_URL to send it".to_owned(),
        },
    }
}

fn look_at_store(config: &Config) -> Finding {
    if config.redis_url.is_none()
        && let Some(server) = installation::running(&config.data_dir)
    {
        let detail = format!("in use by the running server (process {})", server.process);
        return Finding { name: "key-value store", is_well: true, detail };
    }
    let answer = app::check_store(config);
    let name = if config.redis_url.is_some() { "Redis" } else { "the store in the data directory" };
    match answer {
        Ok(()) => Finding { name: "key-value store", is_well: true, detail: format!("{name} answers") },
        Err(error) => Finding { name: "key-value store", is_well: false, detail: format!("{name}: {error}") },
    }
}

/// `litestream config`.
pub fn litestream_config(flags: &Flags, format: &str) -> Result<(), Failure> {
    let Some(replica) = installation::replica(&settings(flags)?) else {
        return Err(Failure::failed("no replica is set: LITESTREAM_REPLICA_URL names its place"));
    };
    let format = if format == "v0.5" { Format::V05 } else { Format::V03 };
    say(configuration(&replica, format, LITESTREAM_PORT).trim_end());
    Ok(())
}

/// Works on one picture, in a process that ends with it.
pub fn picture(task: &str) -> Result<(), Failure> {
    let task: Task = serde_json::from_str(task).map_err(Failure::usage)?;
    apart::confine().map_err(Failure::failed)?;
    apart::work(task, &mut std::io::stdin().lock(), &mut std::io::stdout().lock()).map_err(Failure::failed)
}
