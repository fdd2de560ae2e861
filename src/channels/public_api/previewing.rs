//! Reading through a preview link: the same addresses and shapes, with what the link shows. Made for one reader at each call
//! and never kept. An address that has no drafts to show refuses a link instead of answering something else.

use std::{collections::BTreeMap, net::IpAddr};

use content::{
    entries::{EntryError, public::View, sifting},
    navigation::Menu,
    preview_links::{self, Opened, Spoken},
    shapes::{self, Reading},
    sites::{self, Site},
    types::{Declarations, TypeDeclaration},
};
use ground::{
    db::{Conn, Tenant},
    words::{EntryId, Locale, Slug},
};
use machinery::web::{Cached, Page, Problem, UrlQuery};
use rocket::Request;
use serde_json::{Value, json};
use tenants::{
    accounts::limits::{AttemptLimiter, PREVIEW_PER_ADDRESS, by_address},
    scope::Visitor,
};

use super::{
    PublicApi, ReadError,
    asking::{self, Canonical, ListWish, Paging, Wish},
    reading::{Asked, several},
    shaping::shaped,
};
use crate::{
    kept::Answer,
    sites::{Resolved, Sites, menus_of},
};

/// The header that carries a link's token, beside the key.
pub(super) const TOKEN_HEADER: &str = "X-Preview-Token";
/// Nobody keeps a draft.
const CACHE_CONTROL: &str = "no-store";

/// The token that a request carries, and who sends it.
pub(super) struct Token<'r> {
    text: &'r str,
    ip: IpAddr,
    limiter: Option<&'r AttemptLimiter>,
}

impl<'r> Token<'r> {
    /// The token of this request, if it has one.
    pub fn of(request: &'r Request<'_>) -> Option<Self> {
        let text = request.headers().get_one(TOKEN_HEADER)?;
        let ip = machinery::web::Context::of(request).client();
        Some(Self { text, ip, limiter: request.rocket().state::<AttemptLimiter>() })
    }
}

/// What is read through a link.
pub(super) struct Wanted {
    /// The site's domain, id or slug.
    pub site: String,
    /// The language wished for.
    pub locale: Option<Locale>,
    /// The languages that may stand in for it, best first; those that the site names where it says nothing.
    pub fallback: Option<Vec<Locale>>,
    /// The instant wished for.
    pub as_of: Option<String>,
}

/// The site as a link shows it.
pub(super) struct Seen<'a> {
    pub declarations: &'a Declarations,
    site: Site,
    views: Vec<View>,
    by_id: BTreeMap<EntryId, View>,
    locale: Locale,
    /// The language that was asked for.
    requested: Locale,
    as_of: String,
    public_url: &'a str,
}

/// Refuses a token, whatever is wrong with it.
fn refused() -> Problem {
    Problem::new(
        401,
        "preview_token_invalid",
        "A valid preview token is needed",
        "The preview link has ended, was withdrawn, asks for a password, or is not for this site.",
    )
}

/// Refuses a good token where it would show nothing.
fn shows_no_drafts() -> Problem {
    Problem::new(
        400,
        "preview_unsupported",
        "Nothing to preview here",
        "This address answers what is published, with or without a preview link. Leave the header `X-Preview-Token` out.",
    )
}

/// What a link answers: its shape, and the language of it.
type Shown = (Value, Option<Locale>);

impl PublicApi {
    /// The link of a token, if it is good now and of the key's own organization. Links with a password are for people.
    pub(super) async fn opened(&self, visitor: &Visitor, token: &Token<'_>) -> Result<Opened, Problem> {
        let text = token.text.to_owned();
        let opened = self.db.read(move |conn| preview_links::open(conn, &text)).await?;
        let is_ours =
            |opened: &Opened| opened.organization() == visitor.organization_id() && opened.password_hash().is_none();
        if let Some(opened) = opened.filter(is_ours) {
            if preview_links::is_to_be_noted(&opened.link, self.db.clock().now()) {
                let used = opened.clone();
                self.db.write(move |tx| preview_links::note_use(tx, &used)).await?;
            }
            return Ok(opened);
        }
        if let Some(limiter) = token.limiter {
            limiter
                .admit(&PREVIEW_PER_ADDRESS, &by_address(token.ip))
                .await
                .map_err(|limit| machinery::web::Explain::explain(&limit))?;
        }
        Err(refused())
    }

    /// Refuses a token at an address that has no drafts to show: a bad one as everywhere, and a good one since its holder would
    /// take what is published for what the link shows.
    pub(super) async fn refuse_preview(&self, visitor: &Visitor, token: Option<&Token<'_>>) -> Result<(), Problem> {
        let Some(token) = token else { return Ok(()) };
        self.opened(visitor, token).await?;
        Err(shows_no_drafts())
    }

