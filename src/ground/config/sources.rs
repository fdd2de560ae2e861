//! Where settings are written: flags, environment, file. The later in that list, the weaker.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{
    problems::{ConfigProblem, meant_key, meant_variable},
    settings::{self, Setting},
};

/// Name of the settings file, looked for in the working directory and then in the data directory.
pub const FILE_NAME: &str = "gammacms.toml";

/// Settings given on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config`: this file instead of `gammacms.toml`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag, by its name.
    Flag(&'static str),
    /// A variable of the environment, by its name.
    Environment(String),
    /// The file, and the line in it.
    File(PathBuf, usize),
    /// Nothing was given.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(formatter, "flag {name}"),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::File(path, line) => write!(formatter, "{} line {line}", path.display()),
            Self::Default => formatter.write_str("not set"),
        }
    }
}

/// A text that was given, and where.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub text: String,
    pub source: Source,
}

/// Everything that was given.
pub(super) struct Sources {
    flags: BTreeMap<&'static str, String>,
    environment: BTreeMap<String, String>,
    file: BTreeMap<&'static str, Given>,
}

impl Sources {
    /// Reads the file, where there is one. What cannot be understood is added to the problems.
    pub fn read(
        flags: &Flags,
        environment: impl Iterator<Item = (String, String)>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Self {
        let environment: BTreeMap<String, String> = environment.collect();
        refuse_slips(&environment, problems);
        let mut given = BTreeMap::new();
        if let Some(directory) = &flags.data_dir {
            given.insert("--data-dir", directory.to_string_lossy().into_owned());
        }
        if let Some(listen) = &flags.listen {
            given.insert("--listen", listen.clone());
        }
        let mut sources = Self { flags: given, environment, file: BTreeMap::new() };
        if let Some((path, text)) = sources.find_file(flags.config.as_deref(), problems) {
            sources.file = read_file(&path, &text, problems);
        }
        sources
    }

    /// What was given for a setting by the strongest source. Empty text counts as not given: compose files pass
    /// variables on that nobody set.
    pub fn given(&self, setting: &Setting) -> Option<Given> {
        if let Some(flag) = setting.flag
            && let Some(text) = self.flags.get(flag.name)
        {
            return Some(Given { text: text.clone(), source: Source::Flag(flag.name) });
        }
        let names = std::iter::once(setting.name).chain(setting.old_names.iter().copied());
        let variable = names
            .filter_map(|name| Some((name, self.environment.get(name)?.trim())))
            .find(|(_, text)| !text.is_empty())
            .map(|(name, text)| Given { text: text.to_owned(), source: Source::Environment(name.to_owned()) });
        variable.or_else(|| self.file.get(setting.key).cloned())
    }

    /// The file named by `--config`, which must be there; otherwise the first of the two usual places that has one.
    fn find_file(&self, named: Option<&Path>, problems: &mut Vec<ConfigProblem>) -> Option<(PathBuf, String)> {
        let data_dir = self.given(settings::named("GAMMACMS_DATA_DIR")).map_or("./data".into(), |given| given.text);
        let candidates = match named {
            Some(path) => vec![path.to_owned()],
            None => vec![PathBuf::from(FILE_NAME), Path::new(&data_dir).join(FILE_NAME)],
        };
        for path in candidates {
            match std::fs::read_to_string(&path) {
                Ok(text) => return Some((path, text)),
                Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {}
                // The data directory may be a file: that is told where it is used.
                Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotADirectory => {}
                Err(error) => problems.push(ConfigProblem {
                    setting: path.display().to_string(),
                    source: "settings file".into(),
                    value: None,
                    expected: format!("a readable file, but: {error}"),
                }),
            }
        }
        None
    }
}

fn refuse_slips(environment: &BTreeMap<String, String>, problems: &mut Vec<ConfigProblem>) {
    let is_known =
        |name: &str| settings::all().any(|setting| setting.name == name || setting.old_names.contains(&name));
    for name in environment.keys().filter(|name| name.starts_with("GAMMACMS_") && !is_known(name)) {
        if let Some(meant) = meant_variable(name) {
            problems.push(ConfigProblem {
                setting: name.clone(),
                source: format!("environment variable {name}"),
                value: None,
                expected: format!("a known setting; {meant} was probably meant"),
            });
        }
    }
}

/// Every key of the file that is a setting, as text.
fn read_file(path: &Path, text: &str, problems: &mut Vec<ConfigProblem>) -> BTreeMap<&'static str, Given> {
    let mut found = BTreeMap::new();
    let line_at = |offset: usize| 1 + text.get(..offset).unwrap_or(text).matches('\n').count();
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_at(span.start));
            problems.push(ConfigProblem {
                setting: path.display().to_string(),
                source: format!("{} line {line}", path.display()),
                value: None,
                expected: format!("TOML, but: {}", error.message()),
            });
            return found;
        }
    };
    for (key, value) in table.get_ref() {
        let line = line_at(key.span().start);
        let problem = |expected: String| ConfigProblem {
            setting: key.get_ref().to_string(),
            source: format!("{} line {line}", path.display()),
            value: None,
            expected,
        };
        let Some(setting) = settings::all().find(|setting| setting.key == key.get_ref().as_ref()) else {
            problems.push(problem(match meant_key(key.get_ref()) {
                Some(meant) => format!("a known setting; {meant} was probably meant"),
                None => "a known setting; `gammacms config` lists them".into(),
            }));
            continue;
        };
        match plain_text(value.get_ref()) {
            Some(text) if text.trim().is_empty() => {}
            Some(text) => {
                let source = Source::File(path.to_owned(), line);
                found.insert(setting.key, Given { text: text.trim().to_owned(), source });
            }
            None => problems.push(problem(setting.expected.to_owned())),
        }
    }
    found
}

/// The text of a plain value; the texts of a list with commas between them, as in the environment.
fn plain_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(is_true) => Some(is_true.to_string()),
        DeValue::Array(items) => {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::Array(_) => None,
                    plain => plain_text(plain),
                })
                .collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}
