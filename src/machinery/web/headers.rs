//! The headers that keep a browser from doing what nobody wants. A handler that has its own reasons sets the header
//! itself; what it sets stays.

use rocket::{Response, http::Header};

/// For pages whose handler sets no policy of its own: nothing from elsewhere, no framing by others.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                           form-action 'self'; frame-ancestors 'self'";
/// Two years, as browsers' preload lists ask for at least one.
const TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Headers of pages and files; JSON needs only the first of all (`nosniff`): a browser never renders it.
const OF_PAGES: [(&str, &str); 5] = [
    ("Content-Security-Policy", PAGE_POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
];

/// Which of the headers are sent depends on how the installation is reached and on its environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecurityHeaders {
    /// Reached over TLS: browsers are told to insist on it.
    pub is_https: bool,
    /// A staging installation: search engines are told to keep away.
    pub is_hidden: bool,
}

impl SecurityHeaders {
    pub(super) fn apply(self, response: &mut Response<'_>) {
        response.set_header(Header::new("X-Content-Type-Options", "nosniff"));
        if self.is_https {
            response.set_header(Header::new("Strict-Transport-Security", TRANSPORT_SECURITY));
        }
        if self.is_hidden {
            response.set_header(Header::new("X-Robots-Tag", "noindex, nofollow"));
        }
        let media_type = response.headers().get_one("Content-Type").unwrap_or_default();
        if media_type.starts_with("application/json") || media_type.starts_with("application/problem+json") {
            return;
        }
        for (name, value) in OF_PAGES {
            if !response.headers().contains(name) {
                response.set_header(Header::new(name, value));
            }
        }
    }
}
