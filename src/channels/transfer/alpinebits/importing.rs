//! From a file to entries: read, held against the rules, turned into checked documents; then written in one transaction.

use std::{collections::BTreeMap, sync::Arc};

use content::{
    entries::{self, Entry, EntryChange, NewEntry},
    sites::{self, Site},
    types::{self, Catalogue, Declarations, FieldProblem},
};
use ground::{
    db::{Conn, Db, DbError, Rehearsal, Tx},
    words::{EntryId, Locale, Slug},
};
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    AlpinebitsImport, AlpinebitsReport, CANCELLATION, Fault, Message, POLICY, PROPERTY, ROOM,
    codes::codes,
    keeping::{self, Told},
    merging,
    reading::{Reading, Said},
    rules,
    tree::{self, Element},
    writing::{self, CATEGORY, Facts, House},
};
use crate::transfer::{Counts, TransferError, read_limited};

/// Bytes of a message: the largest house has a tenth of it.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;
/// Room categories of one file: all of it is one transaction.
const MOST_ROOMS: usize = 2000;
/// The names under which an entry keeps what no field holds.
pub(super) const BASIC: &str = "basic";
pub(super) const INFO: &str = "info";

/// What the houses of a file become.
struct Plan {
    site: Site,
    hotels: Vec<Hotel>,
    report: AlpinebitsReport,
}

struct Hotel {
    house: Ready,
    /// Rooms and policies: their reference to the house is put in when it is there.
    others: Vec<Ready>,
}

/// An entry that may be written.
struct Ready {
    content_type: &'static str,
    key: String,
    slug: Slug,
    document: Facts,
    locales: Vec<Locale>,
    /// The entry that was named, which no import has made.
    named: Option<Entry>,
}

/// Imports a message, from a plain thread.
pub fn import(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &AlpinebitsImport<'_>,
) -> Result<AlpinebitsReport, TransferError> {
    let declarations = db.read_blocking(|conn| catalogue.of(conn, scope))?;
    let site = db.read_blocking(|conn| sites::find_by_slug(conn, scope, wish.site))?;
    let refused = |faults| TransferError::NotAlpinebits { file: wish.file.to_owned(), faults };
    let root = tree::read(&read_limited(wish.file, SIZE_LIMIT)?).map_err(|fault| refused(vec![fault]))?;
    let message = Message::of(&root).map_err(|fault| refused(vec![fault]))?;
    let faults = rules::check(&root, message);
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    let contents = chosen(&root, wish)?;
    let plan = db.read_blocking(|conn| {
        let planning = Planning { conn, scope, declarations: &declarations, site: &site, wish, message };
        planning.plan(&contents)
    })?;
    if wish.is_dry_run
        && let Some(rehearsal) = Rehearsal::of(db)?
    {
        let report = write(rehearsal.db(), &declarations, scope, plan, false)?;
        return Ok(AlpinebitsReport { is_dry_run: true, ..report });
    }
    write(db, &declarations, scope, plan, wish.is_dry_run)
}

/// The hotels of the file that are meant.
fn chosen<'r>(root: &'r Element, wish: &AlpinebitsImport<'_>) -> Result<Vec<&'r Element>, TransferError> {
    let all = root.every(&["HotelDescriptiveContents", "HotelDescriptiveContent"]);
    let known: Vec<_> = all.iter().map(|one| one.attribute("HotelCode").unwrap_or_default().to_owned()).collect();
    let chosen: Vec<_> = match wish.hotel_code {
        Some(code) => all.into_iter().filter(|one| one.attribute("HotelCode") == Some(code)).collect(),
        None => all,
    };
    match (chosen.len(), wish.property) {
        (0, _) => Err(TransferError::HotelUnclear(format!(
            "the file has no hotel {:?}; it has {}",
            wish.hotel_code.unwrap_or_default(),
            known.join(", ")
        ))),
        (2.., Some(property)) => Err(TransferError::HotelUnclear(format!(
            "the file has several hotels ({}): say with --hotel-code which of them is {property}",
            known.join(", ")
        ))),
        _ => Ok(chosen),
    }
}

/// Finds the house that is called so in addresses.
pub(super) fn property(conn: &Conn, scope: &Scope, site: &Site, slug: &Slug) -> Result<Entry, TransferError> {
    let all = all(conn, scope, site, PROPERTY)?;
    all.into_iter()
        .find(|entry| entry.slug == *slug)
        .ok_or_else(|| TransferError::HotelUnclear(format!("the site {} has no property {slug}", site.slug)))
}

/// All entries of a type.
pub(super) fn all(conn: &Conn, scope: &Scope, site: &Site, kind: &str) -> Result<Vec<Entry>, TransferError> {
    Ok(entries::list(conn, scope, site.id, Some(kind), i64::MAX, 0)?.1)
}

