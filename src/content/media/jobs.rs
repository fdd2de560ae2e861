//! The sizes of a picture, made in the background: first what every browser shows, then AVIF, which takes longer.

use std::sync::Arc;

use ground::{
    blobs::Blobs,
    db::{DbError, Tenant as _, Tx},
    words::{EntryId, MediaId, SiteId},
};
use machinery::jobs::{self, Job, JobContext, JobError, Lane, Registry};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;
use tokio::sync::Semaphore;

use super::{Library, Made, MediaItem, MediaState, store};
use pictures::{PictureError, Rendition};

pub use pictures::Pass;

/// Pictures that are worked on at once: each takes some 100 MB, and a small machine has 256.
const AT_ONCE: usize = 1;

/// Makes sizes of a picture.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RenderMedia {
    /// The picture.
    pub media: MediaId,
    /// Which of them.
    pub pass: Pass,
}

impl Job for RenderMedia {
    const KIND: &'static str = "render_media";
    const LANE: Lane = Lane::Media;
}

/// Brings what visitors see of a picture to what the library says of it. Done by those who compose views.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RefreshUses {
    /// The picture.
    pub media: MediaId,
    /// Entries that used it and of which the library no longer knows that: it was taken away.
    #[serde(default)]
    pub lost: Vec<(SiteId, EntryId)>,
}

impl RefreshUses {
    /// For a picture that is there.
    pub const fn of(media: MediaId) -> Self {
        Self { media, lost: Vec::new() }
    }
}

impl Job for RefreshUses {
    const KIND: &'static str = "refresh_media_uses";
    const LANE: Lane = Lane::Maintenance;
}

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, library: &Library) {
    let blobs = library.blobs.clone();
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    registry.handle(move |job: RenderMedia, context: JobContext| {
        let (blobs, seats) = (blobs.clone(), Arc::clone(&seats));
        async move {
            let _seat = seats.acquire_owned().await.map_err(JobError::again)?;
            render(&context, blobs, job).await
        }
    });
}

/// Why a pass ended early.
enum Stop {
    /// The picture's fault: no other try changes that.
    Picture(PictureError),
    /// The disk's.
    Disk(std::io::Error),
}

impl From<PictureError> for Stop {
    fn from(error: PictureError) -> Self {
        Self::Picture(error)
    }
}

async fn render(context: &JobContext, blobs: Blobs, job: RenderMedia) -> Result<(), JobError> {
    let Some(scope) = Scope::for_job(context) else {
        return Err(JobError::permanent("this job belongs to an organization"));
    };
    let asked = (scope.clone(), job.media);
    let found = context.db().read(move |conn| store::by_id(conn, &asked.0, asked.1, None)).await;
    // Taken away meanwhile: nothing of it is shown.
    let Some(item) = found.map_err(JobError::again)? else { return Ok(()) };
    let pass = job.pass;
    let made = tokio::task::spawn_blocking(move || make(&blobs, &item, pass)).await.map_err(JobError::again)?;
    let made = match made {
        Ok(made) => Ok(made),
        Err(Stop::Picture(error)) => Err(error.to_string()),
        Err(Stop::Disk(error)) => return Err(JobError::again(error)),
    };
    let kept = context.db().write(move |tx| keep(tx, &scope, &job, made)).await;
    kept.map_err(JobError::again)
}

/// Blocks for seconds: on a thread of its own.
fn make(blobs: &Blobs, item: &MediaItem, pass: Pass) -> Result<Vec<Made>, Stop> {
    let bytes = blobs.read(&item.sha256).map_err(Stop::Disk)?;
    let bytes = bytes.ok_or_else(|| Stop::Picture(PictureError::Damaged("its file is missing".to_owned())))?;
    let mut made = Vec::new();
    pictures::render(&bytes, item.focal, pass, &mut |rendition: Rendition| -> Result<(), Stop> {
        let Rendition { name, width, height, format, bytes } = rendition;
        let size = bytes.len() as u64;
        made.push(Made { name, sha256: blobs.put(&bytes).map_err(Stop::Disk)?, width, height, format, size });
        Ok(())
    })?;
    Ok(made)
}

/// Writes what was made beside what other passes have made. The picture may have been changed or taken away meanwhile: a
/// changed focal point has a job of its own.
fn keep(tx: &Tx, scope: &Scope, job: &RenderMedia, made: Result<Vec<Made>, String>) -> Result<(), DbError> {
    let Some(item) = store::by_id(tx, scope, job.media, None)? else { return Ok(()) };
    let organization = Some(scope.organization_id());
    match made {
        Ok(fresh) => {
            let mut all = item.made;
            all.retain(|one| !fresh.iter().any(|other| other.name == one.name));
            all.extend(fresh);
            store::set_renditions(tx, scope, job.media, &all, MediaState::Ready, None)?;
            if job.pass == Pass::Quick {
                jobs::enqueue(tx, organization, &RenderMedia { media: job.media, pass: Pass::Avif })?;
            }
        }
        // What was made before is still good.
        Err(_) if job.pass != Pass::Quick => return Ok(()),
        Err(problem) => {
            store::set_renditions(tx, scope, job.media, &[], MediaState::Failed, Some(&problem))?;
        }
    }
    if item.uses > 0 {
        jobs::enqueue(tx, organization, &RefreshUses::of(job.media))?;
    }
    Ok(())
}
