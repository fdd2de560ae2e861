//! Everything that an export will become, worked out and checked before the first write.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, btree_map::Entry as MapEntry},
};

use content::{
    entries::{self, Entry},
    sites::Site,
    types::{Declarations, TypeDeclaration},
};
use ground::{
    db::Conn,
    words::{Locale, Slug},
};
use serde_json::{Map, Value};
use tenants::scope::Scope;
use url::Url;

use super::{
    appearing::{Appearance, appearing},
    documents::{self, OWN_FIELDS},
    export::{Export, Item},
    keys,
    languages::{self, Group},
    media::Files,
    menus::{self, Menu},
    redirecting::{Redirect, old_addresses, redirects},
    report::{Outcome, Row, WordpressReport},
    source_name,
    surroundings::World,
};
use crate::transfer::{
    TransferError,
    addresses::{self, normal},
    records::Wrong,
};

/// How many numbers are tried behind a taken slug.
const MOST_NAMESAKES: u32 = 100_000;
const SITE_ENTRIES: i64 = 500;

/// What is to be written.
pub(super) struct Plan {
    pub host: String,
    pub site: Site,
    pub entries: Vec<Ready>,
    pub menus: Vec<Menu>,
    pub redirects: Vec<Redirect>,
    pub report: WordpressReport,
    /// The language of the export's menus.
    pub locale: Locale,
}

/// An entry that may be written.
pub(super) struct Ready {
    pub content_type: String,
    pub key: String,
    pub slug: Slug,
    pub document: Map<String, Value>,
    /// The languages in which it is to be published; none for a draft.
    pub locales: Vec<Locale>,
    /// The languages in which it is to be published at a time to come.
    pub appears: Vec<Appearance>,
    /// The row of the item that facts come from, and those of its other languages.
    pub row: usize,
    pub others: Vec<usize>,
}

/// What preparing reads.
pub(super) struct Sources<'a, 'c> {
    pub conn: &'a Conn<'c>,
    pub scope: &'a Scope,
    pub declarations: &'a Declarations,
    pub site: &'a Site,
    pub export: &'a Export,
    pub files: &'a Files,
}

/// A group on its way.
pub(super) struct Named<'a> {
    pub group: Group,
    pub declared: &'a TypeDeclaration,
    pub slug: Slug,
    pub is_home: bool,
    key: String,
    existing: Option<Entry>,
}

/// Works out everything.
pub(super) fn prepare(sources: &Sources<'_, '_>) -> Result<Plan, TransferError> {
    let Sources { export, site, .. } = sources;
    let mut rows: Vec<Row> = export.items.iter().map(row).collect();
    let mut remarks = Vec::new();
    let twins = twins(export, &mut rows);
    let is_taken = |place: usize, item: &Item| is_taken(item) && !twins.contains(&place);
    let (groups, strangers) = languages::group(export, site, is_taken);
    for stranger in &strangers {
        let language = &stranger.language;
        rows[stranger.item]
            .skip(format!("The site is not offered in {language}: add this language to it and import again."));
    }
    if !export.language.is_empty() && languages::matching(site, &export.language).is_none() {
        remarks.push(format!(
            "The file says that it is in {}, which the site is not offered in: its words were taken as {}.",
            export.language, site.default_locale
        ));
    }
    let base = Url::parse(&export.base).ok();
    let named = name(sources, groups, base.as_ref())?;
    let blank = BTreeMap::new();
    let places = World { export, files: sources.files, base: base.clone(), moved: &blank };
    let moved = moved(&places, &named);
    let world = World { moved: &moved, ..places };
    let shown = RefCell::default();
    let mut ready = Vec::new();
    let mut live = Vec::new();
    for named in &named {
        let document = documents::document(&world, named.declared, &named.group, &shown, &mut rows);
        let made = document
            .map_err(|error| vec![error.reason])
            .and_then(|document| checked(sources, named, document, &mut rows));
        let place = named.group.members[0].1;
        let became = addresses::plain_path(named.declared, &named.slug, named.is_home);
        for (_, member) in &named.group.members {
            rows[*member].became = format!("{} {became}", named.declared.name);
        }
        match made {
            Ok(one) => {
                live.extend(one.locales.iter().map(|locale| (named, locale.clone())));
                ready.push(one);
            }
            Err(reasons) => {
                rows[place].skip(reasons.join(" "));
                for (_, member) in named.group.members.iter().skip(1) {
                    rows[*member].skip("The entry that it is a translation of was skipped.");
                }
            }
        }
    }
    let pages: BTreeMap<usize, usize> = ready
        .iter()
        .enumerate()
        .flat_map(|(number, one)| [one.row].into_iter().chain(one.others.iter().copied()).map(move |row| (row, number)))
        .collect();
    let menus = menus::menus(&world, &pages, &mut rows);
    let mut lost = Vec::new();
    let redirects = redirects(sources, &world, &live, &mut lost)?;
    others(sources, &shown.into_inner(), &mut rows);
    let locale = languages::matching(site, &export.language).unwrap_or_else(|| site.default_locale.clone());
    let report = WordpressReport {
        version: export.version.clone(),
        items: rows.len(),
        terms: export.terms.len(),
        comments: export.items.iter().map(|item| item.comments).sum(),
        remarks,
        addresses: lost,
        rows,
        ..WordpressReport::default()
    };
    Ok(Plan { host: export.host(), site: (*site).clone(), entries: ready, menus, redirects, report, locale })
}

