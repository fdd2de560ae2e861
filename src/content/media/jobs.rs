//! The sizes of a picture, made in the background: first what every browser shows, then AVIF, which takes longer.

use super::{
    Library, Made, MediaItem, MediaState,
    darkroom::{DarkroomError, Work},
    store,
};
use ground::{
    blobs::Blobs,
    db::{DbError, Tenant as _, Tx},
    words::{EntryId, MediaId, SiteId},
};
use machinery::jobs::{self, Job, JobContext, JobError, Lane, Registry};
use pictures::{
    PictureError,
    apart::{Part, Task},
};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

pub use pictures::Pass;

/// What people read of a picture for which there is never enough memory.
const TOO_MUCH: &str = "The picture needs more memory than this machine has. Save it smaller and bring it again.";

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
    let library = library.clone();
    registry.handle(move |job: RenderMedia, context: JobContext| {
        let library = library.clone();
        async move {
            let _seat = library.darkroom.rendering_seat().await.map_err(JobError::again)?;
            render(&context, &library, job).await
        }
    });
}

async fn render(context: &JobContext, library: &Library, job: RenderMedia) -> Result<(), JobError> {
    let Some(scope) = Scope::for_job(context) else {
        return Err(JobError::permanent("this job belongs to an organization"));
    };
    let asked = (scope.clone(), job.media);
    let found = context.db().read(move |conn| store::by_id(conn, &asked.0, asked.1, None)).await;
    // Taken away meanwhile: nothing of it is shown.
    let Some(item) = found.map_err(JobError::again)? else { return Ok(()) };
    let _arriving = library.arriving.read().await;
    let made = match make(&library.blobs, &item, job.pass).await {
        Ok(made) => Ok(made),
        Err(DarkroomError::Picture(error)) => Err(error.to_string()),
        // Another picture or a burst of guests may have had the memory.
        Err(DarkroomError::TooMuch) if context.is_last_attempt() => Err(TOO_MUCH.to_owned()),
        Err(error) => return Err(JobError::again(error)),
    };
    let kept = context.db().write(move |tx| keep(tx, &scope, &job, made)).await;
    kept.map_err(JobError::again)
}

async fn make(blobs: &Blobs, item: &MediaItem, pass: Pass) -> Result<Vec<Made>, DarkroomError> {
    let found = blobs.find(&item.sha256, &item.extension).await?;
    let found = found.ok_or_else(|| PictureError::Damaged("its file is missing".to_owned()))?;
    let source = found.into_file(blobs).await?;
    let mut work = Work::begin(Task::Render { focal: item.focal, pass }, source)?;
    let mut all = Vec::new();
    while let Some((part, bytes)) = work.next().await? {
        let Part::Made { name, width, height, format } = part else { continue };
        let size = bytes.len() as u64;
        all.push(Made {
            name,
            sha256: blobs.put(bytes, format.extension(), format.content_type()).await?,
            width,
            height,
            format,
            size,
        });
    }
    Ok(all)
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
