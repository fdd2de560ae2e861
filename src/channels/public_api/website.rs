//! What a site's website does beside showing entries, for whoever makes one of their own: menus, redirects, and where an address
//! leads. All of it is answered by the code of the websites themselves.

use content::{
    entries::public,
    navigation::{Menu, MenuItem},
    redirects as rules,
    types::Role,
};
use ground::{clock::Timestamp, db::Tenant, words::Locale};
use machinery::web::{PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{State, get};
use serde::Serialize;
use tenants::scope::Visitor;
use utoipa::ToSchema;

use super::{
    ReadError,
    asking::Canonical,
    previewing::Seen,
    reading::{Reader, site_in, written},
    routes::{Address, through_link},
    schema::PublicList,
};
use crate::{
    kept::Answer,
    public_api::PublicApi,
    sites::{Resolved, Sites, menus_of},
};

/// The type of entries that menus lead to.
const PAGE: &str = "page";
/// Entries of one type that a menu can lead to, as on a page of the website.
const MOST_OF_A_TYPE: i64 = 1_000;
/// Seconds of a quarter of an hour: an offer whose last day is over is gone with the next day, and days begin at a quarter
/// wherever people live (IANA tzdb).
const QUARTER: i64 = 15 * 60;

/// A menu in one language.
#[derive(Serialize, ToSchema)]
pub(super) struct PublicMenu {
    /// Where it stands: `primary`, `footer`, `legal` or `utility`.
    key: String,
    /// Its items in their order.
    items: Vec<PublicMenuItem>,
}

/// An item of a menu.
#[derive(Serialize, ToSchema)]
struct PublicMenuItem {
    /// Its words: its own, or the page's.
    label: String,
    /// Where it leads, in the menu's language; none for words above others.
    #[schema(required = true)]
    url: Option<String>,
    /// The id of the page that it leads to, if it is one of the site.
    #[schema(required = true, format = Uuid)]
    page: Option<String>,
    /// What stands below it, down to a third level.
    #[schema(no_recursion)]
    children: Vec<PublicMenuItem>,
}

impl From<Menu> for PublicMenu {
    fn from(menu: Menu) -> Self {
        Self { key: menu.key, items: menu.items.into_iter().map(Into::into).collect() }
    }
}

impl From<MenuItem> for PublicMenuItem {
    fn from(item: MenuItem) -> Self {
        Self {
            label: item.title,
            url: item.url,
            page: item.page.map(|id| id.to_string()),
            children: item.items.into_iter().map(Into::into).collect(),
        }
    }
}

/// A published redirect.
#[derive(Serialize, ToSchema)]
pub(super) struct PublicRedirect {
    /// The old address, in its one spelling.
    from: String,
    /// The new one, as it is written; none where the page is gone.
    #[schema(required = true)]
    to: Option<String>,
    /// 301, 302, 307, 308 or 410.
    status: u16,
    /// `exact`, or `prefix`: this address and everything below it.
    #[serde(rename = "match")]
    applies_to: &'static str,
}

/// Where an address leads.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum PublicResolved {
    /// To an entry, which is read under its type's address.
    Entry {
        /// Its type.
        #[serde(rename = "type")]
        content_type: String,
        /// Its id.
        #[schema(format = Uuid)]
        id: String,
        /// Its name in addresses.
        slug: String,
        /// The language of the address.
        locale: String,
    },
    /// To another address.
    Redirect {
        /// The address: a path of the site, or a whole one.
        to: String,
        /// 301, 302, 307 or 308.
        status: u16,
    },
    /// What stood there is gone for good: answer 410.
    Gone,
}

