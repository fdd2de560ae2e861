//! Menus: what one may hold, and what it shows in one language. The pages that it names are looked up by whoever shows it:
//! a website makes its own addresses of them, the public API the slugs.

use ground::words::EntryId;
use machinery::web::FieldProblem;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A menu, resolved in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Menu {
    /// Where it stands: `primary`, `footer`, `legal` or `utility`.
    pub key: String,
    /// Its items in their order.
    #[schema(no_recursion)]
    pub items: Vec<MenuItem>,
}

/// An item of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MenuItem {
    /// Its words: its own, or the page's.
    pub title: String,
    /// Where it leads; none for words above others.
    #[schema(required = true)]
    pub url: Option<String>,
    /// The page that it leads to, if it is one of the site.
    #[schema(value_type = Option<String>, required = true)]
    pub page: Option<EntryId>,
    /// What stands below it.
    #[schema(no_recursion)]
    pub items: Vec<MenuItem>,
}

/// A page that an item leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What the page is called in menus.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// The menu of a published view in the view's language. An item whose page guests of this language do not see is left out
/// with all below it, and so is one that has nothing to say.
pub fn resolve(document: &Map<String, Value>, page: &impl Fn(EntryId) -> Option<Target>) -> Menu {
    let key = document.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
    Menu { key, items: items(document.get("items"), page) }
}

fn items(list: Option<&Value>, page: &impl Fn(EntryId) -> Option<Target>) -> Vec<MenuItem> {
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|item| resolved(item, page)).collect()
}

fn resolved(item: &Value, page: &impl Fn(EntryId) -> Option<Target>) -> Option<MenuItem> {
    let text = |name: &str| item[name].as_str().map(str::to_owned);
    let label = text("label");
    let below = items(item.get("items"), page);
    let (title, url, id) = match text("page") {
        Some(id) => {
            let id = id.parse().ok()?;
            let Target { title, url } = page(id)?;
            (label.unwrap_or(title), Some(url), Some(id))
        }
        None => (label?, text("url"), None),
    };
    (url.is_some() || !below.is_empty()).then_some(MenuItem { title, url, page: id, items: below })
}

/// What is wrong with a menu's document: an item leads to a page or to an address, and not to both.
pub fn checked(document: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    walk(document.get("items"), "/items", &mut |pointer, item| {
        if item.get("page").is_some() && item.get("url").is_some() {
            problems.push(FieldProblem {
                pointer: format!("{pointer}/url"),
                code: "menu_item_twofold".into(),
                detail: "An item leads to a page or to an address: empty one of the two.".to_owned(),
            });
        }
    });
    problems
}

/// What is missing in a menu before guests can see it.
pub fn missing(document: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    walk(document.get("items"), "/items", &mut |pointer, item| {
        let leads = ["page", "url", "items"].iter().any(|name| item.get(*name).is_some());
        if !leads || (item.get("page").is_none() && item.get("label").is_none()) {
            problems.push(FieldProblem {
                pointer: pointer.to_owned(),
                code: "required".into(),
                detail: "An item leads to a page, or has words and an address or items below it.".to_owned(),
            });
        }
    });
    problems
}

fn walk(list: Option<&Value>, pointer: &str, see: &mut impl FnMut(&str, &Map<String, Value>)) {
    for (index, item) in list.and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(item) = item.as_object() else { continue };
        let here = format!("{pointer}/{index}");
        see(&here, item);
        walk(item.get("items"), &format!("{here}/items"), see);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROOMS: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const DRAFT: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

    fn page(id: EntryId) -> Option<Target> {
        (id.to_string() == ROOMS).then(|| Target { title: "Rooms".to_owned(), url: "/rooms".to_owned() })
    }

    #[test]
    fn a_menu_shows_what_guests_can_open() {
        let document = json!({"key": "primary", "items": [
            {"page": ROOMS, "items": [{"label": "Suites", "url": "/rooms#suites"}, {"page": DRAFT}]},
            {"page": DRAFT, "label": "Spa", "items": [{"label": "Sauna", "url": "/sauna"}]},
            {"label": "Stay", "items": [{"page": ROOMS, "label": "All rooms"}]},
            {"label": "Nothing"},
            {"url": "/wordless"},
        ]});
        let menu = resolve(document.as_object().unwrap(), &page);
        let told: Vec<_> =
            menu.items.iter().map(|item| (item.title.as_str(), item.url.as_deref(), item.items.len())).collect();
        assert_eq!(told, [("Rooms", Some("/rooms"), 1), ("Stay", None, 1)]);
        assert_eq!(menu.items[1].items[0].title, "All rooms");
    }

    #[test]
    fn an_item_has_one_target() {
        let document = json!({"items": [{"page": ROOMS, "url": "/rooms"}, {"label": "A", "items": [{"label": "B"}]}]});
        let document = document.as_object().unwrap();
        let pointers = |problems: Vec<FieldProblem>| problems.into_iter().map(|one| one.pointer).collect::<Vec<_>>();
        assert_eq!(pointers(checked(document)), ["/items/0/url"]);
        assert_eq!(pointers(missing(document)), ["/items/1/items/0"]);
    }
}
