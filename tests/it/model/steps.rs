//! What two people may do to an entry, done to the program and to the model, and the two compared after each step.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::{Value, json};

use super::{
    super::support::{Answer, Client, Group, Server, postgres_is_used, wait_until},
    expected::{Expected, LANGUAGES, Plan, Refusal, Shown, Written},
};

/// Seconds after which what was planned happens.
const MINUTE: i64 = 60;
/// How far the server's clock is ahead of the machine's, in seconds.
static OFFSET: AtomicI64 = AtomicI64::new(0);

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Loads the entry anew.
    Load {
        who: usize,
    },
    /// Changes what they have loaded, however old it is, and saves it.
    Save {
        who: usize,
        edit: Edit,
        is_autosave: bool,
    },
    /// Both load and save at the same moment.
    Race {
        edits: [Edit; 2],
    },
    Publish {
        who: usize,
        languages: Languages,
    },
    Unpublish {
        languages: Languages,
    },
    /// Takes the publication of a revision back that some language shows, or of one that none does.
    Undo {
        place: usize,
    },
    /// Plans that the newest revision goes live, or that the entry ends, in a minute.
    Plan {
        who: usize,
        is_end: bool,
        languages: Languages,
    },
    /// Lets the minute pass.
    Pass,
    /// Brings back a whole revision that the history still lists.
    Restore {
        who: usize,
        place: usize,
    },
    Delete,
    TakeOut {
        publishes: bool,
    },
}

/// A change of what is written.
#[derive(Clone, Debug)]
pub enum Edit {
    Name { language: usize, text: Option<u8> },
    Description { language: usize, text: Option<u8> },
    Code(Option<u8>),
    Slug(bool),
}

/// Which languages are named.
#[derive(Clone, Copy, Debug)]
pub enum Languages {
    Unnamed,
    One(usize),
    Both,
}

impl Languages {
    fn named(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Unnamed => None,
            Self::One(place) => LANGUAGES.get(place..=place),
            Self::Both => Some(&LANGUAGES),
        }
    }

    fn body(self) -> Value {
        self.named().map_or(Value::Null, |languages| json!(languages))
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let text = || prop_oneof![1 => Just(None), 7 => (0..4_u8).prop_map(Some)];
    prop_oneof![
        3 => (0..2_usize, text()).prop_map(|(language, text)| Edit::Name { language, text }),
        2 => (0..2_usize, text()).prop_map(|(language, text)| Edit::Description { language, text }),
        2 => text().prop_map(Edit::Code),
        1 => any::<bool>().prop_map(Edit::Slug),
    ]
}

fn languages() -> impl Strategy<Value = Languages> {
    prop_oneof![2 => Just(Languages::Unnamed), 2 => (0..2_usize).prop_map(Languages::One), 1 => Just(Languages::Both)]
}

/// Any step; those that a working day is made of come more often.
pub fn step() -> impl Strategy<Value = Step> {
    let who = || 0..2_usize;
    prop_oneof![
        3 => who().prop_map(|who| Step::Load { who }),
        6 => (who(), edit(), any::<bool>()).prop_map(|(who, edit, is_autosave)| Step::Save { who, edit, is_autosave }),
        1 => (edit(), edit()).prop_map(|(one, other)| Step::Race { edits: [one, other] }),
        5 => (who(), languages()).prop_map(|(who, languages)| Step::Publish { who, languages }),
        2 => languages().prop_map(|languages| Step::Unpublish { languages }),
        5 => (0..3_usize).prop_map(|place| Step::Undo { place }),
        2 => (who(), 0..6_usize).prop_map(|(who, place)| Step::Restore { who, place }),
        3 => (who(), any::<bool>(), languages())
            .prop_map(|(who, is_end, languages)| Step::Plan { who, is_end, languages }),
        2 => Just(Step::Pass),
        1 => Just(Step::Delete),
        1 => any::<bool>().prop_map(|publishes| Step::TakeOut { publishes }),
    ]
}

/// What somebody has before them.
#[derive(Clone, Debug)]
struct Loaded {
    revision: u32,
    written: Written,
}