    /// An answer made of what the link shows.
    pub(super) async fn seen<F>(&self, opened: Opened, wanted: Wanted, make: F) -> Result<Answer, Problem>
    where
        F: FnOnce(&Seen<'_>) -> Result<Value, ReadError> + Send + 'static,
    {
        let public_url = self.public_url.clone();
        self.through(opened, move |conn, opened, declarations| {
            let seen = Seen::read(conn, opened, &wanted, declarations, &public_url)?;
            let shape = make(&seen)?;
            // An entry may be in the language that stands in for the one asked for.
            let own = shape.get("locale").and_then(|locale| locale.as_str()?.parse().ok());
            Ok((marked(shape, &seen.as_of), Some(own.unwrap_or(seen.locale))))
        })
        .await
    }

    /// The link's own site, if it is the one that is named, made into an answer.
    pub(super) async fn site_seen<F>(&self, opened: Opened, name: Option<String>, make: F) -> Result<Answer, Problem>
    where
        F: FnOnce(&Site, Value) -> Value + Send + 'static,
    {
        self.through(opened, move |conn, opened, _| {
            let (site, opened) = looked_at(conn, opened, name.as_deref(), None)?;
            let shape = marked(shapes::site(&site), &instant_of(conn, &opened));
            Ok((make(&site, shape), None))
        })
        .await
    }

    /// Where an address of the site leads for whoever holds the link.
    pub(super) async fn resolved_seen<F>(
        &self,
        opened: Opened,
        wanted: Wanted,
        (websites, path): (Sites, String),
        make: F,
    ) -> Result<Answer, Problem>
    where
        F: FnOnce(Resolved) -> Result<Shown, ReadError> + Send + 'static,
    {
        self.through(opened, move |conn, opened, declarations| {
            let (site, opened) = looked_at(conn, opened, Some(&wanted.site), wanted.as_of.as_deref())?;
            let found = websites.resolve_seen(conn, &opened, declarations, &site, &path).map_err(Unseen::Refused)?;
            let (shape, locale) = make(found)?;
            Ok((marked(shape, &instant_of(conn, &opened)), locale))
        })
        .await
    }

    async fn through<F>(&self, opened: Opened, make: F) -> Result<Answer, Problem>
    where
        F: FnOnce(&Conn, Opened, &Declarations) -> Result<Shown, Unseen> + Send + 'static,
    {
        let api = self.clone();
        let made = self.db.scan(move |conn| {
            let declarations = api.catalogue.of(conn, &opened.scope()).map_err(ReadError::from)?;
            let (shape, locale) = make(conn, opened, &declarations)?;
            let body = Cached::json(CACHE_CONTROL, serde_json::to_vec(&shape).map_err(ReadError::from)?);
            Ok::<_, Unseen>(Answer::new(body, locale.map(|locale| locale.to_string()), Vec::new()))
        });
        made.await.map_err(|unseen| match unseen {
            Unseen::Refused(problem) => problem,
            Unseen::Read(error) => machinery::web::Explain::explain(&error),
        })
    }
}

/// Why nothing is seen.
enum Unseen {
    Refused(Problem),
    Read(ReadError),
}

impl From<ReadError> for Unseen {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<ground::db::DbError> for Unseen {
    fn from(error: ground::db::DbError) -> Self {
        Self::Read(error.into())
    }
}

impl From<EntryError> for Unseen {
    fn from(error: EntryError) -> Self {
        Self::Read(match error {
            EntryError::Db(error) => error.into(),
            _ => ReadError::NotFound,
        })
    }
}

/// Says of a shape that it is a preview, and as of when.
fn marked(mut shape: Value, as_of: &str) -> Value {
    shape["preview"] = json!(true);
    shape["as_of"] = json!(as_of);
    shape
}

fn instant_of(conn: &Conn, opened: &Opened) -> String {
    opened.visitor(conn.now()).instant(conn).to_string()
}

/// The site of a link, which has to be the one that is named, and the link at the instant that is wished for.
fn looked_at(
    conn: &Conn,
    mut opened: Opened,
    name: Option<&str>,
    as_of: Option<&str>,
) -> Result<(Site, Opened), Unseen> {
    let site = sites::find(conn, &opened.scope(), opened.link.site_id).map_err(EntryError::from)?;
    if let Some(name) = name.map(str::to_ascii_lowercase) {
        let is_domain = site.domain.as_ref().is_some_and(|domain| domain.as_str() == name);
        if !is_domain && site.id.to_string() != name && site.slug.as_str() != name {
            return Err(Unseen::Refused(refused()));
        }
    }
    if let Some(text) = as_of {
        let refuse = |detail: &str| Unseen::Refused(Problem::parameter_invalid("as_of", detail));
        if opened.link.as_of.is_some() {
            return Err(refuse("This preview link has its own date: leave `as_of` out."));
        }
        let instant = site.instant(text);
        opened.link.as_of = Some(instant.ok_or_else(|| {
            refuse("`as_of` must be an instant such as `2026-12-24T17:00:00Z`, or the site's local time.")
        })?);
    }
    Ok((site, opened))
}

impl<'a> Seen<'a> {
    fn read(
        conn: &Conn,
        opened: Opened,
        wanted: &Wanted,
        declarations: &'a Declarations,
        public_url: &'a str,
    ) -> Result<Self, Unseen> {
        let (site, opened) = looked_at(conn, opened, Some(&wanted.site), wanted.as_of.as_deref())?;
        let only = opened.link.locale.clone();
        if let (Some(only), Some(wish)) = (&only, &wanted.locale)
            && only != wish
        {
            let detail = format!("This preview link shows `{only}` only.");
            return Err(Unseen::Refused(Problem::parameter_invalid("locale", detail)));
        }
        let wish = only.or_else(|| wanted.locale.clone());
        let requested = wish.clone().unwrap_or_else(|| site.default_locale.clone());
        let chain = asking::chain(&site, wish.as_ref(), wanted.fallback.as_deref()).map_err(Unseen::Refused)?;
        let locale = chain.first().unwrap_or(&site.default_locale).clone();
        let spoken = Spoken { locale: &locale, chosen: wanted.fallback.as_ref().map(|_| chain.as_slice()) };
        let views = preview_links::views(conn, &opened, declarations, &site, spoken, conn.now())?;
        let by_id = views.iter().map(|view| (view.entry_id, view.clone())).collect();
        let as_of = instant_of(conn, &opened);
        Ok(Self { declarations, site, views, by_id, locale, requested, as_of, public_url })
    }

