//! Bodies on their way in. One that is longer than it may be is read on for a while and thrown away: a connection that is
//! closed while its sender still writes is reset, and the answer that says why is lost with it (RFC 9112, section 9.6).

use std::{io, time::Duration};

use rocket::{
    Data,
    data::{ByteUnit, ToByteUnit},
    tokio::{
        io::{AsyncReadExt, AsyncWrite, copy, sink},
        time::timeout,
    },
};

use super::Problem;

/// Bytes beyond the limit that are read on: what a person's file may be too long by. Who sends more sees the reset.
const MOST_BEYOND: u64 = 32 * 1024 * 1024;
/// How long reading on may take: a request that nobody will use holds nothing for longer.
const LONGEST_BEYOND: Duration = Duration::from_secs(10);

/// The whole body, or nothing where it is longer than the limit.
///
/// # Errors
///
/// Those of a connection that ends before its body does.
pub async fn bytes_of(data: Data<'_>, limit: ByteUnit) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let is_whole = read_into(data, limit, &mut bytes).await?;
    Ok(is_whole.then_some(bytes))
}

/// What is said of a file or form whose connection ended before it did.
pub fn cut_short(what: &str) -> Problem {
    Problem::listed("invalid_body", format!("The {what} ended before its announced length. Send it again."))
}

/// Whether an arrival ended because of the place that it was written to; everything else is the sender's.
pub fn is_of_the_disk(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied)
}

/// Writes the body to `target`, up to the limit; whether that is all of it.
///
/// # Errors
///
/// Those of the connection and of the target.
pub async fn read_into(data: Data<'_>, limit: ByteUnit, target: &mut (impl AsyncWrite + Unpin)) -> io::Result<bool> {
    let mut stream = data.open(limit + MOST_BEYOND.bytes());
    copy(&mut (&mut stream).take(limit.as_u64()), target).await?;
    let is_whole = stream.read(&mut [0]).await? == 0;
    if !is_whole {
        let _: Result<_, _> = timeout(LONGEST_BEYOND, copy(&mut stream, &mut sink())).await;
    }
    Ok(is_whole)
}
