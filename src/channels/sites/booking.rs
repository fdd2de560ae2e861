//! `/book`: one address of the hotel's own that leads to its booking engine, whichever that is. Where guests are sent follows
//! from the hotel's settings alone; nothing of the request reaches the host or the path.

use content::{
    booking::{Settings, Stay, StayProblem},
    entries::public::{self, View},
    sites::Site,
    types::{Declarations, FieldKind, Role, TypeDeclaration},
};
use ground::{
    clock::Timestamp,
    db::{Conn, DbError},
    words::{EntryId, Locale},
};
use machinery::web::UrlQuery;
use serde_json::{Value, json};
use tenants::scope::Visitor;

/// The address, and the page's name in templates.
pub(super) const BOOK: &str = "book";
/// Settings of one site: a few hotels with one engine each.
const MOST_SETTINGS: i64 = 200;

/// What becomes of a wish.
pub(super) enum Booking {
    /// The site has no engine: another page may stand here.
    None,
    /// The engine's address.
    To(String),
    /// Something is wrong with the wish: what, and what was wished, for the page that asks again.
    Again(Value),
}

/// Where a wish leads.
pub(super) fn lead(
    conn: &Conn,
    visitor: &Visitor,
    declarations: &Declarations,
    site: &Site,
    locale: &Locale,
    query: &str,
    now: Timestamp,
) -> Result<Booking, DbError> {
    let Some(declared) = declarations.with_role(Role::BookingEngine) else { return Ok(Booking::None) };
    let chain = public::chain(site, Some(locale));
    let (_, views) = public::views(conn, visitor, site.id, &declared.name, &chain, MOST_SETTINGS, 0)?;
    let settings: Vec<Settings> = views.iter().filter_map(|view| Settings::read(&view.document)).collect();
    if settings.is_empty() {
        return Ok(Booking::None);
    }
    let query = UrlQuery::parse(query);
    let named = |field: &[&str], name: &str| -> Result<Option<EntryId>, DbError> {
        let slug = query.get(name).and_then(|slug| slug.parse().ok());
        let (Some(slug), Some(to)) = (slug, target_of(declared, field)) else { return Ok(None) };
        Ok(public::view(conn, visitor, site.id, to, &slug, &chain)?.map(|view| view.entry_id))
    };
    let property = named(&["property"], "property")?;
    let (room, today) = (named(&["room_codes", "room"], "room")?, now.to_zoned(site.time_zone.zone()).date());
    let own = settings.iter().find(|one| property.is_some() && one.property == property);
    let Some(chosen) = own.or_else(|| settings.iter().find(|one| one.property.is_none())).or_else(|| settings.first())
    else {
        return Ok(Booking::None);
    };
    Ok(match Stay::read(|name| query.get(name), today) {
        Ok(stay) => match chosen.address(&stay, locale, site.currency.as_str(), room) {
            Ok(address) => Booking::To(address),
            Err(problem) => {
                tracing::warn!(site.id = %site.id, %problem, "the booking engine's settings lead nowhere");
                Booking::None
            }
        },
        Err(problems) => Booking::Again(again(&query, &problems)),
    })
}

/// What was wished, with what is wrong about it.
fn again(query: &UrlQuery<'_>, problems: &[StayProblem]) -> Value {
    let values: serde_json::Map<String, Value> =
        query.pairs().map(|(name, value)| (name.to_owned(), Value::String(value.to_owned()))).collect();
    let problems: Vec<Value> = problems.iter().map(|one| json!({"field": one.field, "code": one.code})).collect();
    json!({"values": values, "problems": problems})
}

/// The type that a reference of the settings leads to.
fn target_of<'d>(declared: &'d TypeDeclaration, path: &[&str]) -> Option<&'d str> {
    let mut fields = declared.fields.as_slice();
    for name in path {
        match &fields.iter().find(|field| field.name == *name)?.kind {
            FieldKind::Reference { to } => return Some(to),
            FieldKind::Group { fields: inside } => fields = inside,
            FieldKind::List { item, .. } => match item.as_ref() {
                FieldKind::Group { fields: inside } => fields = inside,
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// Whether a published view is settings that lead somewhere.
pub(super) fn leads(view: &View) -> bool {
    Settings::read(&view.document).is_some()
}