impl Reader<'_, '_> {
    /// The menus, or the one of a place.
    fn menus(&self, site: &str, query: &str, key: Option<&str>) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let wanted = locale(query).map_err(ReadError::Refused)?;
        let (site, chain) = site_in(self.conn, self.visitor, site, wanted.as_ref())?;
        let content_state = self.versions.of_content(site.id);
        let mut views = Vec::new();
        let menu = self.declarations.with_role(Role::Menu).map(|declared| declared.name.as_str());
        for name in menu.into_iter().chain([PAGE]) {
            views.extend(public::views(self.conn, self.visitor, site.id, name, &chain, MOST_OF_A_TYPE, 0)?.1);
        }
        let locale = chain.first().unwrap_or(&site.default_locale);
        let menus = menus_of(self.declarations, &site, locale, views);
        let body = match key {
            Some(key) => written(&of_place(menus, key)?)?,
            None => written(&all(menus))?,
        };
        let answer = Answer::new(body, Some(locale.to_string()), vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    fn redirects(&self, site: &str, page: &PageRequest) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(site)?;
        let content_state = self.versions.of_content(site.id);
        let (count, found) = rules::list(self.conn, self.visitor, site.id, page.limit(), page.offset())?;
        let shape = |rule: rules::Rule| PublicRedirect {
            from: rule.from,
            to: Some(rule.target).filter(|target| !target.is_empty()),
            status: rule.status,
            applies_to: if rule.is_prefix { "prefix" } else { "exact" },
        };
        let results = found.into_iter().map(shape).collect();
        let body = written(&PublicList::of_page(Page::new(page, count, results)))?;
        let answer = Answer::new(body, None, vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    fn resolve(&self, websites: &Sites, site: &str, path: &str) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(site)?;
        let content_state = self.versions.of_content(site.id);
        let found = websites.resolve(self.conn, self.visitor, self.declarations, &site, path);
        // Where nothing is no answer is kept: there is no end of such addresses.
        let (shape, language) = led(found.map_err(ReadError::Refused)?)?;
        let now = self.visitor.instant(self.conn);
        let quarter = Timestamp::from_second((now.as_second() / QUARTER + 1) * QUARTER).ok();
        let change = public::next_change(self.conn, self.visitor, site.id)?;
        let answer =
            Answer::new(written(&shape)?, language.map(|locale| locale.to_string()), vec![sites_state, content_state]);
        Ok(answer.kept_until(change.into_iter().chain(quarter).min()))
    }
}

/// Where an address leads, and the language of what stands there.
fn led(found: Resolved) -> Result<(PublicResolved, Option<Locale>), ReadError> {
    Ok(match found {
        Resolved::Entry { id, content_type, slug, locale } => {
            let shape = PublicResolved::Entry {
                content_type,
                id: id.to_string(),
                slug: slug.to_string(),
                locale: locale.to_string(),
            };
            (shape, Some(locale))
        }
        Resolved::Redirect { to, status } => (PublicResolved::Redirect { to, status }, None),
        Resolved::Gone => (PublicResolved::Gone, None),
        Resolved::Nothing => return Err(ReadError::NotFound),
    })
}

fn locale(query: &str) -> Result<Option<Locale>, Problem> {
    UrlQuery::parse(query).parsed("locale", "a language such as `de` or `pt-br`")
}

fn all(menus: Vec<Menu>) -> PublicList<PublicMenu> {
    PublicList {
        count: Some(menus.len() as u64),
        count_capped: None,
        next: None,
        previous: None,
        results: menus.into_iter().map(Into::into).collect(),
    }
}

fn of_place(menus: Vec<Menu>, key: &str) -> Result<PublicMenu, ReadError> {
    menus.into_iter().find(|menu| menu.key == key).map(Into::into).ok_or(ReadError::NotFound)
}

/// The menus of a site's website
///
/// Each place's menu in one language: what the hotel has made, or where it has made none what follows from its pages. Items
/// whose page is not published are left out with all below them.
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("locale" = Option<String>, Query, description = "Language wished for; the next of its chain stands in"),
    ),
    responses((status = 200, body = PublicList<PublicMenu>))
)]
#[get("/sites/<site>/menus", rank = 1)]
pub(super) async fn menus(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    menus_or_one(api, visitor, address, site, None).await
}

