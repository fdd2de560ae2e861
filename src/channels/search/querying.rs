//! From words to what is found. Every query goes through [`within`]: there is no way to search without saying for whom.

use std::{ops::Bound, sync::Arc};

use content::sites::Site;
use ground::{
    clock::Timestamp,
    db::Tenant,
    words::{EntryId, Locale, OrganizationId, SiteId, Slug},
};
use serde::Serialize;
use tantivy::{
    Searcher, TantivyError, Term,
    collector::{Count, FacetCollector, TopDocs},
    query::{
        BooleanQuery, BoostQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur, Query, RangeQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption, TantivyDocument, Value},
};
use tenants::scope::{Scope, Visitor};
use utoipa::ToSchema;

use super::{
    Search, SearchError,
    analysis::{self, PLAIN},
    damage::Remedy,
    index::Index,
    indexing::Task,
    marking::{self, FUZZY_LENGTH, Wanted},
    schema::{ARCHIVED, AT_WORK, TEAM, VISITORS},
};

/// Characters of what is searched for: two lines.
const WORDS_LENGTH: usize = 200;
/// Words that are looked for together; each costs a walk over the dictionary.
const MOST_WORDS: usize = 12;
/// With fewer things than this that have the words as they stand, a letter may be wrong, too: going through the dictionary
/// for what is alike costs ten times the rest, and where much is found it only adds what was not meant.
const ENOUGH: u64 = 5;
/// How deep one may turn the pages: each costs the memory of all before it.
pub(super) const DEEPEST: usize = 10_000;

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The words. The last may be the beginning of one.
    pub words: String,
    /// Only entries of this type.
    pub content_type: Option<String>,
    /// How many.
    pub limit: usize,
    /// After how many.
    pub offset: usize,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many there are.
    pub count: u64,
    /// Those of this page, the best first.
    pub hits: Vec<Hit>,
    /// How many there are of each type, whatever type was asked for; the most first.
    pub types: Vec<TypeCount>,
}

/// How many entries of a type were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TypeCount {
    /// The type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// How many.
    pub count: u64,
}

/// An entry that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which.
    pub entry: EntryId,
    /// Its type.
    pub content_type: String,
    /// The language of its texts, for visitors.
    pub locale: Option<Locale>,
    /// Its name in addresses.
    pub slug: Slug,
    /// What lists call it.
    pub title: String,
    /// The piece of its text in which the words stand, as HTML with `<mark>`.
    pub excerpt: String,
}

/// For whom something is searched, and so what may be found.
struct Reach<'a> {
    organization: OrganizationId,
    site: SiteId,
    audience: &'static str,
    shown_in: Option<(&'a Locale, Timestamp)>,
    /// Of the team's, those at work or those in the archive.
    state: Option<&'static str>,
    /// The languages whose endings are taken off.
    languages: Vec<&'static str>,
}

impl Search {
    /// What the team has on a site: drafts, in all languages; at work or in the archive.
    pub async fn drafts(
        &self,
        scope: &Scope,
        site: SiteId,
        locales: &[Locale],
        is_archived: bool,
        asked: Asked,
    ) -> Result<Found, SearchError> {
        if !scope.may_act_on(site) {
            return Err(SearchError::NotFound);
        }
        let (organization, locales) = (scope.organization_id(), locales.to_vec());
        let state = Some(if is_archived { ARCHIVED } else { AT_WORK });
        self.blocking(move |index| {
            let languages = locales.iter().filter_map(analysis::language_of).collect();
            find(index, &Reach { organization, site, audience: TEAM, shown_in: None, state, languages }, &asked)
        })
        .await
    }

    /// What visitors of a site find in a language, each entry once, in the best language that it has for them.
    pub async fn published(
        &self,
        visitor: &Visitor,
        site: &Site,
        locale: &Locale,
        asked: Asked,
    ) -> Result<Found, SearchError> {
        let (organization, id, locale) = (visitor.organization_id(), site.id, locale.clone());
        // What has no text in the language is shown, and found, in another.
        let languages = site.speaks().chain(&locale);
        let now = self.clock.now();
        self.blocking(move |index| {
            let mut languages: Vec<_> = languages.iter().filter_map(analysis::language_of).collect();
            languages.dedup();
            let shown_in = Some((&locale, now));
            let reach = Reach { organization, site: id, audience: VISITORS, shown_in, state: None, languages };
            find(index, &reach, &asked)
        })
        .await
    }

    async fn blocking<F>(&self, search: F) -> Result<Found, SearchError>
    where
        F: FnOnce(&Index) -> Result<Found, SearchError> + Send + 'static,
    {
        let index = self.index()?;
        let asked = Arc::clone(&index);
        let error = match tokio::task::spawn_blocking(move || search(&asked)).await {
            Ok(Err(error)) if is_of_the_index(&error) => error,
            Err(error) if error.is_panic() => SearchError::unexpected(error),
            Ok(answered) => return answered,
            Err(cancelled) => return Err(SearchError::unexpected(cancelled)),
        };
        Err(self.failed_on(&index, error))
    }

