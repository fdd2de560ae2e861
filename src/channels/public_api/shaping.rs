//! From views to what is answered: what they refer to is read, level by level, references are expanded, fields are pruned.

use std::{
    collections::{BTreeMap, BTreeSet},
    ptr,
};

use content::{
    entries::{
        self,
        public::{self, View},
    },
    shapes::{self, Reading, names},
    sites::Site,
    types::TypeDeclaration,
};
use ground::words::{EntryId, Locale};
use serde_json::{Value, json};

use super::{
    ReadError,
    asking::Wish,
    expanding::{MOST_EXPANDED, Node},
    reading::Reader,
};

impl Reader<'_, '_> {
    /// The shapes of views, as they are wished for. In a list an entry is told in short where nobody asks for more.
    pub fn shapes(
        &self,
        site: &Site,
        chain: &[Locale],
        views: &[View],
        wish: &Wish,
        is_list: bool,
    ) -> Result<Vec<Value>, ReadError> {
        let spoken;
        let views = match &wish.fallback {
            None => views,
            Some(_) => {
                spoken = self.in_languages(site, chain, views.to_vec())?;
                spoken.as_slice()
            }
        };
        let references = self.references(site, chain, views, wish, is_short(wish, is_list))?;
        let reading =
            Reading { site, declarations: self.declarations, public_url: self.public_url, references: &references };
        shaped(reading, views.iter(), wish, wish.requested(site), is_list)
    }

    /// Views with the texts of the languages that the reader has chosen.
    fn in_languages(&self, site: &Site, chain: &[Locale], views: Vec<View>) -> Result<Vec<View>, ReadError> {
        Ok(entries::in_languages(self.conn, self.visitor, self.declarations, site, chain, views)?)
    }

    /// Everything that the views refer to in what is shown of them, and behind it what is expanded: one query for each level.
    fn references(
        &self,
        site: &Site,
        chain: &[Locale],
        views: &[View],
        wish: &Wish,
        is_short: bool,
    ) -> Result<BTreeMap<EntryId, View>, ReadError> {
        let is_shown = |view: &View, field: &str| match &wish.fields {
            Some(tree) => tree.keeps(field),
            None if is_short => {
                names::is_in_lists(&view.content_type, field) || wish.expand.children.contains_key(field)
            }
            None => true,
        };
        let mut known: BTreeMap<EntryId, View> = BTreeMap::new();
        let mut wanted: BTreeSet<EntryId> = BTreeSet::new();
        let mut reached: Vec<(EntryId, &Node)> = Vec::new();
        for view in views {
            wanted.extend(shapes::references_in(self.declarations, view, |field| is_shown(view, field)));
            wish.expand.reached_in(&view.document, &mut reached);
        }
        loop {
            wanted.retain(|id| !known.contains_key(id));
            if !wanted.is_empty() {
                let ids: Vec<EntryId> = std::mem::take(&mut wanted).into_iter().collect();
                let mut found = public::referenced(self.conn, self.visitor, site.id, &ids, chain)?;
                if wish.fallback.is_some() {
                    let views = self.in_languages(site, chain, found.into_values().collect())?;
                    found = views.into_iter().map(|view| (view.entry_id, view)).collect();
                }
                known.extend(found);
            }
            // Who is named twice at the same step is read once.
            reached.sort_unstable_by_key(|(id, node)| (*id, ptr::from_ref(*node).addr()));
            reached.dedup_by_key(|(id, node)| (*id, ptr::from_ref(*node).addr()));
            if reached.len() > MOST_EXPANDED {
                return Err(ReadError::ExpansionTooLarge);
            }
            let level = std::mem::take(&mut reached);
            if level.is_empty() {
                return Ok(known);
            }
            for (id, node) in level {
                let Some(view) = known.get(&id) else { continue };
                wanted.extend(shapes::references_of(self.declarations, view));
                node.reached_in(&view.document, &mut reached);
            }
        }
    }
}

/// Whether entries are told in short: in a list where nobody asks for more.
fn is_short(wish: &Wish, is_list: bool) -> bool {
    is_list && !wish.is_detailed && wish.fields.is_none()
}

/// The shapes of views whose references are known.
pub(super) fn shaped<'v>(
    reading: Reading<'_>,
    views: impl Iterator<Item = &'v View>,
    wish: &Wish,
    requested: &Locale,
    is_list: bool,
) -> Result<Vec<Value>, ReadError> {
    let mut expansion = Expansion { reading, requested, placed: 0 };
    let mut shaped = Vec::new();
    for view in views {
        let mut shape = expansion.shape(view, !is_short(wish, is_list), &wish.expand);
        if expansion.placed > MOST_EXPANDED {
            return Err(ReadError::ExpansionTooLarge);
        }
        if let Some(fields) = &wish.fields {
            fields.prune(&mut shape);
        }
        shaped.push(shape);
    }
    Ok(shaped)
}

/// Puts entries in the place of references, and counts them.
struct Expansion<'a> {
    reading: Reading<'a>,
    requested: &'a Locale,
    placed: usize,
}

impl Expansion<'_> {
    fn shape(&mut self, view: &View, is_detailed: bool, expand: &Node) -> Value {
        let mut shape = shapes::entry(&self.reading, view, is_detailed || !expand.is_empty());
        if !is_detailed && !expand.is_empty() {
            // In short, with what is expanded beside it.
            let mut whole = std::mem::replace(&mut shape, shapes::entry(&self.reading, view, false));
            for name in expand.children.keys() {
                if let Some(value) = whole.get_mut(name) {
                    shape[name.as_str()] = value.take();
                }
            }
        }
        let Some(object) = shape.as_object_mut() else { return shape };
        let facts = [
            ("type", json!(view.content_type)),
            ("locale", json!(view.locale)),
            ("requested_locale", json!(self.requested)),
            ("fallback_fields", json!(self.fallback_fields(view))),
            ("version", json!(view.revision)),
            ("published_at", json!(view.published_at)),
        ];
        for (name, value) in facts {
            // A declared field of the name goes first.
            if !object.contains_key(name) {
                object.insert(name.to_owned(), value);
            }
        }
        expand.graft(object, &mut |id, node| self.placed(id, node));
        shape
    }

    /// The fields whose texts are not in the language that was asked for.
    fn fallback_fields(&self, view: &View) -> Vec<String> {
        if view.locale == *self.requested {
            return view.fallback_fields.clone();
        }
        let declared = self.reading.declarations.content_type(&view.content_type);
        let fields = declared.into_iter().flat_map(TypeDeclaration::outer_fields);
        fields
            .filter(|field| field.has_texts())
            .map(|field| field.name.clone())
            .filter(|name| view.document.contains_key(name))
            .collect()
    }

    fn placed(&mut self, id: EntryId, node: &Node) -> Option<Value> {
        let view = self.reading.references.get(&id)?;
        self.placed += 1;
        // Beyond what may be, nothing more is made: the answer will be refused.
        (self.placed <= MOST_EXPANDED).then(|| self.shape(view, true, node))
    }
}
