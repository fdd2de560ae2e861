//! What a list or an entry is asked for: the query, read against the declarations. Whatever is not known or not understood is
//! refused with the name that may have been meant; nothing is passed over.

use std::collections::BTreeSet;

use content::{
    entries::{
        listing::{Condition, Part, SortKey, Test},
        public,
    },
    sites::{MOST_FALLBACKS, Site},
    types::{Declarations, FilterField, FilterKind, TypeDeclaration},
};
use ground::words::Locale;
use machinery::web::{PAGE_PARAMETERS, PageRequest, Problem, UrlQuery, encoded, nearest};

use super::{
    cursors::Cursor,
    expanding::{self, Node},
    fields::{self, Tree},
};

/// Parameters of every list, beside `filter[FIELD][TEST]`.
const OF_A_LIST: [&str; 9] =
    ["locale", "fallback", "fields", "expand", "sort", "limit", "cursor", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]];
/// Parameters of every entry.
const OF_AN_ENTRY: [&str; 4] = ["locale", "fallback", "fields", "expand"];
/// Parameters of every list that is read through a preview link.
const OF_A_LIST_SEEN: [&str; 10] = [
    "locale",
    "fallback",
    "as_of",
    "fields",
    "expand",
    "sort",
    "limit",
    "cursor",
    PAGE_PARAMETERS[0],
    PAGE_PARAMETERS[1],
];
/// Parameters of every entry that is read through a preview link.
const OF_AN_ENTRY_SEEN: [&str; 5] = ["locale", "fallback", "as_of", "fields", "expand"];
/// What `expand` says where a list is to hold everything.
const DETAILS: &str = "details";
/// Entries of a part where the client names no number.
const USUAL_LIMIT: i64 = 20;
/// Most entries of a part.
const HIGHEST_LIMIT: i64 = 100;
/// Conditions of one list: each is a look into an index for each entry.
const MOST_FILTERS: usize = 8;
/// Values that one condition may name.
const MOST_VALUES: usize = 50;
/// Fields that one list is sorted by: what is the same in two of them is told apart by nobody.
const MOST_SORT: usize = 2;

/// A query whose names are known, in one spelling: sorted, nothing empty, nothing twice. Two queries that ask for the same have
/// the same text, so that no more is kept of answers than there are questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Canonical(String);

impl Canonical {
    /// The query of a list.
    pub fn of_list(query: &str) -> Result<Self, Problem> {
        Self::read(query, &OF_A_LIST, true)
    }

    /// The query of an entry.
    pub fn of_entry(query: &str) -> Result<Self, Problem> {
        Self::read(query, &OF_AN_ENTRY, false)
    }

    /// The query of a list that is read through a preview link. It is made anew at each call from all that the link shows.
    pub fn of_list_seen(query: &str) -> Result<Self, Problem> {
        Self::read(query, &OF_A_LIST_SEEN, true)
    }

    /// The query of an entry that is read through a preview link.
    pub fn of_entry_seen(query: &str) -> Result<Self, Problem> {
        Self::read(query, &OF_AN_ENTRY_SEEN, false)
    }

    /// A query with these names alone.
    pub fn of(query: &str, known: &[&str]) -> Result<Self, Problem> {
        Self::read(query, known, false)
    }