struct Planning<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    declarations: &'a Declarations,
    site: &'a Site,
    wish: &'a AlpinebitsImport<'a>,
    message: Message,
}

impl Planning<'_, '_> {
    fn plan(&self, contents: &[&Element]) -> Result<Plan, TransferError> {
        let mut told = Told::default();
        let mut hotels = Vec::with_capacity(contents.len());
        for content in contents {
            hotels.push(self.hotel(content, &mut told)?);
        }
        let mut remarks = Vec::new();
        if hotels.iter().map(|hotel| hotel.others.len()).sum::<usize>() > MOST_ROOMS {
            return Err(self.refused(Fault::new(
                1,
                "",
                format!("The file has more than {MOST_ROOMS} room categories."),
            )));
        }
        for ready in hotels.iter().flat_map(|hotel| [&hotel.house].into_iter().chain(&hotel.others)) {
            let behind = self.site.locales.iter().filter(|locale| !ready.locales.contains(locale));
            let behind: Vec<_> = behind.map(Locale::as_str).collect();
            if self.wish.publishes && !behind.is_empty() {
                remarks.push(format!(
                    "The {} {} is not published in {}: something that is required is missing there.",
                    ready.content_type,
                    ready.slug,
                    behind.join(", ")
                ));
            }
        }
        let codes = contents.iter().filter_map(|content| content.attribute("HotelCode")).map(str::to_owned).collect();
        let report = AlpinebitsReport {
            is_dry_run: self.wish.is_dry_run,
            message: self.message,
            hotels: codes,
            entries: BTreeMap::new(),
            kept: told.kept,
            changed: told.changed,
            remarks,
        };
        Ok(Plan { site: self.site.clone(), hotels, report })
    }

    fn refused(&self, fault: Fault) -> TransferError {
        TransferError::NotAlpinebits { file: self.wish.file.to_owned(), faults: vec![fault] }
    }

    fn existing(&self, kind: &str, key: &str) -> Result<Option<Entry>, TransferError> {
        Ok(entries::by_source(self.conn, self.scope, self.site.id, kind, key)?)
    }

    fn hotel(&self, content: &Element, told: &mut Told) -> Result<Hotel, TransferError> {
        let mut content = content.clone();
        keeping::normal(&mut content);
        let code = content.attribute("HotelCode").unwrap_or_default().to_owned();
        let reading = Reading { locales: &self.site.locales };
        let said = reading.house(&content);
        let mut others = Vec::new();
        for (number, text) in said.cancellations.iter().enumerate() {
            others.push(self.cancellation(&content, &code, number + 1, text)?);
        }
        let cancellations: Vec<Value> = others.iter().filter_map(|ready| ready.document.get("body").cloned()).collect();
        let (original, rooms) = without_rooms(content);
        let house = self.house(&original, &code, said, &cancellations, told)?;
        for room in categories(&rooms) {
            others.push(self.room(&room, &code, told)?);
        }
        Ok(Hotel { house, others })
    }

    fn house(
        &self,
        original: &Element,
        code: &str,
        said: Said,
        cancellations: &[Value],
        told: &mut Told,
    ) -> Result<Ready, TransferError> {
        let key = format!("alpinebits {code}");
        let named = self.wish.property.map(|slug| property(self.conn, self.scope, self.site, slug)).transpose()?;
        let existing = match &named {
            Some(entry) => Some(entry.clone()),
            None => self.existing(PROPERTY, &key)?,
        };
        let Said { mut facts, category, .. } = said;
        let default = self.site.default_locale.as_str();
        let name = original.attribute("HotelName").filter(|name| !name.is_empty());
        let mut names = Map::new();
        let known = existing.as_ref().and_then(|entry| entry.document.get("name")).and_then(Value::as_object);
        for locale in &self.site.locales {
            let is_named = known.is_some_and(|known| known.contains_key(locale.as_str()));
            let is_told = name.is_some() && locale.as_str() == default;
            if is_told || !is_named {
                names.insert(locale.to_string(), Value::from(name.unwrap_or(code)));
            }
        }
        facts.insert("name".to_owned(), Value::Object(names));
        let slug = Slug::from_title(name.unwrap_or(code));
        let kept_as = if self.message == Message::Basic { BASIC } else { INFO };
        let ours = |facts: &Facts| {
            let house = House { facts, cancellations, locale: default, currency: self.site.currency.as_str() };
            if self.message == Message::Basic { house.head() } else { house.write() }
        };
        let mut document = self.merged(PROPERTY, existing.as_ref(), facts);
        if self.message != Message::Basic {
            document.remove(CATEGORY);
            document.extend(category.map(|table| (CATEGORY.to_owned(), Value::from(table))));
        }
        self.ready(PROPERTY, key, slug, document, original, &ours, kept_as, told).map(|ready| Ready { named, ..ready })
    }

