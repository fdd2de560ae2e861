//! What of a document is indexed, and how.

use std::collections::BTreeMap;

use tantivy::schema::{
    FAST, FacetOptions, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use super::analysis::{self, PLAIN};

/// Counts up with every change of the schema or of the analysis: an index of another number is built anew.
pub(super) const VERSION: u32 = 3;

/// The fields of the index.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// Whose it is. Every query has it: see `querying::within`.
    pub organization: Field,
    /// On which site.
    pub site: Field,
    /// The entry's id: all documents of an entry are replaced together.
    pub entry: Field,
    /// Who may find it: [`TEAM`] or [`VISITORS`].
    pub audience: Field,
    /// The languages in which visitors find this document, each one its own, or one that has nothing better.
    pub shown_in: Field,
    /// From which microsecond on visitors are shown it; the first of all where it has no beginning.
    pub visible_from: Field,
    /// Until before which microsecond.
    pub visible_until: Field,
    /// Where it stands for the team: [`AT_WORK`] or [`ARCHIVED`].
    pub state: Field,
    /// The language of its texts.
    pub locale: Field,
    /// The entry's type.
    pub content_type: Field,
    /// The entry's type, to be counted.
    pub type_facet: Field,
    /// Its name in addresses.
    pub slug: Field,
    /// What lists call it.
    pub name: Field,
    /// Its titles, word by word.
    pub title: Field,
    /// Its texts, word by word.
    pub body: Field,
    /// Titles and texts without their endings, by language.
    pub stems: BTreeMap<&'static str, Field>,
}

/// Audience of drafts.
pub(super) const TEAM: &str = "team";
/// Audience of what is published.
pub(super) const VISITORS: &str = "visitors";

/// State of what is neither in the archive nor in the bin.
pub(super) const AT_WORK: &str = "at_work";
/// State of what is in the archive.
pub(super) const ARCHIVED: &str = "archived";

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = |analyzer: &str, record: IndexRecordOption| {
        let indexing = TextFieldIndexing::default().set_tokenizer(analyzer).set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        organization: schema.add_text_field("organization", STRING),
        site: schema.add_text_field("site", STRING),
        entry: schema.add_text_field("entry", STRING | STORED),
        audience: schema.add_text_field("audience", STRING),
        shown_in: schema.add_text_field("shown_in", STRING),
        visible_from: schema.add_i64_field("visible_from", FAST),
        visible_until: schema.add_i64_field("visible_until", FAST),
        state: schema.add_text_field("state", STRING),
        locale: schema.add_text_field("locale", STORED),
        content_type: schema.add_text_field("type", STRING | STORED),
        type_facet: schema.add_facet_field("type_facet", FacetOptions::default()),
        slug: schema.add_text_field("slug", STORED),
        name: schema.add_text_field("name", STORED),
        title: schema.add_text_field("title", words(PLAIN, IndexRecordOption::WithFreqs)),
        body: schema.add_text_field("body", words(PLAIN, IndexRecordOption::WithFreqs).set_stored()),
        stems: analysis::languages()
            .map(|code| {
                let name = format!("stems_{code}");
                (code, schema.add_text_field(&name, words(code, IndexRecordOption::WithFreqs)))
            })
            .collect(),
    };
    (schema.build(), fields)
}