/// An entry, in the program and in the model.
pub struct Told<'a> {
    group: &'a Group,
    server: &'a Server,
    people: [&'a Client; 2],
    loaded: [Loaded; 2],
    /// Both of its addresses begin with it.
    name: String,
    site: String,
    id: String,
    expected: Expected,
    /// The schedule that waits.
    schedule: Option<String>,
}

impl<'a> Told<'a> {
    /// Makes a draft that nobody has touched.
    pub fn begin(server: &'a Server, group: &'a Group, people: [&'a Client; 2]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("told{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let written =
            Written { name: [("en", "Sauna 0".to_owned())].into(), slug: format!("{name}-a"), ..Written::default() };
        let site = format!("/api/v1/sites/{}", group.site_id);
        let body = json!({ "type": "amenity", "slug": written.slug, "document": written.document() });
        let made = people[0].post(&format!("{site}/entries/"), &body).expect(201).json();
        let loaded = Loaded { revision: 1, written: written.clone() };
        let expected = Expected { revisions: [(1, written)].into(), newest: 1, ..Expected::default() };
        let id = made["id"].as_str().unwrap().to_owned();
        Self { group, server, people, loaded: [loaded.clone(), loaded], name, site, id, expected, schedule: None }
    }

    /// Takes a step and looks at everything. What is in the bin refuses one step and is then taken out, so that a sequence
    /// is not spent on refusals.
    pub fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let was_in_bin = self.expected.bin.is_some();
        self.do_step(step)?;
        if was_in_bin && self.expected.bin.is_some() {
            let publishes = self.expected.newest.is_multiple_of(2);
            self.do_step(&Step::TakeOut { publishes })?;
        }
        Ok(())
    }

