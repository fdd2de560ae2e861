//! In which language a person who asks for a mail reads.

use ground::words::Locale;
use rocket::{
    Request,
    request::{FromRequest, Outcome},
};

/// The languages that mails are written in; the first one where none fits.
const WRITTEN: [&str; 2] = ["en", "de"];

/// The language of the mails that a request leads to, by `Accept-Language`.
pub struct MailLanguage(pub Locale);

impl MailLanguage {
    /// The written language with the highest weight (RFC 9110 section 12.5.4).
    pub fn preferred(header: Option<&str>) -> Self {
        let wanted = header.unwrap_or_default().split(',').filter_map(weighed);
        let best = wanted.fold(("", 0.0), |best, next| if next.1 > best.1 { next } else { best });
        let tag = WRITTEN.into_iter().find(|written| *written == best.0).unwrap_or(WRITTEN[0]);
        Self(tag.parse().expect("the tags above are languages"))
    }
}

/// A written language of the header with its weight; `None` for those we do not write in.
fn weighed(range: &str) -> Option<(&'static str, f32)> {
    let mut parts = range.split(';');
    let tag = parts.next()?.trim().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
    let language = tag.split('-').next()?;
    let written = WRITTEN.into_iter().find(|written| *written == language)?;
    Some((written, weight))
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MailLanguage {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::preferred(request.headers().get_one("Accept-Language")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_written_in_the_language_liked_best() {
        for (header, language) in [
            (None, "en"),
            (Some(""), "en"),
            (Some("de-CH,de;q=0.9,en;q=0.8"), "de"),
            (Some("fr,en;q=0.5,de;q=0.7"), "de"),
            (Some("en,de"), "en"),
            (Some("fr;q=x,*;;"), "en"),
        ] {
            assert_eq!(MailLanguage::preferred(header).0.as_str(), language, "{header:?}");
        }
    }
}
