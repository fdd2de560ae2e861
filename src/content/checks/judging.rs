//! From what a document says to what is wrong with it: the part that asks the database for facts, pictures and what is
//! published, and only where something has to be looked at.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    db::{Conn, DbError},
    words::{EntryId, Locale, MediaId, SiteId},
};
use jiff::civil::Date;
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    Ending, Finding, Level, Levels, Reading,
    facts::{spoken, values},
    phrases::Found,
    reading::{Address, Place},
    rules::{BuiltIn, EndingField, Facts, Need, Rule, rules},
    store,
};
use crate::{
    media::{self, MediaItem},
    sites::{self, SiteError},
    types::{Document, fill_facts},
};

/// Findings kept of one entry: who has that many begins with the first.
const MOST_FINDINGS: usize = 200;

/// Entries of a type that a text may speak of: with more, the text is the group's and speaks of none in particular.
const MOST_MEANT: usize = 20;

/// What is checked.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its site.
    pub site: SiteId,
    /// The entry.
    pub entry: EntryId,
    /// Its type.
    pub content_type: &'a str,
    /// Its facts.
    pub facts: &'a Document,
}

/// What the checks say of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What ends, and when.
    pub endings: Vec<Ending>,
}

/// Holds what was read of an entry against the facts, by the organization's rules.
pub fn judge(conn: &Conn, scope: &Scope, subject: Subject<'_>, readings: &[Reading]) -> Result<Report, DbError> {
    let levels = store::levels(conn, scope)?;
    let mut judge = Judge { conn, scope, subject, levels, known: BTreeMap::new(), report: Report::default() };
    for reading in readings {
        judge.claims(reading)?;
    }
    for rule in &rules().all {
        if judge.level(rule) == Level::Off {
            continue;
        }
        match &rule.built_in {
            None => {}
            Some(BuiltIn::Pictures) => judge.pictures(rule, readings)?,
            Some(BuiltIn::Headings) => {
                for heading in readings.iter().flat_map(|reading| &reading.headings) {
                    judge.find(rule, &heading.pointer, heading.locale.as_ref(), &[]);
                }
            }
            Some(BuiltIn::Links { root }) => judge.links(rule, root, readings)?,
            Some(BuiltIn::Complete { content_type, when, needs }) if *content_type == subject.content_type => {
                let document = subject.facts.fields();
                if when.iter().all(|condition| condition.is_met(document, None)) {
                    judge.complete(rule, needs);
                }
            }
            Some(BuiltIn::Endings { endings }) => judge.endings(rule, endings)?,
            Some(BuiltIn::Single { content_type, field }) if *content_type == subject.content_type => {
                judge.single(rule, field)?;
            }
            Some(BuiltIn::Complete { .. } | BuiltIn::Single { .. }) => {}
        }
    }
    let mut report = judge.report;
    let mut seen = BTreeSet::new();
    report.findings.retain(|one| seen.insert((one.pointer.clone(), one.rule.clone(), one.locale.clone())));
    report.findings.truncate(MOST_FINDINGS);
    Ok(report)
}

/// Whether a document says yes where one entry of its type at most may: what says no is shown before it, so that the place is
/// free.
pub fn takes_place(content_type: &str, document: &Document) -> bool {
    let is_taken = |rule: &Rule| match &rule.built_in {
        Some(BuiltIn::Single { content_type: of, field }) => of == content_type && says_yes(document, field),
        _ => false,
    };
    rules().all.iter().any(is_taken)
}

fn says_yes(document: &Document, field: &str) -> bool {
    document.get(field) == Some(&Value::Bool(true))
}

/// A type, and which entry of it; all of them where none is named.
type Meant = (String, Option<EntryId>);

struct Judge<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    subject: Subject<'a>,
    levels: Levels,
    /// Facts that were asked for, with the brand's.
    known: BTreeMap<Meant, Vec<Map<String, Value>>>,
    report: Report,
}

impl Judge<'_, '_> {
    fn level(&self, rule: &Rule) -> Level {
        self.levels.of(&rule.name).unwrap_or(rule.level)
    }

