//! All published redirects of one site in memory: an address is looked up in a hash table, and once more for each part
//! of its path.

use std::collections::HashMap;

use super::{
    paths::{normalized, with_those_above, without_query},
    rules::{GONE, Rule},
};

/// What an address led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is gone for good.
    Gone,
    /// It leads there, with this status.
    To {
        /// The address, with the request's own parameters where it has none.
        address: String,
        /// 301, 302, 307 or 308.
        status: u16,
    },
}

/// The redirects of a site.
#[derive(Debug, Default)]
pub struct Table {
    exact: HashMap<String, Step>,
    prefixes: HashMap<String, Step>,
}

#[derive(Debug)]
struct Step {
    target: String,
    status: u16,
}

impl Table {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let mut table = Self::default();
        for rule in rules {
            let into = if rule.is_prefix { &mut table.prefixes } else { &mut table.exact };
            into.insert(rule.from, Step { target: rule.target, status: rule.status });
        }
        table
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.exact.len() + self.prefixes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The redirect from exactly this address with these parameters: it comes before the page at the path, which answers
    /// whatever parameters it is asked with.
    pub fn find_with_parameters(&self, path: &str, query: &str) -> Option<Found> {
        if query.is_empty() || self.exact.is_empty() {
            return None;
        }
        let step = self.exact.get(&normalized(&format!("{path}?{query}"))?)?;
        Some(match step.status {
            GONE => Found::Gone,
            status => Found::To { address: step.target.clone(), status },
        })
    }

    /// What is published for an address as a browser sends it: the exact one before the longest one above it.
    pub fn find(&self, path: &str, query: &str) -> Option<Found> {
        if self.is_empty() {
            return None;
        }
        let asked = normalized(&if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })?;
        let plain = without_query(&asked);
        let whole = self.exact.get(&asked).filter(|_| asked.len() > plain.len());
        let is_whole = whole.is_some();
        let above = || with_those_above(plain).find_map(|path| self.prefixes.get(path));
        let step = whole.or_else(|| self.exact.get(plain)).or_else(above)?;
        if step.status == GONE {
            return Some(Found::Gone);
        }
        // Whoever measures a campaign wants its parameters back; those that named the page have done their work.
        let keeps = !query.is_empty() && !is_whole && !step.target.contains(['?', '#']);
        let address = if keeps { format!("{}?{query}", step.target) } else { step.target.clone() };
        Some(Found::To { address, status: step.status })
    }
}
