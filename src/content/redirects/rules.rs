//! What a redirect's document says, and what must be right in it by itself.

use machinery::web::FieldProblem;
use serde_json::{Map, Value};

use super::paths::{normalized, without_query};

/// The status of a page that is gone for good.
pub const GONE: u16 = 410;
/// What the field `source` says of those that the program makes.
const AUTOMATIC: &str = "slug_change";

/// A redirect, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The old address in its one spelling.
    pub from: String,
    /// Whether it holds for everything below as well.
    pub is_prefix: bool,
    /// Where it leads, as written; empty where nothing is any more.
    pub target: String,
    /// The HTTP status.
    pub status: u16,
    /// Whether the program made it when an address changed.
    pub is_automatic: bool,
}

impl Rule {
    /// Reads a document that keeps to its declaration; nothing for one that is not complete.
    pub fn read(document: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
        let status = status_of(text("status"))?;
        let target = text("to").to_owned();
        if target.is_empty() != (status == GONE) {
            return None;
        }
        Some(Self {
            from: normalized(text("from"))?,
            is_prefix: text("match") == "prefix",
            target,
            status,
            is_automatic: text("source") == AUTOMATIC,
        })
    }

    /// Whether it holds for a normalized address.
    pub(super) fn covers(&self, path: &str) -> bool {
        if !self.is_prefix {
            return path == self.from || without_query(path) == self.from;
        }
        let path = without_query(path);
        let below = path.strip_prefix(self.from.trim_end_matches('/'));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// The normalized path that it leads to, if that is on the site itself.
    pub(super) fn path_on_site(&self, own_domain: Option<&str>) -> Option<String> {
        if self.target.starts_with('/') {
            return normalized(&self.target);
        }
        let (_, rest) = self.target.split_once("://")?;
        let at = rest.find('/').unwrap_or(rest.len());
        let (host, path) = rest.split_at(at);
        let is_own = own_domain.is_some_and(|own| own.eq_ignore_ascii_case(host));
        is_own.then(|| normalized(if path.is_empty() { "/" } else { path })).flatten()
    }

    pub(super) fn named_target(&self) -> &str {
        if self.target.is_empty() { "gone" } else { &self.target }
    }
}

/// The status that a choice of the field `status` stands for.
fn status_of(name: &str) -> Option<u16> {
    Some(match name {
        "moved_permanently" => 301,
        "found" => 302,
        "temporary_redirect" => 307,
        "permanent_redirect" => 308,
        "gone" => GONE,
        _ => return None,
    })
}

/// Gives the old address its one spelling, and names what is wrong with the document. What is still missing in a draft
/// is not wrong.
pub fn checked(document: &mut Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut refuse = |pointer: &str, code: &'static str, detail: &str| {
        problems.push(FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail: detail.to_owned() });
    };
    if let Some(from) = document.get("from").and_then(Value::as_str) {
        match normalized(from) {
            Some(path) => {
                document.insert("from".to_owned(), Value::String(path));
            }
            None => refuse(
                "/from",
                "redirect_from_invalid",
                "This is the part of an address behind the domain: it begins with / and has no `..`.",
            ),
        }
    }
    let to = document.get("to").and_then(Value::as_str).unwrap_or_default();
    let leads_somewhere = to.starts_with('/') || to.contains("://");
    if !to.is_empty() && !leads_somewhere {
        refuse(
            "/to",
            "redirect_to_invalid",
            "A redirect leads to a path that begins with /, or to https:// or http://.",
        );
    }
    if !to.is_empty() && document.get("status").and_then(Value::as_str) == Some("gone") {
        refuse("/to", "redirect_to_gone", "What is gone for good leads nowhere: empty this, or choose another kind.");
    }
    if let Some(rule) = Rule::read(document)
        && rule.path_on_site(None).is_some_and(|path| rule.covers(&path))
    {
        refuse("/to", "redirect_loop", &format!("This would lead in a circle: {} → {}.", rule.from, rule.target));
    }
    problems
}

/// What a redirect needs before websites can follow it.
pub fn missing() -> FieldProblem {
    FieldProblem {
        pointer: "/to".to_owned(),
        code: "required".into(),
        detail: "A redirect leads somewhere, unless its kind says that the page is gone.".to_owned(),
    }
}
