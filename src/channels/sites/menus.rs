//! The menus of a page: those that the hotel has made, or what follows from its pages.

use content::{
    entries::public::View,
    navigation::{self, MenuItem, Target},
    types::Role,
};
use ground::words::EntryId;
use serde_json::{Map, Value, json};

use super::{
    addresses::{Addresses, is_homepage},
    library::Library,
};

/// Every menu by its place. `here` is the path of the page that shows them.
pub(super) fn menus(library: &Library<'_>, addresses: &Addresses, here: &str) -> Value {
    let mut menus = derived(library, addresses, here);
    let declared = library.declarations.with_role(Role::Menu);
    for view in declared.map(|declared| library.of_type(&declared.name)).unwrap_or_default() {
        let menu = navigation::resolve(&view.document, &|id| target(library, addresses, id));
        // Of several for one place the first one stands there.
        if menu.key.is_empty() || menus.get("made").and_then(|made| made.get(&menu.key)).is_some() {
            continue;
        }
        let items = menu.items.iter().map(|item| shown(item, addresses, library, here)).collect();
        if let Some(Value::Object(made)) = menus.get_mut("made") {
            made.insert(menu.key.clone(), Value::Bool(true));
        }
        menus.insert(menu.key, Value::Array(items));
    }
    Value::Object(menus)
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
fn shown(item: &MenuItem, addresses: &Addresses, library: &Library<'_>, here: &str) -> Value {
    let url = match (&item.url, item.page) {
        (Some(url), None) => Some(addresses.written(url, &library.locale)),
        (url, _) => url.clone(),
    };
    let below: Vec<Value> = item.items.iter().map(|item| shown(item, addresses, library, here)).collect();
    let is_current = url.as_deref() == Some(here);
    let is_open = is_current || below.iter().any(|one| one["is_open"] == true);
    json!({"title": item.title, "url": url, "is_current": is_current, "is_open": is_open, "items": below})
}

/// The pages that say so at the top, the others at the foot.
fn derived(library: &Library<'_>, addresses: &Addresses, here: &str) -> Map<String, Value> {
    let item = |page: &View| {
        let item = MenuItem {
            title: title(page),
            url: library.page_of(page).map(|declared| addresses.of(page, declared, &library.locale)),
            page: Some(page.entry_id),
            items: Vec::new(),
        };
        shown(&item, addresses, library, here)
    };
    let is_shown = |page: &&View| page.get("show_in_menu").and_then(Value::as_bool).unwrap_or(false);
    let pages = library.of_type("page");
    let primary: Vec<Value> = pages.iter().filter(is_shown).filter(|page| !is_homepage(page)).map(item).collect();
    let footer: Vec<Value> = pages.iter().filter(|page| !is_homepage(page)).map(item).collect();
    let mut menus = Map::new();
    menus.insert("primary".to_owned(), Value::Array(primary));
    menus.insert("footer".to_owned(), Value::Array(footer));
    menus.insert("legal".to_owned(), json!([]));
    menus.insert("utility".to_owned(), json!([]));
    menus.insert("made".to_owned(), json!({}));
    menus
}
