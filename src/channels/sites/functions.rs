//! What templates can call: words, amounts, numbers, dates, addresses, pictures. Made for one page, because each answer
//! depends on its language and place.

use std::sync::Arc;

use content::rich_text::{escape, text_of_html};
use ground::words::Locale;
use jiff::civil::Date;
use minijinja::{Environment, Error, Value, value::Kwargs};

use super::{
    addresses::Addresses,
    embeds,
    languages::{Language, plural},
    lists::{self, field, items, text},
    theme::{Theme, Words},
};

/// Where the files of themes are served, on every host.
pub(super) const FILES: &str = "/_theme";

/// A year that has every day which a season may name.
const A_YEAR: &str = "2024";

/// What the functions of one page know.
pub(super) struct Page {
    pub addresses: Addresses,
    pub locale: Locale,
    pub words: Words,
}

/// The theme's engine with the functions of one page.
pub(super) fn environment(theme: &Theme, page: Page) -> Environment<'static> {
    let mut environment = theme.environment();
    let page = Arc::new(page);
    let language = Language::of(&page.locale);
    let files = format!("{FILES}/{}/{}", theme.declared.name, theme.hash);

    let known = Arc::clone(&page);
    environment.add_function("t", move |key: &str, values: Kwargs| said(&known.words, key, &values));
    let known = Arc::clone(&page);
    environment.add_function("t_count", move |key: &str, count: Value| {
        let count = text(&count);
        let form = plural(&known.locale, &count);
        let of = |form: &str| known.words.get(&format!("{key}_{form}"));
        let words = of(form).or_else(|| of("other")).unwrap_or(key);
        words.replace("{n}", &language.number(&count))
    });
    environment.add_function("asset", move |path: &str| format!("{files}/{path}"));
    environment.add_filter("href", move |url: Value| page.addresses.written(&text(&url), &page.locale));
    environment
        .add_filter("money", move |amount: Value, currency: Value| language.money(&text(&amount), &text(&currency)));
    environment.add_filter("number", move |value: Value| language.number(&text(&value)));
    environment.add_filter("date", move |day: Value, form: Option<&str>| {
        let day = text(&day);
        let written = if form == Some("month") { Language::month } else { Language::date };
        day.parse::<Date>().map_or(day, |date| written(language, date))
    });
    environment.add_filter("date_range", move |start: Value, end: Value| {
        let (start, end) = (text(&start), text(&end));
        match (start.parse::<Date>(), end.parse::<Date>()) {
            (Ok(first), Ok(last)) => language.range(first, last),
            _ => format!("{start} – {end}"),
        }
    });
    environment.add_filter("days_after", |day: Value, other: Value| days_after(&text(&day), &text(&other)));
    environment.add_filter("season", move |season: Value| {
        let day = |name: &str| format!("{A_YEAR}-{}", text(&field(&season, name))).parse::<Date>();
        match (day("from"), day("to")) {
            (Ok(first), Ok(last)) => language.season(first, last),
            _ => String::new(),
        }
    });
    environment.add_function("frame_of", |provider: Value, url: Value| {
        embeds::frame(&text(&provider), &text(&url)).unwrap_or_default()
    });
    lists::add(&mut environment);
    environment.add_filter("src", source);
    environment.add_filter("srcset", sources);
    environment.add_filter("plain", |html: Value, length: Option<usize>| plain(&text(&html), length));
    environment.add_filter("quoted", |html: Value| {
        let mut quoted = String::new();
        escape(&mut quoted, &text(&html));
        Value::from_safe_string(quoted)
    });
    environment.add_filter("paragraphs", |words: Value| Value::from_safe_string(paragraphs(&text(&words))));
    environment
}

/// How many days a day is after another one, or before it where that is below zero; nothing where one of them is no day.
fn days_after(day: &str, other: &str) -> Option<i32> {
    let (day, other) = (day.parse::<Date>().ok()?, other.parse::<Date>().ok()?);
    other.until(day).ok().map(|span| span.get_days())
}

