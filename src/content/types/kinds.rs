//! Single values: what each plain kind accepts, and the one spelling that is kept of it.

use std::{borrow::Cow, str::FromStr};

use ground::words::{CurrencyCode, EmailAddress, Money, SafeUrl, Slug, WordError};
use serde_json::{Map, Number, Value};

use super::{TEXT_MAP_ENTRIES, declaration::Choice, dictionaries};

/// Longest value in a text map: a short sentence.
const TEXT_MAP_VALUE_LENGTH: usize = 500;
/// Longest name in a text map.
const TEXT_MAP_NAME_LENGTH: usize = 60;
/// Fewest and most digits of a telephone number (ITU-T E.164: 15 with the country code; inner extensions are longer).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=20;
/// Longest spelling of a telephone number.
const PHONE_LENGTH: usize = 40;

/// A year that has every day which any year has.
const LEAP_YEAR: i16 = 2024;
/// The days of the week as they are stored, with the long names that are understood.
const WEEKDAYS: [(&str, &str); 7] = [
    ("mon", "monday"),
    ("tue", "tuesday"),
    ("wed", "wednesday"),
    ("thu", "thursday"),
    ("fri", "friday"),
    ("sat", "saturday"),
    ("sun", "sunday"),
];
/// ISO 3166-1 alpha-2, all that are assigned, and XK, which Kosovo uses until it is given one.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC \
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH \
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC \
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Why a value is refused: a stable code and a sentence with what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Cow<'static, str>,
    pub(super) detail: String,
}

/// `Ok(None)`: the value is empty, which is the same as absent.
pub(super) type Checked = Result<Option<Value>, Refusal>;

impl Refusal {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), detail: detail.into() }
    }

    fn kind(expected: &str) -> Self {
        Self::new("kind_wrong", format!("This must be {expected}."))
    }
}

impl From<WordError> for Refusal {
    fn from(error: WordError) -> Self {
        Self { code: Cow::Borrowed(error.code), detail: error.message }
    }
}

fn as_text<'v>(value: &'v Value, expected: &str) -> Result<&'v str, Refusal> {
    value.as_str().ok_or_else(|| Refusal::kind(expected))
}

/// A value whose word type does the work; empty text counts as absent.
fn word<W: FromStr<Err = WordError> + ToString>(value: &Value, expected: &str) -> Checked {
    let text = as_text(value, expected)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(Value::String(text.trim().parse::<W>()?.to_string())))
}

/// Whether a letter alone shows nothing: blanks, and those that Unicode says to leave unshown (`Default_Ignorable_Code_Point`,
/// Unicode 16), with the empty Braille cell. Beside others they have their use, in Persian words as in emoji.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Line breaks in one spelling; every other control character is refused, since it would travel unseen into pages,
/// feeds and mails.
pub(super) fn text(value: &Value, max_length: usize, multiline: bool) -> Checked {
    let text = as_text(value, "text")?;
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().all(is_unseen) {
        return Ok(None);
    }
    if !multiline && text.contains('\n') {
        return Err(Refusal::new("text_of_one_line", "This is a single line: leave the line breaks out."));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t') {
        return Err(Refusal::new("text_control_character", "The text contains control characters: type it anew."));
    }
    let length = text.chars().count();
    if length > max_length {
        return Err(Refusal::new(
            "text_too_long",
            format!("At most {max_length} characters fit here; this has {length}."),
        ));
    }
    Ok(Some(Value::String(text.to_owned())))
}

pub(super) fn integer(value: &Value, min: i64, max: i64) -> Checked {
    let number = value.as_i64().or_else(|| whole(value.as_f64()?)).ok_or_else(|| Refusal::kind("a whole number"))?;
    if !(min..=max).contains(&number) {
        return Err(Refusal::new("number_out_of_range", format!("This must be from {min} to {max}.")));
    }
    Ok(Some(Value::from(number)))
}

/// `2.0` is a whole number too: spreadsheets and JavaScript write it so.
#[expect(clippy::cast_possible_truncation, reason = "only numbers that a float holds exactly pass the check before")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0).then_some(number as i64)
}

pub(super) fn number(value: &Value, min: f64, max: f64) -> Checked {
    let number = value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| Refusal::kind("a number"))?;
    if !(min..=max).contains(&number) {
        return Err(Refusal::new("number_out_of_range", format!("This must be from {min} to {max}.")));
    }
    Ok(Some(plain_number(number)))
}

/// Whole numbers lose their fraction, so that 25 and 25.0 are the same text.
fn plain_number(number: f64) -> Value {
    whole(number).map(Value::from).or_else(|| Number::from_f64(number).map(Value::Number)).unwrap_or(Value::Null)
}

/// Decimal text, or a JSON number in its shortest spelling. What a hotel asks for is never below zero.
pub(super) fn money(value: &Value) -> Checked {
    let checked = match value {
        Value::Number(number) => Some(Value::String(number.to_string().parse::<Money>()?.to_string())),
        other => word::<Money>(other, "an amount such as \"120.00\"")?,
    };
    if checked.as_ref().and_then(Value::as_str).is_some_and(|amount| amount.starts_with('-')) {
        return Err(Refusal::new("money_out_of_range", "An amount is not below zero."));
    }
    Ok(checked)
}

