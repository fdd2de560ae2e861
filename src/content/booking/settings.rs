//! What a hotel has set about its booking engine, and the address for a stay.

use std::collections::BTreeMap;

use ground::words::{EntryId, Locale};
use jiff::civil::Date;
use machinery::web::FieldProblem;
use serde_json::{Map, Value};

use super::{
    engines::known,
    stay::{NO_INFANT, Party, Stay},
    template::{Template, TemplateProblem, Values},
};

/// The engine that a hotel writes a template for.
const CUSTOM: &str = "custom";
/// How days are written where a template says nothing.
const ISO_DAY: &str = "%Y-%m-%d";

/// A hotel's settings, read from its published entry.
#[derive(Clone, Debug)]
pub struct Settings {
    template: Template,
    /// The hotel that the settings are for; none where the site has one only.
    pub property: Option<EntryId>,
    address: Option<String>,
    codes: BTreeMap<String, String>,
    locales: BTreeMap<String, String>,
    further: Vec<(String, String)>,
    currency: Option<String>,
    rooms: Vec<(EntryId, String)>,
}

impl Settings {
    /// Reads a published document; nothing for one that cannot lead anywhere.
    pub fn read(document: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        let map = |name: &str| -> BTreeMap<String, String> {
            let entries = document.get(name).and_then(Value::as_object).into_iter().flatten();
            entries.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        };
        let rooms = document.get("room_codes").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            template: template_of(document)?.ok()?,
            property: text("property").and_then(|id| id.parse().ok()),
            address: text("address"),
            codes: map("codes"),
            locales: map("locales"),
            further: map("further").into_iter().collect(),
            currency: text("currency"),
            rooms: rooms
                .filter_map(|one| Some((one["room"].as_str()?.parse().ok()?, one["code"].as_str()?.to_owned())))
                .collect(),
        })
    }

    /// The address of the engine for a stay. `room` is the entry that the wish names by its slug, if there is one.
    pub fn address(
        &self,
        stay: &Stay,
        locale: &Locale,
        currency: &str,
        room: Option<EntryId>,
    ) -> Result<String, TemplateProblem> {
        let room_code = match room {
            Some(id) => self.rooms.iter().find(|(known, _)| *known == id).map(|(_, code)| code.clone()),
            None => stay.room.clone(),
        };
        let wish = Wish { settings: self, stay, locale, currency, room_code };
        self.template.fill(&wish, self.address.as_deref(), &self.further)
    }
}

fn template_of(document: &Map<String, Value>) -> Option<Result<Template, TemplateProblem>> {
    let engine = document.get("engine").and_then(Value::as_str)?;
    if engine == CUSTOM {
        return document.get("template").and_then(Value::as_str).map(Template::parse);
    }
    known(engine).map(|(_, template)| Ok(template.clone()))
}

/// What is wrong with settings by themselves: a template that does not read, an address that is none.
pub fn checked(document: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut refuse = |pointer: &str, code: &'static str, detail: String| {
        problems.push(FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail });
    };
    if let Some(text) = document.get("template").and_then(Value::as_str)
        && let Err(problem) = Template::parse(text)
    {
        refuse("/template", "booking_template_invalid", problem.to_string());
    }
    let address = document.get("address").and_then(Value::as_str);
    if address.is_some_and(|address| !address.starts_with("https://")) {
        refuse("/address", "booking_address_invalid", "The engine's address begins with https://.".to_owned());
    }
    problems
}

/// What is missing before guests can be led to the engine.
pub fn missing(document: &Map<String, Value>) -> Vec<FieldProblem> {
    let required = |pointer: &str, detail: String| {
        vec![FieldProblem { pointer: pointer.to_owned(), code: "required".into(), detail }]
    };
    let Some(Ok(template)) = template_of(document) else {
        return required("/template", "An engine of one's own needs a template of its address.".to_owned());
    };
    if template.names_address() && document.get("address").is_none() {
        return required("/address", "This engine has no address of its own: write the hotel's.".to_owned());
    }
    let engine = document.get("engine").and_then(Value::as_str).unwrap_or_default();
    let codes = known(engine).map(|(engine, _)| engine.codes.as_slice()).unwrap_or_default();
    let is_set = |name: &String| document.get("codes").and_then(|codes| codes.get(name)).is_some();
    match codes.iter().find(|name| !is_set(name)) {
        Some(name) => required("/codes", format!("This engine needs the code `{name}`.")),
        None => Vec::new(),
    }
}