    fn cancellation(
        &self,
        content: &Element,
        hotel: &str,
        number: usize,
        text: &Value,
    ) -> Result<Ready, TransferError> {
        let key = format!("alpinebits {hotel} {CANCELLATION} {number}");
        let existing = self.existing(POLICY, &key)?;
        let mut facts =
            Map::from_iter([("kind".to_owned(), Value::from(CANCELLATION)), ("body".to_owned(), text.clone())]);
        if existing.is_none() {
            let words = &codes().cancellation_titles;
            let title = |locale: &Locale| {
                words.get(locale.as_str()).or_else(|| words.get(locale.base().as_str())).or_else(|| words.get("en"))
            };
            let titles = self.site.locales.iter();
            let titles = titles.filter_map(|locale| Some((locale.to_string(), Value::from(title(locale)?.clone()))));
            facts.insert("title".to_owned(), Value::Object(titles.collect()));
        }
        let document = self.merged(POLICY, existing.as_ref(), facts);
        let (document, locales) = self.checked(POLICY, document, content)?;
        let slug = Slug::from_title(CANCELLATION);
        Ok(Ready { content_type: POLICY, key, slug, document, locales, named: None })
    }

    fn room(&self, category: &Element, hotel: &str, told: &mut Told) -> Result<Ready, TransferError> {
        let Some(heading) = category.children.first() else {
            return Err(self.refused(Fault::new(category.line, &category.name, "It is empty.")));
        };
        let code = heading.attribute("Code").unwrap_or_default();
        let key = format!("alpinebits {hotel} room {code}");
        let existing = self.existing(ROOM, &key)?;
        let reading = Reading { locales: &self.site.locales };
        let mut facts = Facts::new();
        if self.message != Message::Info {
            facts.extend(reading.room(heading, category.children.len() - 1).facts);
        }
        if self.message != Message::Basic {
            facts.extend(reading.room_in_info(heading).facts);
        }
        let default = self.site.default_locale.as_str();
        let title = writing::name_in(facts.get("name"), default).unwrap_or_else(|| code.to_owned());
        if existing.is_none() && !facts.contains_key("name") {
            // HotelInfo names no room, and a room without a name is nothing that the team could find.
            facts.insert("name".to_owned(), Value::Object(Map::from_iter([(default.to_owned(), Value::from(code))])));
        }
        let ours = |facts: &Facts| {
            let heading = match self.message {
                Message::Info => writing::room_in_info(facts).unwrap_or_else(|| Element::new("GuestRoom")),
                message => writing::room(facts, message == Message::All),
            };
            Element::new(&category.name).holding(heading)
        };
        let kept_as = if self.message == Message::Info { INFO } else { BASIC };
        let document = self.merged(ROOM, existing.as_ref(), facts);
        self.ready(ROOM, key, Slug::from_title(&title), document, category, &ours, kept_as, told)
    }

    fn merged(&self, kind: &str, existing: Option<&Entry>, facts: Facts) -> Facts {
        let mut document = existing.map(|entry| entry.document.fields().clone()).unwrap_or_default();
        keeping::out_of_public(&mut document);
        let fields = self.declarations.content_type(kind).map_or(&[][..], |declared| declared.fields.as_slice());
        merging::lay_over(fields, &mut document, facts);
        document
    }

    /// The document with what of the message no field of it holds.
    #[expect(clippy::too_many_arguments, reason = "all of it is one entry")]
    fn ready(
        &self,
        kind: &'static str,
        key: String,
        slug: Slug,
        document: Facts,
        original: &Element,
        ours: &dyn Fn(&Facts) -> Element,
        kept_as: &str,
        told: &mut Told,
    ) -> Result<Ready, TransferError> {
        let (mut document, _) = self.checked(kind, document, original)?;
        let kept = keeping::rest(original, &ours(&document), told);
        keeping::store(&mut document, kept_as, kept.as_ref()).map_err(|characters| {
            let told = format!(
                "{characters} characters of it fit into no field, and at most {} can be kept beside them.",
                keeping::MOST_KEPT
            );
            self.refused(Fault::new(original.line, &original.name, told))
        })?;
        let (document, locales) = self.checked(kind, document, original)?;
        Ok(Ready { content_type: kind, key, slug, document, locales, named: None })
    }

