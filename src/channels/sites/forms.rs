//! Forms on pages, complete without a script: the form as a theme gets it, what was wrong with what a guest has sent, and the
//! way from the request to `content::forms`. No cookie is set and no third party asked: a signed time, a trap for programs
//! and a limit for each address keep most of the spam out.

use std::collections::BTreeMap;

use content::{
    entries::public::{self, View},
    forms::{self, Form, Received, Sent, Stamps},
    sites::{self, Site},
};
use ground::{clock::Timestamp, words::EntryId};
use machinery::web::{
    Context, Explain, Problem, UrlQuery,
    csrf::{self, Sender},
    managed,
};
use rocket::Request;
use serde_json::{Value, json};
use tenants::accounts::{
    AttemptLimiter,
    limits::{FORM_PER_ADDRESS, by_address},
};

use super::{
    Sites,
    routes::{Here, Reply},
};

/// Bytes of a form that is sent: the longest answers to forty questions.
pub(super) const LARGEST_FORM: u64 = 512 * 1024;
/// The input that says which form it is.
const FORM: &str = "_form";
/// The input with the signed time.
const STAMP: &str = "_stamp";
/// The trap: hidden from people, filled in by programs.
const TRAP: &str = "_web";
/// The parameter behind which a page says thank you.
const SENT: &str = "sent";

/// What is known of the one form of a page that somebody has sent.
#[derive(Clone, Debug, Default)]
pub(super) struct FormState {
    form: Option<EntryId>,
    is_sent: bool,
    inputs: BTreeMap<String, String>,
    wrong: BTreeMap<String, &'static str>,
    /// What is wrong as a whole: `again`, `too_many`.
    problem: Option<&'static str>,
}

impl FormState {
    /// What a page's parameters say: after a form was sent, they name it.
    pub fn of_query(query: &str) -> Self {
        let form = UrlQuery::parse(query).get(SENT).and_then(|id| id.parse().ok());
        Self { form, is_sent: form.is_some(), ..Self::default() }
    }
}

/// Where a page will stand: what it can ask of guests follows from it.
#[derive(Clone, Copy)]
pub(super) enum Medium<'a> {
    /// On a server, which takes forms: what signs them, and what is known of one that was sent.
    Server { stamps: &'a Stamps, form: &'a FormState },
    /// In a file, which takes nothing: where booking begins instead, as themes get it.
    File { book: &'a Value },
}

impl Medium<'_> {
    /// A published form as themes get it.
    pub fn form(self, view: &View, site: &Site, now: Timestamp) -> Value {
        match self {
            Self::Server { stamps, form } => shown(view, site, stamps, form, now),
            Self::File { .. } => json!({"id": view.entry_id}),
        }
    }

    /// What themes are told of a page in a file; nothing on a server.
    pub fn files(self) -> Value {
        match self {
            Self::Server { .. } => Value::Null,
            Self::File { book } => json!({"book": book}),
        }
    }
}

/// A published form as themes get it. Whom it is sent to stays here.
fn shown(view: &View, site: &Site, stamps: &Stamps, state: &FormState, now: Timestamp) -> Value {
    let is_meant = state.form == Some(view.entry_id);
    let empty = FormState::default();
    let state = if is_meant { state } else { &empty };
    let input = |name: &str| state.inputs.get(name).map(String::as_str).unwrap_or_default();
    let list = |name: &str| view.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let questions = list("fields").iter().map(|question| {
        let key = question["key"].as_str().unwrap_or_default();
        let mut shown = question.clone();
        if let Some(shown) = shown.as_object_mut() {
            if question["type"] != "hidden" {
                shown.insert("value".to_owned(), json!(input(key)));
            }
            shown.insert("from".to_owned(), json!(input(&format!("{key}_from"))));
            shown.insert("to".to_owned(), json!(input(&format!("{key}_to"))));
            shown.insert("error".to_owned(), json!(state.wrong.get(key)));
        }
        shown
    });
    let consents = list("consents").iter().enumerate().map(|(index, consent)| {
        let name = format!("consent_{}", index + 1);
        json!({
            "name": name,
            "text": consent["text"],
            "required": consent["required"],
            "given": state.inputs.contains_key(&name),
            "error": state.wrong.get(&name),
        })
    });
    json!({
        "id": view.entry_id,
        "questions": questions.collect::<Vec<_>>(),
        "consents": consents.collect::<Vec<_>>(),
        "success": view.get("success"),
        "button": view.get("button"),
        "stamp": stamps.make(site.id, view.entry_id, now),
        "is_sent": state.is_sent,
        "is_wrong": !state.wrong.is_empty(),
        "problem": state.problem,
    })
}

impl Sites {
    /// Takes what a guest has sent from a page, and answers with the page: with thanks, or with what is wrong.
    pub(super) async fn receive(&self, request: &Request<'_>, here: Here, body: &str) -> Result<Reply, Problem> {
        if let Err(refusal) = csrf::check_origin(&Sender::of(request), &[]) {
            return Err(Problem::forbidden(refusal.to_string()));
        }
        let inputs: BTreeMap<String, String> =
            UrlQuery::parse(body).pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let input = |name: &str| inputs.get(name).map(String::as_str).unwrap_or_default();
        let form: EntryId = input(FORM).parse().map_err(|_| Problem::not_found())?;
        let mut state = FormState { form: Some(form), inputs: inputs.clone(), ..FormState::default() };
        let limiter = managed::<AttemptLimiter>(request).map_err(|(_, problem)| problem)?;
        if limiter.admit(&FORM_PER_ADDRESS, &by_address(Context::of(request).client())).await.is_err() {
            state.problem = Some("too_many");
            return self.page_again(here, state, 429).await;
        }
        if self.stamps.check(here.host.site, form, input(STAMP), here.now).is_err() {
            state.problem = Some("again");
            return self.page_again(here, state, 422).await;
        }
        let is_trapped = !input(TRAP).is_empty();
        let wanted = here.clone();
        let received = self
            .db
            .write(move |tx| {
                let Here { host, visitor, path, .. } = &wanted;
                let site = sites::published_by_name(tx, visitor, &host.site.to_string())?;
                let Some(site) = site else { return Ok(None) };
                let locale = wanted.addresses(&site).read(path).locale;
                let chain = public::chain(&site, Some(&locale));
                let view = public::referenced(tx, visitor, site.id, &[form], &chain)?.remove(&form);
                // Somebody may name any entry: what has no questions is no form.
                let Some(view) = view.filter(|view| view.get("fields").is_some()) else { return Ok(None) };
                let form = Form::read(&view.document);
                let sent = Sent { form_id: view.entry_id, form, locale, page: path.clone(), inputs, is_trapped };
                forms::receive(tx, visitor, &site, &sent).map(Some)
            })
            .await
            .map_err(|error| error.explain())?;
        match received {
            None => Err(Problem::not_found()),
            Some(Received::Kept(_)) => {
                let page = here.path.trim_end_matches('/');
                let page = if page.is_empty() { "/" } else { page };
                Ok(Reply::Led(format!("{page}?{SENT}={form}#form-{form}"), 303))
            }
            Some(Received::Wrong(wrong)) => {
                state.wrong = wrong;
                self.page_again(here, state, 422).await
            }
        }
    }
}
