//! What one record of a source becomes: its site, then its entries in the order of the mapping's rules. What cannot be
//! made is left out with the reason, before anything of it is written.

use content::{
    entries::{EntryError, Outcome},
    sites::{self, NewSite, Site, SiteChange, SiteError, SiteStatus},
    types::FieldProblem,
};
use ground::{
    db::Tx,
    words::{DomainName, Slug, WordError},
};
use machinery::web::Explain;
use serde_json::Value;

use super::{
    json::{Batch, Plan, Refusals, Stop},
    mapping::{EntryRule, SiteRule},
    path::{Known, Path, Record},
    report::{SITE, Skipped},
};

/// How many numbers are tried behind a taken site's slug: more than an organization may have sites.
const MOST_NAMESAKES: u32 = 1_000;

/// Which part of the source something comes from: the record's number, the rule's (0 for the site), the item's.
pub(super) type Place = (usize, usize, usize);

/// A value that cannot be had, with its field.
pub(super) struct Wrong {
    pub field: String,
    pub reason: String,
}

impl Wrong {
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }

    /// Pointers into the document as a report shows them.
    pub fn of_problems(problems: &[FieldProblem]) -> Vec<Self> {
        problems
            .iter()
            .map(|problem| Self::new(problem.pointer.trim_start_matches('/'), problem.detail.as_str()))
            .collect()
    }

    /// Why a site is refused, field by field where it says so.
    fn of_refused_site(error: &SiteError) -> Vec<Self> {
        let problem = error.explain();
        if problem.errors.is_empty() { vec![Self::new("", problem.detail)] } else { Self::of_problems(&problem.errors) }
    }

    /// Why an entry is refused, field by field where it says so.
    pub fn of_refused_entry(error: &EntryError) -> Vec<Self> {
        if error.problems().is_empty() {
            vec![Self::new("", error.explain().detail)]
        } else {
            Self::of_problems(error.problems())
        }
    }
}

/// Where a report says that something stands.
pub(super) struct Location {
    pub row: usize,
    pub record: String,
    pub kind: String,
}

impl Location {
    pub fn reasons(&self, wrong: Vec<Wrong>) -> Vec<Skipped> {
        let Self { row, record, kind } = self;
        let reason =
            |Wrong { field, reason }| Skipped { row: *row, record: record.clone(), kind: kind.clone(), field, reason };
        wrong.into_iter().map(reason).collect()
    }
}

/// Records on their way into one transaction.
pub(super) struct Taking<'a, 't> {
    pub tx: &'a Tx<'t>,
    pub plan: &'a Plan,
    pub refusals: &'a Refusals,
    pub batch: &'a mut Batch,
}

