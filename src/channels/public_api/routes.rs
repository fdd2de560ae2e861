//! HTTP of the public API. Every address works with and without its last slash; every answer is counted and carries the
//! key's limits (see `tenants::usage`).

use content::{
    entries::public,
    types::{Declarations, TypeDeclaration},
};
use ground::{
    db::Tenant,
    words::{Locale, Slug},
};
use machinery::web::{PAGE_PARAMETERS, PageRequest, Problem, UrlQuery, address_of_request};
use rocket::{
    Request, Route, State, get,
    request::{FromRequest, Outcome},
    routes,
};
use tenants::scope::Visitor;
use utoipa::OpenApi;

use super::{
    PublicApi, ReadError,
    asking::{Canonical, fallback},
    described::Described,
    previewing::{Seen, Token, Wanted as Through},
    reading::{self, Reader},
    schema::{
        EntryParameters, ListParameters, PublicAmenity, PublicEntry, PublicFound, PublicList, PublicPage,
        PublicPageDetail, PublicRoom, PublicRoomDetail, PublicSection,
    },
    site_routes, website,
};
use crate::{
    kept::{Answer, Asked},
    search::{Search, asked},
};

/// How far before all other routes these stand: Rocket's own ranks lie between -12 and 12.
const FIRST: isize = 50;
/// What may differ between the parts of one list.
const UNBOUND: [&str; 5] = ["cursor", "limit", "fields", "expand", "page"];

/// All routes, mounted at `/api/public/v1`. Rocket tries routes one after the other by rank: these are called a thousand
/// times as often as all others, and stand first.
pub fn routes() -> Vec<Route> {
    let mut routes = routes![
        site_routes::sites,
        site_routes::site,
        search,
        site_routes::changes,
        site_routes::property,
        website::menus,
        website::menu,
        website::redirects,
        website::resolve,
        pages,
        page,
        rooms,
        room,
        amenities,
        amenity,
        entries,
        entry,
    ];
    for route in &mut routes {
        route.rank -= FIRST;
    }
    routes
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    paths(
        site_routes::sites, site_routes::site, search, site_routes::changes, site_routes::property, website::menus, website::menu, website::redirects,
        website::resolve, pages, page, rooms, room, amenities, amenity, entries, entry
    ),
    components(schemas(PublicSection, PublicPage, PublicRoom)),
    modifiers(&Described),
    tags((name = "Public API", description = "Published content, read-only, for websites, apps and kiosks."))
)]
pub struct Document;

/// The address that was asked for: what a kept answer is found by, and what a list's links to its neighbours start with.
pub(super) struct Address<'r> {
    /// Absolute, with its last slash, without its query.
    pub(super) base: String,
    pub(super) query: &'r str,
    /// Who reads through a preview link.
    pub(super) preview: Option<Token<'r>>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Address<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let mut base = address_of_request(request);
        if !base.ends_with('/') {
            base.push('/');
        }
        let query = request.uri().query().map_or("", |query| query.as_str());
        Outcome::Success(Self { base, query, preview: Token::of(request) })
    }
}

impl Address<'_> {
    pub(super) fn asked(&self, visitor: &Visitor) -> Asked {
        self.asked_with(visitor, self.query)
    }

    /// The same question in one spelling: only that is kept.
    pub(super) fn asked_as(&self, visitor: &Visitor, canonical: &Canonical) -> Asked {
        self.asked_with(visitor, canonical.as_str())
    }

    fn asked_with(&self, visitor: &Visitor, query: &str) -> Asked {
        let mut address = String::with_capacity(self.base.len() + query.len() + 1);
        for part in [self.base.as_str(), "?", query] {
            address.push_str(part);
        }
        Asked { organization: visitor.organization_id(), address }
    }
}

impl PublicApi {
    /// The kept answer, or one that is made now and kept.
    pub(super) async fn answer<F>(&self, visitor: Visitor, asked: Asked, make: F) -> Result<Answer, Problem>
    where
        F: FnOnce(&Reader<'_, '_>) -> Result<Answer, ReadError> + Send + 'static,
    {
        let api = self.clone();
        let answer = self
            .db
            .scan(move |conn| {
                let declarations = api.catalogue.of(conn, &visitor)?;
                make(&Reader {
                    conn,
                    // One instant for all that is read and for how long it stands.
                    visitor: &visitor.at(conn.now()),
                    versions: api.answers.versions(),
                    declarations: &declarations,
                    public_url: &api.public_url,
                })
            })
            .await?;
        self.answers.keep(asked, &answer);
        Ok(answer)
    }
}

/// The language that the query wishes for.
fn locale(query: &UrlQuery<'_>) -> Result<Option<Locale>, Problem> {
    query.parsed("locale", "a language such as `de` or `pt-br`")
}

