//! The model: revisions, which of them each language shows, and what follows from that for visitors. Simple on purpose.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The default language first: it stands in for the other.
pub const LANGUAGES: [&str; 2] = ["en", "de"];

/// What is written of an entry: a text that publishing asks for, one that it does not, a fact, and the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub name: BTreeMap<&'static str, String>,
    pub description: BTreeMap<&'static str, String>,
    pub code: Option<String>,
    pub slug: String,
}

impl Written {
    pub fn document(&self) -> Value {
        let mut document = Map::new();
        for (name, texts) in [("name", &self.name), ("description", &self.description)] {
            if !texts.is_empty() {
                document.insert(name.to_owned(), json!(texts));
            }
        }
        document.extend(self.code.as_ref().map(|code| ("code".to_owned(), json!(code))));
        Value::Object(document)
    }

    fn is_complete_in(&self, language: &str) -> bool {
        self.name.contains_key(language)
    }
}

/// What a language shows, and what it showed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub revision: u32,
    pub replaced: Option<u32>,
}

/// Why the program refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotFound,
    Conflict,
    Incomplete,
}

impl Refusal {
    pub fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Incomplete => 422,
        }
    }
}

/// One entry as it should be.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    pub revisions: BTreeMap<u32, Written>,
    pub newest: u32,
    pub shown: BTreeMap<&'static str, Shown>,
    /// In the bin, with what each language showed.
    pub bin: Option<BTreeMap<&'static str, u32>>,
    /// What is to happen at a time that has not come.
    pub plan: Option<Plan>,
}

/// What is to happen by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The revision that goes live; an end where there is none.
    pub revision: Option<u32>,
    pub languages: Option<&'static [&'static str]>,
}

impl Expected {
    pub fn now(&self) -> &Written {
        &self.revisions[&self.newest]
    }

    fn is_there(&self, base: Option<u32>) -> Result<(), Refusal> {
        match base {
            _ if self.bin.is_some() => Err(Refusal::NotFound),
            Some(base) if base != self.newest => Err(Refusal::Conflict),
            _ => Ok(()),
        }
    }

    pub fn save(&mut self, base: u32, written: Written) -> Result<(), Refusal> {
        self.is_there(Some(base))?;
        if *self.now() != written {
            self.newest += 1;
            self.revisions.insert(self.newest, written);
        }
        Ok(())
    }

    pub fn publish(&mut self, base: u32, languages: Option<&[&'static str]>) -> Result<(), Refusal> {
        self.is_there(Some(base))?;
        self.show(self.newest, languages)
    }

    /// The languages in which a revision could be shown.
    fn showable(&self, revision: u32, languages: Option<&[&'static str]>) -> Result<Vec<&'static str>, Refusal> {
        let written = &self.revisions[&revision];
        let wanted: Vec<_> = match languages {
            Some(languages) if languages.iter().all(|one| written.is_complete_in(one)) => languages.to_vec(),
            Some(_) => return Err(Refusal::Incomplete),
            None if self.shown.keys().any(|one| !written.is_complete_in(one)) => return Err(Refusal::Incomplete),
            None => LANGUAGES.into_iter().filter(|one| written.is_complete_in(one)).collect(),
        };
        if wanted.is_empty() { Err(Refusal::Incomplete) } else { Ok(wanted) }
    }

    fn show(&mut self, revision: u32, languages: Option<&[&'static str]>) -> Result<(), Refusal> {
        for language in self.showable(revision, languages)? {
            let before = self.shown.get(language).map(|shown| shown.revision);
            if before != Some(revision) {
                self.shown.insert(language, Shown { revision, replaced: before });
            }
        }
        Ok(())
    }

    /// Plans what is to happen later, if it could happen now.
    pub fn plan(&mut self, plan: Plan) -> Result<(), Refusal> {
        self.is_there(None)?;
        if let Some(revision) = plan.revision {
            self.showable(revision, plan.languages)?;
        }
        self.plan = Some(plan);
        Ok(())
    }

    /// The time has come. Nobody's later publication is undone by what was planned before it.
    pub fn carry_out(&mut self, plan: Plan) -> Result<(), Refusal> {
        match plan.revision {
            None => self.unpublish(plan.languages).or(Ok(())),
            Some(revision) => {
                self.is_there(None)?;
                let is_meant = |language: &str| plan.languages.is_none_or(|meant| meant.contains(&language));
                if self.shown.iter().any(|(language, shown)| is_meant(language) && shown.revision > revision) {
                    return Err(Refusal::Conflict);
                }
                self.show(revision, plan.languages)
            }
        }
    }

    pub fn unpublish(&mut self, languages: Option<&[&'static str]>) -> Result<(), Refusal> {
        self.is_there(None)?;
        self.shown.retain(|language, _| languages.is_some_and(|gone| !gone.contains(language)));
        Ok(())
    }

    pub fn undo(&mut self, revision: u32) -> Result<(), Refusal> {
        self.is_there(None)?;
        let meant: Vec<_> = self.shown.iter().filter(|(_, shown)| shown.revision == revision).collect();
        let meant: Vec<_> = meant.into_iter().map(|(language, shown)| (*language, *shown)).collect();
        if meant.is_empty() {
            return Err(Refusal::Conflict);
        }
        for (language, shown) in meant {
            match shown.replaced {
                Some(before) => {
                    self.shown.insert(language, Shown { revision: before, replaced: Some(shown.revision) });
                }
                None => {
                    self.shown.remove(language);
                }
            }
        }
        Ok(())
    }

    pub fn delete(&mut self) -> Result<(), Refusal> {
        self.is_there(None)?;
        self.bin = Some(self.shown.iter().map(|(language, shown)| (*language, shown.revision)).collect());
        self.shown.clear();
        Ok(())
    }

    pub fn take_out(&mut self, publishes: bool) -> Result<(), Refusal> {
        let withdrawn = self.bin.take().ok_or(Refusal::NotFound)?;
        if publishes {
            let again = |(language, revision)| (language, Shown { revision, replaced: None });
            self.shown = withdrawn.into_iter().map(again).collect();
        }
        Ok(())
    }

    /// What visitors who ask in a language find under an address.
    pub fn read(&self, language: &'static str, slug: &str) -> Option<Value> {
        let chain: Vec<_> = chain(language).into_iter().filter(|one| self.shown.contains_key(one)).collect();
        let named = |one: &&str| self.revisions[&self.shown[*one].revision].slug == slug;
        chain.iter().find(|one| named(one))?;
        Some(self.view(chain.first()?))
    }

    fn view(&self, language: &'static str) -> Value {
        let of = |one: &str| &self.revisions[&self.shown[one].revision];
        let facts = self.shown.values().map(|shown| shown.revision).max().map(|number| &self.revisions[&number]);
        let text = |texts: fn(&Written) -> &BTreeMap<&'static str, String>| {
            let mut sources = chain(language).into_iter().filter(|one| self.shown.contains_key(one));
            sources.find_map(|one| texts(of(one)).get(one).cloned()).unwrap_or_default()
        };
        json!({
            "slug": of(language).slug,
            "name": text(|written| &written.name),
            "description": text(|written| &written.description),
            "code": facts.and_then(|written| written.code.clone()),
        })
    }
}

fn chain(language: &'static str) -> Vec<&'static str> {
    let mut chain = vec![language];
    if language != LANGUAGES[0] {
        chain.push(LANGUAGES[0]);
    }
    chain
}
