//! The numbers that Litestream 0.3 tells: how often it looked at the database, what it saw, and what the replica has.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// How long it may take to tell them: it is a process on the same machine.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// Bytes of its numbers: a few kilobytes; more would be something else that listens there.
const LONGEST_TEXT: u64 = 1024 * 1024;

/// A place in the log of changes: which log, and how far into it.
pub(super) type Place = (u64, u64);

/// What Litestream knows of one database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Looks at the database that are finished.
    pub looks: u64,
    /// How far it has read.
    pub seen: Place,
    /// How far the replica is.
    pub sent: Place,
}

/// Asks the process that listens on this port.
pub(super) fn ask(port: u16, database: &str) -> io::Result<Numbers> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, LONGEST_WAIT)?;
    stream.set_read_timeout(Some(LONGEST_WAIT))?;
    stream.set_write_timeout(Some(LONGEST_WAIT))?;
    // 1.0: the whole answer until the end, in one piece.
    stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut text = String::new();
    stream.take(LONGEST_TEXT).read_to_string(&mut text)?;
    Ok(read(&text, database))
}

/// Reads the text form of Prometheus. What is not told yet is nothing yet.
fn read(text: &str, database: &str) -> Numbers {
    // As that form writes a label.
    let label = format!("db=\"{}\"", database.replace('\\', "\\\\").replace('"', "\\\""));
    let number = |name: &str| {
        let is_it =
            |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{') && rest.contains(&label));
        let value: f64 = text.lines().find(is_it)?.rsplit(' ').next()?.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bytes and counts: whole numbers, large ones written with an exponent"
        )]
        (value.is_finite() && value >= 0.0).then_some(value as u64)
    };
    Numbers {
        looks: number("litestream_sync_count").unwrap_or_default(),
        seen: (
            number("litestream_shadow_wal_index").unwrap_or_default(),
            number("litestream_shadow_wal_size").unwrap_or_default(),
        ),
        sent: (
            number("litestream_replica_wal_index").unwrap_or_default(),
            number("litestream_replica_wal_offset").unwrap_or_default(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_the_one_database_are_read() {
        let text = "HTTP/1.0 200 OK\r\n\r\n# TYPE litestream_sync_count counter\n\
            litestream_sync_count{db=\"/data/origin.db\"} 9\nlitestream_sync_count{db=\"/data/gammacms.db\"} 1.2e+06\n\
            litestream_shadow_wal_index{db=\"/data/gammacms.db\"} 2\nlitestream_shadow_wal_size{db=\"/data/gammacms.db\"} 4152\n\
            litestream_replica_wal_index{db=\"/data/gammacms.db\",name=\"file\"} 1\n\
            litestream_replica_wal_offset{db=\"/data/gammacms.db\",name=\"file\"} 20664\n";
        let numbers = read(text, "/data/gammacms.db");
        assert_eq!(numbers, Numbers { looks: 1_200_000, seen: (2, 4152), sent: (1, 20664) });
        assert_eq!(read(text, "/data/other.db"), Numbers::default());
    }
}