    fn do_step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Load { who } => self.load(*who),
            Step::Save { who, edit, is_autosave } => self.save(*who, edit, *is_autosave)?,
            Step::Race { edits } => self.race(edits)?,
            Step::Publish { who, languages } => {
                let base = self.loaded[*who].revision;
                let wish = json!({ "revision": base, "locales": languages.body() });
                let answer = self.people[*who].post(&self.entry("publish/"), &wish);
                let expected = self.expected.publish(base, languages.named());
                same(step, &answer, expected)?;
                self.look_up(*who, expected);
            }
            Step::Unpublish { languages } => {
                let answer = self.people[0].post(&self.entry("unpublish/"), &json!({ "locales": languages.body() }));
                let expected = self.expected.unpublish(languages.named());
                same(step, &answer, expected)?;
            }
            Step::Undo { place } => {
                let mut shown: Vec<_> = self.expected.shown.values().map(|shown| shown.revision).collect();
                shown.push(self.expected.newest);
                let revision = shown[place % shown.len()];
                let answer = self.people[1].post(&self.entry("publish/undo/"), &json!({ "revision": revision }));
                let expected = self.expected.undo(revision);
                same(step, &answer, expected)?;
            }
            Step::Restore { who, place } => self.restore(*who, *place, step)?,
            Step::Plan { who, is_end, languages } => self.plan(*who, *is_end, *languages, step)?,
            Step::Pass => self.pass()?,
            Step::Delete => {
                let answer = self.people[0].delete(&self.entry(""));
                let expected = self.expected.delete();
                same(step, &answer, expected)?;
            }
            Step::TakeOut { publishes } => {
                let path = format!("{}/bin/{}/restore/", self.site, self.id);
                let answer = self.people[0].post(&path, &json!({ "publish": publishes }));
                let expected = self.expected.take_out(*publishes);
                same(step, &answer, expected)?;
            }
        }
        self.compare(step)
    }

    fn entry(&self, below: &str) -> String {
        format!("{}/entries/{}/{below}", self.site, self.id)
    }

    fn load(&mut self, who: usize) {
        if self.expected.bin.is_none() {
            self.loaded[who] = Loaded { revision: self.expected.newest, written: self.expected.now().clone() };
        }
    }

    /// Who is told that somebody else was first looks at what there is now.
    fn look_up(&mut self, who: usize, ended: Result<(), Refusal>) {
        if ended == Err(Refusal::Conflict) {
            self.load(who);
        }
    }

    fn edited(&self, who: usize, edit: &Edit) -> Written {
        let mut written = self.loaded[who].written.clone();
        match edit {
            Edit::Name { language, text } => put(&mut written.name, LANGUAGES[*language], "Sauna", *text),
            Edit::Description { language, text } => put(&mut written.description, LANGUAGES[*language], "Warm", *text),
            Edit::Code(code) => written.code = code.map(|number| format!("RMA {number}")),
            Edit::Slug(is_other) => written.slug = format!("{}-{}", self.name, if *is_other { "b" } else { "a" }),
        }
        written
    }

    fn save(&mut self, who: usize, edit: &Edit, is_autosave: bool) -> Result<(), TestCaseError> {
        let written = self.edited(who, edit);
        let base = self.loaded[who].revision;
        let answer = self.people[who].put(&self.entry(""), &body(base, &written, is_autosave));
        let expected = self.expected.save(base, written.clone());
        if expected == Err(Refusal::Conflict) {
            let standing = &answer.json()["standing"];
            prop_assert_eq!(&standing["number"], &json!(self.expected.newest), "what stands is told");
            prop_assert_eq!(&standing["document"], &self.expected.now().document(), "what stands is told");
        }
        same(edit, &answer, expected)?;
        self.look_up(who, expected);
        if expected.is_ok() {
            self.loaded[who] = Loaded { revision: self.expected.newest, written };
        }
        Ok(())
    }

    /// Of two that save over the same revision at the same moment, one is told that the other was first.
    fn race(&mut self, edits: &[Edit; 2]) -> Result<(), TestCaseError> {
        if self.expected.bin.is_some() {
            return Ok(());
        }
        self.load(0);
        self.load(1);
        let base = self.expected.newest;
        let written = [self.edited(0, &edits[0]), self.edited(1, &edits[1])];
        let path = self.entry("");
        let answers = std::thread::scope(|scope| {
            let sent = [0, 1].map(|who| {
                let (client, path, body) = (self.people[who], &path, body(base, &written[who], false));
                scope.spawn(move || client.put(path, &body))
            });
            sent.map(|one| one.join().expect("a client does not panic"))
        });
        let statuses = [answers[0].status, answers[1].status];
        let changes = [0, 1].map(|who| written[who] != *self.expected.now());
        let winner = match statuses {
            [200, 409] if changes[0] => 0,
            [409, 200] if changes[1] => 1,
            // Who changes nothing is in nobody's way.
            [200, 200] if !(changes[0] && changes[1]) => usize::from(changes[1]),
            other => return Err(TestCaseError::fail(format!("a race of {edits:?} ended with {other:?}"))),
        };
        let saved = self.expected.save(base, written[winner].clone());
        prop_assert_eq!(saved, Ok(()));
        Ok(())
    }

    fn restore(&mut self, who: usize, place: usize, step: &Step) -> Result<(), TestCaseError> {
        if self.expected.bin.is_some() {
            return Ok(());
        }
        let list = self.people[who].get(&self.entry("revisions/")).expect(200).json();
        let numbers: Vec<u32> = list["results"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| u32::try_from(one["number"].as_u64()?).ok())
            .collect();
        let from = numbers[place % numbers.len()];
        let base = self.loaded[who].revision;
        let answer = self.people[who].post(&self.entry("restore/"), &json!({ "revision": base, "from": from }));
        // An address is more than a text: it stays.
        let slug = self.expected.now().slug.clone();
        let written = Written { slug, ..self.expected.revisions[&from].clone() };
        let expected = self.expected.save(base, written);
        same(step, &answer, expected)?;
        self.load(who);
        Ok(())
    }

    fn plan(&mut self, who: usize, is_end: bool, languages: Languages, step: &Step) -> Result<(), TestCaseError> {
        if self.schedule.is_some() {
            return Ok(());
        }
        let revision = (!is_end).then_some(self.expected.newest);
        let wish = json!({
            "action": if is_end { "unpublish" } else { "publish" },
            "revision": revision,
            "locales": languages.body(),
            "local_time": local_in(OFFSET.load(Ordering::SeqCst) + MINUTE),
        });
        let answer = self.people[who].post(&self.entry("schedules/"), &wish);
        let expected = self.expected.plan(Plan { revision, languages: languages.named() });
        same(step, &answer, expected)?;
        if expected.is_ok() {
            self.schedule = answer.json()["id"].as_str().map(str::to_owned);
        }
        Ok(())
    }

    /// What was planned happens, or says why not.
    pub fn pass(&mut self) -> Result<(), TestCaseError> {
        let (Some(id), Some(plan)) = (self.schedule.take(), self.expected.plan.take()) else { return Ok(()) };
        let offset = OFFSET.fetch_add(MINUTE + 1, Ordering::SeqCst) + MINUTE + 1;
        self.server.set_clock_offset(offset);
        let expected = if self.expected.carry_out(plan).is_ok() { "done" } else { "failed" };
        let state = wait_until("what was planned", || {
            let list = self.people[0].get(&format!("{}/schedules/?entry={}", self.site, self.id)).expect(200).json();
            let settled = list["results"].as_array().into_iter().flatten().find(|one| one["id"] == json!(id)).cloned();
            settled.filter(|one| one["state"] != "waiting")
        });
        prop_assert_eq!(&state["state"], &json!(expected), "{:?}: {}", plan, state);
        Ok(())
    }

    /// The team's side and the visitors' side are what the model says.
    fn compare(&self, step: &Step) -> Result<(), TestCaseError> {
        let answer = self.people[1].get(&self.entry(""));
        if self.expected.bin.is_some() {
            prop_assert_eq!(answer.status, 404, "after {:?}", step);
        } else {
            let entry = answer.expect(200).json();
            let published: serde_json::Map<_, _> = self
                .expected
                .shown
                .iter()
                .map(|(language, Shown { revision, .. })| ((*language).to_owned(), json!(revision)))
                .collect();
            prop_assert_eq!(&entry["revision"], &json!(self.expected.newest), "after {:?}", step);
            prop_assert_eq!(&entry["document"], &self.expected.now().document(), "after {:?}", step);
            prop_assert_eq!(&entry["slug"], &json!(self.expected.now().slug), "after {:?}", step);
            prop_assert_eq!(&entry["published"], &Value::Object(published), "after {:?}", step);
        }
        for language in LANGUAGES {
            for ending in ["a", "b"] {
                let slug = format!("{}-{ending}", self.name);
                let path = format!("/api/public/v1/sites/{}/amenities/{slug}/?locale={language}", self.group.domain);
                let read = || {
                    let answer = self.group.reader.get(&path);
                    assert!(matches!(answer.status, 200 | 404), "{path}: {} {}", answer.status, answer.text());
                    (answer.status == 200).then(|| {
                        let read = answer.json();
                        json!({ "slug": read["slug"], "name": read["name"], "description": read["description"], "code": read["code"] })
                    })
                };
                let expected = self.expected.read(language, &slug);
                if postgres_is_used() {
                    // There a process hears of a change a moment after its commit, and keeps its answers until then.
                    wait_until(&format!("{path} to be {expected:?} after {step:?}"), || {
                        (read() == expected).then_some(())
                    });
                } else {
                    prop_assert_eq!(read(), expected, "{} in {} after {:?}", slug, language, step);
                }
            }
        }
        Ok(())
    }
}

fn body(base: u32, written: &Written, is_autosave: bool) -> Value {
    json!({ "revision": base, "slug": written.slug, "document": written.document(), "autosave": is_autosave })
}

fn put(
    texts: &mut std::collections::BTreeMap<&'static str, String>,
    language: &'static str,
    word: &str,
    text: Option<u8>,
) {
    match text {
        Some(number) => texts.insert(language, format!("{word} {number}")),
        None => texts.remove(language),
    };
}

/// The time on the site's clocks so many seconds from now.
fn local_in(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let zone = jiff::tz::TimeZone::get("Europe/Zurich").expect("the zones are in the program");
    zone.to_datetime(at).round(jiff::Unit::Second).expect("a time has seconds").to_string()
}

fn same(step: &impl std::fmt::Debug, answer: &Answer, expected: Result<(), Refusal>) -> Result<(), TestCaseError> {
    match expected {
        Ok(()) => prop_assert!(answer.status < 300, "{:?}: {} {}", step, answer.status, answer.text()),
        Err(refusal) => prop_assert_eq!(answer.status, refusal.status(), "{:?}: {}", step, answer.text()),
    }
    Ok(())
}
