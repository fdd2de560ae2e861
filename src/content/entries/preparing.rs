//! Everything about a new state of an entry that needs no database: the check against its declaration, its title, its
//! place, the slug that it suggests. A request does this before its transaction, where nobody waits for it.

use ground::words::{EntryId, Locale, Slug};
use serde_json::Value;

use super::{
    EntryError, NewEntry, clocks,
    composing::Composition,
    roles,
    translations::{Origin, Places},
};
use crate::{
    checks::Reading,
    sites::{self, Languages},
    types::{
        Declarations, Document, FieldProblem, MediaReference, PageDeclaration, Reference, Role, TypeDeclaration,
        Validated,
    },
};

/// Characters of a source key, which an index holds: a name in another system, not a text.
pub const LONGEST_SOURCE_KEY: usize = 200;

/// A new entry, checked for a site with certain languages.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The id that it has had elsewhere; a new one where there is none.
    pub(super) id: Option<EntryId>,
    pub(super) state: State,
    pub(super) slug: Option<Slug>,
    pub(super) source_key: Option<String>,
    pub(super) content_type: String,
    pub(super) role: Option<Role>,
    pub(super) page: Option<PageDeclaration>,
    /// What it was checked for: the transaction compares it with what is true then.
    pub(super) languages: Languages,
    /// By which state of the organization's declarations it was checked: compared likewise.
    pub(super) declarations_version: i64,
    /// The languages in which it is published at once, each with its view; none for a draft.
    pub(super) composed: Vec<Composition>,
    /// The declarations, where it shows other entries' sections: those are put into its views in the transaction.
    pub(super) embedding: Option<Box<Declarations>>,
    /// What the checks look at, where it is published at once.
    pub(super) reading: Option<Reading>,
}

/// A document with what follows from it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) document: Document,
    /// The document's canonical text.
    pub(super) json: String,
    pub(super) title: Option<String>,
    pub(super) suggested_slug: Slug,
    pub(super) order: i64,
    pub(super) references: Vec<Reference>,
    pub(super) media: Vec<MediaReference>,
    /// Where it has texts.
    pub(super) places: Places,
    /// What it was checked for.
    pub(super) languages: Languages,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// The fields that could be the brand's and that it has values of its own for.
    pub(super) overridden: Vec<String>,
}

impl Prepared {
    /// Checks a new entry for a site with these languages. With `publishes` it will be published at once, in every
    /// language that is complete; at least one must be.
    pub fn new(
        declarations: &Declarations,
        languages: Languages,
        new: NewEntry,
        publishes: bool,
    ) -> Result<Self, EntryError> {
        check_source_key(new.source_key.as_deref())?;
        let mut prepared = Self::carried(declarations, languages, new)?;
        let declared = declared(declarations, &prepared.content_type)?;
        if let Some(slug) = &prepared.slug {
            check_slug(declared, &prepared.languages, slug)?;
        }
        let state = &prepared.state;
        let locked = declarations.locked_changes(declared, None, &state.document);
        if !locked.is_empty() {
            return Err(EntryError::Invalid(locked));
        }
        if publishes {
            let languages = &prepared.languages;
            let embeds = state.references.iter().any(|one| declarations.is_embedded(&one.to));
            let locales = complete_locales(declarations, declared, &state.document, languages, &[])?;
            prepared.embedding = embeds.then(|| Box::new(declarations.clone()));
            prepared.reading = Some(Reading::of(declarations, declared, languages, &state.document, &locales));
            prepared.composed =
                super::composing::compose_all(declarations, declared, &state.document, &locales, languages);
        }
        Ok(prepared)
    }

    /// A draft that an archive brings, or a copy: values of fields that the brand has locked come with it, and wait as they did
    /// there. So does a source key of any length: earlier programs had no limit.
    pub(super) fn carried(
        declarations: &Declarations,
        languages: Languages,
        new: NewEntry,
    ) -> Result<Self, EntryError> {
        let NewEntry { content_type, slug, document, source_key } = new;
        let declared = declared(declarations, &content_type)?;
        let (role, page, declarations_version) = (declared.role, declared.page.clone(), declarations.version());
        let state = State::new(declarations, declared, &document, &languages)?;
        Ok(Self {
            id: None,
            state,
            slug,
            source_key,
            content_type,
            role,
            page,
            languages,
            declarations_version,
            composed: Vec::new(),
            embedding: None,
            reading: None,
        })
    }

    /// The slug that the entry gets if nobody has it.
    pub(super) fn wanted_slug(&self) -> &Slug {
        self.slug.as_ref().unwrap_or(&self.state.suggested_slug)
    }
}

impl State {
    pub(super) fn new(
        declarations: &Declarations,
        declared: &TypeDeclaration,
        document: &Value,
        languages: &Languages,
    ) -> Result<Self, EntryError> {
        let mut validated =
            declarations.validate(declared, document, &languages.held()).map_err(EntryError::Invalid)?;
        validated.document = roles::checked(declared.role, validated.document).map_err(EntryError::Invalid)?;
        clocks::check(declared, &validated.document).map_err(|problem| EntryError::Invalid(vec![problem]))?;
        Ok(Self::of(declarations, declared, validated, languages))
    }