/// Which entries of a site an address names.
enum Collection<'r> {
    /// Those of a type that came with the program.
    Of(&'static str),
    /// Those of the type that the organization has under this plural.
    Under(&'r str),
}

/// The same, for who reads in another thread.
enum Named {
    Of(&'static str),
    Under(String),
}

impl Collection<'_> {
    fn named(&self) -> Named {
        match self {
            Self::Of(name) => Named::Of(name),
            Self::Under(plural) => Named::Under((*plural).to_owned()),
        }
    }
}

impl Named {
    fn declared<'d>(&self, declarations: &'d Declarations) -> Result<&'d TypeDeclaration, ReadError> {
        let declared = match self {
            Self::Of(name) => declarations.content_type(name),
            Self::Under(plural) => declarations.content_type_by_plural(plural),
        };
        declared.ok_or(ReadError::NotFound)
    }
}

/// What a query wishes to see of a site through a preview link.
pub(super) fn through_link(site: &str, query: &UrlQuery<'_>) -> Result<Through, Problem> {
    let as_of = query.get("as_of").filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Through { site: site.to_owned(), locale: locale(query)?, fallback: fallback(query)?, as_of })
}

/// Answers a list of one type.
async fn list(
    api: &PublicApi,
    visitor: Visitor,
    address: Address<'_>,
    site: &str,
    collection: Collection<'_>,
) -> Result<Answer, Problem> {
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        let canonical = Canonical::of_list_seen(address.query)?;
        let wanted = through_link(site, &UrlQuery::parse(canonical.as_str()))?;
        let (site, collection, base) = (site.to_owned(), collection.named(), address.base);
        let make = move |seen: &Seen<'_>| {
            let declared = collection.declared(seen.declarations)?;
            let bound_to = format!("preview {site} {} {}", declared.name, canonical.without(&UNBOUND));
            seen.list(declared, &reading::Asked { canonical: &canonical, base: &base, bound_to: &bound_to })
        };
        return api.seen(opened, wanted, make).await;
    }
    if let Some(answer) = api.answers.get(&address.asked(&visitor)) {
        return Ok(answer);
    }
    let canonical = Canonical::of_list(address.query)?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    let (site, collection, base) = (site.to_owned(), collection.named(), address.base);
    api.answer(visitor, asked, move |reader| {
        let declared = collection.declared(reader.declarations)?;
        let bound_to = format!("{site} {} {}", declared.name, canonical.without(&UNBOUND));
        reader.list(&site, declared, &reading::Asked { canonical: &canonical, base: &base, bound_to: &bound_to })
    })
    .await
}

/// Answers one entry of a type.
async fn one(
    api: &PublicApi,
    visitor: Visitor,
    address: Address<'_>,
    site: &str,
    collection: Collection<'_>,
    slug: &str,
) -> Result<Answer, Problem> {
    if let Some(token) = &address.preview {
        let opened = api.opened(&visitor, token).await?;
        let canonical = Canonical::of_entry_seen(address.query)?;
        let (wanted, collection) = (through_link(site, &UrlQuery::parse(canonical.as_str()))?, collection.named());
        let slug: Slug = slug.parse().map_err(|_| Problem::not_found())?;
        let make = move |seen: &Seen<'_>| seen.entry(collection.declared(seen.declarations)?, &canonical, &slug);
        return api.seen(opened, wanted, make).await;
    }
    if let Some(answer) = api.answers.get(&address.asked(&visitor)) {
        return Ok(answer);
    }
    let canonical = Canonical::of_entry(address.query)?;
    let asked = address.asked_as(&visitor, &canonical);
    if let Some(answer) = api.answers.get(&asked) {
        return Ok(answer);
    }
    // What is no slug names nothing.
    let slug: Slug = slug.parse().map_err(|_| Problem::not_found())?;
    let (site, collection) = (site.to_owned(), collection.named());
    api.answer(visitor, asked, move |reader| {
        let declared = collection.declared(reader.declarations)?;
        reader.entry(&site, declared, &slug, canonical.as_str())
    })
    .await
}