fn row(item: &Item) -> Row {
    let mut row = Row { line: item.line, id: item.id, kind: item.kind.clone(), title: item.name(), ..Row::default() };
    if item.comments > 0 {
        let why = match item.comments {
            1 => "A comment was not taken over: there are none here.".to_owned(),
            several => format!("{several} comments were not taken over: there are none here."),
        };
        row.note("comments", why);
    }
    row
}

fn is_taken(item: &Item) -> bool {
    matches!(item.kind.as_str(), "page" | "post") && !is_thrown_away(item)
}

fn is_thrown_away(item: &Item) -> bool {
    matches!(item.status.as_str(), "trash" | "auto-draft" | "inherit")
}

/// Pages and posts with the number of one before them: an entry's lasting name is made of it, and the second would be written
/// over the first.
fn twins(export: &Export, rows: &mut [Row]) -> BTreeSet<usize> {
    let mut lines: BTreeMap<(&str, u64), usize> = BTreeMap::new();
    let mut twins = BTreeSet::new();
    for (place, item) in export.items.iter().enumerate().filter(|(_, item)| is_taken(item)) {
        match lines.entry((item.kind.as_str(), item.id)) {
            MapEntry::Vacant(free) => {
                free.insert(item.line);
            }
            MapEntry::Occupied(first) => {
                rows[place].skip(format!(
                    "The {} in line {} has the same wp:post_id {}, and was taken over. Give this one a number of its own.",
                    item.kind,
                    first.get(),
                    item.id
                ));
                twins.insert(place);
            }
        }
    }
    twins
}

