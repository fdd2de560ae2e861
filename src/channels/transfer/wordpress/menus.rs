//! Menus: items that WordPress keeps one by one become one entry each, in up to three levels.

use std::collections::BTreeMap;

use content::rich_text::words_of_html;
use ground::words::{EntryId, Locale, SafeUrl};
use serde_json::{Map, Value, json};

use super::{
    export::{Export, Item},
    report::{Outcome, Row},
    surroundings::World,
};

/// Items of a menu and items below one, as the type declares them.
const ITEMS: usize = 60;
const ITEMS_BELOW: usize = 40;
/// Characters of an item's words.
const LABEL: usize = 60;
/// Levels of a menu, as the type declares them.
const LEVELS: usize = 3;
/// Items that are followed up from one to those above it: more are a circle.
const LONGEST_WAY: usize = 50;
/// Where a menu can stand, with the words that say so in its name.
const PLACES: [(&str, &[&str]); 3] = [
    ("footer", &["foot", "fuss", "fuß", "pie", "pied"]),
    ("legal", &["legal", "recht", "imprint", "impressum"]),
    ("utility", &["social", "top", "utility", "service", "meta"]),
];

/// A menu to be made.
#[derive(Debug)]
pub(super) struct Menu {
    pub slug: String,
    pub name: String,
    /// Where it stands.
    pub place: &'static str,
    /// Whether guests see it: one menu stands in each place.
    pub is_shown: bool,
    pub entries: Vec<MenuItem>,
    /// Rows of its items.
    pub rows: Vec<usize>,
}

/// An item of a menu.
#[derive(Debug)]
pub(super) struct MenuItem {
    label: String,
    leads_to: Leads,
    below: Vec<MenuItem>,
}

#[derive(Debug)]
enum Leads {
    /// To the page that this item of the export becomes.
    Page(usize),
    To(String),
}

/// The menus of an export; every item of one has its row filled in.
pub(super) fn menus(world: &World<'_>, pages: &BTreeMap<usize, usize>, rows: &mut [Row]) -> Vec<Menu> {
    let export = world.export;
    let mut by_menu: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, item) in export.items.iter().enumerate().filter(|(_, item)| item.kind == "nav_menu_item") {
        match item.term("nav_menu") {
            Some(term) => by_menu.entry(term.slug.as_str()).or_default().push(place),
            None => rows[place].skip("It belongs to no menu."),
        }
    }
    let mut menus: Vec<Menu> = Vec::new();
    for (slug, mut places) in by_menu {
        places.sort_by_key(|place| (export.items[*place].order, *place));
        let name = menu_name(export, slug, &export.items[places[0]]);
        let lower = name.to_lowercase();
        let place = PLACES.iter().find(|(_, words)| words.iter().any(|word| lower.contains(word)));
        let place = place.map_or("primary", |(place, _)| *place);
        let mut menu =
            Menu { slug: slug.to_owned(), name, place, is_shown: true, entries: Vec::new(), rows: Vec::new() };
        fill(&mut menu, world, pages, &places, rows);
        menus.push(menu);
    }
    // The largest menu of a place is the one that stands there.
    for place in ["primary", "footer", "legal", "utility"] {
        let largest = menus.iter().filter(|menu| menu.place == place).map(|menu| menu.rows.len()).max().unwrap_or(0);
        let mut is_taken = false;
        for menu in menus.iter_mut().filter(|menu| menu.place == place) {
            menu.is_shown = !is_taken && menu.rows.len() == largest;
            is_taken |= menu.is_shown;
            if !menu.is_shown
                && let Some(first) = menu.rows.first()
            {
                rows[*first].note(format!("menu {}", menu.name), "Another menu stands in its place: it is a draft.");
            }
        }
    }
    menus
}

impl Menu {
    /// The menu's document, when the pages that it names are there.
    pub fn document(&self, locale: &Locale, page: &dyn Fn(usize) -> Option<EntryId>) -> Map<String, Value> {
        let items: Vec<Value> = self.entries.iter().filter_map(|item| item.value(locale, page)).collect();
        Map::from_iter([
            ("name".to_owned(), json!(self.name)),
            ("key".to_owned(), json!(self.place)),
            ("items".to_owned(), Value::Array(items)),
        ])
    }
}

impl MenuItem {
    /// The item; nothing where the page that it leads to is not there and nothing stands below it.
    fn value(&self, locale: &Locale, page: &dyn Fn(usize) -> Option<EntryId>) -> Option<Value> {
        let mut value = Map::new();
        if !self.label.is_empty() {
            value.insert("label".to_owned(), json!({ locale.as_str(): self.label }));
        }
        match &self.leads_to {
            Leads::Page(place) => value.extend(page(*place).map(|id| ("page".to_owned(), json!(id.to_string())))),
            Leads::To(url) => {
                value.insert("url".to_owned(), json!(url));
            }
        }
        let below: Vec<Value> = self.below.iter().filter_map(|item| item.value(locale, page)).collect();
        if !below.is_empty() {
            value.insert("items".to_owned(), Value::Array(below));
        }
        let leads = ["page", "url", "items"].iter().any(|name| value.contains_key(*name));
        leads.then_some(Value::Object(value))
    }
}

