//! The redirects from every old address.

use std::collections::{BTreeMap, BTreeSet};

use ground::words::Locale;

use super::{
    export::Item,
    keys,
    preparing::{Named, Sources},
    report::AddressRow,
    source_name,
    surroundings::World,
};
use crate::transfer::{
    TransferError,
    addresses::{self, Addresses, Live, REDIRECT, Verdict, normal},
};

/// A redirect that may be made.
pub(super) struct Redirect {
    pub key: String,
    pub from: String,
    pub to: String,
}

/// The redirects to what guests find, and which old addresses lead nowhere.
pub(super) fn redirects(
    sources: &Sources<'_, '_>,
    world: &World<'_>,
    live: &[(&Named<'_>, Locale)],
    lost: &mut Vec<AddressRow>,
) -> Result<Vec<Redirect>, TransferError> {
    let Sources { conn, scope, declarations, site, export, files } = sources;
    let host = export.host();
    let mut known = Addresses::read(conn, scope, declarations, site)?;
    let mut wanted: Vec<(String, String)> = Vec::new();
    let mut by_id: BTreeMap<u64, String> = BTreeMap::new();
    for (named, locale) in live {
        let to = addresses::path_of(site, named.declared, &named.slug, locale, named.is_home);
        known.live.insert(normal(&to), Live { slug: named.slug.to_string(), title: String::new() });
        for (_, place) in named.group.members.iter().filter(|(of, _)| of == locale) {
            let item = &export.items[*place];
            by_id.insert(item.id, to.clone());
            wanted.extend(old_addresses(world, item).into_iter().map(|from| (from, to.clone())));
        }
    }
    for (place, item) in export.items.iter().enumerate().filter(|(_, item)| item.kind == "attachment") {
        if let Some(brought) = files.brought.get(&place)
            && let Some(from) = world.own_path(&item.attachment_url)
        {
            wanted.push((from, brought.url.clone()));
        }
        let Some(from) = world.own_path(&item.link) else { continue };
        let to =
            by_id.get(&item.parent).cloned().or_else(|| files.brought.get(&place).map(|brought| brought.url.clone()));
        match to {
            Some(to) => wanted.push((from, to)),
            None => lost.push(AddressRow {
                address: from,
                reason: "It showed a file alone, and no page that was taken over has this file.".to_owned(),
            }),
        }
    }
    let mut made: Vec<Redirect> = Vec::new();
    let mut seen = BTreeSet::new();
    for (from, to) in wanted {
        if !seen.insert((from.clone(), to.clone())) {
            continue;
        }
        let (key, existing) =
            keys::find(conn, scope, site.id, REDIRECT, source_name(&host, format_args!("redirect {from}")))?;
        // One that an earlier run has made is made again, so that it follows the page.
        if existing.is_some() && !made.iter().any(|one| one.from == from) {
            known.redirects.remove(&from);
        }
        let verdict = known.judge(&from, &to);
        if verdict == Verdict::Fine {
            known.add(&from, &to);
            made.push(Redirect { key, from, to });
        } else if let Some(reason) = verdict.refusal() {
            lost.push(AddressRow { address: from, reason });
        }
    }
    Ok(made)
}

/// Everything under which guests have found an item.
pub(super) fn old_addresses(world: &World<'_>, item: &Item) -> Vec<String> {
    let mut found: Vec<String> = world.own_path(&item.link).into_iter().collect();
    let root = world.own_path("/?p=0").unwrap_or_else(|| "/?p=0".to_owned());
    let root = root.trim_end_matches("p=0");
    let names: &[&str] = if item.kind == "page" { &["page_id", "p"] } else { &["p"] };
    found.extend(names.iter().map(|name| format!("{root}{name}={}", item.id)));
    // An address that was changed once redirects in WordPress too.
    let link = found.first().cloned().filter(|path| !path.contains('?') && !item.slug.is_empty());
    let own = normal(&item.slug);
    if let Some(stem) = link.as_deref().and_then(|path| path.strip_suffix(own.as_str())) {
        let old = item.meta.iter().filter(|(name, slug)| name == "_wp_old_slug" && !slug.is_empty());
        found.extend(old.map(|(_, slug)| format!("{stem}{}", normal(slug))));
    }
    found.dedup();
    found
}