pub(super) fn boolean(value: &Value) -> Checked {
    value.as_bool().map(|truth| Some(Value::Bool(truth))).ok_or_else(|| Refusal::kind("true or false"))
}

pub(super) fn date(value: &Value) -> Checked {
    let text = as_text(value, "a day such as \"2026-12-24\"")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<jiff::civil::Date>() {
        Ok(date) if text.len() == 10 => Ok(Some(Value::String(date.to_string()))),
        _ => Err(Refusal::new("date_invalid", "A day is written like 2026-12-24.")),
    }
}

/// A day of any year: `02-29` is one, since there are years that have it.
pub(super) fn day_of_year(value: &Value) -> Checked {
    let text = as_text(value, "a day of the year such as \"12-24\"")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_day = text.len() == 5 && format!("{LEAP_YEAR}-{text}").parse::<jiff::civil::Date>().is_ok();
    if is_day {
        Ok(Some(Value::String(text.to_owned())))
    } else {
        Err(Refusal::new("season_invalid", "A day of the year is written like 12-24: month and day."))
    }
}

/// Days of the week in their order, each once. The full English names are understood too.
pub(super) fn weekdays(value: &Value) -> Checked {
    let Some(wanted) = value.as_array() else { return Err(Refusal::kind("a list of days")) };
    let mut chosen = [false; WEEKDAYS.len()];
    for one in wanted.iter().filter(|one| !one.is_null()) {
        let text = as_text(one, "a day of the week such as \"mon\"")?.trim().to_ascii_lowercase();
        let found = WEEKDAYS.iter().position(|(short, long)| text == *short || text == *long);
        let Some(place) = found else {
            return Err(Refusal::new("weekday_unknown", "The days are mon, tue, wed, thu, fri, sat and sun."));
        };
        chosen[place] = true;
    }
    let kept = WEEKDAYS.iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen);
    let kept: Vec<_> = kept.map(|((short, _), _)| Value::from(*short)).collect();
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

/// The stored spelling of a code of a dictionary.
pub(super) fn code(value: &Value, dictionary: &str) -> Checked {
    let text = as_text(value, "a code")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let known =
        dictionaries::dictionary(dictionary).and_then(|known| known.term(text).or_else(|| known.term(&fold(text))));
    known.map(|term| Some(Value::String(term.code.clone()))).ok_or_else(|| {
        let detail =
            format!("`{text}` is no code of the dictionary {dictionary}. They are under /api/v1/dictionaries/.");
        Refusal::new("code_unknown", detail)
    })
}

pub(super) fn country(value: &Value) -> Checked {
    let text = as_text(value, "a country such as \"CH\"")?.trim().to_ascii_uppercase();
    if text.is_empty() {
        return Ok(None);
    }
    if COUNTRIES.split_whitespace().any(|known| known == text) {
        Ok(Some(Value::String(text)))
    } else {
        Err(Refusal::new("country_unknown", "A country is its two letters in ISO 3166, such as CH."))
    }
}

pub(super) fn slug(value: &Value) -> Checked {
    word::<Slug>(value, "a name in addresses such as \"lake-room\"")
}

pub(super) fn time(value: &Value) -> Checked {
    let text = as_text(value, "a time such as \"15:00\"")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let part = |part: &str, limit: u8| {
        let is_pair = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_pair && part.parse::<u8>().is_ok_and(|number| number < limit)
    };
    match text.split_once(':') {
        Some((hours, minutes)) if part(hours, 24) && part(minutes, 60) => Ok(Some(Value::String(text.to_owned()))),
        _ => Err(Refusal::new("time_invalid", "A time of day is written like 15:00, from 00:00 to 23:59.")),
    }
}

/// A day with a time of day, to the minute. A day alone is its first minute; seconds are accepted where they are zero, as
/// browsers and spreadsheets write them.
pub(super) fn date_time(value: &Value) -> Checked {
    let text = as_text(value, "a day and a time such as \"2026-12-24T15:00\"")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Refusal::new("date_time_invalid", "A day and a time are written like 2026-12-24T15:00.");
    let (day, clock) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let clock = clock.strip_suffix(":00").filter(|clock| clock.contains(':')).unwrap_or(clock);
    let day = date(&Value::String(day.to_owned())).ok().flatten().ok_or_else(wrong)?;
    let clock = time(&Value::String(clock.to_owned())).ok().flatten().ok_or_else(wrong)?;
    match (day.as_str(), clock.as_str()) {
        (Some(day), Some(clock)) => Ok(Some(Value::String(format!("{day}T{clock}")))),
        _ => Err(wrong()),
    }
}

/// The stored spelling of a choice. `Resort and Spa` finds `resort_and_spa`: spreadsheets and older systems write it so.
pub(super) fn choice(value: &Value, options: &[Choice]) -> Checked {
    let text = as_text(value, "one of the choices")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let folded = fold(text);
    let found = options.iter().find(|one| one.value == text).or_else(|| options.iter().find(|one| one.value == folded));
    let Some(found) = found else {
        let names: Vec<_> = options.iter().map(|one| one.value.as_str()).collect();
        return Err(Refusal::new("choice_unknown", format!("This must be one of: {}.", names.join(", "))));
    };
    Ok(Some(Value::String(found.value.clone())))
}