/// The values of one wish.
struct Wish<'a> {
    settings: &'a Settings,
    stay: &'a Stay,
    locale: &'a Locale,
    currency: &'a str,
    room_code: Option<String>,
}

impl Values for Wish<'_> {
    fn value(&self, name: &str, form: Option<&str>) -> Option<String> {
        let stay = self.stay;
        let sum = |count: fn(&Party) -> u32| {
            (!stay.rooms.is_empty()).then(|| stay.rooms.iter().map(count).sum::<u32>().to_string())
        };
        let by_room = |each: fn(&Party) -> String, between: &str| {
            (!stay.rooms.is_empty()).then(|| stay.rooms.iter().map(each).collect::<Vec<_>>().join(between))
        };
        match name {
            "checkin" => stay.days.map(|(arrival, _)| day(arrival, form)),
            "checkout" => stay.days.map(|(_, departure)| day(departure, form)),
            "nights" => stay.nights().map(|nights| nights.to_string()),
            "adults" => sum(|room| room.adults),
            "children" => sum(|room| room.children).filter(|count| count != "0"),
            "infants" => sum(infants).filter(|count| count != "0"),
            "adults_by_room" => by_room(|room| room.adults.to_string(), ","),
            "ages_by_room" => by_room(ages, ";").filter(|ages| ages.chars().any(|sign| sign.is_ascii_digit())),
            "rooms" => {
                stay.room_count.or((!stay.rooms.is_empty()).then_some(stay.rooms.len())).map(|count| count.to_string())
            }
            "promo" => stay.promo.clone(),
            "group" => stay.group.clone(),
            "room" => self.room_code.clone(),
            "rate" => stay.rate.clone(),
            "currency" => Some(self.settings.currency.clone().unwrap_or_else(|| self.currency.to_owned())),
            "locale" | "lang" => Some(self.language(name, form)),
            code => self.settings.codes.get(code).cloned(),
        }
    }

    fn rooms(&self) -> Vec<Box<dyn Values + '_>> {
        let room = |(number, party)| Box::new(InRoom { number, party }) as Box<dyn Values>;
        self.stay.rooms.iter().enumerate().map(room).collect()
    }
}

impl Wish<'_> {
    /// The language as the hotel has set it for the engine, or by its code.
    fn language(&self, name: &str, form: Option<&str>) -> String {
        let own = |locale: &str| self.settings.locales.get(locale).cloned();
        if let Some(set) = own(self.locale.as_str()).or_else(|| own(self.locale.base().as_str())) {
            return set;
        }
        let base = self.locale.base();
        match (name, form) {
            ("lang", _) => base.to_string(),
            // `de-AT`, as most programs write it.
            (_, Some("region")) => match self.locale.as_str().split_once('-') {
                Some((language, region)) => format!("{language}-{}", region.to_ascii_uppercase()),
                None => base.to_string(),
            },
            _ => self.locale.to_string(),
        }
    }
}

/// The values of one room.
struct InRoom<'a> {
    number: usize,
    party: &'a Party,
}

impl Values for InRoom<'_> {
    fn value(&self, name: &str, _form: Option<&str>) -> Option<String> {
        Some(match name {
            "i" => self.number.to_string(),
            "n" => (self.number + 1).to_string(),
            "adults" => self.party.adults.to_string(),
            "children" => self.party.children.to_string(),
            "older_children" => (self.party.children - infants(self.party).min(self.party.children)).to_string(),
            "infants" => infants(self.party).to_string(),
            "ages" => ages(self.party),
            _ => return None,
        })
    }

    fn rooms(&self) -> Vec<Box<dyn Values + '_>> {
        Vec::new()
    }
}

fn infants(room: &Party) -> u32 {
    u32::try_from(room.ages.iter().filter(|age| **age < NO_INFANT).count()).unwrap_or_default()
}

fn ages(room: &Party) -> String {
    room.ages.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

fn day(date: Date, form: Option<&str>) -> String {
    let year = format!("{:04}", date.year());
    form.unwrap_or(ISO_DAY)
        .replace("%Y", &year)
        .replace("%y", &year[2..])
        .replace("%m", &format!("{:02}", date.month()))
        .replace("%d", &format!("{:02}", date.day()))
}
