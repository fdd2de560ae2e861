//! Where pictures are worked on: in a process of its own for each, this program again. See [`pictures::apart`].

use std::{fs::File, io, process::Stdio, sync::Arc, time::Duration};

use pictures::{
    Facts, PictureError,
    apart::{Part, PartHead, Task},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, ChildStdout, Command},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::LARGEST_FILE;

/// The command of this program that does a task; not for people.
pub const COMMAND: &str = "picture";
/// Pictures that are cleaned at once, for people who wait. Each stands in memory twice, and a small machine has 256 MB.
const CLEANED_AT_ONCE: usize = 1;
/// Pictures whose sizes are made at once: each takes some 100 MB.
const RENDERED_AT_ONCE: usize = 1;
/// The longest that a process works on a picture: AVIF on a small shared processor takes a minute.
const LONGEST_WORK: Duration = Duration::from_secs(10 * 60);
/// Bytes of a line before a part: names are short.
const LONGEST_LINE: u64 = 4096;
/// Bytes of the largest part: a cleaned picture, which may have grown by becoming a PNG.
const LARGEST_PART: usize = 2 * LARGEST_FILE;
/// Bytes of what a process says when it fails that go to the log.
const LONGEST_LAST_WORDS: u64 = 2000;

/// Why a picture's work was not done.
#[derive(Debug, thiserror::Error)]
pub enum DarkroomError {
    /// The picture's fault: another try changes nothing.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The process was ended, which is what the kernel does when memory is short; or it took too long.
    #[error("the picture needs more memory or time than this machine has just now")]
    TooMuch,
    /// The process could not be begun, or its streams broke.
    #[error("the work on a picture: {0}")]
    Io(#[from] io::Error),
}

/// The seats for work on pictures. Clones share them.
#[derive(Clone, Debug)]
pub struct Darkroom {
    cleaning: Arc<Semaphore>,
    rendering: Arc<Semaphore>,
}

impl Default for Darkroom {
    fn default() -> Self {
        Self {
            cleaning: Arc::new(Semaphore::new(CLEANED_AT_ONCE)),
            rendering: Arc::new(Semaphore::new(RENDERED_AT_ONCE)),
        }
    }
}

impl Darkroom {
    /// A seat to have someone wait for; everything about a file that needs memory is done on it.
    pub async fn cleaning_seat(&self) -> io::Result<OwnedSemaphorePermit> {
        Arc::clone(&self.cleaning).acquire_owned().await.map_err(io::Error::other)
    }

    /// A seat for work in the background.
    pub async fn rendering_seat(&self) -> io::Result<OwnedSemaphorePermit> {
        Arc::clone(&self.rendering).acquire_owned().await.map_err(io::Error::other)
    }
}

/// The picture without what it tells, and what it is.
pub async fn clean(source: File) -> Result<(Facts, Vec<u8>), DarkroomError> {
    let mut work = Work::begin(Task::Clean, source)?;
    let mut cleaned = None;
    while let Some((part, bytes)) = work.next().await? {
        if let Part::Cleaned(facts) = part {
            cleaned = Some((facts, bytes));
        }
    }
    cleaned.ok_or_else(|| DarkroomError::Io(io::ErrorKind::UnexpectedEof.into()))
}

/// A process that is at work. Dropped, it is ended.
pub struct Work {
    child: Child,
    parts: BufReader<ChildStdout>,
}

impl Work {
    /// Begins a task on a picture, from where its file stands.
    pub fn begin(task: Task, source: File) -> Result<Self, DarkroomError> {
        let task = serde_json::to_string(&task).map_err(io::Error::other)?;
        let mut child = Command::new(this_program()?)
            .args([COMMAND, &task])
            // Settings and secrets are not its business.
            .env_clear()
            .stdin(Stdio::from(source))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let parts = child.stdout.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(Self { child, parts: BufReader::new(parts) })
    }

    /// The next part; nothing after the last one.
    pub async fn next(&mut self) -> Result<Option<(Part, Vec<u8>)>, DarkroomError> {
        match tokio::time::timeout(LONGEST_WORK, self.read()).await {
            Err(_) => Err(DarkroomError::TooMuch),
            Ok(Ok(Some((Part::Finished, _)))) => Ok(None),
            Ok(Ok(Some((Part::Refused(error), _)))) => Err(error.into()),
            Ok(Ok(Some(part))) => Ok(Some(part)),
            Ok(Ok(None)) => Err(self.end_early().await),
            // Ended in the middle of a part.
            Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.end_early().await),
            Ok(Err(error)) => Err(error.into()),
        }
    }

    async fn read(&mut self) -> io::Result<Option<(Part, Vec<u8>)>> {
        let mut line = String::new();
        if (&mut self.parts).take(LONGEST_LINE).read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if !line.ends_with('\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let PartHead { part, size } = serde_json::from_str(&line)?;
        if size > LARGEST_PART {
            return Err(io::Error::other("a part is larger than any can be"));
        }
        let mut bytes = vec![0; size];
        self.parts.read_exact(&mut bytes).await?;
        Ok(Some((part, bytes)))
    }

    /// What it means that no part came any more.
    async fn end_early(&mut self) -> DarkroomError {
        let mut last_words = Vec::new();
        if let Some(complaints) = self.child.stderr.take() {
            // Only for the log: what cannot be read is left out.
            drop(complaints.take(LONGEST_LAST_WORDS).read_to_end(&mut last_words).await);
        }
        let status = match self.child.wait().await {
            Ok(status) => status,
            Err(error) => return error.into(),
        };
        let said = String::from_utf8_lossy(&last_words);
        tracing::warn!(%status, said = said.trim(), "the work on a picture ended early");
        // An exit code is a decoder's panic; a signal is the kernel's, or that of an allocator without memory.
        if status.code().is_some() {
            PictureError::Damaged("the program that reads it gave up".to_owned()).into()
        } else {
            DarkroomError::TooMuch
        }
    }
}

/// Where it can be begun again, also after an upgrade has put another file in its place.
fn this_program() -> io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}
