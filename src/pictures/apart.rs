//! Work on a picture in a process of its own, which ends with it. What decoders and encoders needed is given back whole;
//! where a picture needs more memory than there is, the kernel ends that process and not the one that serves guests; and a
//! picture that finds a fault in a decoder ends that process alone, and reads nothing of the server's memory.
//!
//! The picture comes on standard input. On standard output stand parts: a line of JSON, then as many bytes as it says.

use std::io::{self, Read, Write};

use rustix::process::{Resource, Rlimit, Signal, nice, set_parent_process_death_signal, setrlimit};
use serde::{Deserialize, Serialize};

use super::{Facts, Focal, Format, Pass, PictureError, Rendition, cleaned, inspect, render};

/// Memory that a process may have for a picture, in bytes: three times what the largest that is taken was seen to need.
/// A file that makes a decoder ask for more is an attack, also on a machine that has it.
const MOST_MEMORY: u64 = 768 * 1024 * 1024;
/// Steps of niceness: guests are served first.
const NICENESS: i32 = 5;

/// What is to be done with a picture.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// [`cleaned`]: one part.
    Clean,
    /// [`render`]: a part for each rendition.
    Render {
        /// Around which point crops are made.
        focal: Focal,
        /// Which renditions.
        pass: Pass,
    },
}

/// What a part is. The last one is `Refused` or `Finished`; without either, the process was ended from outside.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The cleaned picture.
    Cleaned(Facts),
    /// A rendition.
    Made {
        /// [`Rendition::name`].
        name: String,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// How it is written.
        format: Format,
    },
    /// The picture is not taken, or a smaller one cannot be made.
    Refused(PictureError),
    /// That was all.
    Finished,
}

/// The line before a part's bytes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PartHead {
    /// What follows.
    pub part: Part,
    /// How many bytes of it.
    pub size: usize,
}

/// Makes this process one for hostile files: last in line for the processor, first to go when memory is short, and gone with
/// the one that began it. Only for a process that does nothing else.
pub fn confine() -> io::Result<()> {
    nice(NICENESS)?;
    setrlimit(Resource::Data, Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) })?;
    // A fault in a decoder leaves no copy of a guest's photograph in a core file.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // Where the kernel does not let it say so, it chooses by size, and that is most often this process too.
        drop(std::fs::write("/proc/self/oom_score_adj", "1000"));
    }
    Ok(())
}

/// Does the task. Errors are those of the two streams; a picture's own stand in the last part.
pub fn work(task: Task, input: &mut dyn Read, output: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let done = match task {
        Task::Clean => clean(bytes, output),
        Task::Render { focal, pass } => render(&bytes, focal, pass, &mut |made| -> Result<(), Stop> {
            let Rendition { name, width, height, format, bytes } = made;
            Ok(tell(output, Part::Made { name, width, height, format }, &bytes)?)
        }),
    };
    match done {
        Ok(()) => tell(output, Part::Finished, &[]),
        Err(Stop::Picture(error)) => tell(output, Part::Refused(error), &[]),
        Err(Stop::Stream(error)) => Err(error),
    }
}

fn clean(bytes: Vec<u8>, output: &mut dyn Write) -> Result<(), Stop> {
    // The limits are held before anything is decoded.
    inspect(&bytes)?;
    let clean = cleaned(&bytes)?;
    drop(bytes);
    let facts = inspect(&clean)?;
    Ok(tell(output, Part::Cleaned(facts), &clean)?)
}

enum Stop {
    Picture(PictureError),
    Stream(io::Error),
}

impl From<PictureError> for Stop {
    fn from(error: PictureError) -> Self {
        Self::Picture(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

fn tell(output: &mut dyn Write, part: Part, bytes: &[u8]) -> io::Result<()> {
    serde_json::to_writer(&mut *output, &PartHead { part, size: bytes.len() })?;
    output.write_all(b"\n")?;
    output.write_all(bytes)?;
    output.flush()
}
