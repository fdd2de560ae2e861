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
        self.named_by_parameters(path, query).map(|(step, rest)| step.with(&rest))
    }

    /// The same, with the parameters that do not name the address: a newsletter adds its own to `?p=12`.
    fn named_by_parameters(&self, path: &str, query: &str) -> Option<(&Step, String)> {
        if query.is_empty() || self.exact.is_empty() {
            return None;
        }
        let named = |query: &str| self.exact.get(&normalized(&format!("{path}?{query}"))?);
        if let Some(step) = named(query) {
            return Some((step, String::new()));
        }
        let (campaign, naming): (Vec<_>, Vec<_>) = query.split('&').partition(|pair| measures_a_campaign(pair));
        if campaign.is_empty() || naming.iter().all(|pair| pair.is_empty()) {
            return None;
        }
        Some((named(&naming.join("&"))?, campaign.join("&")))
    }

    /// What is published for an address as a browser sends it: the exact one before the longest one above it.
    pub fn find(&self, path: &str, query: &str) -> Option<Found> {
        if self.is_empty() {
            return None;
        }
        if let Some((step, rest)) = self.named_by_parameters(path, query) {
            return Some(step.with(&rest));
        }
        let asked = normalized(path)?;
        let plain = without_query(&asked);
        let above = || with_those_above(plain).find_map(|path| self.prefixes.get(path));
        Some(self.exact.get(plain).or_else(above)?.with(query))
    }
}

impl Step {
    /// What it leads to. Whoever measures a campaign wants its parameters back; those that named the page have done their
    /// work.
    fn with(&self, parameters: &str) -> Found {
        if self.status == GONE {
            return Found::Gone;
        }
        let keeps = !parameters.is_empty() && !self.target.contains(['?', '#']);
        let address = if keeps { format!("{}?{parameters}", self.target) } else { self.target.clone() };
        Found::To { address, status: self.status }
    }
}

/// Parameters that links of campaigns carry beside `utm_…`: of Google, Meta, Microsoft and Mailchimp.
const CAMPAIGN: [&str; 7] = ["gclid", "gbraid", "wbraid", "fbclid", "msclkid", "mc_cid", "mc_eid"];

/// Whether a parameter says where somebody comes from, and never which page is meant.
fn measures_a_campaign(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || CAMPAIGN.contains(&name.as_str())
}