/// Gives each group the slug that it has already, or one that is free.
fn name<'a>(
    sources: &Sources<'a, '_>,
    groups: Vec<Group>,
    base: Option<&Url>,
) -> Result<Vec<Named<'a>>, TransferError> {
    let Sources { conn, scope, declarations, site, export, .. } = sources;
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut has_home = false;
    for kind in ["page", "post"] {
        let mut offset = 0;
        loop {
            let (_, found) = entries::list(conn, scope, site.id, Some(kind), SITE_ENTRIES, offset)?;
            offset += SITE_ENTRIES;
            let is_last = found.len() < usize::try_from(SITE_ENTRIES).unwrap_or(usize::MAX);
            for entry in found {
                has_home |= entry.document.get("is_homepage").is_some_and(|is_home| *is_home == true);
                taken.entry(kind).or_default().insert(entry.slug.to_string());
            }
            if is_last {
                break;
            }
        }
    }
    let host = export.host();
    let mut named = Vec::with_capacity(groups.len());
    for group in groups {
        let item = &export.items[group.members[0].1];
        let Some(declared) = declarations.content_type(&item.kind) else { continue };
        let (key, existing) = keys::find(conn, scope, site.id, &item.kind, source_name(&host, group.key))?;
        let taken = taken.entry(declared.name.as_str()).or_default();
        let slug = match &existing {
            Some(entry) => entry.slug.clone(),
            None => {
                let wanted = wanted_slug(item);
                let is_free = |slug: &Slug| !taken.contains(slug.as_str());
                let mut numbered = (2..MOST_NAMESAKES).map(|number| wanted.numbered(number));
                if is_free(&wanted) { wanted.clone() } else { numbered.find(is_free).unwrap_or(wanted.clone()) }
            }
        };
        taken.insert(slug.to_string());
        let was_home =
            existing.as_ref().is_some_and(|entry| entry.document.get("is_homepage").is_some_and(|is| *is == true));
        let is_front = item.kind == "page"
            && base.is_some_and(|base| {
                Url::parse(&item.link)
                    .is_ok_and(|link| normal(link.path()) == normal(base.path()) && link.query().is_none())
            });
        let is_home = was_home || (is_front && !has_home);
        has_home |= is_home;
        named.push(Named { group, declared, slug, is_home, key, existing });
    }
    Ok(named)
}

fn wanted_slug(item: &Item) -> Slug {
    let written = url::form_urlencoded::parse(format!("x={}", item.slug.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, slug)| slug.into_owned())
        .unwrap_or_default();
    let from = if written.trim().is_empty() { item.name() } else { written };
    Slug::from_title(&from)
}

/// Old addresses with what stands there now, as it is written inside of texts.
fn moved(world: &World<'_>, named: &[Named<'_>]) -> BTreeMap<String, String> {
    let mut moved = BTreeMap::new();
    for one in named {
        let to = addresses::plain_path(one.declared, &one.slug, one.is_home);
        for (_, place) in &one.group.members {
            for from in old_addresses(world, &world.export.items[*place]) {
                moved.entry(from).or_insert_with(|| to.clone());
            }
        }
    }
    moved
}

/// The entry as it may be written, or why it may not.
fn checked(
    sources: &Sources<'_, '_>,
    named: &Named<'_>,
    mut document: Map<String, Value>,
    rows: &mut [Row],
) -> Result<Ready, Vec<String>> {
    let Sources { declarations, site, export, .. } = sources;
    let (row, others) =
        (named.group.members[0].1, named.group.members.iter().skip(1).map(|(_, place)| *place).collect());
    if named.is_home {
        document.insert("is_homepage".to_owned(), Value::Bool(true));
    }
    if let Some(existing) = &named.existing {
        keep(named, existing.document.fields(), &mut document);
    }
    let validated = declarations.validate(named.declared, &Value::Object(document), &site.locales);
    let told = |problems: &[content::types::FieldProblem]| -> Vec<String> {
        Wrong::of_problems(problems).into_iter().map(|wrong| format!("{}: {}", wrong.field, wrong.reason)).collect()
    };
    let document = validated.map_err(|problems| told(&problems))?.document;
    let (mut locales, mut appears) = (Vec::new(), Vec::new());
    for (locale, place) in &named.group.members {
        let item = &export.items[*place];
        let row = &mut rows[*place];
        match item.status.as_str() {
            "publish" | "future" if item.has_password => {
                row.note("password", "A page here has no password of its own: it is a draft.");
            }
            status @ ("publish" | "future") => {
                let missing = declarations.missing(named.declared, &document, locale);
                if !missing.is_empty() {
                    let what = if status == "future" { "scheduled" } else { "published" };
                    row.note(what, format!("It is a draft, since something is missing. {}", told(&missing).join(" ")));
                } else if status == "publish" {
                    locales.push(locale.clone());
                } else {
                    match appearing(&site.time_zone, sources.conn.now(), item) {
                        Ok(Some(local_time)) => {
                            appears.push(Appearance { locale: locale.clone(), local_time, row: *place });
                        }
                        Ok(None) => {
                            row.note(
                                "scheduled",
                                format!("It was to appear on {}, which is over: it is published.", item.date),
                            );
                            locales.push(locale.clone());
                        }
                        Err(reason) => row.note("scheduled", format!("It is a draft: {reason}")),
                    }
                }
            }
            "private" => row.note("private", "Only members saw it: it is a draft."),
            "pending" => row.note("pending", "It was waiting for a review: it is a draft."),
            _ => row.note("draft", "It is a draft here too."),
        }
    }
    Ok(Ready {
        content_type: named.declared.name.clone(),
        key: named.key.clone(),
        slug: named.slug.clone(),
        document: document.into_fields(),
        locales,
        appears,
        row,
        others,
    })
}

