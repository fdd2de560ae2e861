//! The menus of a page: those that the hotel has made, or what follows from its pages.

use content::{
    entries::public::View,
    navigation::{self, Menu, MenuItem, Target},
    types::Role,
};
use ground::words::EntryId;
use serde_json::{Map, Value, json};

use super::{
    addresses::{Addresses, is_homepage},
    library::Library,
};

/// The places of menus, in the order in which they are told.
const PLACES: [&str; 4] = ["primary", "footer", "legal", "utility"];

/// Every menu by its place, for templates. `here` is the path of the page that shows them.
pub(super) fn menus(library: &Library<'_>, addresses: &Addresses, here: &str) -> Value {
    let mut menus = Map::new();
    let mut made = Map::new();
    for (menu, is_made) in resolved(library, addresses) {
        if is_made {
            made.insert(menu.key.clone(), Value::Bool(true));
        }
        menus.insert(menu.key, menu.items.iter().map(|item| shown(item, here)).collect());
    }
    menus.insert("made".to_owned(), Value::Object(made));
    Value::Object(menus)
}

/// The menu of each place, and whether the hotel has made it: where it has not, it follows from the pages. Of several for one
/// place the first one stands there.
pub(super) fn resolved(library: &Library<'_>, addresses: &Addresses) -> Vec<(Menu, bool)> {
    let declared = library.declarations.with_role(Role::Menu);
    let views = declared.map(|declared| library.of_type(&declared.name)).unwrap_or_default();
    let of_place = |key: &&str| {
        let made = views.iter().find(|view| view.get("key").and_then(Value::as_str) == Some(*key));
        let Some(view) = made else { return (derived(key, library, addresses), false) };
        let mut menu = navigation::resolve(&view.document, &|id| target(library, addresses, id));
        menu.items.iter_mut().for_each(|item| write_out(item, addresses, library));
        (menu, true)
    };
    let mut places = PLACES.to_vec();
    for key in views.iter().filter_map(|view| view.get("key")?.as_str()) {
        if !places.contains(&key) {
            places.push(key);
        }
    }
    places.iter().map(of_place).collect()
}

/// Gives addresses that somebody has written their root and language.
fn write_out(item: &mut MenuItem, addresses: &Addresses, library: &Library<'_>) {
    if item.page.is_none() {
        item.url = item.url.take().map(|url| addresses.written(&url, &library.locale));
    }
    item.items.iter_mut().for_each(|item| write_out(item, addresses, library));
}

fn target(library: &Library<'_>, addresses: &Addresses, id: EntryId) -> Option<Target> {
    let view = library.by_id(id)?;
    let url = addresses.of(view, library.page_of(view)?, &library.locale);
    Some(Target { title: title(view), url })
}

fn title(page: &View) -> String {
    let label = ["menu_label", "title", "name"].into_iter().find_map(|name| page.get(name)?.as_str());
    label.map_or_else(|| page.slug.to_string(), str::to_owned)
}

/// An item as templates get it. Whoever looks at something below it is in it.
fn shown(item: &MenuItem, here: &str) -> Value {
    let below: Vec<Value> = item.items.iter().map(|item| shown(item, here)).collect();
    let is_current = item.url.as_deref() == Some(here);
    let is_open = is_current || below.iter().any(|one| one["is_open"] == true);
    json!({"title": item.title, "url": item.url, "is_current": is_current, "is_open": is_open, "items": below})
}

/// The pages that say so at the top, all of them at the foot; the first page in neither.
fn derived(key: &str, library: &Library<'_>, addresses: &Addresses) -> Menu {
    let item = |page: &View| MenuItem {
        title: title(page),
        url: library.page_of(page).map(|declared| addresses.of(page, declared, &library.locale)),
        page: Some(page.entry_id),
        items: Vec::new(),
    };
    let says_so = |page: &View| page.get("show_in_menu").and_then(Value::as_bool).unwrap_or(false);
    let is_in_it = |page: &&View| match key {
        "primary" => says_so(page),
        "footer" => true,
        _ => false,
    };
    let pages = library.of_type("page").iter().filter(|page| !is_homepage(page));
    Menu { key: key.to_owned(), items: pages.filter(is_in_it).map(item).collect() }
}