/// The stored spelling of some choices, each once, in the order in which they are declared.
pub(super) fn choices(value: &Value, options: &[Choice]) -> Checked {
    let Some(wanted) = value.as_array() else { return Err(Refusal::kind("a list of choices")) };
    let mut chosen = Vec::with_capacity(wanted.len().min(options.len()));
    for one in wanted {
        chosen.extend(choice(one, options)?);
    }
    let kept = options.iter().map(|option| Value::String(option.value.clone())).filter(|value| chosen.contains(value));
    let kept: Vec<Value> = kept.collect();
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

/// Lower snake case of any spelling: `Pricing-Table` becomes `pricing_table`.
pub(super) fn fold(text: &str) -> String {
    let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}

pub(super) fn url(value: &Value) -> Checked {
    word::<SafeUrl>(value, "a link")
}

/// The address of a picture: a link that leads to a file, not to a telephone.
pub(super) fn picture_url(value: &Value) -> Checked {
    let checked = word::<SafeUrl>(value, "the picture's address")?;
    let is_file =
        |url: &str| url.starts_with('/') || url.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
    match &checked {
        Some(Value::String(url)) if !is_file(url) => {
            Err(Refusal::new("url_invalid", "A picture's address starts with https:// or with /."))
        }
        _ => Ok(checked),
    }
}

pub(super) fn email(value: &Value) -> Checked {
    word::<EmailAddress>(value, "an e-mail address")
}

pub(super) fn currency(value: &Value) -> Checked {
    let upper = value.as_str().map(str::to_ascii_uppercase).map(Value::String);
    word::<CurrencyCode>(upper.as_ref().unwrap_or(value), "a currency such as \"CHF\"")
}

pub(super) fn phone(value: &Value) -> Checked {
    let text = as_text(value, "a telephone number")?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = text.chars().all(|letter| letter.is_ascii_digit() || "+ ()-./".contains(letter));
    if !is_plain || !PHONE_DIGITS.contains(&digits) || text.len() > PHONE_LENGTH {
        return Err(Refusal::new("phone_invalid", "A telephone number is written like +41 71 555 01 40."));
    }
    Ok(Some(Value::String(text.split_whitespace().collect::<Vec<_>>().join(" "))))
}

pub(super) fn colour(value: &Value) -> Checked {
    let text = as_text(value, "a colour such as \"#33605f\"")?.trim().to_ascii_lowercase();
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match digits {
        Some(digits) if digits.len() == 6 => Ok(Some(Value::String(text))),
        Some(digits) if digits.len() == 3 => {
            let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            Ok(Some(Value::String(format!("#{doubled}"))))
        }
        _ => Err(Refusal::new("colour_invalid", "A colour is written like #33605f.")),
    }
}

pub(super) fn geo(value: &Value) -> Checked {
    let wrong = || Refusal::new("geo_invalid", "A place is {\"latitude\": -90 to 90, \"longitude\": -180 to 180}.");
    let object = value.as_object().ok_or_else(wrong)?;
    if object.is_empty() {
        return Ok(None);
    }
    let part = |name: &str, limit: f64| {
        let number = object.get(name).and_then(Value::as_f64).filter(|number| number.abs() <= limit);
        number.map(plain_number).ok_or_else(wrong)
    };
    if object.len() != 2 {
        return Err(wrong());
    }
    let mut place = Map::new();
    place.insert("latitude".to_owned(), part("latitude", 90.0)?);
    place.insert("longitude".to_owned(), part("longitude", 180.0)?);
    Ok(Some(Value::Object(place)))
}

/// Names in alphabetical order: a map has no order of its own, and the same facts must be the same text.
pub(super) fn text_map(value: &Value) -> Checked {
    let object = value.as_object().ok_or_else(|| Refusal::kind("an object of names and texts"))?;
    if object.len() > TEXT_MAP_ENTRIES {
        return Err(Refusal::new("text_map_too_long", format!("At most {TEXT_MAP_ENTRIES} names fit here.")));
    }
    let mut names: Vec<_> = object.keys().collect();
    names.sort_unstable();
    let mut map = Map::new();
    for name in names {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if name.is_empty() || name.len() > TEXT_MAP_NAME_LENGTH || !is_plain {
            return Err(Refusal::new(
                "text_map_name_invalid",
                format!(
                    "A name here has 1 to {TEXT_MAP_NAME_LENGTH} of a-z, 0-9 and _, such as floor or minimum_nights."
                ),
            ));
        }
        let value = match &object[name] {
            Value::Number(number) => &Value::String(number.to_string()),
            other => other,
        };
        if value.is_null() {
            continue;
        }
        if let Some(kept) = text(value, TEXT_MAP_VALUE_LENGTH, true)? {
            map.insert(name.clone(), kept);
        }
    }
    Ok((!map.is_empty()).then_some(Value::Object(map)))
}
