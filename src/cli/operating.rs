//! Commands about content and work: the sample group, imports, jobs, schedules.

use std::path::PathBuf;

use channels::{demo, transfer};
use content::types::Catalogue;
use ground::{
    config::Flags,
    words::{JobId, Slug, WordError},
};
use machinery::{
    jobs::{self, JobFilter, JobState, schedule::RunNow},
    mail::Mailer,
};
use serde_json::json;
use tenants::{accounts::Links, scope::Scope, usage::Quota};

use super::{
    CronCommand, JobsCommand,
    organizations::{by_slug, word},
    output::{self, Failure, note, say, table},
    people::OPERATOR,
    serving::installation,
};
use crate::{
    app::services::{exports, imports, library, work},
    installation::Installation,
};

/// Jobs listed at once.
const MOST_JOBS: u32 = 200;

/// What is declared in the program's own assets, and by the organizations.
pub fn catalogue() -> Result<Catalogue, Failure> {
    let told = |problems: Vec<_>| {
        let lines = problems.iter().map(|problem: &content::types::DeclarationProblem| problem.to_string());
        Failure::failed(lines.collect::<Vec<_>>().join("\n"))
    };
    Catalogue::load().map_err(told)
}

/// `demo`.
pub fn demo(flags: &Flags, is_json: bool) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    let config = &installation.config;
    let quota = Quota { per_minute: config.rate_limit_per_minute, per_day: config.rate_limit_per_day };
    let loaded = demo::load(&installation.db, &catalogue()?, quota).map_err(Failure::failed)?;
    let base = config.public_url.as_str();
    let sites: Vec<_> = loaded.sites.iter().map(|loaded| loaded.site.slug.to_string()).collect();
    if is_json {
        output::json(&json!({
            "organization": {"id": loaded.organization.id, "slug": loaded.organization.slug},
            "is_new": loaded.is_new,
            "sites": sites,
            "owner": loaded.owner.as_ref().map(|owner| json!({"email": owner.email, "password": owner.password})),
            "api_key": loaded.api_key,
        }))?;
        installation.close();
        return Ok(());
    }
    if !loaded.is_new {
        say("The sample group is here already; what exists was left as it is.");
    }
    say(&format!("organization  {} ({})", loaded.organization.name, loaded.organization.id));
    say(&format!("sites         {}", sites.join(", ")));
    if let Some(owner) = &loaded.owner {
        say(&format!("sign in       {base}/dashboard/  {}  {}", owner.email, owner.password));
    }
    if let Some(key) = &loaded.api_key {
        say(&format!("API key       {key}"));
        if let Some(site) = sites.first() {
            say(&format!("try           curl -H 'X-API-Key: {key}' {base}/api/public/v1/sites/{site}/rooms/"));
        }
    }
    installation.close();
    Ok(())
}

/// What `import json` is asked to do.
pub struct JsonImport {
    /// The records.
    pub file: PathBuf,
    /// What becomes what.
    pub mapping: PathBuf,
    /// Into whose content.
    pub organization: String,
    /// Into which site.
    pub site: Option<String>,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// `import json`.
pub fn import_json(flags: &Flags, import: &JsonImport, is_json: bool) -> Result<(), Failure> {
    let site = import.site.as_deref().map(word::<Slug>).transpose()?;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &import.organization)?.id, OPERATOR);
    let report = transfer::json::import(
        &installation.db,
        &catalogue()?,
        &scope,
        &import.file,
        &import.mapping,
        site.as_ref(),
        import.is_dry_run,
    )
    .map_err(Failure::failed)?;
    if is_json {
        output::json(&report)?;
    } else {
        say(&report.to_string());
    }
    installation.close();
    if !report.skipped.is_empty() {
        // Leaving out what a mapping's `unless` names is no failure, so the code of exit stays 0.
        note(&format!("{} records were skipped; the report says why", report.skipped.len()));
    }
    Ok(())
}

/// `jobs ...`.
pub fn jobs(flags: &Flags, command: JobsCommand) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    match command {
        JobsCommand::List { state, json } => list_jobs(&installation, state.as_deref(), json)?,
        JobsCommand::Retry { id: Some(id) } => {
            let id: JobId = id.parse().map_err(|error: WordError| Failure::usage(error.message))?;
            let is_retried = installation.db.write_blocking(move |tx| jobs::retry(tx, id)).map_err(Failure::failed)?;
            if !is_retried {
                return Err(Failure::failed(
                    "there is no such job that waits or is dead: `gammacms jobs list` shows them",
                ));
            }
            say("the job is due again");
        }
        JobsCommand::Retry { id: None } => {
            let count = installation.db.write_blocking(|tx| jobs::retry_dead(tx, None)).map_err(Failure::failed)?;
            say(&format!("{count} dead jobs are due again"));
        }
    }
    installation.close();
    Ok(())
}

