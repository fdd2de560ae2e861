//! May this request change something in the name of the browser's cookie? Pure checks; the session guard asks them
//! for every request that carries a session cookie and is not a plain read.

use ground::crypto;
use rocket::{Request, http::Method};

/// The header that repeats the session's token.
pub const TOKEN_HEADER: &str = "X-CSRF-Token";

/// Why a request is not believed to come from our own pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsrfRefusal {
    /// The browser says that another origin sent it.
    #[error("The request comes from a page of another origin. Add that origin to CSRF_TRUSTED_ORIGINS if it is yours.")]
    ForeignOrigin,
    /// The token is missing or belongs to another session.
    #[error("The header X-CSRF-Token must repeat the csrf_token of this session. Load the page again.")]
    WrongToken,
}

/// What the browser tells about the sender of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sender<'a> {
    /// Header `Origin`.
    pub origin: Option<&'a str>,
    /// Header `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
    /// Header `Host`, with the port where there is one.
    pub host: Option<&'a str>,
    /// Header `X-CSRF-Token`.
    pub token: Option<&'a str>,
}

impl<'a> Sender<'a> {
    /// The sender of this request.
    pub fn of(request: &'a Request<'_>) -> Self {
        let headers = request.headers();
        Self {
            origin: headers.get_one("Origin"),
            fetch_site: headers.get_one("Sec-Fetch-Site"),
            host: headers.get_one("Host"),
            token: headers.get_one(TOKEN_HEADER),
        }
    }
}

/// Whether a method changes something and needs the checks (RFC 9110 section 9.2.1 names the safe ones).
pub fn needs_check(method: Method) -> bool {
    !matches!(method, Method::Get | Method::Head | Method::Options | Method::Trace)
}

/// Both checks: the origin, then the token.
pub fn check(sender: &Sender<'_>, trusted_origins: &[String], session_token: &str) -> Result<(), CsrfRefusal> {
    check_origin(sender, trusted_origins)?;
    check_token(sender.token, session_token)
}

/// The browser's own word about the origin. `trusted_origins` holds the public URL's origin and what
/// `CSRF_TRUSTED_ORIGINS` adds, each as `https://host[:port]` or with a `*.` before the domain.
pub fn check_origin(sender: &Sender<'_>, trusted_origins: &[String]) -> Result<(), CsrfRefusal> {
    if let Some(origin) = sender.origin {
        if trusted_origins.iter().any(|trusted| is_covered_by(origin, trusted)) {
            return Ok(());
        }
        // `Sec-Fetch-Site` sees the scheme too, so that a page on plain http is not taken for its https twin.
        let is_our_scheme = sender.fetch_site.is_none_or(|site| site == "same-origin");
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let is_our_host = authority.is_some_and(|authority| {
            sender.host.is_some_and(|host| !host.is_empty() && host.eq_ignore_ascii_case(authority))
        });
        return if is_our_host && is_our_scheme { Ok(()) } else { Err(CsrfRefusal::ForeignOrigin) };
    }
    match sender.fetch_site {
        // Every browser since 2020 sends one of the two with a request that changes something: without them this is no
        // browser, and the token decides.
        Some("same-origin") | None => Ok(()),
        Some(_) => Err(CsrfRefusal::ForeignOrigin),
    }
}

/// Whether the header repeats the session's token; the comparison takes the same time wherever they differ.
pub fn check_token(given: Option<&str>, session_token: &str) -> Result<(), CsrfRefusal> {
    match given {
        Some(given) if !session_token.is_empty() && crypto::same(given.as_bytes(), session_token.as_bytes()) => Ok(()),
        _ => Err(CsrfRefusal::WrongToken),
    }
}

/// `https://*.hotel.example` covers each host below `hotel.example`, as Django's setting of the same name does.
fn is_covered_by(origin: &str, trusted: &str) -> bool {
    let trusted = trusted.trim_end_matches('/');
    match trusted.split_once("://*.") {
        None => origin.eq_ignore_ascii_case(trusted),
        Some((scheme, domain)) => origin.split_once("://").is_some_and(|(given, host)| {
            given.eq_ignore_ascii_case(scheme)
                && host.len() > domain.len() + 1
                && host.is_char_boundary(host.len() - domain.len())
                && host[host.len() - domain.len()..].eq_ignore_ascii_case(domain)
                && host.as_bytes()[host.len() - domain.len() - 1] == b'.'
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_and_trusted_origins_may_change_something() {
        let trusted = ["https://cms.example".to_owned(), "https://*.hotel.example".to_owned()];
        for (origin, fetch_site, host, is_fine) in [
            (Some("https://cms.example"), Some("same-origin"), "cms.example", true),
            (Some("https://cms.example"), None, "internal:8000", true),
            (Some("https://admin.hotel.example"), Some("cross-site"), "cms.example", true),
            (Some("https://hotel.example"), Some("cross-site"), "cms.example", false),
            (Some("https://evilhotel.example"), Some("cross-site"), "cms.example", false),
            (Some("https://evil.example"), Some("cross-site"), "cms.example", false),
            (Some("null"), Some("cross-site"), "cms.example", false),
            (Some("null"), None, "cms.example", false),
            (Some("http://localhost:8000"), Some("same-origin"), "localhost:8000", true),
            (Some("http://localhost:8000"), None, "localhost:8000", true),
            (Some("http://localhost:8000"), Some("same-site"), "localhost:8000", false),
            (Some("http://localhost:3000"), Some("same-site"), "localhost:8000", false),
            (None, Some("same-origin"), "cms.example", true),
            (None, Some("none"), "cms.example", false),
            (None, Some("cross-site"), "cms.example", false),
            (None, None, "cms.example", true),
            (Some("https://"), None, "", false),
        ] {
            let sender = Sender { origin, fetch_site, host: Some(host), token: None };
            assert_eq!(check_origin(&sender, &trusted).is_ok(), is_fine, "{sender:?}");
        }
    }

    #[test]
    fn the_token_must_be_the_session_s() {
        assert!(check_token(Some("abc"), "abc").is_ok());
        for (given, session) in [(None, "abc"), (Some("abd"), "abc"), (Some(""), ""), (Some("ab"), "abc")] {
            assert_eq!(check_token(given, session), Err(CsrfRefusal::WrongToken));
        }
    }

    #[test]
    fn reading_needs_no_check() {
        assert!(!needs_check(Method::Get) && !needs_check(Method::Head));
        assert!(needs_check(Method::Post) && needs_check(Method::Delete));
    }
}