/// Find published entries of a site by their words
///
/// In one language, with another ending, with the beginning of the last word, and with a letter wrong. What was published
/// is found within a second.
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("q" = String, Query, description = "The words"),
        ("locale" = Option<String>, Query, description = "The language to find it in; the site's default where it is left out"),
        ("type" = Option<String>, Query, description = "Only entries of this type"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = PublicFound))
)]
#[get("/sites/<site>/search")]
async fn search(
    visitor: Visitor,
    api: &State<PublicApi>,
    search: &State<Search>,
    address: Address<'_>,
    site: &str,
) -> Result<Answer, Problem> {
    api.refuse_preview(&visitor, address.preview.as_ref()).await?;
    let query = UrlQuery::parse(address.query);
    query.refuse_unknown(&["q", "locale", "type", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let page = PageRequest::read(&query, address.query, &address.base)?;
    let asked = asked(&query, &page, &*api.catalogue.current(&api.db, &visitor).await?)?;
    let locale = locale(&query)?;
    let (name, asking) = (site.to_owned(), visitor);
    let read = api.db.read(move |conn| reading::site_in(conn, &asking, &name, locale.as_ref()));
    let (site, chain) = read.await?;
    let locale = chain.first().unwrap_or(&site.default_locale).clone();
    let found = search.published(&visitor, &site, &locale, asked).await?;
    let (id, ids) = (site.id, found.hits.iter().map(|hit| hit.entry).collect::<Vec<_>>());
    let views = api.db.read(move |conn| public::referenced(conn, &visitor, id, &ids, &chain)).await?;
    // Not kept: the index follows a publication by a moment, and a kept answer would stay behind it.
    Ok(reading::found(found, &views, &page, &locale)?)
}

/// The pages of a site
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ListParameters,
    ),
    responses((status = 200, body = PublicList<PublicPage>))
)]
#[get("/sites/<site>/pages", rank = 1)]
async fn pages(visitor: Visitor, site: &str, api: &State<PublicApi>, address: Address<'_>) -> Result<Answer, Problem> {
    list(api, visitor, address, site, Collection::Of("page")).await
}

/// One page with its sections
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("slug" = String, Path, description = "The entry's slug in any language"),
        EntryParameters,
    ),
    responses((status = 200, body = PublicPageDetail))
)]
#[get("/sites/<site>/pages/<slug>", rank = 1)]
async fn page(
    visitor: Visitor,
    site: &str,
    slug: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    one(api, visitor, address, site, Collection::Of("page"), slug).await
}

/// The rooms of a site
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ListParameters,
    ),
    responses((status = 200, body = PublicList<PublicRoom>))
)]
#[get("/sites/<site>/rooms", rank = 1)]
async fn rooms(visitor: Visitor, site: &str, api: &State<PublicApi>, address: Address<'_>) -> Result<Answer, Problem> {
    list(api, visitor, address, site, Collection::Of("room")).await
}

/// One room with pictures and prices
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("slug" = String, Path, description = "The entry's slug in any language"),
        EntryParameters,
    ),
    responses((status = 200, body = PublicRoomDetail))
)]
#[get("/sites/<site>/rooms/<slug>", rank = 1)]
async fn room(
    visitor: Visitor,
    site: &str,
    slug: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    one(api, visitor, address, site, Collection::Of("room"), slug).await
}

/// The amenities of a site
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ListParameters,
    ),
    responses((status = 200, body = PublicList<PublicAmenity>))
)]
#[get("/sites/<site>/amenities", rank = 1)]
async fn amenities(
    visitor: Visitor,
    site: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    list(api, visitor, address, site, Collection::Of("amenity")).await
}

/// One amenity
#[utoipa::path(
    tag = "Public API",
    params(
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("slug" = String, Path, description = "The entry's slug in any language"),
        EntryParameters,
    ),
    responses((status = 200, body = PublicAmenity))
)]
#[get("/sites/<site>/amenities/<slug>", rank = 1)]
async fn amenity(
    visitor: Visitor,
    site: &str,
    slug: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    one(api, visitor, address, site, Collection::Of("amenity"), slug).await
}

/// The entries of any other declared type, such as `properties`
#[utoipa::path(
    tag = "Public API",
    params(
        ("collection" = String, Path, description = "A type's plural, such as `properties`"),
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ListParameters,
    ),
    responses((status = 200, body = PublicList<PublicEntry>))
)]
#[get("/sites/<site>/<collection>", rank = 2)]
async fn entries(
    visitor: Visitor,
    site: &str,
    collection: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    list(api, visitor, address, site, Collection::Under(collection)).await
}

/// One entry of any other declared type
#[utoipa::path(
    tag = "Public API",
    params(
        ("collection" = String, Path, description = "A type's plural, such as `properties`"),
        ("site" = String, Path, description = "The site's domain, id or slug"),
        ("slug" = String, Path, description = "The entry's slug in any language"),
        EntryParameters,
    ),
    responses((status = 200, body = PublicEntry))
)]
#[get("/sites/<site>/<collection>/<slug>", rank = 2)]
async fn entry(
    visitor: Visitor,
    site: &str,
    collection: &str,
    slug: &str,
    api: &State<PublicApi>,
    address: Address<'_>,
) -> Result<Answer, Problem> {
    one(api, visitor, address, site, Collection::Under(collection), slug).await
}