/// The theme's words with the values in their places. For words that the theme lacks stands what the template says, or
/// their name: a page with an odd word is better than none.
fn said(words: &Words, key: &str, values: &Kwargs) -> Result<Value, Error> {
    let fallback = values.get::<Option<Value>>("default")?;
    let Some(found) = words.get(key) else { return Ok(fallback.unwrap_or_else(|| Value::from(key))) };
    let mut said = found.to_owned();
    for name in values.args() {
        if name != "default" {
            said = said.replace(&format!("{{{name}}}"), &text(&values.get::<Value>(name)?));
        }
    }
    Ok(Value::from(said))
}

fn renditions(image: &Value) -> Vec<(u32, String, String)> {
    let part = |one: &Value, name: &str| text(&field(one, name));
    let list = items(&field(image, "renditions")).into_iter();
    list.filter_map(|one| Some((part(&one, "width").parse().ok()?, part(&one, "format"), part(&one, "url")))).collect()
}

/// Formats that not every browser shows: they are offered beside another.
const NEWER: [&str; 2] = ["avif", "webp"];

/// The picture at least this wide, in a format that every browser shows; the widest where none is.
fn source(image: Value, width: u32) -> String {
    let mut found: Vec<_> =
        renditions(&image).into_iter().filter(|(_, format, _)| !NEWER.contains(&format.as_str())).collect();
    found.sort_unstable();
    let fitting = found.iter().find(|(own, ..)| *own >= width).or_else(|| found.last());
    fitting.map_or_else(|| image.get_attr("url").map(|url| text(&url)).unwrap_or_default(), |(.., url)| url.clone())
}

/// All widths of one format, or of the one that every browser shows (`original`), as `srcset` takes them; empty where there
/// are none.
fn sources(image: Value, format: &str) -> String {
    let is_asked = |own: &str| if format == "original" { !NEWER.contains(&own) } else { own == format };
    let mut found: Vec<_> = renditions(&image).into_iter().filter(|(_, own, _)| is_asked(own)).collect();
    found.sort_unstable();
    let listed: Vec<_> = found.iter().map(|(width, _, url)| format!("{url} {width}w")).collect();
    listed.join(", ")
}

/// What HTML says, in one line of at most so many characters, cut between words.
pub(super) fn plain(html: &str, length: Option<usize>) -> String {
    let words = text_of_html(html);
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(length) = length.filter(|length| words.chars().count() > *length) else { return words };
    let cut: String = words.chars().take(length.saturating_sub(1)).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', ';', ':', '.']))
}

/// Lines of plain text as HTML: an empty line ends a paragraph, a single one a line.
fn paragraphs(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut html = String::with_capacity(escaped.len() + 16);
    for block in escaped.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        html.extend(["<p>", &block.replace('\n', "<br>"), "</p>"]);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_one_line_that_ends_between_words() {
        assert_eq!(plain("<p>Eleven &amp; a half</p><p>steps</p>", None), "Eleven & a half steps");
        assert_eq!(plain("<p>Twelve bicycles, with baskets</p>", Some(20)), "Twelve bicycles…");
        assert_eq!(plain("<p>&amp;lt;</p>", None), "&lt;");
    }

    #[test]
    fn days_are_counted_from_one_to_another() {
        assert_eq!(days_after("2027-03-01", "2027-02-27"), Some(2));
        assert_eq!(days_after("2026-12-31", "2027-01-01"), Some(-1));
        assert_eq!(days_after("", "2027-01-01"), None);
    }

    #[test]
    fn lines_become_paragraphs_and_nothing_else() {
        assert_eq!(paragraphs("One <b>\ntwo\n\n\n\nthree"), "<p>One &lt;b&gt;<br>two</p><p>three</p>");
        assert_eq!(paragraphs(" \n\n "), "");
    }
}