/// What the team has added to an entry stays: fields that an import does not have, and other languages.
fn keep(named: &Named<'_>, before: &Map<String, Value>, document: &mut Map<String, Value>) {
    let own: BTreeSet<&str> = named.group.members.iter().map(|(locale, _)| locale.as_str()).collect();
    for (name, value) in before {
        let is_localized = named.declared.field(name).is_some_and(|field| field.is_localized);
        match (document.get_mut(name), value) {
            (None, value) if !OWN_FIELDS.contains(&name.as_str()) => {
                document.insert(name.clone(), value.clone());
            }
            (Some(Value::Object(now)), Value::Object(texts)) if is_localized => {
                let others = texts.iter().filter(|(locale, _)| !own.contains(locale.as_str()));
                now.extend(others.map(|(locale, text)| (locale.clone(), text.clone())));
            }
            _ => {}
        }
    }
}

/// The rows of everything that is neither content nor in a menu.
fn others(sources: &Sources<'_, '_>, shown: &BTreeSet<usize>, rows: &mut [Row]) {
    let Sources { export, files, .. } = sources;
    let uses = export.items.iter().flat_map(|item| item.content.split("<!-- wp:block {\"ref\":").skip(1));
    let used: BTreeSet<u64> = uses.filter_map(number_at_start).collect();
    for (place, item) in export.items.iter().enumerate() {
        let row = &mut rows[place];
        match item.kind.as_str() {
            "page" | "post" if is_thrown_away(item) => {
                row.skip(format!("Its status is {}: it was thrown away or never written.", item.status));
            }
            "page" | "post" | "nav_menu_item" => {}
            "attachment" => match files.brought.get(&place) {
                Some(brought) => {
                    row.outcome = if brought.is_new { Outcome::Created } else { Outcome::Unchanged };
                    row.became = format!("file {}", brought.url);
                }
                None if files.coming.contains(&place) => {
                    row.outcome = Outcome::Created;
                    "file of the library".clone_into(&mut row.became);
                }
                None => {
                    if let Some(reason) = files.refused.get(&place) {
                        row.note("file", reason.as_str());
                    }
                    if shown.contains(&place) {
                        row.outcome = Outcome::Referenced;
                        row.became = format!("address {}", item.attachment_url);
                    } else {
                        let reason =
                            "No page or post shows it, and its file was not brought: nobody has given the uploads.";
                        row.skip(files.refused.get(&place).map_or(reason, String::as_str));
                    }
                }
            },
            "wp_block" if used.contains(&item.id) => {
                row.outcome = Outcome::Merged;
                "part of the pages that use it".clone_into(&mut row.became);
            }
            "wp_block" => row.skip("No page uses this reusable block."),
            "revision" => row.skip("A former state of a page, which WordPress keeps for itself."),
            "wp_navigation"
            | "wp_template"
            | "wp_template_part"
            | "wp_global_styles"
            | "custom_css"
            | "customize_changeset"
            | "wp_font_family"
            | "wp_font_face" => {
                row.skip("It belongs to the look of the website in WordPress, which themes replace here.");
            }
            "oembed_cache" | "user_request" => row.skip("WordPress keeps it for its own work."),
            other => {
                row.skip(format!("Pages and posts are taken over; a plug-in made the type {other:?}. The command `gammacms import json` can bring its records."));
            }
        }
    }
}

fn number_at_start(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}
