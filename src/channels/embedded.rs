//! Files that are built into the program: found by path, negotiated to the compressed copy that the build made beside
//! them, and answered with an `ETag`. Nothing is copied; a release build serves the program's own pages.

use std::{borrow::Cow, fmt::Write as _, io::Cursor, path::Path};

use rocket::{
    Request, Response,
    http::{Header, Status},
    request::{FromRequest, Outcome},
    response::{Responder, Result as Responded},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// For files whose name changes with their content.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For files whose name stays: the browser asks each time and mostly gets 304.
pub const REVALIDATE: &str = "no-cache";

/// Bytes of the content's SHA-256 that make an `ETag`.
const ETAG_BYTES: usize = 16;

/// The endings of compressed copies, the better first, with their names in HTTP.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gz", "gzip")];

/// An embedded file on its way to a client.
pub struct Asset {
    file: EmbeddedFile,
    media_type: Cow<'static, str>,
    coding: Option<&'static str>,
    cache_control: &'static str,
    policy: Option<&'static str>,
}

impl Asset {
    fn find<E: RustEmbed>(path: &str, accepted: &str, cache_control: &'static str) -> Option<Self> {
        // The compressed copies are no files of their own: a client that asked for one would get bytes without a name.
        if CODINGS.iter().any(|(ending, _)| path.ends_with(&format!(".{ending}"))) {
            return None;
        }
        let plain = E::get(path)?;
        let media_type = media_type(path, &plain);
        let coded = CODINGS
            .iter()
            .filter(|(_, name)| accepts(accepted, name))
            .find_map(|(ending, name)| E::get(&format!("{path}.{ending}")).map(|file| (file, Some(*name))));
        let (file, coding) = coded.unwrap_or((plain, None));
        Some(Self { file, media_type, coding, cache_control, policy: None })
    }

    /// Sets the `Content-Security-Policy` under which a browser runs the file.
    #[must_use]
    pub fn under(mut self, policy: &'static str) -> Self {
        self.policy = Some(policy);
        self
    }

    fn etag(&self) -> String {
        let mut tag = String::with_capacity(2 * ETAG_BYTES + 2);
        tag.push('"');
        for byte in &self.file.metadata.sha256_hash()[..ETAG_BYTES] {
            // Writing to a String cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        tag
    }
}

/// A request for an embedded file, as a guard: it knows which compressed copies the client takes.
pub struct Wanted<'r> {
    accepted: &'r str,
}

impl Wanted<'_> {
    /// The file at this path in the embedded folder `E`, or its compressed copy where the client takes one.
    pub fn find<E: RustEmbed>(&self, path: &Path, cache_control: &'static str) -> Option<Asset> {
        Asset::find::<E>(path.to_str()?, self.accepted, cache_control)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Wanted<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self { accepted: request.headers().get_one("Accept-Encoding").unwrap_or_default() })
    }
}

/// The media type by the file's ending; text is always UTF-8.
fn media_type(path: &str, file: &EmbeddedFile) -> Cow<'static, str> {
    let guessed = file.metadata.mimetype();
    if matches!(Path::new(path).extension().and_then(|ending| ending.to_str()), Some("js" | "mjs")) {
        Cow::Borrowed("text/javascript; charset=utf-8")
    } else if guessed.starts_with("text/") || guessed == "image/svg+xml" {
        Cow::Owned(format!("{guessed}; charset=utf-8"))
    } else {
        Cow::Owned(guessed.to_owned())
    }
}

/// Whether `Accept-Encoding` names the coding and does not refuse it with `q=0`.
fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|offer| {
        let (name, quality) = offer.split_once(';').unwrap_or((offer, ""));
        let is_refused = quality.trim().strip_prefix("q=").is_some_and(|quality| quality.trim().parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(coding) && !is_refused
    })
}

impl<'r> Responder<'r, 'static> for Asset {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let etag = self.etag();
        let mut response = Response::new();
        let is_known = request.headers().get("If-None-Match").any(|tags| tags.split(',').any(|tag| tag.trim() == etag));
        response.set_header(Header::new("ETag", etag));
        response.set_header(Header::new("Cache-Control", self.cache_control));
        response.set_header(Header::new("Vary", "Accept-Encoding"));
        response.set_header(Header::new("X-Content-Type-Options", "nosniff"));
        if let Some(policy) = self.policy {
            response.set_header(Header::new("Content-Security-Policy", policy));
        }
        if is_known {
            response.set_status(Status::NotModified);
            return Ok(response);
        }
        response.set_header(Header::new("Content-Type", self.media_type.into_owned()));
        if let Some(coding) = self.coding {
            response.set_header(Header::new("Content-Encoding", coding));
        }
        let bytes = self.file.data;
        response.set_sized_body(bytes.len(), Cursor::new(bytes));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_when_it_is_offered_and_not_refused() {
        for (header, is_accepted) in [
            ("br", true),
            ("gzip, deflate, BR", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("gzip", false),
            ("", false),
        ] {
            assert_eq!(accepts(header, "br"), is_accepted, "{header}");
        }
    }
}