impl Taking<'_, '_> {
    /// Takes one record over.
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), Stop> {
        let Some(site) = self.site(record)? else { return Ok(()) };
        if self.plan.site.is_none() {
            // A reference names an entry of the same site: what other records made is out of reach.
            self.batch.progress.known.clear();
        }
        let plan = self.plan;
        for (number, rule) in plan.mapping.entries.iter().enumerate() {
            // A rule's references see what earlier rules and records have made.
            let mut known = std::mem::take(&mut self.batch.progress.known);
            let record = Record { site_slug: Some(site.slug.as_str()), known: Some(&known), ..*record };
            let made = self.entries(&site, number + 1, rule, &record)?;
            known.extend(made);
            self.batch.progress.known = known;
        }
        Ok(())
    }

    pub fn skip(&mut self, location: &Location, wrong: Vec<Wrong>) {
        self.batch.report.skip(location.reasons(wrong));
    }

    /// The record's site; nothing where the record is left out.
    fn site(&mut self, record: &Record<'_>) -> Result<Option<Site>, Stop> {
        let place = (record.number, 0, 0);
        let kind = match (&self.plan.site, self.plan.mapping.entries.first()) {
            (Some(_), Some(rule)) => rule.type_name.as_str(),
            _ => SITE,
        };
        let location = Location { row: record.number, record: self.plan.place_of(record), kind: kind.to_owned() };
        if let Some(reasons) = self.refusals.get(&place) {
            self.batch.report.skip(reasons.clone());
            return Ok(None);
        }
        if let Some(field) = self.plan.mapping.unless.as_ref().filter(|field| is_true(field, record)) {
            let reason = "This is true in the record, and the mapping leaves such records out.";
            self.skip(&location, vec![Wrong::new(field.spelling(), reason)]);
            return Ok(None);
        }
        let Some(rule) = &self.plan.mapping.site else { return Ok(self.plan.site.clone()) };
        self.batch.size += 1;
        let names = match SiteNames::of(rule, record).and_then(|names| self.alone(names)) {
            Ok(names) => names,
            Err(wrong) => {
                self.skip(&location, vec![wrong]);
                return Ok(None);
            }
        };
        match self.put_site(rule, names) {
            Ok((site, outcome)) => {
                self.batch.report.sites.add(outcome);
                self.batch.progress.sites.insert(site.id, record.number);
                self.batch.sites.retain(|other| other.id != site.id);
                self.batch.sites.push(site.clone());
                Ok(Some(site))
            }
            Err(SiteError::Db(error)) => Err(error.into()),
            Err(refusal) => Err(Stop::Refused(place, location.reasons(Wrong::of_refused_site(&refusal)))),
        }
    }

    fn known_site(&self, names: &SiteNames) -> Option<&Site> {
        self.batch.sites.iter().find(|site| match &names.domain {
            Some(domain) => site.domain.as_ref() == Some(domain),
            None => site.slug == names.slug,
        })
    }

    /// The names, if no other record of this run goes by them.
    fn alone(&self, names: SiteNames) -> Result<SiteNames, Wrong> {
        match self.known_site(&names).and_then(|site| self.batch.progress.sites.get(&site.id)) {
            None => Ok(names),
            Some(other) => {
                let field = if names.domain.is_some() { "domain" } else { "slug" };
                Err(Wrong::new(field, format!("Row {other} makes the same site; let the mapping name them apart.")))
            }
        }
    }

    fn put_site(&self, rule: &SiteRule, names: SiteNames) -> Result<(Site, Outcome), SiteError> {
        let (tx, scope) = (self.tx, &self.plan.scope);
        let (site, outcome) = match self.known_site(&names) {
            Some(before) => {
                let after = sites::update(tx, scope, before.id, rule.change(before, names.name))?;
                let outcome = if after == *before { Outcome::Unchanged } else { Outcome::Changed };
                (after, outcome)
            }
            None => {
                let slug = free_slug(&self.batch.sites, names.slug);
                let new = NewSite { slug: Some(slug), domain: names.domain, ..rule.new_site(&names.name) };
                (sites::create(tx, scope, new)?, Outcome::Created)
            }
        };
        if !rule.publish || site.status == SiteStatus::Published {
            return Ok((site, outcome));
        }
        let outcome = if outcome == Outcome::Unchanged { Outcome::Changed } else { outcome };
        Ok((sites::publish(tx, scope, site.id)?, outcome))
    }

    /// Makes the entries of one rule: one for the record, or one for each item of the rule's list. Answers them by type
    /// and key.
    fn entries(&mut self, site: &Site, number: usize, rule: &EntryRule, record: &Record<'_>) -> Result<Known, Stop> {
        let mut made = Known::new();
        let place = self.plan.place_of(record);
        let mut location = Location { row: record.number, record: place.clone(), kind: rule.type_name.clone() };
        let Some(list) = &rule.each else {
            self.entry(site, rule, record, (record.number, number, 0), &location, &mut made)?;
            return Ok(made);
        };
        let path = list.spelling().unwrap_or_default();
        let items = match list.items(record) {
            Ok(items) => items,
            Err(wrong) => {
                self.skip(&location, vec![Wrong::new(path, wrong.reason)]);
                return Ok(made);
            }
        };
        for (index, item) in items.iter().enumerate() {
            location.record = format!("{place}.{path}.{index}");
            let record = record.child(item, index + 1);
            self.entry(site, rule, &record, (location.row, number, index), &location, &mut made)?;
        }
        Ok(made)
    }
}

fn is_true(field: &Path, record: &Record<'_>) -> bool {
    matches!(field.find(record), Some(Value::Bool(true)))
}

/// What names a site.
struct SiteNames {
    name: String,
    slug: Slug,
    domain: Option<DomainName>,
}

impl SiteNames {
    fn of(rule: &SiteRule, record: &Record<'_>) -> Result<Self, Wrong> {
        let name = rule.name.fill(record).map_err(|reason| Wrong::new("name", reason))?;
        let slug = Slug::from_title(&rule.slug.fill(record).map_err(|reason| Wrong::new("slug", reason))?);
        let Some(domain) = &rule.domain else { return Ok(Self { name, slug, domain: None }) };
        let record = Record { site_slug: Some(slug.as_str()), ..*record };
        let domain = domain.fill(&record).map_err(|reason| Wrong::new("domain", reason))?;
        let domain = domain.parse().map_err(|error: WordError| Wrong::new("domain", error.message))?;
        Ok(Self { name, slug, domain: Some(domain) })
    }
}

impl SiteRule {
    fn new_site(&self, name: &str) -> NewSite {
        NewSite {
            default_locale: Some(self.default_locale.clone()),
            locales: Some(self.locales.clone()),
            time_zone: Some(self.time_zone.clone()),
            currency: Some(self.currency.clone()),
            ..NewSite::named(name)
        }
    }

    /// What the team has added stays: other languages, another slug.
    fn change(&self, before: &Site, name: String) -> SiteChange {
        let added = self.locales.iter().filter(|locale| !before.locales.contains(locale));
        SiteChange {
            name: Some(name),
            locales: Some(before.locales.iter().chain(added).cloned().collect()),
            time_zone: Some(self.time_zone.clone()),
            currency: Some(self.currency.clone()),
            ..SiteChange::default()
        }
    }
}

fn free_slug(sites: &[Site], wanted: Slug) -> Slug {
    let is_free = |slug: &Slug| sites.iter().all(|site| site.slug != *slug);
    if is_free(&wanted) {
        return wanted;
    }
    (2..MOST_NAMESAKES).map(|number| wanted.numbered(number)).find(is_free).unwrap_or(wanted)
}