fn list_jobs(installation: &Installation, state: Option<&str>, is_json: bool) -> Result<(), Failure> {
    let state = state.map(|name| {
        let found = [JobState::Due, JobState::Running, JobState::Done, JobState::Dead];
        found.into_iter().find(|state| state.name() == name).expect("the argument's parser knows the states")
    });
    let filter = JobFilter { state, ..JobFilter::default() };
    let found = installation.db.read_blocking(|conn| jobs::list(conn, &filter, MOST_JOBS)).map_err(Failure::failed)?;
    if is_json {
        let rows = found.iter().map(|job| {
            json!({
                "id": job.id, "kind": job.kind, "lane": job.lane.name(), "state": job.state.name(),
                "attempt": job.attempt, "max_attempts": job.max_attempts, "run_at": job.run_at,
                "created_at": job.created_at, "finished_at": job.finished_at,
                "organization_id": job.organization,
            })
        });
        return output::json(&rows.collect::<Vec<_>>());
    }
    let rows = found.iter().map(|job| {
        vec![
            job.id.to_string(),
            job.kind.clone(),
            job.lane.name().to_owned(),
            job.state.name().to_owned(),
            format!("{}/{}", job.attempt, job.max_attempts),
            job.run_at.to_string(),
        ]
    });
    table(&["id", "kind", "lane", "state", "attempt", "run at"], &rows.collect::<Vec<_>>());
    if found.len() == MOST_JOBS as usize {
        note("only the newest jobs are shown; choose with --state");
    }
    Ok(())
}

/// `cron ...`.
pub fn cron(flags: &Flags, command: CronCommand) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    match command {
        CronCommand::List { json } => {
            let found = installation.db.read_blocking(jobs::schedule::list).map_err(Failure::failed)?;
            if json {
                let rows = found.iter().map(|row| {
                    json!({
                        "name": row.name, "job_kind": row.job_kind, "expression": row.expression, "time_zone": row.time_zone,
                        "catch_up": row.catch_up, "last_fire_at": row.last_fire_at, "next_fire_at": row.next_fire_at,
                    })
                });
                output::json(&rows.collect::<Vec<_>>())?;
            } else {
                let rows = found.iter().map(|row| {
                    let last = row.last_fire_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
                    let (when, zone) = (row.expression.clone(), row.time_zone.clone());
                    vec![row.name.clone(), when, zone, row.next_fire_at.to_string(), last]
                });
                table(&["name", "when", "time zone", "next", "last"], &rows.collect::<Vec<_>>());
            }
        }
        CronCommand::Run { name } => {
            let mailer = Mailer::new(&installation.config, &installation.db).map_err(Failure::failed)?;
            let links = Links::under(installation.config.frontend_url.as_str());
            let library = library(&installation.config, &installation.db).map_err(Failure::failed)?;
            let catalogue = catalogue()?;
            let exports = exports(&installation.config, &catalogue, &library);
            let imports = imports(&installation.config, &catalogue, &library);
            let (_, schedules) = work(&mailer, &links, &catalogue, &library, &exports, &imports);
            let shown = name.clone();
            let ran =
                installation.db.write_blocking(move |tx| schedules.run_now(tx, &name)).map_err(Failure::failed)?;
            match ran {
                RunNow::Enqueued(job) => say(&format!("its job {job} is due now; the running server does it")),
                RunNow::AlreadyWaiting => note("its job waits or runs already"),
                RunNow::Unknown => {
                    let text = format!("there is no schedule {shown:?}: `gammacms cron list` shows them");
                    return Err(Failure::failed(text));
                }
            }
        }
    }
    installation.close();
    Ok(())
}

/// `search rebuild`.
pub fn rebuild_search(flags: &Flags) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    let asks = |tx: &ground::db::Tx| {
        channels::search::request_rebuild(tx);
        Ok::<_, ground::db::DbError>(())
    };
    installation.db.write_blocking(asks).map_err(Failure::failed)?;
    say("the running server builds its search index anew now, one that is not running at its next start");
    installation.close();
    Ok(())
}
