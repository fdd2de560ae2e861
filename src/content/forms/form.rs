//! A form as its published view has it in one language, and whether what was sent answers it.

use std::collections::BTreeMap;

use ground::words::EmailAddress;
use jiff::civil::Date;
use machinery::web::FieldProblem;
use serde_json::{Map, Value};

use super::{Answered, Consented};

/// Longest answer of one line, in characters.
const LINE_LENGTH: usize = 500;
/// Longest answer of several lines.
const TEXT_LENGTH: usize = 10_000;
/// How long submissions are kept where the form says nothing.
const USUAL_RETENTION_DAYS: i64 = 365;

/// A form in one language.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// What the team calls it.
    pub name: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// What is agreed to.
    pub consents: Vec<Consent>,
    /// To whom it goes.
    pub recipients: Vec<EmailAddress>,
    /// Subject and text of the answer to the guest.
    pub reply: Option<(String, String)>,
    /// Days for which it is kept.
    pub retention_days: i64,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its short name.
    pub key: String,
    /// Its words.
    pub label: String,
    /// What kind of answer it wants, as its declaration names it.
    pub kind: String,
    /// Whether it must be answered.
    pub is_required: bool,
    /// What can be chosen: kept value and words.
    pub options: Vec<(String, String)>,
    /// What a hidden field carries.
    pub value: String,
}

/// Something to agree to.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Its words.
    pub text: String,
    /// Their version.
    pub version: String,
    /// Whether it must be given.
    pub is_required: bool,
}

/// What was sent, checked; or what is wrong, by the names of the inputs.
pub(super) type Checked = Result<(Vec<Answered>, Vec<Consented>, Vec<EmailAddress>), BTreeMap<String, &'static str>>;

impl Form {
    /// Reads a view's document.
    pub fn read(document: &Map<String, Value>) -> Self {
        let list = |name: &str| document.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let reply = document.get("reply").map(|reply| (text(reply, "subject"), text(reply, "text")));
        Self {
            name: document.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            questions: list("fields").iter().map(question).collect(),
            consents: list("consents").iter().map(consent).collect(),
            recipients: list("recipients").iter().filter_map(|one| one.as_str()?.parse().ok()).collect(),
            reply: reply.filter(|(subject, text)| !subject.is_empty() && !text.is_empty()),
            retention_days: document.get("retention_days").and_then(Value::as_i64).unwrap_or(USUAL_RETENTION_DAYS),
        }
    }

    /// Checks what was sent.
    pub(super) fn check(&self, sent: &BTreeMap<String, String>) -> Checked {
        let mut wrong = BTreeMap::new();
        let (mut answers, mut emails) = (Vec::new(), Vec::new());
        for question in &self.questions {
            match question.answer(sent) {
                Ok(value) => {
                    if question.kind == "email" {
                        emails.extend(value.parse::<EmailAddress>());
                    }
                    if !value.is_empty() {
                        answers.push(Answered { key: question.key.clone(), label: question.label.clone(), value });
                    }
                }
                Err(code) => {
                    wrong.insert(question.key.clone(), code);
                }
            }
        }
        let mut consents = Vec::new();
        for (index, consent) in self.consents.iter().enumerate() {
            let name = consent_name(index);
            let given = sent.contains_key(&name);
            if consent.is_required && !given {
                wrong.insert(name, "required");
            }
            consents.push(Consented { text: consent.text.clone(), version: consent.version.clone(), given });
        }
        if wrong.is_empty() { Ok((answers, consents, emails)) } else { Err(wrong) }
    }
}

/// The name of a consent's input.
pub(super) fn consent_name(index: usize) -> String {
    format!("consent_{}", index + 1)
}

impl Question {
    fn answer(&self, sent: &BTreeMap<String, String>) -> Result<String, &'static str> {
        let given =
            |name: &str| sent.get(name).map(|value| value.replace("\r\n", "\n").trim().to_owned()).unwrap_or_default();
        let value = match self.kind.as_str() {
            "hidden" => return Ok(self.value.clone()),
            "daterange" => {
                return self.range(&given(&format!("{}_from", self.key)), &given(&format!("{}_to", self.key)));
            }
            _ => given(&self.key),
        };
        if value.is_empty() {
            return if self.is_required { Err("required") } else { Ok(value) };
        }
        let longest = if self.kind == "textarea" { TEXT_LENGTH } else { LINE_LENGTH };
        let is_unseen = |letter: char| letter.is_control() && !(self.kind == "textarea" && "\n\t".contains(letter));
        if value.chars().count() > longest || value.chars().any(is_unseen) {
            return Err("too_long");
        }
        let is_right = match self.kind.as_str() {
            "email" => value.parse::<EmailAddress>().is_ok(),
            "tel" => (3..=20).contains(&value.chars().filter(char::is_ascii_digit).count()),
            "date" => value.parse::<Date>().is_ok(),
            "number" => value.parse::<f64>().is_ok_and(f64::is_finite),
            "select" => self.options.iter().any(|(known, _)| *known == value),
            _ => true,
        };
        match self.kind.as_str() {
            _ if !is_right => Err("invalid"),
            "checkbox" => Ok("yes".to_owned()),
            _ => Ok(value),
        }
    }

    fn range(&self, from: &str, to: &str) -> Result<String, &'static str> {
        match (from, to) {
            ("", "") if self.is_required => Err("required"),
            ("", "") => Ok(String::new()),
            _ => match (from.parse::<Date>(), to.parse::<Date>()) {
                (Ok(first), Ok(last)) if last >= first => Ok(format!("{first} – {last}")),
                _ => Err("invalid"),
            },
        }
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn question(value: &Value) -> Question {
    let options = value["options"].as_array().into_iter().flatten();
    Question {
        key: text(value, "key"),
        label: text(value, "label"),
        kind: text(value, "type"),
        is_required: value["required"] == true,
        options: options.map(|one| (text(one, "value"), text(one, "label"))).collect(),
        value: text(value, "value"),
    }
}

fn consent(value: &Value) -> Consent {
    Consent { text: text(value, "text"), version: text(value, "version"), is_required: value["required"] == true }
}

/// What is wrong with a form's document: two questions of one short name, or one that cannot name an input.
pub fn checked(document: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let questions = document.get("fields").and_then(Value::as_array).into_iter().flatten();
    for (index, question) in questions.enumerate() {
        let pointer = |name: &str| format!("/fields/{index}/{name}");
        let mut refuse = |name: &str, code: &'static str, detail: &str| {
            problems.push(FieldProblem { pointer: pointer(name), code: code.into(), detail: detail.to_owned() });
        };
        let key = question["key"].as_str().unwrap_or_default();
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        // Underscores first and `consent` are the page's own inputs.
        let is_name = key.starts_with(|first: char| first.is_ascii_lowercase()) && key.chars().all(is_plain);
        if !key.is_empty() && (!is_name || key.starts_with("consent_")) {
            refuse(
                "key",
                "form_key_invalid",
                "A short name has a to z, digits and _, begins with a letter, and not with consent_.",
            );
        } else if !key.is_empty() && !seen.insert(key) {
            refuse("key", "form_key_taken", "Another question of the form has this short name.");
        }
        if question["type"] == "select" && question.get("options").is_none() {
            refuse("options", "required", "A choice needs something to choose from.");
        }
        let token = question["autocomplete"].as_str().unwrap_or_default();
        if !token.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-' || letter == ' ') {
            refuse(
                "autocomplete",
                "form_autocomplete_invalid",
                "This is a token of the HTML standard, such as `email`.",
            );
        }
    }
    problems
}