    /// What follows from a document that was checked.
    pub(super) fn of(
        declarations: &Declarations,
        declared: &TypeDeclaration,
        validated: Validated,
        languages: &Languages,
    ) -> Self {
        let document = validated.document;
        let title = text_of(&document, &declared.title_field, &languages.default);
        let suggested_slug = text_of(&document, &declared.slug_from, &languages.default)
            .map_or_else(|| Slug::from_title(&declared.name), |text| Slug::from_title(&text));
        let suggested_slug = open_slug(declared, languages, suggested_slug);
        Self {
            json: document.to_json(),
            order: order_of(declared, &document),
            references: validated.references,
            media: validated.media,
            places: Places::of(declarations, declared, &document),
            languages: languages.clone(),
            origin: Origin::default(),
            overridden: declared.overridden(&document),
            document,
            title,
            suggested_slug,
        }
    }

    /// What lists call the entry.
    pub(super) fn title(&self, slug: &Slug) -> String {
        self.title.clone().unwrap_or_else(|| slug.to_string())
    }
}

fn check_source_key(key: Option<&str>) -> Result<(), EntryError> {
    if key.is_none_or(|key| key.chars().count() <= LONGEST_SOURCE_KEY) {
        return Ok(());
    }
    Err(EntryError::Request(FieldProblem {
        pointer: "/source_key".to_owned(),
        code: "source_key_too_long".into(),
        detail: format!("At most {LONGEST_SOURCE_KEY} characters say where an entry comes from."),
    }))
}

/// Whether an address at the root of the site stands for something else already: a language, or what the site's host serves
/// itself. `/rooms` beside `/rooms/SLUG` is the page that leads to them, and a search page of the hotel's own comes before
/// the site's.
fn is_kept(declared: &TypeDeclaration, languages: &Languages, slug: &Slug) -> bool {
    let slug = slug.as_str();
    declared.page.as_ref().is_some_and(|page| page.path.is_empty())
        && ((slug != sites::SEARCH && sites::is_own_address(slug)) || languages.prefixes().any(|prefix| prefix == slug))
}

/// Refuses a slug that somebody asks for and under which the entry would never be seen.
pub(super) fn check_slug(declared: &TypeDeclaration, languages: &Languages, slug: &Slug) -> Result<(), EntryError> {
    if !is_kept(declared, languages, slug) {
        return Ok(());
    }
    Err(EntryError::Request(FieldProblem {
        pointer: "/slug".to_owned(),
        code: "slug_reserved".into(),
        detail: format!("/{slug} stands for something else on the website. Choose another slug."),
    }))
}

/// The slug, or the first one with a number under which the entry can be seen.
pub(super) fn open_slug(declared: &TypeDeclaration, languages: &Languages, slug: Slug) -> Slug {
    let mut open = slug.clone();
    let mut number = 2;
    while is_kept(declared, languages, &open) {
        open = slug.numbered(number);
        number += 1;
    }
    open
}

/// The type of this name.
pub(super) fn declared<'d>(declarations: &'d Declarations, name: &str) -> Result<&'d TypeDeclaration, EntryError> {
    declarations.content_type(name).ok_or_else(|| EntryError::TypeUnknown(name.to_owned()))
}

/// The place in lists that the document asks for; 0 where it says nothing.
pub(super) fn order_of(declared: &TypeDeclaration, document: &Document) -> i64 {
    let field = declared.order_from.as_deref();
    field.and_then(|name| document.get(name)).and_then(Value::as_i64).unwrap_or_default()
}

/// The languages in which a document can be published: those with every required field. A language that shows an older
/// revision already is not left behind silently: what it lacks is a refusal, and so is a document complete in none.
pub(super) fn complete_locales(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    document: &Document,
    languages: &Languages,
    published: &[Locale],
) -> Result<Vec<Locale>, EntryError> {
    let mut complete = Vec::new();
    let mut missing: Vec<FieldProblem> = Vec::new();
    let mut missing_in_default = Vec::new();
    for locale in &languages.offered {
        let problems = declarations.missing(declared, document, locale);
        if problems.is_empty() {
            complete.push(locale.clone());
        } else if published.contains(locale) {
            missing.extend(problems);
        } else if *locale == languages.default {
            missing_in_default = problems;
        }
    }
    if missing.is_empty() && complete.is_empty() {
        missing = missing_in_default;
    }
    if missing.is_empty() { Ok(complete) } else { Err(EntryError::Incomplete(without_doubles(missing))) }
}

/// A fact that is missing is missing in every language: it is told once.
pub(super) fn without_doubles(problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
    let mut seen = std::collections::BTreeSet::new();
    problems.into_iter().filter(|problem| seen.insert(problem.pointer.clone())).collect()
}

/// A text field's value: the default language's, or the first that there is.
fn text_of(document: &Document, field: &str, default: &Locale) -> Option<String> {
    let text = match document.get(field)? {
        Value::Object(texts) => texts.get(default.as_str()).or_else(|| texts.values().next())?,
        plain => plain,
    };
    text.as_str().map(str::to_owned)
}