    /// What stands in the place of references is what the link shows, and nothing beside it.
    fn reading(&self) -> Reading<'_> {
        Reading {
            site: &self.site,
            declarations: self.declarations,
            public_url: self.public_url,
            references: &self.by_id,
        }
    }

    /// A page of a type's entries: filtered and sorted here, since drafts stand in no index.
    pub fn list(&self, declared: &TypeDeclaration, list: &Asked<'_>) -> Result<Value, ReadError> {
        let wish = ListWish::read(list.canonical, list.base, list.bound_to, self.declarations, declared)
            .map_err(ReadError::Refused)?;
        let of_type = self.views.iter().filter(|view| view.content_type == declared.name);
        let found = sifting::sifted(of_type, declared, &wish.conditions, &wish.sort);
        let some = sifting::part(&found, &wish.sort, &wish.paging.part());
        let results = shaped(self.reading(), some.views.iter(), &wish.each, &self.requested, true)?;
        Ok(match &wish.paging {
            Paging::Pages(page) => serde_json::to_value(Page::new(page, found.len() as u64, results)),
            Paging::Cursor { .. } => serde_json::to_value(list.part(some, results)),
        }?)
    }

    /// One entry by its slug.
    pub fn entry(&self, declared: &TypeDeclaration, canonical: &Canonical, slug: &Slug) -> Result<Value, ReadError> {
        let query = UrlQuery::parse(canonical.as_str());
        let wish = Wish::read(&query, self.declarations, declared).map_err(ReadError::Refused)?;
        let found = self.views.iter().find(|view| view.content_type == declared.name && view.slug == *slug);
        let shapes = shaped(self.reading(), found.into_iter(), &wish, &self.requested, false)?;
        shapes.into_iter().next().ok_or(ReadError::NotFound)
    }

    /// The one entry of a type, where the site has exactly one.
    pub fn only(&self, content_type: &str, canonical: &Canonical) -> Result<Value, ReadError> {
        let declared = self.declarations.content_type(content_type).ok_or(ReadError::NotFound)?;
        let mut found = self.views.iter().filter(|view| view.content_type == declared.name);
        let (first, others) = (found.next().ok_or(ReadError::NotFound)?, found.count() as u64);
        if others > 0 {
            return Err(several(declared, others + 1));
        }
        self.entry(declared, canonical, &first.slug)
    }

    /// The menus, made of what the link shows.
    pub fn menus(&self) -> Vec<Menu> {
        menus_of(self.declarations, &self.site, &self.locale, self.views.clone())
    }
}
