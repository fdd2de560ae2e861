//! How a language writes dates, numbers and money: `assets/languages.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use ground::words::Locale;
use jiff::civil::Date;
use serde::Deserialize;

const SOURCE: &str = include_str!("../../../assets/languages.toml");
/// What a language that is not in the file writes like.
const FALLBACK: &str = "en";
/// From so many digits on, a number that is not money has its thousands apart: years have four and stay whole.
const GROUPED_FROM: usize = 5;

static LANGUAGES: LazyLock<BTreeMap<String, Language>> =
    LazyLock::new(|| toml::from_str(SOURCE).expect("a test reads the file that is built in"));

/// How one language writes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    /// Its name in itself.
    pub name: String,
    months: [String; 12],
    full_months: [String; 12],
    date: String,
    day_and_month: String,
    range: String,
    thousands: String,
    decimal: String,
}

impl Language {
    /// The region's way, else the language's, else English.
    pub fn of(locale: &Locale) -> &'static Self {
        [locale.as_str(), locale.base().as_str(), FALLBACK]
            .into_iter()
            .find_map(|name| LANGUAGES.get(name))
            .expect("English is in the file")
    }

    /// The language's own name; its code where it is not known here.
    pub fn name_of(locale: &Locale) -> String {
        let known = LANGUAGES.get(locale.as_str()).or_else(|| LANGUAGES.get(locale.base().as_str()));
        known.map_or_else(|| locale.to_string(), |language| language.name.clone())
    }

    /// A day with its year.
    pub fn date(&self, date: Date) -> String {
        self.filled(&self.date, date)
    }

    /// A month with its year.
    pub fn month(&self, date: Date) -> String {
        format!("{} {}", self.full_months[usize::from(date.month().unsigned_abs()) - 1], date.year())
    }

    /// From one day to another; the year stands once where it is the same.
    pub fn range(&self, start: Date, end: Date) -> String {
        let first = if start.year() == end.year() { &self.day_and_month } else { &self.date };
        self.range.replace("{start}", &self.filled(first, start)).replace("{end}", &self.date(end))
    }

    /// From one day of a year to another, without the year.
    pub fn season(&self, start: Date, end: Date) -> String {
        let day = |date| self.filled(&self.day_and_month, date);
        self.range.replace("{start}", &day(start)).replace("{end}", &day(end))
    }

    fn filled(&self, pattern: &str, date: Date) -> String {
        let month = &self.months[usize::from(date.month().unsigned_abs()) - 1];
        let day = date.day().to_string();
        pattern.replace("{day}", &day).replace("{month}", month).replace("{year}", &date.year().to_string())
    }

    /// An amount with its currency: `CHF 1,240`, `€ 99.50`. Whole amounts have no decimals.
    pub fn money(&self, amount: &str, currency: &str) -> String {
        let (sign, digits) = amount.strip_prefix('-').map_or(("", amount), |rest| ("−", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = self.grouped(whole);
        if !fraction.trim_end_matches('0').is_empty() {
            grouped.push_str(&self.decimal);
            grouped.extend([fraction, if fraction.len() == 1 { "0" } else { "" }]);
        }
        let sign_of_currency = match currency {
            "EUR" => "€",
            "GBP" => "£",
            other => other,
        };
        format!("{sign_of_currency}\u{a0}{sign}{grouped}").trim().to_owned()
    }

    /// A number: `4.5`, `4,5` in German; without needless decimals. What is no number stays as it is.
    pub fn number(&self, value: &str) -> String {
        let (sign, digits) = value.strip_prefix('-').map_or(("", value), |rest| ("−", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return value.to_owned();
        }
        let whole = if whole.len() < GROUPED_FROM { whole.to_owned() } else { self.grouped(whole) };
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}{}{fraction}", self.decimal),
        }
    }

    /// Whole digits with their thousands apart.
    fn grouped(&self, digits: &str) -> String {
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push_str(&self.thousands);
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// The plural category of a number in a language, by the rules of CLDR for the languages that themes have words in.
/// Anything but a whole number is `other` in all of them.
pub(super) fn plural(locale: &Locale, number: &str) -> &'static str {
    let Ok(count) = number.strip_suffix(".0").unwrap_or(number).parse::<i64>() else { return "other" };
    match (locale.base().as_str(), count) {
        (_, 1) => "one",
        ("ar", 0) => "zero",
        ("ar", 2) => "two",
        ("ar", _) => match count.rem_euclid(100) {
            3..=10 => "few",
            11..=99 => "many",
            _ => "other",
        },
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(locale: &str) -> &'static Language {
        Language::of(&locale.parse().unwrap())
    }

    #[test]
    fn dates_and_ranges_are_written_as_the_language_does() {
        let (june, august): (Date, Date) = ("2027-06-01".parse().unwrap(), "2027-08-31".parse().unwrap());
        let january: Date = "2028-01-06".parse().unwrap();
        for (locale, date, range, over_new_year) in [
            ("en", "1 Jun 2027", "1 Jun – 31 Aug 2027", "31 Aug 2027 – 6 Jan 2028"),
            ("en-us", "Jun 1, 2027", "Jun 1 – Aug 31, 2027", "Aug 31, 2027 – Jan 6, 2028"),
            ("de-at", "1. Juni 2027", "1. Juni – 31. Aug. 2027", "31. Aug. 2027 – 6. Jan. 2028"),
            ("sv", "1 Jun 2027", "1 Jun – 31 Aug 2027", "31 Aug 2027 – 6 Jan 2028"),
        ] {
            let language = language(locale);
            assert_eq!(language.date(june), date);
            assert_eq!(language.range(june, august), range);
            assert_eq!(language.range(august, january), over_new_year);
        }
        assert_eq!(language("de").season(august, january), "31. Aug. – 6. Jan.");
        assert_eq!(language("de").month(august), "August 2027");
    }

    #[test]
    fn money_has_no_needless_decimals() {
        for (locale, amount, currency, written) in [
            ("en", "240", "CHF", "CHF\u{a0}240"),
            ("en", "240.00", "CHF", "CHF\u{a0}240"),
            ("en", "1240.5", "EUR", "€\u{a0}1,240.50"),
            ("de", "1234567.05", "EUR", "€\u{a0}1.234.567,05"),
            ("de-ch", "1240", "CHF", "CHF\u{a0}1’240"),
            ("en", "-80", "GBP", "£\u{a0}−80"),
        ] {
            assert_eq!(language(locale).money(amount, currency), written);
        }
    }

    #[test]
    fn numbers_have_the_decimals_of_the_language_and_no_needless_ones() {
        for (locale, value, written) in [
            ("en", "4.5", "4.5"),
            ("de", "4.5", "4,5"),
            ("de-at", "100.50", "100,5"),
            ("de-ch", "2.5", "2.5"),
            ("fr", "0.25", "0,25"),
            ("ar", "4.5", "4.5"),
            ("de", "46.0", "46"),
            ("de", "1897", "1897"),
            ("de", "12500.5", "12.500,5"),
            ("en", "-3.5", "−3.5"),
            ("de", "about 3.5", "about 3.5"),
            ("de", "", ""),
        ] {
            assert_eq!(language(locale).number(value), written, "{locale} {value}");
        }
    }

    #[test]
    fn a_number_has_the_plural_of_its_language() {
        for (locale, number, category) in [
            ("en", "1", "one"),
            ("en", "1.0", "one"),
            ("de", "0", "other"),
            ("de", "2.5", "other"),
            ("ar", "0", "zero"),
            ("ar", "1", "one"),
            ("ar-eg", "2", "two"),
            ("ar", "10", "few"),
            ("ar", "11", "many"),
            ("ar", "100", "other"),
            ("ar", "103", "few"),
            ("ar", "2.5", "other"),
        ] {
            assert_eq!(plural(&locale.parse().unwrap(), number), category, "{locale} {number}");
        }
    }
}