    /// Has the index on which a query failed built anew: nobody else may notice that its files went bad.
    fn failed_on(&self, index: &Arc<Index>, error: SearchError) -> SearchError {
        if !self.current.load().as_ref().is_some_and(|current| Arc::ptr_eq(current, index)) {
            // Another one answers already.
            return SearchError::Building;
        }
        match self.damage.notice(self.clock.now()) {
            Remedy::Build => {
                tracing::warn!(%error, "a query found the search index damaged, which is built anew");
                // No event asks for it, so nothing more has been heard of than before.
                let rebuild = Task::Rebuild { position: 0 };
                // The thread has ended: so does the process.
                drop(self.tasks.send(rebuild));
                SearchError::Building
            }
            Remedy::Wait => SearchError::Building,
            Remedy::Nothing => error,
        }
    }
}

/// Whether it is the index that could not answer, and not the question that cannot be answered.
fn is_of_the_index(error: &SearchError) -> bool {
    match error {
        SearchError::Index(error) => !matches!(error, TantivyError::InvalidArgument(_)),
        _ => false,
    }
}

/// First with the words as they stand. Where that finds little, with those that nothing has as they stand taken for
/// misspelt; and where that finds nothing, with all of them.
fn find(index: &Index, reach: &Reach<'_>, asked: &Asked) -> Result<Found, SearchError> {
    let Some(wanted) = wanted(reach, &asked.words)? else { return Ok(Found::default()) };
    let searcher = index.reader.searcher();
    let attempt = |wanted: &Wanted| {
        let words = every_word(index, wanted);
        found(index, &searcher, &within(index, reach, Box::new(words)), wanted, asked)
    };
    let (first, all) = attempt(&wanted)?;
    let can_be_misspelt = wanted.plain.iter().any(|word| word.chars().count() >= FUZZY_LENGTH);
    if all >= ENOUGH || !can_be_misspelt {
        return Ok(first);
    }
    let stands_nowhere = |place: usize| {
        let alone = within(index, reach, one_word(index, &wanted, place));
        Ok::<_, SearchError>(searcher.search(&alone, &Count)? == 0)
    };
    let is_misspelt = (0..wanted.plain.len()).map(stands_nowhere).collect::<Result<Vec<_>, _>>()?;
    if is_misspelt.contains(&true) && is_misspelt.contains(&false) {
        let (second, all) = attempt(&Wanted { is_misspelt, ..wanted.clone() })?;
        if all > 0 {
            return Ok(second);
        }
    }
    Ok(attempt(&Wanted { is_misspelt: vec![true; wanted.plain.len()], ..wanted.clone() })?.0)
}

/// Runs a query; answers this page of what it finds, and how many there are whatever type was asked for.
fn found(
    index: &Index,
    searcher: &Searcher,
    everything: &BooleanQuery,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<(Found, u64), SearchError> {
    let mut facets = FacetCollector::for_field("type_facet");
    facets.add_facet("/");
    let top = TopDocs::with_limit(asked.limit.max(1)).and_offset(asked.offset).order_by_score();
    // One walk over the dictionary and the documents where one is enough.
    let (best, count, counts) = match &asked.content_type {
        None => searcher.search(everything, &(top, Count, facets))?,
        Some(name) => {
            let counts = searcher.search(everything, &facets)?;
            let query = BooleanQuery::new(vec![
                (Occur::Must, Box::new(everything.clone()) as Box<dyn Query>),
                (Occur::Must, unscored(exactly(index.fields.content_type, name))),
            ]);
            let (best, count) = searcher.search(&query, &(top, Count))?;
            (best, count, counts)
        }
    };
    let mut types: Vec<TypeCount> =
        counts.get("/").map(|(facet, count)| TypeCount { content_type: facet.to_path().concat(), count }).collect();
    types.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.content_type.cmp(&b.content_type)));
    let mut hits = Vec::with_capacity(best.len());
    for (_, address) in best {
        hits.extend(hit(index, &searcher.doc(address)?, wanted));
    }
    let all = types.iter().map(|one| one.count).sum();
    Ok((Found { count: count as u64, hits, types }, all))
}

