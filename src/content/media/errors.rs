//! Why something about the library is refused.

use std::io;

use ground::db::DbError;
use machinery::web::{Explain, Problem, arriving};

use super::{LARGEST_FILE, LONGEST_NAME, LONGEST_TEXT, darkroom::DarkroomError};
use pictures::PictureError;

/// Entries that a refusal names: a sentence that can still be read.
const MOST_NAMED: usize = 5;

/// When memory may be free again, in seconds: the sizes of one picture take about that long.
const TRY_AGAIN_SECONDS: u64 = 20;

/// Why something about a file of the library was refused.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// There is none with this id for whoever asks.
    #[error("there is no such file in the library")]
    NotFound,
    /// The body has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The body ended too early.
    #[error("the body ended before its announced length")]
    CutOff,
    /// The file is too large.
    #[error("the file is too large")]
    TooLarge,
    /// The file's kind is not taken. The sentence says what would be.
    #[error("{0}")]
    KindRefused(&'static str),
    /// The picture is not taken.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A name or text breaks its limits.
    #[error("{0} is not valid")]
    TextInvalid(&'static str),
    /// The focal point is outside of the picture.
    #[error("the focal point is outside of the picture")]
    FocalInvalid,
    /// There is no such site.
    #[error("there is no such site")]
    SiteUnknown,
    /// Somebody changed it meanwhile.
    #[error("somebody changed it meanwhile")]
    VersionConflict,
    /// It is used.
    #[error("it is used")]
    InUse {
        /// Of the entries that whoever asks may see.
        titles: Vec<String>,
        /// By how many entries.
        uses: usize,
    },
    /// The picture needs more than the machine has just now.
    #[error("the picture needs more memory or time than there is just now")]
    TooMuch,
    /// The disk.
    #[error("the file could not be stored: {0}")]
    Store(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<DarkroomError> for MediaError {
    fn from(error: DarkroomError) -> Self {
        match error {
            DarkroomError::Picture(error) => Self::Picture(error),
            DarkroomError::TooMuch => Self::TooMuch,
            DarkroomError::Io(error) => Self::Store(error),
        }
    }
}

impl MediaError {
    /// What an error while a file arrives means: the disk's fault, or the line's.
    pub(super) fn of_arrival(error: io::Error) -> Self {
        if arriving::is_of_the_disk(&error) { Self::Store(error) } else { Self::CutOff }
    }
}

impl Explain for MediaError {
    fn explain(&self) -> Problem {
        let field = |pointer: &str, code: &'static str, detail: String| {
            Problem::new(422, "invalid", "Some fields are not valid", detail.clone()).with_field(pointer, code, detail)
        };
        let refused = |detail: String| Problem::new(422, "media_refused", "The file is not taken", detail);
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Empty => refused("The file is empty. Send its bytes as the body.".to_owned()),
            Self::CutOff => Problem::new(
                400,
                "invalid_body",
                "The body is not valid",
                "The body ended before its announced length. Send the request again.",
            ),
            Self::TooLarge => Problem::new(
                413,
                "media_too_large",
                "The file is too large",
                format!("A file has at most {} MB. Save it smaller.", LARGEST_FILE / 1024 / 1024),
            ),
            Self::KindRefused(detail) => refused((*detail).to_owned()),
            Self::Picture(error) => refused(error.to_string()),
            Self::TextInvalid(name) => field(
                &format!("/{name}"),
                "text_invalid",
                format!("A name has 1 to {LONGEST_NAME} characters on one line, a text at most {LONGEST_TEXT}."),
            ),
            Self::FocalInvalid => {
                field("/focal", "focal_invalid", "The focal point is {\"x\": 0 to 1, \"y\": 0 to 1}.".to_owned())
            }
            Self::SiteUnknown => field("/site", "site_unknown", "There is no such site.".to_owned()),
            Self::VersionConflict => Problem::new(
                409,
                "version_conflict",
                "Somebody changed it meanwhile",
                "Read the item again, and make the change on its newest version.",
            ),
            Self::InUse { titles, uses } => {
                let named: Vec<_> = titles.iter().take(MOST_NAMED).map(|title| format!("“{title}”")).collect();
                let users = match (named.is_empty(), *uses > named.len()) {
                    (true, _) => "Pages of other sites".to_owned(),
                    (false, true) => format!("{} and others", named.join(", ")),
                    (false, false) => named.join(", "),
                };
                Problem::new(
                    409,
                    "media_in_use",
                    "The file is used",
                    format!("{users} would lose the picture. Replace it there first, or send `even_if_used=true`."),
                )
            }
            Self::TooMuch => Problem::unavailable(
                "The picture needs more memory than is free just now. Send it again in a while, or save it smaller.",
                TRY_AGAIN_SECONDS,
            ),
            Self::Store(error) if error.kind() == io::ErrorKind::NotConnected => Problem::unavailable(
                "The storage of files does not answer just now. Nothing was changed; try again in a while.",
                TRY_AGAIN_SECONDS,
            )
            .with_cause(error),
            Self::Store(error) => Problem::internal(error),
            Self::Db(error) => error.explain(),
        }
    }
}