    fn find(&mut self, rule: &Rule, pointer: &str, locale: Option<&Locale>, words: &[(&str, &str)]) {
        let detail = words.iter().fold(rule.sentence.clone(), |sentence, (name, word)| sentence.replace(name, word));
        self.report.findings.push(Finding {
            pointer: pointer.to_owned(),
            rule: rule.name.clone(),
            level: self.level(rule),
            locale: locale.cloned(),
            detail,
        });
    }

    fn claims(&mut self, reading: &Reading) -> Result<(), DbError> {
        for claim in &reading.claims {
            let Some(rule) = rules().all.get(claim.what.rule) else { continue };
            if self.level(rule) == Level::Off {
                continue;
            }
            if rule.contradicted_by.is_empty() {
                self.claim(rule, claim, "");
            }
            if let Some(fact) = self.contradiction(reading, rule, &claim.what)? {
                self.claim(rule, claim, &fact);
            }
        }
        Ok(())
    }

    fn claim(&mut self, rule: &Rule, claim: &Place<Found>, fact: &str) {
        let words = [("{words}", claim.what.words.as_str()), ("{fact}", fact)];
        self.find(rule, &claim.pointer, claim.locale.as_ref(), &words);
    }

    /// The facts that contradict a claim, if they do. Among several entries that may be meant, such as the hotels of a site
    /// that a page does not choose from, each must: whichever the text speaks of, it is wrong.
    fn contradiction(&mut self, reading: &Reading, rule: &Rule, found: &Found) -> Result<Option<String>, DbError> {
        let mut types: Vec<&str> = rule.contradicted_by.iter().map(|facts| facts.content_type.as_str()).collect();
        types.dedup();
        for content_type in types {
            let of_type = rule.contradicted_by.iter().filter(|facts| facts.content_type == content_type);
            let ways: Vec<&Facts> = of_type.filter(|facts| self.speaks_of(facts)).collect();
            if ways.is_empty() {
                continue;
            }
            let documents = self.meant(reading, content_type)?;
            let told = |document| ways.iter().find_map(|facts| told(facts, document, found));
            let told: Option<BTreeSet<String>> = documents.iter().map(told).collect();
            if let Some(told) = told.filter(|told| !told.is_empty()) {
                return Ok(Some(told.into_iter().collect::<Vec<_>>().join(" / ")));
            }
        }
        Ok(None)
    }

    /// Whether the text of what is checked can be meant of these facts.
    fn speaks_of(&self, facts: &Facts) -> bool {
        let is_itself = facts.content_type == self.subject.content_type;
        (is_itself || !facts.itself) && !facts.not_on.iter().any(|one| one == self.subject.content_type)
    }

    /// The facts of each entry of a type that a text may speak of, as visitors read them: its own, those of the one that it
    /// belongs to, or those of all.
    fn meant(&mut self, reading: &Reading, content_type: &str) -> Result<&[Map<String, Value>], DbError> {
        let is_itself = content_type == self.subject.content_type;
        let belongs_to = reading.belongs_to.get(content_type).copied();
        let meant: Meant = (content_type.to_owned(), if is_itself { Some(self.subject.entry) } else { belongs_to });
        if !self.known.contains_key(&meant) {
            let mut documents = if is_itself {
                vec![self.subject.facts.fields().clone()]
            } else {
                store::facts(self.conn, self.scope, self.subject.site, content_type, meant.1, MOST_MEANT)?
            };
            if let Some(brand) = reading.brand.get(content_type) {
                for document in &mut documents {
                    fill_facts(document, brand);
                }
            }
            self.known.insert(meant.clone(), documents);
        }
        Ok(self.known.get(&meant).map(Vec::as_slice).unwrap_or_default())
    }

    fn pictures(&mut self, rule: &Rule, readings: &[Reading]) -> Result<(), DbError> {
        let silent: Vec<_> = readings.iter().flat_map(|reading| &reading.pictures).collect();
        let mut ids: Vec<MediaId> = silent.iter().filter_map(|picture| picture.what).collect();
        ids.sort_unstable();
        ids.dedup();
        let items = if ids.is_empty() { Vec::new() } else { media::find_many(self.conn, self.scope, &ids)? };
        let says = |id: MediaId, locale: &Locale| {
            let item: Option<&MediaItem> = items.iter().find(|item| item.id == id);
            item.is_some_and(|item| {
                item.decorative || item.alt.contains_key(locale) || item.alt.contains_key(&locale.base())
            })
        };
        for picture in silent {
            let Some(locale) = &picture.locale else { continue };
            if !picture.what.is_some_and(|id| says(id, locale)) {
                self.find(rule, &picture.pointer, Some(locale), &[]);
            }
        }
        Ok(())
    }

