//! Why an export is refused.

use content::sites::SiteError;
use ground::db::DbError;
use machinery::web::{Explain, Problem};

/// Why something about an export was refused.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is none of this id, or its time is over.
    #[error("there is no such export")]
    NotFound,
    /// Another one is on its way.
    #[error("an export of the organization is on its way")]
    Busy,
    /// The member may act on some sites only, and all of the organization is asked for.
    #[error("the membership is restricted to some sites")]
    MembershipRestricted,
    /// Plain files are asked for with what websites do not show.
    #[error("plain files have no history and no submissions")]
    PagesOnly,
    /// It is not written yet, or could not be.
    #[error("the export is not ready")]
    NotReady,
    /// The file is not where this process looks.
    #[error("the archive does not lie with this process")]
    Elsewhere,
    /// The site.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for ExportError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Busy => Problem::new(
                409,
                "export_busy",
                "An export is on its way",
                "An archive of the organization is being written. Wait for it, then ask for the next one.",
            ),
            Self::MembershipRestricted => Problem::forbidden(
                "Your membership is restricted to some sites. Export one of those, or ask an owner of the whole organization.",
            ),
            Self::PagesOnly => {
                let detail =
                    "Plain files are what visitors see: they have neither revisions nor what guests have sent.";
                Problem::invalid(Vec::new()).with_field("/format", "export_pages_only", detail)
            }
            Self::NotReady => Problem::new(
                409,
                "export_not_ready",
                "The archive is not ready",
                "It is being written, or could not be: `state` says which. Ask again when it is `ready`.",
            ),
            Self::Elsewhere => Problem::new(
                409,
                "export_elsewhere",
                "The archive lies with another process",
                "The process that wrote it keeps it, and this one has no access to its data directory. Ask the operator to share the folder, or export once more.",
            ),
            Self::Site(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}
