//! Why an import is refused.

use std::io;

use content::sites::SiteError;
use ground::db::DbError;
use machinery::web::{Explain, Problem, arriving};

/// Why something about an import was refused.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is none of this id, or its time is over.
    #[error("there is no such import")]
    NotFound,
    /// A job of the organization is at work.
    #[error("an import of the organization is at work")]
    Busy,
    /// It is not in a state in which this can be done.
    #[error("the import is not at a point where this can be done")]
    NotNow,
    /// The source's own file is not there yet.
    #[error("the import has no file yet")]
    NoFile,
    /// This source has no such part.
    #[error("this source takes no file of this part")]
    PartUnknown,
    /// More files than an index may name.
    #[error("an import has at most {0} files")]
    TooManyFiles(usize),
    /// A name that is none.
    #[error("`{0}` is no name of a file")]
    NameInvalid(String),
    /// More bytes than are taken.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The sender went away.
    #[error("the file ended early")]
    CutOff,
    /// An archive says itself which sites it has.
    #[error("only whoever may manage the whole organization brings an archive")]
    OwnersOnly,
    /// The folder.
    #[error("the folder of imports: {0}")]
    Folder(io::Error),
    /// The site.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ImportError {
    /// What an arriving file ended with: a full disk is ours, everything else the sender's.
    pub(super) fn of_arrival(error: io::Error) -> Self {
        if arriving::is_of_the_disk(&error) { Self::Folder(error) } else { Self::CutOff }
    }
}

impl Explain for ImportError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Busy => Problem::new(
                409,
                "import_busy",
                "An import is at work",
                "An import of the organization is being looked at or taken over. Wait until it is, then ask again.",
            ),
            Self::NotNow => Problem::new(
                409,
                "import_not_now",
                "The import is at another point",
                "`state` says where it is: files are brought and looked at until it is `done`, and it is taken over when it is `checked`.",
            ),
            Self::NoFile => Problem::new(
                409,
                "import_no_file",
                "The import has no file yet",
                "Bring the file first: `PUT .../files/source/?name=...`.",
            ),
            Self::PartUnknown => Problem::new(
                422,
                "import_part_unknown",
                "The source has no such part",
                "Every source has `source`; WordPress has `attachments` too, and a sitemap `beside`.",
            ),
            Self::TooManyFiles(most) => Problem::new(
                422,
                "import_too_many_files",
                "The import has too many files",
                format!("An import has at most {most} files. Take over a part of the sitemaps first, then the others."),
            ),
            Self::NameInvalid(_) => Problem::parameter_invalid(
                "name",
                "`name` must be the file's name, without folders: 1 to 200 characters.",
            ),
            Self::TooLarge(limit) => Problem::new(
                413,
                "body_too_large",
                "The body is too large",
                format!(
                    "The file has more than {} MB, which is what is taken over HTTP. The operator's command takes larger ones.",
                    limit / super::MIB
                ),
            ),
            Self::CutOff => arriving::cut_short("file"),
            Self::OwnersOnly => Problem::forbidden(
                "An archive brings sites, types and rules of the whole organization. Ask an owner to bring it.",
            ),
            Self::Folder(error) => {
                tracing::error!(%error, "a file of an import could not be kept");
                Problem::new(
                    503,
                    "import_not_kept",
                    "The file could not be kept",
                    "The server has no room for it now. The operator's log says why.",
                )
            }
            Self::Site(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}
