//! The words of mails: `templates/mail/<name>.<language>.txt`, whose first line is `Subject: ...`.

use ground::words::Locale;
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use rust_embed::RustEmbed;
use serde_json::Value;

use super::MailError;

#[derive(RustEmbed)]
#[folder = "../../templates/mail"]
#[include = "*.txt"]
struct Texts;

/// The language that every mail is written in.
const FALLBACK: &str = "en";
const SUBJECT: &str = "Subject: ";

/// Subject and text of a mail.
pub(super) fn render(template: &str, locale: &Locale, values: &Value) -> Result<(String, String), MailError> {
    let failure = |reason: String| MailError::Template { template: template.to_owned(), reason };
    let base = locale.base();
    let source = [locale.as_str(), base.as_str(), FALLBACK]
        .into_iter()
        .find_map(|language| Texts::get(&format!("{template}.{language}.txt")))
        .ok_or_else(|| failure("there is no such text".to_owned()))?;
    let source = String::from_utf8_lossy(&source.data);
    // Split before the values are put in: a value with a line break adds nothing to the headers.
    let (subject, text) = source
        .split_once('\n')
        .and_then(|(first, rest)| Some((first.strip_prefix(SUBJECT)?, rest)))
        .ok_or_else(|| failure("the first line is not `Subject: ...`".to_owned()))?;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let context = minijinja::Value::from(Serde(values));
    let filled = |part: &str| environment.render_str(part, &context).map_err(|error| failure(error.to_string()));
    Ok((one_line(&filled(subject)?), format!("{}\n", filled(text)?.trim())))
}

fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values() -> Value {
        json!({
            "name": "Ottilie Brunner", "email": "ottilie@lake.example", "link": "https://cms.example/x#token=abc",
            "hours": 1, "days": 7, "organization": "Seehof & Söhne", "invited_by": "Jörg", "role": "editor",
        })
    }

    #[test]
    fn every_mail_is_written_in_english_and_german() {
        let names: Vec<String> = Texts::iter().map(std::borrow::Cow::into_owned).collect();
        for template in ["verify_email", "reset_password", "password_changed", "invitation"] {
            for language in ["en", "de"] {
                assert!(names.contains(&format!("{template}.{language}.txt")), "{template} in {language}");
                let (subject, text) = render(template, &language.parse().unwrap(), &values()).unwrap();
                assert!(!subject.is_empty() && !subject.contains("{{") && !text.contains("{{"), "{subject}\n{text}");
                assert!(template == "password_changed" || text.contains("https://cms.example/x#token=abc"), "{text}");
            }
        }
        let tried_elsewhere =
            ["form_received", "form_reply", "review_requested", "review_answered", "schedule_failed", "release_failed"];
        assert_eq!(names.len(), 2 * (4 + tried_elsewhere.len()), "{names:?}");
    }

    #[test]
    fn an_unknown_language_is_english_and_a_region_is_its_language() {
        let subject = |locale: &str| render("password_changed", &locale.parse().unwrap(), &values()).unwrap().0;
        assert_eq!(subject("fr"), "Your password was changed");
        assert_eq!(subject("de-at"), "Ihr Passwort wurde geändert");
    }

    #[test]
    fn a_line_break_in_a_value_adds_no_header() {
        let mut values = values();
        values["organization"] = "Seehof\r\nBcc: all@lake.example".into();
        let (subject, _) = render("invitation", &"en".parse().unwrap(), &values).unwrap();
        assert_eq!(subject, "Jörg invites you to Seehof Bcc: all@lake.example");
    }

    #[test]
    fn a_missing_value_is_an_error_and_not_a_gap() {
        let error = render("invitation", &"en".parse().unwrap(), &json!({})).unwrap_err();
        assert!(error.to_string().contains("invitation"), "{error}");
    }
}