    fn links(&mut self, rule: &Rule, root: &str, readings: &[Reading]) -> Result<(), DbError> {
        let named: Vec<_> = readings.iter().flat_map(|reading| &reading.references).collect();
        let mut ids: Vec<EntryId> = named.iter().map(|(_, id)| *id).filter(|id| *id != self.subject.entry).collect();
        ids.sort_unstable();
        ids.dedup();
        let seen =
            if ids.is_empty() { Vec::new() } else { store::seen(self.conn, self.scope, self.subject.site, &ids)? };
        for (pointer, _) in named.iter().filter(|(_, id)| ids.contains(id) && !seen.contains(id)) {
            self.find(rule, pointer, None, &[]);
        }
        for link in readings.iter().flat_map(|reading| &reading.links) {
            let Address { content_type, slug } = &link.what;
            let content_type = content_type.as_deref().unwrap_or(root);
            if store::is_unpublished(self.conn, self.scope, self.subject.site, content_type, slug)? {
                self.find(rule, &link.pointer, link.locale.as_ref(), &[]);
            }
        }
        Ok(())
    }

    fn complete(&mut self, rule: &Rule, needs: &[Need]) {
        let document = self.subject.facts.fields();
        for need in needs.iter().filter(|need| values(document, &need.path).is_empty()) {
            self.find(rule, &format!("/{}", need.path), None, &[("{missing}", &need.label)]);
        }
    }

    fn single(&mut self, rule: &Rule, field: &str) -> Result<(), DbError> {
        if !says_yes(self.subject.facts, field) {
            return Ok(());
        }
        if let Some(other) = store::other_that_says_yes(self.conn, self.scope, &self.subject, field)? {
            self.find(rule, &format!("/{field}"), None, &[("{other}", &other)]);
        }
        Ok(())
    }

    fn endings(&mut self, rule: &Rule, fields: &[EndingField]) -> Result<(), DbError> {
        let document = self.subject.facts.fields();
        let mut found: Vec<Ending> = Vec::new();
        for field in fields.iter().filter(|field| field.content_type == self.subject.content_type) {
            let days = values(document, &field.path).into_iter();
            let mut days: Vec<Ending> =
                days.filter_map(|(pointer, value)| Some(Ending { pointer, on: value.as_str()?.to_owned() })).collect();
            if field.all {
                // Days of one form sort as text.
                days = days.into_iter().max_by(|one, other| one.on.cmp(&other.on)).into_iter().collect();
            }
            found.extend(days);
        }
        if found.is_empty() {
            return Ok(());
        }
        let today = today(self.conn, self.scope, self.subject.site)?.to_string();
        for ending in found.iter().filter(|ending| ending.on < today) {
            self.find(rule, &ending.pointer, None, &[("{date}", &ending.on)]);
        }
        self.report.endings = found;
        Ok(())
    }
}

/// What is told of facts that contradict a claim; nothing where they do not.
fn told(facts: &Facts, document: &Map<String, Value>, found: &Found) -> Option<String> {
    let is_met = facts.all.iter().all(|condition| condition.is_met(document, found.claimed));
    is_met.then(|| {
        let first = facts.all.first().map(|condition| values(document, &condition.path)).unwrap_or_default();
        first.first().map(|(_, value)| spoken(value)).unwrap_or_default()
    })
}

/// The day on the clocks of a site.
pub(super) fn today(conn: &Conn, scope: &Scope, site: SiteId) -> Result<Date, DbError> {
    match sites::time_zone(conn, scope, site) {
        Ok(zone) => Ok(conn.now().to_zoned(zone.zone()).date()),
        Err(SiteError::Db(error)) => Err(error),
        // Deleted meanwhile: no day is right, and nobody reads it.
        Err(_) => Ok(conn.now().to_zoned(jiff::tz::TimeZone::UTC).date()),
    }
}