/// The one place where a query gets its limits: the organization, the site, and who may see it.
fn within(index: &Index, reach: &Reach<'_>, words: Box<dyn Query>) -> BooleanQuery {
    let fields = &index.fields;
    let mut clauses = vec![
        (Occur::Must, words),
        (Occur::Must, unscored(exactly(fields.organization, &reach.organization.to_string()))),
        (Occur::Must, unscored(exactly(fields.site, &reach.site.to_string()))),
        (Occur::Must, unscored(exactly(fields.audience, reach.audience))),
    ];
    if let Some((locale, now)) = reach.shown_in {
        let end = |field: Field| Term::from_field_i64(field, now.as_microsecond());
        let begun = RangeQuery::new(Bound::Unbounded, Bound::Included(end(fields.visible_from)));
        let not_over = RangeQuery::new(Bound::Excluded(end(fields.visible_until)), Bound::Unbounded);
        clauses.push((Occur::Must, unscored(exactly(fields.shown_in, locale.as_str()))));
        clauses.push((Occur::Must, unscored(Box::new(begun))));
        clauses.push((Occur::Must, unscored(Box::new(not_over))));
    }
    if let Some(state) = reach.state {
        clauses.push((Occur::Must, unscored(exactly(fields.state, state))));
    }
    BooleanQuery::new(clauses)
}

/// The words that are looked for. Nothing where there is none.
fn wanted(reach: &Reach<'_>, text: &str) -> Result<Option<Wanted>, SearchError> {
    if text.chars().count() > WORDS_LENGTH {
        return Err(SearchError::Words(format!("Search for at most {WORDS_LENGTH} characters.")));
    }
    let plain: Vec<String> = analysis::words(PLAIN, text).into_iter().map(|word| word.text).collect();
    if plain.len() > MOST_WORDS {
        return Err(SearchError::Words(format!("Search for at most {MOST_WORDS} words.")));
    }
    if plain.is_empty() {
        return Ok(None);
    }
    let stems = reach
        .languages
        .iter()
        .map(|language| (*language, analysis::words(language, text).into_iter().map(|word| word.text).collect()))
        .collect();
    // As they stand, at first.
    Ok(Some(Wanted { is_misspelt: vec![false; plain.len()], plain, stems }))
}

/// Every word must be there: as it is written, with another ending, as the beginning of a word where it is the last, or,
/// where it is taken for misspelt, with one letter wrong.
fn every_word(index: &Index, wanted: &Wanted) -> BooleanQuery {
    let clause = |place| (Occur::Must, one_word(index, wanted, place));
    BooleanQuery::new((0..wanted.plain.len()).map(clause).collect())
}

/// What [`marking`] marks is found by the same rules.
fn one_word(index: &Index, wanted: &Wanted, place: usize) -> Box<dyn Query> {
    let fields = &index.fields;
    let Some(word) = wanted.plain.get(place) else { return Box::new(EmptyQuery) };
    let is_last = wanted.may_begin(place);
    let stems = wanted.stems.iter().filter_map(|(language, words)| Some((*language, words.get(place)?.as_str())));
    let letters = word.chars().count();
    let mut ways = vec![boosted(exactly(fields.title, word), 6.0), boosted(exactly(fields.body, word), 2.0)];
    for (language, stem) in stems {
        if let Some(field) = fields.stems.get(language) {
            ways.push(boosted(exactly(*field, stem), 1.5));
        }
    }
    let guessed = |field: Field, weight: f32| {
        let term = Term::from_field_text(field, word);
        let query =
            if is_last { FuzzyTermQuery::new_prefix(term, 1, true) } else { FuzzyTermQuery::new(term, 1, true) };
        boosted(Box::new(query), weight)
    };
    if wanted.may_be_wrong(place) {
        ways.extend([guessed(fields.title, 0.8), guessed(fields.body, 0.3)]);
    }
    if is_last && letters >= 2 {
        // A right beginning stands before a wrong one.
        let begins = |field| Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, word), 0, true));
        ways.extend([boosted(begins(fields.title), 3.0), boosted(begins(fields.body), 0.8)]);
    }
    Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, 0.1))
}

fn exactly(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}

/// A limit says nothing of how good something is.
fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(tantivy::query::ConstScoreQuery::new(query, 0.0))
}

/// Nothing where the index holds something that this program has no words for.
fn hit(index: &Index, document: &TantivyDocument, wanted: &Wanted) -> Option<Hit> {
    let fields = &index.fields;
    let text = |field: Field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
    let (Ok(entry), Ok(slug)) = (text(fields.entry).parse(), text(fields.slug).parse()) else { return None };
    let (title, locale) = (text(fields.name), text(fields.locale).parse().ok());
    // What has no rules was not found by those of another language.
    let language = locale.as_ref().map(|locale| analysis::language_of(locale).unwrap_or_default());
    let bodies = document.get_all(fields.body).filter_map(|value| value.as_str());
    let excerpts: Vec<_> = bodies.map(|body| marking::excerpt(title, body, language, wanted)).collect();
    // A draft has a text per language: the first of those in which most was found.
    let best = excerpts.into_iter().rev().max_by_key(|excerpt| excerpt.worth);
    Some(Hit {
        entry,
        content_type: text(fields.content_type).to_owned(),
        slug,
        title: title.to_owned(),
        excerpt: best.map(|excerpt| excerpt.html).unwrap_or_default(),
        locale,
    })
}
