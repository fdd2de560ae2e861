//! The house's own rules, read from its sources: what crates cannot keep by themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Past this a file wants two names.
const LONGEST_FILE: usize = 500;
const FLOORS: [&str; 5] = ["ground", "machinery", "tenants", "content", "channels"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with that ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["node_modules", "dist", "target", "cache"].contains(&name) && !name.starts_with('.') {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

fn sources() -> Vec<(String, String)> {
    let files = files(&root().join("src"), ".rs");
    files.iter().map(|path| (shown(path), fs::read_to_string(path).unwrap())).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.ends_with("testing.rs") || path.contains("/tests/")
}

/// The file without its unit tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let mut long = Vec::new();
    for folder in ["src", "tests"] {
        for path in files(&root().join(folder), ".rs") {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > LONGEST_FILE {
                long.push(format!("{}: {lines} lines", shown(&path)));
            }
        }
    }
    for ending in [".ts", ".tsx"] {
        for path in files(&root().join("frontend/src"), ending) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            // The client's types are generated.
            if lines > LONGEST_FILE && !path.ends_with("api/schema.d.ts") {
                long.push(format!("{}: {lines} lines", shown(&path)));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| !is_test(path) && !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_problem_is_in_the_reference() {
    let listed = fs::read_to_string(root().join("assets/problems.toml")).unwrap();
    let listed: BTreeSet<_> = listed
        .lines()
        .filter_map(|line| Some(line.strip_prefix("code = \"")?.trim_end_matches('"').to_owned()))
        .collect();
    let mut used = BTreeSet::new();
    for (path, text) in sources() {
        if is_test(&path) {
            continue;
        }
        // The code is the second argument of `Problem::new`, and the only one of `Problem::listed` that is a name.
        for (start, skipped) in [("Problem::new(", 1), ("Self::listed(", 0)] {
            for call in code(&text).split(start).skip(1) {
                let argument = call.splitn(skipped + 2, ',').nth(skipped).unwrap().trim();
                if let Some(code) = argument.strip_prefix('"') {
                    used.insert(code.trim_end_matches('"').to_owned());
                }
            }
        }
    }
    assert!(used.len() > 40, "the walk found {} codes only", used.len());
    // Told apart before they are made into one problem.
    for code in ["api_key_missing", "api_key_invalid", "api_key_expired", "api_key_suspended", "organization_mismatch"]
    {
        used.insert(code.to_owned());
    }
    let missing: Vec<_> = used.difference(&listed).collect();
    assert!(missing.is_empty(), "assets/problems.toml lacks {missing:?}");
}

#[test]
fn sql_stands_in_stores_only() {
    let mut outside = Vec::new();
    for (path, text) in sources() {
        let is_store = path.ends_with("/store.rs") || path.contains("/store/") || path.starts_with("src/ground/db/");
        if is_store || is_test(&path) {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            let line = line.trim_start();
            if !line.starts_with("//") && (line.contains("Sql::platform(") || line.contains("TenantSql::new(")) {
                outside.push(format!("{path}:{}", number + 1));
            }
        }
    }
    assert!(outside.is_empty(), "{}", outside.join("\n"));
}

#[test]
fn only_the_scope_room_makes_tenants() {
    let makers: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| !is_test(path) && code(text).contains("impl Tenant for"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(makers, ["src/tenants/scope.rs"]);
}

#[test]
fn nothing_but_the_command_line_makes_an_operators_scope() {
    for (path, text) in sources() {
        // The sample group is loaded by a command, too.
        let may = path.starts_with("src/cli/")
            || path == "src/tenants/organizations/mod.rs"
            || path == "src/channels/demo/accounts.rs"
            || path == "src/tenants/scope.rs"
            || is_test(&path);
        assert!(may || !code(&text).contains("Scope::for_operator("), "{path} makes an operator's scope");
    }
}

/// Which rooms of the same floor a room imports.
fn imports(floor: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let prefix = format!("src/{floor}/");
    for (path, text) in sources() {
        let Some(inside) = path.strip_prefix(&prefix) else { continue };
        if is_test(&path) || inside == "lib.rs" || inside == "build.rs" {
            continue;
        }
        let room = inside.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        for target in crate_paths(code(&text)) {
            if target != room {
                imports.entry(room.clone()).or_default().insert(target);
            }
        }
        imports.entry(room).or_default();
    }
    let rooms: BTreeSet<String> = imports.keys().cloned().collect();
    for targets in imports.values_mut() {
        targets.retain(|target| rooms.contains(target));
    }
    imports
}

/// The first names after `crate::`, also inside `use crate::{..}`.
fn crate_paths(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            let mut is_first = true;
            for letter in list.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        is_first = true;
                        name.clear();
                    }
                    letter if depth == 0 && is_first && (letter.is_alphanumeric() || letter == '_') => {
                        name.push(letter);
                    }
                    letter if depth == 0 && is_first && letter == ':' => is_first = false,
                    _ => {}
                }
                if !name.is_empty() && !is_first {
                    found.insert(name.clone());
                }
            }
        } else {
            found.insert(rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect());
        }
    }
    found
}

#[test]
fn capabilities_import_downwards_and_never_in_a_circle() {
    // People, their organizations, what they may do and the record of it are one idea in several rooms: accounts need to
    // know memberships, members need users, and everything is audited by its actor.
    let one_idea: BTreeMap<&str, &[&str]> = BTreeMap::from([(
        "tenants",
        &["accounts", "organizations", "permissions", "scope", "audit", "api_keys", "usage"][..],
    )]);
    for floor in FLOORS {
        let allowed = one_idea.get(floor).copied().unwrap_or_default();
        let imports = imports(floor);
        for room in imports.keys().filter(|room| !allowed.contains(&room.as_str())) {
            let mut reached = BTreeSet::new();
            let mut open = vec![room.clone()];
            while let Some(at) = open.pop() {
                for next in imports.get(&at).into_iter().flatten() {
                    assert!(next != room, "{floor}: {room} imports itself by way of {at}");
                    if reached.insert(next.clone()) {
                        open.push(next.clone());
                    }
                }
            }
        }
    }
}

#[test]
fn nobody_waits_by_sleeping_in_a_test() {
    // A short sleep inside a polling loop, or before a signal that must hit work in flight, is named here.
    let allowed = ["tests/it/support/mod.rs", "tests/it/support/server.rs", "tests/it/running.rs", "tests/it/crash.rs"];
    for path in files(&root().join("tests"), ".rs") {
        let text = fs::read_to_string(&path).unwrap();
        let name = shown(&path);
        if name.ends_with("architecture.rs") || allowed.contains(&name.as_str()) {
            continue;
        }
        assert!(!text.contains("thread::sleep"), "{name} sleeps");
    }
}

#[test]
fn every_exception_says_why() {
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            assert!(
                !line.trim_start().starts_with("#[allow("),
                "{path}:{}: use #[expect(lint, reason = \"...\")]",
                number + 1
            );
        }
        assert_eq!(
            text.matches("#[expect(").count() + text.matches("#![expect(").count(),
            text.matches("reason = \"")
                .count()
                .min(text.matches("#[expect(").count() + text.matches("#![expect(").count()),
            "{path}: an #[expect] has no reason"
        );
    }
}