    /// The canonical document, and in which languages it is to be published.
    fn checked(&self, kind: &str, document: Facts, element: &Element) -> Result<(Facts, Vec<Locale>), TransferError> {
        let refused = |reason: String| self.refused(Fault::new(element.line, &element.name, reason));
        let Some(declared) = self.declarations.content_type(kind) else {
            return Err(refused(format!("There is no type {kind} here.")));
        };
        let told = |problems: &[FieldProblem]| {
            let lines = problems.iter().map(|problem| format!("{kind}{}: {}", problem.pointer, problem.detail));
            refused(lines.collect::<Vec<_>>().join(" "))
        };
        let document = self.declarations.validate(declared, &Value::Object(document), &self.site.held_locales());
        let document = document.map_err(|problems| told(&problems))?.document;
        let is_complete = |locale: &&Locale| self.declarations.missing(declared, &document, locale).is_empty();
        let locales = if self.wish.publishes {
            self.site.locales.iter().filter(is_complete).cloned().collect()
        } else {
            Vec::new()
        };
        Ok((document.into_fields(), locales))
    }
}

/// The house alone, and its rooms.
fn without_rooms(mut content: Element) -> (Element, Vec<Element>) {
    let mut rooms = Vec::new();
    for facility in content.children.iter_mut().filter(|child| child.name == "FacilityInfo") {
        let (lists, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut facility.children).into_iter().partition(|child| child.name == "GuestRooms");
        rooms.extend(lists.into_iter().flat_map(|list| list.children));
        facility.children = others;
    }
    content.children.retain(|child| child.name != "FacilityInfo" || !child.children.is_empty());
    (content, rooms)
}

/// The rooms of each code together, the category first.
fn categories(rooms: &[Element]) -> Vec<Element> {
    let mut all: Vec<(Option<&str>, Element)> = Vec::new();
    for room in rooms {
        let code = room.attribute("Code");
        match all.iter_mut().find(|(known, _)| *known == code) {
            Some((_, category)) => category.children.push(room.clone()),
            None => {
                let category = Element { line: room.line, ..Element::new("GuestRooms") };
                all.push((code, category.holding(room.clone())));
            }
        }
    }
    all.into_iter().map(|(_, category)| category).collect()
}

/// Why a transaction is taken back.
enum Stop {
    DryRun(BTreeMap<String, Counts>),
    Failed(TransferError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

fn write(
    db: &Db,
    declarations: &Arc<Declarations>,
    scope: &Scope,
    plan: Plan,
    is_dry_run: bool,
) -> Result<AlpinebitsReport, TransferError> {
    let report = plan.report.clone();
    let (declarations, scope) = (Arc::clone(declarations), scope.clone());
    let written = db.write_blocking(move |tx| {
        if types::version(tx, &scope)? != declarations.version() {
            let told = "the organization's types were changed during the import: run it again";
            return Err(DbError::Failed(told.to_owned()).into());
        }
        let mut counts = BTreeMap::new();
        for hotel in &plan.hotels {
            let house = put(tx, &scope, &declarations, &plan.site, &hotel.house, None, &mut counts)?;
            for ready in &hotel.others {
                put(tx, &scope, &declarations, &plan.site, ready, Some(house), &mut counts)?;
            }
        }
        if is_dry_run { Err(Stop::DryRun(counts)) } else { Ok(counts) }
    });
    match written {
        Ok(entries) | Err(Stop::DryRun(entries)) => Ok(AlpinebitsReport { entries, ..report }),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: &Site,
    ready: &Ready,
    house: Option<EntryId>,
    counts: &mut BTreeMap<String, Counts>,
) -> Result<EntryId, Stop> {
    let failed = |error: entries::EntryError| Stop::Failed(error.into());
    let mut document = ready.document.clone();
    document.extend(house.map(|house| ("property".to_owned(), Value::from(house.to_string()))));
    let document = Value::Object(document);
    let (entry, outcome) = match &ready.named {
        Some(named) => {
            let change = EntryChange { revision: named.revision, slug: None, document, autosave: false };
            let mut entry = entries::save(tx, scope, declarations, site.id, named.id, &change).map_err(failed)?;
            let is_shown = |locale: &Locale| named.published.get(locale) == Some(&entry.revision);
            let is_public = ready.locales.iter().all(is_shown);
            let is_same = entry.revision == named.revision && is_public;
            if !is_public {
                let publish = entries::publish;
                entry = publish(tx, scope, declarations, site.id, entry.id, entry.revision, Some(&ready.locales))
                    .map_err(failed)?;
            }
            (entry, if is_same { entries::Outcome::Unchanged } else { entries::Outcome::Changed })
        }
        None => {
            let new = NewEntry {
                content_type: ready.content_type.to_owned(),
                slug: Some(ready.slug.clone()),
                document,
                source_key: Some(ready.key.clone()),
            };
            entries::put(tx, scope, declarations, site.id, new, &ready.locales).map_err(failed)?
        }
    };
    counts.entry(ready.content_type.to_owned()).or_default().add(outcome);
    Ok(entry.id)
}
