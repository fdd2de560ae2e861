//! HTTP of the first run.

use ground::{crypto::PasswordHasher, db::Db};
use machinery::web::{Answer, Body, Created, Origin, Problem};
use rocket::{Route, State, get, http::CookieJar, post, routes, serde::json::Json};
use serde::Serialize;
use tenants::{
    accounts::{
        AttemptLimiter, NewPassword, SessionAnswer, Sessions, WantedSession,
        limits::{EVERYONE, SETUP_CODE_IN_TOTAL, SETUP_CODE_PER_ADDRESS, by_address},
    },
    organizations::Organization,
    setup_code,
};
use utoipa::OpenApi;

use super::{OfferedStart, Setup, Wish, starts};
use crate::dashboard::FrontDoor;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    routes![state, run]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(state, run), tags((name = "Setup", description = "The first run.")))]
pub struct Document;

/// Whether there is something to set up, and what can be chosen.
#[derive(Serialize, utoipa::ToSchema)]
struct SetupState {
    /// Whether the installation waits for its owner.
    is_open: bool,
    /// The program's version.
    version: &'static str,
    /// `dev`, `staging` or `production`.
    environment: &'static str,
    /// What an organization can start with.
    starts: Vec<OfferedStart>,
}

/// What was made.
#[derive(Serialize, utoipa::ToSchema)]
struct SetUp {
    /// The owner's session.
    #[serde(flatten)]
    session: SessionAnswer,
    /// The hotel group.
    organization: Organization,
    /// Its first site, if it has one.
    #[schema(required = true)]
    site: Option<content::sites::Site>,
}

/// Whether the installation waits for its owner
#[utoipa::path(tag = "Setup", security(()), responses((status = 200, body = SetupState)))]
#[get("/setup")]
async fn state(setup: &State<Setup>, door: &State<FrontDoor>, db: &State<Db>) -> Answer<SetupState> {
    Ok(Json(SetupState {
        is_open: !door.has_owner(db).await?,
        version: env!("CARGO_PKG_VERSION"),
        environment: setup.environment,
        starts: starts::offered(),
    }))
}

/// Make the owner, the hotel group and what it starts with
///
/// Needs the code that the log and the file `setup-code` in the data directory show. Signs the owner in: by tokens, or by
/// the browser's cookie where the header `X-Session: cookie` asks for it.
#[utoipa::path(
    tag = "Setup",
    security(()),
    params(("X-Session" = Option<String>, Header, description = "`cookie` for a browser's session")),
    request_body = Wish,
    responses((status = 201, body = SetUp))
)]
#[post("/setup", data = "<wish>")]
#[expect(clippy::too_many_arguments, reason = "each is a service or a part of the request")]
async fn run(
    wish: Body<Wish>,
    wanted: WantedSession,
    origin: Origin,
    cookies: &CookieJar<'_>,
    setup: &State<Setup>,
    limiter: &State<AttemptLimiter>,
    hasher: &State<PasswordHasher>,
    sessions: &State<Sessions>,
    db: &State<Db>,
) -> Result<Created<SetUp>, Problem> {
    let wish = wish.0;
    let address = by_address(origin.ip);
    limiter.admit(&SETUP_CODE_IN_TOTAL, EVERYONE).await.map_err(tenants::accounts::AccountError::from)?;
    limiter.admit(&SETUP_CODE_PER_ADDRESS, &address).await.map_err(tenants::accounts::AccountError::from)?;
    let code = wish.code.clone();
    db.read(move |conn| setup_code::check(conn, &code)).await?;
    // The code is right: what follows is no guess.
    limiter.give_back(&SETUP_CODE_IN_TOTAL, EVERYONE).await;
    limiter.give_back(&SETUP_CODE_PER_ADDRESS, &address).await;
    let words = vec![wish.owner.email.clone(), wish.owner.name.clone(), wish.organization.name.clone()];
    let password = NewPassword::accept("/owner/password", wish.owner.password.clone(), words).await;
    let (checked, password) = match (wish.checked(setup.catalogue.base()), password) {
        (Ok(checked), Ok(password)) => (checked, password),
        (Err(mut problem), Err(error)) => {
            problem.errors.extend(Problem::from(error).errors);
            return Err(problem);
        }
        (Err(problem), Ok(_)) => return Err(problem),
        (Ok(_), Err(error)) => return Err(error.into()),
    };
    let password = password.hash(hasher).await?;
    let made = setup.run(db, checked, password, wanted.kind(), origin).await.map_err(Problem::from)?;
    let session = sessions.hand_over(&made.session, cookies);
    Ok(Created(SetUp { session, organization: made.organization, site: made.site }))
}