    fn read(query: &str, known: &[&str], has_filters: bool) -> Result<Self, Problem> {
        let parsed = UrlQuery::parse(query);
        let mut seen = BTreeSet::new();
        let mut pairs = Vec::new();
        for (name, value) in parsed.pairs() {
            if !(known.contains(&name) || (has_filters && name.starts_with("filter["))) {
                return Err(unknown(name, known, has_filters));
            }
            if !seen.insert(name.to_owned()) {
                return Err(Problem::parameter_invalid(name, format!("`{name}` stands there twice: say it once.")));
            }
            // An empty filter is a mistake, and told as one; everything else that is empty says nothing.
            if !value.is_empty() || name.starts_with("filter[") {
                pairs.push(format!("{}={}", encoded(name), encoded(value)));
            }
        }
        pairs.sort_unstable();
        Ok(Self(pairs.join("&")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without some parameters.
    pub fn without(&self, names: &[&str]) -> String {
        let is_left = |pair: &&str| !names.iter().any(|name| pair.split('=').next() == Some(*name));
        self.0.split('&').filter(is_left).collect::<Vec<_>>().join("&")
    }
}

fn unknown(name: &str, known: &[&str], has_filters: bool) -> Problem {
    let mut names = known.to_vec();
    if has_filters {
        names.push("filter[FIELD][eq]");
    }
    let named = format!("{}=", encoded(name));
    match UrlQuery::parse(&named).refuse_unknown(&names) {
        Err(problem) => problem,
        Ok(()) => Problem::parameter_invalid(name, format!("`{name}` has no place here.")),
    }
}

/// Which part of a list is wanted, and how its neighbours are addressed.
pub(super) enum Paging {
    /// By number.
    Pages(PageRequest),
    /// By cursor.
    Cursor {
        /// Entries at most.
        limit: i64,
        /// From where.
        cursor: Option<Cursor>,
    },
}

impl Paging {
    /// The part itself.
    pub fn part(&self) -> Part {
        match self {
            Self::Pages(page) => Part::Page { limit: page.limit(), offset: page.offset() },
            Self::Cursor { limit, cursor: Some(Cursor { is_backward: true, place }) } => {
                Part::Before { limit: *limit, place: place.clone() }
            }
            Self::Cursor { limit, cursor } => {
                Part::After { limit: *limit, place: cursor.as_ref().map(|cursor| cursor.place.clone()) }
            }
        }
    }
}

/// What is wanted of entries.
pub(super) struct Wish {
    /// The language.
    pub locale: Option<Locale>,
    /// The languages that may stand in for it, best first; those that the site names where it says nothing.
    pub fallback: Option<Vec<Locale>>,
    /// The fields to be kept; all of them where it says nothing.
    pub fields: Option<Tree>,
    /// Whether every field of each entry is wanted.
    pub is_detailed: bool,
    /// The references to be replaced by what they lead to.
    pub expand: Node,
}

impl Wish {
    /// Reads `locale`, `fallback`, `fields` and `expand`.
    pub fn read(
        query: &UrlQuery<'_>,
        declarations: &Declarations,
        declared: &TypeDeclaration,
    ) -> Result<Self, Problem> {
        let mut is_detailed = false;
        let mut paths = Vec::new();
        for path in listed(query, "expand") {
            if path == DETAILS { is_detailed = true } else { paths.push(path) }
        }
        let expand = expanding::read(declarations, declared, &paths)?;
        let fields = query.get("fields").map(|_| listed(query, "fields"));
        let fields = fields.map(|paths| fields::read(declarations, declared, &expand, &paths)).transpose()?;
        let locale = query.parsed("locale", "a language such as `de` or `pt-br`")?;
        Ok(Self { locale, fallback: fallback(query)?, fields, is_detailed, expand })
    }

    /// The languages to look for on a site, best first; none where nothing may stand in for one that it does not have.
    pub fn chain(&self, site: &Site) -> Result<Vec<Locale>, Problem> {
        chain(site, self.locale.as_ref(), self.fallback.as_deref())
    }

    /// The language that was asked for: the site's default, where none was.
    pub fn requested<'w>(&'w self, site: &'w Site) -> &'w Locale {
        self.locale.as_ref().unwrap_or(&site.default_locale)
    }
}

/// The languages to look for on a site, best first: those that it names itself, or behind the wish those that may stand in.
pub(super) fn chain(site: &Site, wish: Option<&Locale>, stand_ins: Option<&[Locale]>) -> Result<Vec<Locale>, Problem> {
    let Some(stand_ins) = stand_ins else { return Ok(public::chain(site, wish)) };
    let spoken = site.speaks();
    if let Some(unknown) = stand_ins.iter().find(|locale| !spoken.is_offered(locale)) {
        let known: Vec<&str> = spoken.shown().map(Locale::as_str).collect();
        let detail = format!("The site does not speak `{unknown}`. Known: {}.", known.join(", "));
        return Err(Problem::parameter_invalid("fallback", detail));
    }
    Ok(spoken.chain_of_choice(wish, stand_ins))
}

/// `fallback`: `none`, `default` for what the site says, or languages.
pub(super) fn fallback(query: &UrlQuery<'_>) -> Result<Option<Vec<Locale>>, Problem> {
    let named = listed(query, "fallback");
    match named[..] {
        [] | ["default"] => return Ok(None),
        ["none"] => return Ok(Some(Vec::new())),
        _ => {}
    }
    let expected = format!("`none`, `default`, or up to {MOST_FALLBACKS} languages with commas between them");
    let refused = || Problem::parameter_invalid("fallback", format!("`fallback` must be {expected}."));
    if named.len() > MOST_FALLBACKS {
        return Err(refused());
    }
    named.iter().map(|one| one.parse().map_err(|_| refused())).collect::<Result<_, _>>().map(Some)
}

/// The parts of a value with commas.
fn listed<'q>(query: &'q UrlQuery<'_>, name: &str) -> Vec<&'q str> {
    query.get(name).unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// What is wanted of a list.
pub(super) struct ListWish {
    /// Of each entry.
    pub each: Wish,
    /// What must be true of each.
    pub conditions: Vec<Condition>,
    /// The order.
    pub sort: Vec<SortKey>,
    /// The part.
    pub paging: Paging,
}

impl ListWish {
    /// Reads all of a list's query; `base` is the list's own address, `bound_to` what a cursor belongs to beside it.
    pub fn read(
        canonical: &Canonical,
        base: &str,
        bound_to: &str,
        declarations: &Declarations,
        declared: &TypeDeclaration,
    ) -> Result<Self, Problem> {
        let query = UrlQuery::parse(canonical.as_str());
        let known = declared.filter_fields();
        let mut conditions = Vec::new();
        for (name, value) in query.pairs().filter(|(name, _)| name.starts_with("filter[")) {
            conditions.push(condition(&known, name, value)?);
        }
        if conditions.len() > MOST_FILTERS {
            return Err(Problem::parameter_invalid("filter", format!("A list takes at most {MOST_FILTERS} filters.")));
        }
        Ok(Self {
            each: Wish::read(&query, declarations, declared)?,
            conditions,
            sort: sort(&known, &query)?,
            paging: paging(&query, canonical, base, bound_to)?,
        })
    }
}

fn paging(query: &UrlQuery<'_>, canonical: &Canonical, base: &str, bound_to: &str) -> Result<Paging, Problem> {
    let by_cursor = ["limit", "cursor"].into_iter().find(|name| query.get(name).is_some());
    let by_page = PAGE_PARAMETERS.into_iter().find(|name| query.get(name).is_some());
    match (by_cursor, by_page) {
        (Some(one), Some(other)) => {
            let detail = format!("`{one}` walks by cursor and `{other}` by page number: choose one of the two.");
            Err(Problem::parameter_invalid(other, detail))
        }
        (None, _) => Ok(Paging::Pages(PageRequest::read(query, canonical.as_str(), base)?)),
        (Some(_), None) => {
            let expected = format!("a whole number from 1 to {HIGHEST_LIMIT}");
            let limit = query.parsed::<i64>("limit", &expected)?.unwrap_or(USUAL_LIMIT);
            if !(1..=HIGHEST_LIMIT).contains(&limit) {
                return Err(Problem::parameter_invalid("limit", format!("`limit` must be {expected}.")));
            }
            let cursor = query.get("cursor").map(|text| Cursor::read(text, bound_to)).transpose()?;
            Ok(Paging::Cursor { limit, cursor })
        }
    }
}

/// What the tests are called, with those that a field of several values knows, one without an order, and one with.
fn tests_of(field: &FilterField<'_>) -> &'static [&'static str] {
    match field.kind {
        _ if field.holds_many => &["contains", "in", "exists"],
        FilterKind::Boolean => &["eq", "ne"],
        kind if kind.has_order() => &["eq", "ne", "in", "gt", "gte", "lt", "lte", "exists"],
        _ => &["eq", "ne", "in", "exists"],
    }
}

fn condition(known: &[FilterField<'_>], name: &str, value: &str) -> Result<Condition, Problem> {
    let parts = name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']'));
    let Some((field, test)) = parts.and_then(|rest| rest.split_once("][")) else {
        return Err(refused(name, "A filter is written `filter[FIELD][eq]=value`.".to_owned()));
    };
    let Some(field) = known.iter().find(|one| one.name == field) else {
        let names: Vec<&str> = known.iter().map(|one| one.name).collect();
        let meant = nearest(field, names.iter().copied()).map(|near| format!(": is it `{near}`?"));
        let meant = meant.as_deref().unwrap_or(".");
        let detail = format!("Lists are not filtered by `{}`{meant} Known: {}.", shown(field), names.join(", "));
        return Err(refused(name, detail));
    };
    let tests = tests_of(field);
    if !tests.contains(&test) {
        let meant = nearest(test, tests.iter().copied()).map(|near| format!(": is it `{near}`?"));
        let meant = meant.as_deref().unwrap_or(".");
        let words = match (test, field.kind) {
            ("contains", FilterKind::Text) => " Words inside a text are found by `search/`.",
            _ => "",
        };
        let detail =
            format!("`{}` has no test `{}`{meant} Known: {}.{words}", field.name, shown(test), tests.join(", "));
        return Err(refused(name, detail));
    }
    let key = |text: &str| {
        let wrong = |expected| refused(name, format!("`{name}` must be {expected}."));
        field.kind.key_from(text).map_err(wrong)
    };
    let test = match test {
        "eq" | "contains" => Test::Is(key(value)?),
        "ne" => Test::IsNot(key(value)?),
        "in" => {
            let values: Vec<&str> = value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
            if values.is_empty() || values.len() > MOST_VALUES {
                return Err(refused(
                    name,
                    format!("`{name}` takes 1 to {MOST_VALUES} values with commas between them."),
                ));
            }
            Test::Among(values.into_iter().map(key).collect::<Result<_, _>>()?)
        }
        "gt" => Test::Above(key(value)?),
        "gte" => Test::From(key(value)?),
        "lt" => Test::Below(key(value)?),
        "lte" => Test::UpTo(key(value)?),
        _ => match value {
            "true" => Test::Given,
            "false" => Test::Is(Vec::new()),
            _ => return Err(refused(name, format!("`{name}` must be `true` or `false`."))),
        },
    };
    Ok(Condition { field: field.name.to_owned(), holds_many: field.holds_many, test })
}

fn sort(known: &[FilterField<'_>], query: &UrlQuery<'_>) -> Result<Vec<SortKey>, Problem> {
    let sortable: Vec<&str> = known.iter().filter(|one| !one.holds_many).map(|one| one.name).collect();
    let mut keys: Vec<SortKey> = Vec::new();
    for part in listed(query, "sort") {
        let (name, is_descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        if !sortable.contains(&name) {
            let meant = nearest(name, sortable.iter().copied()).map(|near| format!(": is it `{near}`?"));
            let meant = meant.as_deref().unwrap_or(".");
            let detail = format!("Lists are not sorted by `{}`{meant} Known: {}.", shown(name), sortable.join(", "));
            return Err(Problem::parameter_invalid("sort", detail));
        }
        if keys.iter().any(|key| key.field == name) {
            return Err(Problem::parameter_invalid("sort", format!("`sort` names `{name}` twice.")));
        }
        keys.push(SortKey { field: name.to_owned(), is_descending });
    }
    if keys.len() > MOST_SORT {
        return Err(Problem::parameter_invalid("sort", format!("`sort` takes at most {MOST_SORT} fields.")));
    }
    Ok(keys)
}

fn refused(name: &str, detail: String) -> Problem {
    Problem::parameter_invalid(&shown(name), detail)
}

/// A client's own word, as an answer may repeat it.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_that_ask_the_same_are_the_same_text() {
        let one = Canonical::of_list("sort=-price&filter[kind][eq]=suite&page=&locale=de").unwrap();
        let other = Canonical::of_list("locale=de&filter%5Bkind%5D%5Beq%5D=suite&sort=%2Dprice").unwrap();
        assert_eq!(one, other);
        assert_eq!(one.as_str(), "filter%5Bkind%5D%5Beq%5D=suite&locale=de&sort=-price");
        assert_eq!(one.without(&["sort", "locale"]), "filter%5Bkind%5D%5Beq%5D=suite");
    }

    #[test]
    fn what_is_unknown_or_said_twice_is_refused() {
        for (query, code, word) in [
            ("colour=red", "unknown_parameter", "colour"),
            ("page_siz=1", "unknown_parameter", "`page_size`"),
            ("filtre[kind][eq]=suite", "unknown_parameter", "filter[FIELD][eq]"),
            ("page=1&page=2", "invalid_parameter", "twice"),
        ] {
            let problem = Canonical::of_list(query).unwrap_err();
            assert_eq!((problem.status, problem.code), (400, code), "{query}");
            assert!(problem.detail.contains(word), "{query}: {}", problem.detail);
        }
        assert_eq!(Canonical::of_entry("sort=name").unwrap_err().code, "unknown_parameter");
    }
}
