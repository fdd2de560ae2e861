//! HTTP of sites, and of what a site has beside its entries.

use content::sites::Site;
use ground::words::DomainName;
use machinery::web::{Problem, UrlQuery};
use rocket::{State, get};
use serde_json::json;
use tenants::scope::Visitor;

use super::{
    PublicApi,
    asking::Canonical,
    changes::{HIGHEST_LIMIT, USUAL_LIMIT},
    routes::{Address, through_link},
    schema::{EntryParameters, PublicChanges, PublicEntry, PublicSite},
};
use crate::kept::Answer;

/// The type of a hotel's fact sheet.
const PROPERTY: &str = "property";

/// The published sites
#[utoipa::path(
    tag = "Public API",
    params(("domain" = Option<String>, Query, description = "Only the site of this domain")),
    responses((status = 200, body = Vec<PublicSite>))
)]
#[get("/sites")]
pub(super) async fn sites(visitor: Visitor, api: &State<PublicApi>, address: Address<'_>) -> Result<Answer, Problem> {
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        let domain = domain(address.query)?;
        let is_meant = move |site: &Site| domain.is_none_or(|domain| site.domain == Some(domain));
        return api
            .site_seen(opened, None, |site, shape| if is_meant(site) { json!([shape]) } else { json!([]) })
            .await;
    }
    let asked = address.asked(&visitor);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let domain = domain(address.query)?;
    api.answer(visitor, asked, move |reader| reader.sites(domain.as_ref())).await
}

/// The domain that the sites are asked for by.
fn domain(query: &str) -> Result<Option<DomainName>, Problem> {
    let query = UrlQuery::parse(query);
    query.refuse_unknown(&["domain"])?;
    query.parsed("domain", "a host name such as `hotel.example`")
}

/// One published site
#[utoipa::path(
    tag = "Public API",
    params(("site" = String, Path, description = "The site's domain, id or slug")),
    responses((status = 200, body = PublicSite))
)]
#[get("/sites/<site>")]
pub(super) async fn site(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        UrlQuery::parse(address.query).refuse_unknown(&[])?;
        return api.site_seen(opened, Some(site.to_owned()), |_, shape| shape).await;
    }
    let asked = address.asked(&visitor);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    UrlQuery::parse(address.query).refuse_unknown(&[])?;
    let site = site.to_owned();
    api.answer(visitor, asked, move |reader| reader.site(&site)).await
}

/// What changed on a site, for whoever keeps a copy
///
/// Without `since` everything that is published, in parts; then, with the `next_token` of the last answer, what was published,
/// changed or taken back since, in the order in which it happened. Each entry and language stands there once, with what happened
/// to it last: whoever repeats it has exactly what is published. A token is good for 90 days at least; after that it answers 410 with
/// the code `sync_token_expired`.
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("since" = Option<String>, Query, description = "`next_token` of the answer before"),
        ("initial" = Option<bool>, Query, description = "`true`: everything, from the beginning; the same as no `since`"),
        ("limit" = Option<u32>, Query, description = "Changes of one answer, up to 1000; 100 where it says nothing"),
    ),
    responses((status = 200, body = PublicChanges))
)]
#[get("/sites/<site>/changes", rank = 1)]
pub(super) async fn changes(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    api.refuse_preview(&visitor, address.preview.as_ref()).await?;
    let canonical = Canonical::of(address.query, &["since", "initial", "limit"])?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let query = UrlQuery::parse(canonical.as_str());
    let expected = format!("a whole number from 1 to {HIGHEST_LIMIT}");
    let limit = query.parsed::<i64>("limit", &expected)?.unwrap_or(USUAL_LIMIT);
    if !(1..=HIGHEST_LIMIT).contains(&limit) {
        return Err(Problem::parameter_invalid("limit", format!("`limit` must be {expected}.")));
    }
    let is_initial = query.parsed::<bool>("initial", "`true` or `false`")?;
    let since = query.get("since").map(str::to_owned);
    match (is_initial, &since) {
        (Some(true), Some(_)) => {
            let detail = "`initial=true` reads from the beginning and `since` from a token: choose one of the two.";
            return Err(Problem::parameter_invalid("initial", detail));
        }
        (Some(false), None) => {
            return Err(Problem::parameter_invalid("since", "Without `initial` say in `since` where to go on."));
        }
        _ => {}
    }
    let site = site.to_owned();
    api.answer(visitor, asked, move |reader| reader.changes(&site, since.as_deref(), limit)).await
}

/// The facts of the site's hotel
///
/// Of a site with one hotel its fact sheet, as `properties/SLUG/` answers it. Where there are several, 404: they are in
/// `properties/`.
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        EntryParameters,
    ),
    responses((status = 200, body = PublicEntry))
)]
#[get("/sites/<site>/property", rank = 1)]
pub(super) async fn property(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        let canonical = Canonical::of_entry_seen(address.query)?;
        let wanted = through_link(site, &UrlQuery::parse(canonical.as_str()))?;
        return api.seen(opened, wanted, move |seen| seen.only(PROPERTY, &canonical)).await;
    }
    let canonical = Canonical::of_entry(address.query)?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let site = site.to_owned();
    api.answer(visitor, asked, move |reader| reader.only(&site, PROPERTY, canonical.as_str())).await
}