/// The menu of one place
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("key" = String, Path, description = "`primary`, `footer`, `legal` or `utility`"),
        ("locale" = Option<String>, Query, description = "Language wished for; the next of its chain stands in"),
    ),
    responses((status = 200, body = PublicMenu))
)]
#[get("/sites/<site>/menus/<key>", rank = 1)]
pub(super) async fn menu(
    visitor: Visitor,
    site: &str,
    key: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    menus_or_one(api, visitor, address, site, Some(key)).await
}

async fn menus_or_one(
    api: &PublicApi,
    visitor: Visitor,
    address: Address<'_>,
    site: &str,
    key: Option<&str>,
) -> Result<Answer, Problem> {
    let key = key.map(str::to_owned);
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        let canonical = Canonical::of(address.query, &["locale", "as_of"])?;
        let wanted = through_link(site, &UrlQuery::parse(canonical.as_str()))?;
        let make = move |seen: &Seen<'_>| {
            let shape = match &key {
                Some(key) => serde_json::to_value(of_place(seen.menus(), key)?),
                None => serde_json::to_value(all(seen.menus())),
            };
            Ok(shape?)
        };
        return api.seen(opened, wanted, make).await;
    }
    let canonical = Canonical::of(address.query, &["locale"])?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let site = site.to_owned();
    api.answer(visitor, asked, move |reader| reader.menus(&site, canonical.as_str(), key.as_deref())).await
}

/// The published redirects of a site
///
/// Old addresses and where they lead now, by the old address. Which of them holds for an address, `resolve/` says.
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Redirects of a page"),
    ),
    responses((status = 200, body = PublicList<PublicRedirect>))
)]
#[get("/sites/<site>/redirects", rank = 1)]
pub(super) async fn redirects(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    api.refuse_preview(&visitor, address.preview.as_ref()).await?;
    let canonical = Canonical::of(address.query, &PAGE_PARAMETERS)?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let page = PageRequest::read(&UrlQuery::parse(canonical.as_str()), canonical.as_str(), &address.base)?;
    let site = site.to_owned();
    api.answer(visitor, asked, move |reader| reader.redirects(&site, &page)).await
}

/// Where an address of a site leads
///
/// What the site's website does with the address: `entry` shows one, `redirect` leads on, `gone` is 410. Where it would answer 404, so
/// does this. Prefixes and domains of languages count: ask with a path, or with a whole address of one of the site's hosts. Through
/// a preview link it leads to drafts too; redirects are those that are published.
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("path" = String, Query, description = "Such as `/de/zimmer/seeblick`, with its own parameters if it has some"),
    ),
    responses((status = 200, body = PublicResolved))
)]
#[get("/sites/<site>/resolve", rank = 1)]
pub(super) async fn resolve(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    websites: &State<Sites>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        let canonical = Canonical::of(address.query, &["path", "as_of"])?;
        let query = UrlQuery::parse(canonical.as_str());
        let (wanted, path) = (through_link(site, &query)?, path(&query)?);
        let make = |found| led(found).and_then(|(shape, locale)| Ok((serde_json::to_value(shape)?, locale)));
        return api.resolved_seen(opened, wanted, (websites.inner().clone(), path), make).await;
    }
    let canonical = Canonical::of(address.query, &["path"])?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let path = path(&UrlQuery::parse(canonical.as_str()))?;
    let (site, websites) = (site.to_owned(), websites.inner().clone());
    api.answer(visitor, asked, move |reader| reader.resolve(&websites, &site, &path)).await
}

/// The address that is meant.
fn path(query: &UrlQuery<'_>) -> Result<String, Problem> {
    let path = query.get("path").map(str::to_owned);
    path.ok_or_else(|| Problem::parameter_invalid("path", "Say in `path` which address is meant."))
}