fn menu_name(export: &Export, slug: &str, item: &Item) -> String {
    let known = export.terms.iter().find(|term| term.taxonomy == "nav_menu" && term.slug == slug);
    let name = known.map(|term| term.name.clone()).or_else(|| item.term("nav_menu").map(|term| term.name.clone()));
    let name = words_of_html(&name.unwrap_or_default());
    let name = if name.is_empty() { slug.to_owned() } else { name };
    name.replace('\n', " ").chars().filter(|letter| !letter.is_control()).take(80).collect()
}

fn fill(menu: &mut Menu, world: &World<'_>, pages: &BTreeMap<usize, usize>, places: &[usize], rows: &mut [Row]) {
    let items = &world.export.items;
    let parent =
        |place: usize| items[place].meta("_menu_item_menu_item_parent").and_then(|id| id.trim().parse::<u64>().ok());
    let by_id: BTreeMap<u64, usize> = places.iter().map(|place| (items[*place].id, *place)).collect();
    // Where each item stands: its place in the list of each level.
    let mut stands: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in places {
        let row = &mut rows[*place];
        row.became = format!("menu {}", menu.name);
        let leads_to = match leads(world, pages, &items[*place]) {
            Ok(leads_to) => leads_to,
            Err(reason) => {
                row.skip(reason);
                continue;
            }
        };
        let label: String = words_of_html(&items[*place].title).split_whitespace().collect::<Vec<_>>().join(" ");
        if label.chars().count() > LABEL {
            row.note("words", format!("They were cut after {LABEL} characters; whole: {label:?}."));
        }
        let label = label.chars().filter(|letter| !letter.is_control()).take(LABEL).collect();
        let item = MenuItem { label, leads_to, below: Vec::new() };
        // Below the nearest item above it that is in the menu; of one that is left out its items stand where it would.
        let (mut above, mut steps) = (parent(*place).and_then(|id| by_id.get(&id)).copied(), 0);
        while let Some(one) = above
            && !stands.contains_key(&one)
            && steps < LONGEST_WAY
        {
            above = parent(one).and_then(|id| by_id.get(&id)).copied();
            steps += 1;
        }
        let mut way = above.and_then(|above| stands.get(&above)).cloned().unwrap_or_default();
        if way.len() == LEVELS {
            way.pop();
            row.note(
                "level",
                format!("A menu has {LEVELS} levels: it stands in the last, where the item above it stands."),
            );
        }
        let list = way.iter().fold(&mut menu.entries, |list, place| &mut list[*place].below);
        if list.len() >= if way.is_empty() { ITEMS } else { ITEMS_BELOW } {
            row.skip("The menu has as many items as one may have.");
            continue;
        }
        way.push(list.len());
        list.push(item);
        stands.insert(*place, way);
        row.outcome = Outcome::Merged;
        menu.rows.push(*place);
    }
}

fn leads(world: &World<'_>, pages: &BTreeMap<usize, usize>, item: &Item) -> Result<Leads, String> {
    let object = item.meta("_menu_item_object_id").and_then(|id| id.trim().parse::<u64>().ok());
    match item.meta("_menu_item_type").unwrap_or("custom") {
        "post_type" => {
            let is_it = |place: &&usize| Some(world.export.items[**place].id) == object;
            let Some(place) = pages.keys().find(is_it) else {
                return Err("It leads to an item that is not in the file, or was not taken over.".to_owned());
            };
            let target = &world.export.items[*place];
            if target.kind == "page" {
                return Ok(Leads::Page(*place));
            }
            let path = world.own_path(&target.link).and_then(|path| world.moved.get(&path).cloned());
            path.map(Leads::To).ok_or_else(|| "The post that it leads to has no address.".to_owned())
        }
        "custom" => {
            let url = item.meta("_menu_item_url").unwrap_or("#").trim();
            let own = world.own_path(url).filter(|_| !url.starts_with('#'));
            let address = match own {
                Some(path) => world.moved.get(&path).cloned().unwrap_or(path),
                None => url.to_owned(),
            };
            match address.parse::<SafeUrl>() {
                Ok(_) => Ok(Leads::To(address)),
                Err(error) => Err(format!("Its address {url:?} cannot be kept: {}", error.message)),
            }
        }
        other => {
            Err(format!("It leads to a list that WordPress makes of a {other}, and such lists are not taken over."))
        }
    }
}
