//! Short messages at the edge of a page: for each place the first that is meant for the page and its language.

use content::{entries::public::View, types::Role};
use serde_json::{Map, Value, json};

use super::{addresses::Addresses, library::Library};

/// The banner of each place, by its kind. `page` is what the page shows.
pub(super) fn banners(library: &Library<'_>, addresses: &Addresses, page: Option<&View>) -> Value {
    let mut shown = Map::new();
    let declared = library.declarations.with_role(Role::Banner);
    for view in declared.map(|declared| library.of_type(&declared.name)).unwrap_or_default() {
        let kind = view.get("kind").and_then(Value::as_str).unwrap_or_default();
        if kind.is_empty() || shown.contains_key(kind) || !is_meant(view, library, page) {
            continue;
        }
        let link = view.get("link").and_then(|link| {
            let (text, url) = (link["text"].as_str()?, link["url"].as_str()?);
            Some(json!({"text": text, "url": addresses.written(url, &library.locale)}))
        });
        let banner = json!({
            "id": view.entry_id,
            "text": view.get("text"),
            "link": link,
            "dismissible": view.get("dismissible").is_some_and(|value| value == true),
        });
        shown.insert(kind.to_owned(), banner);
    }
    Value::Object(shown)
}

fn is_meant(banner: &View, library: &Library<'_>, page: Option<&View>) -> bool {
    let list = |name: &str| banner.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let here = page.map(|page| page.entry_id.to_string());
    let names_here = |name: &str| list(name).iter().any(|id| here.as_deref() == id.as_str());
    let speaks = |code: &Value| code.as_str().is_some_and(|code| code.eq_ignore_ascii_case(library.locale.as_str()));
    let languages = list("languages");
    (list("pages").is_empty() || names_here("pages"))
        && !names_here("not_on")
        && (languages.is_empty() || languages.iter().any(speaks))
}
