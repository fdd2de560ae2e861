//! What a client holds of its session: a browser its cookie, a program its access and refresh token.

use ground::{
    clock::{Clock, Randomness},
    crypto::SecretKey,
};
use rocket::{
    Request,
    http::{Cookie, CookieJar, SameSite},
    time::Duration,
};

use super::{
    sessions::{ABSOLUTE, OpenedSession, SessionKind},
    tokens::{ACCESS_TOKEN_SECONDS, Tokens},
    views::{SessionAnswer, UserView},
};

/// The prefix makes browsers refuse it from a neighbouring host, without TLS or for one path only (RFC 6265bis 4.1.3).
const SECURE_NAME: &str = "__Host-gammacms_session";
/// Without TLS browsers store no `__Host-` cookie: development on plain http.
const PLAIN_NAME: &str = "gammacms_session";

/// How sessions are held: kept in Rocket's state.
pub struct Sessions {
    tokens: Tokens,
    is_https: bool,
    trusted_origins: Vec<String>,
}

impl Sessions {
    /// `public_url` decides about the cookie's name and is the tokens' issuer; `trusted_origins` are the origins whose
    /// pages may act in a session's name: the public one and those of `CSRF_TRUSTED_ORIGINS`.
    pub fn new(
        key: &SecretKey,
        public_url: &str,
        trusted_origins: Vec<String>,
        clock: Clock,
        randomness: Randomness,
    ) -> Self {
        Self {
            tokens: Tokens::new(key, public_url, clock, randomness),
            is_https: public_url.starts_with("https://"),
            trusted_origins,
        }
    }

    /// The access tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The origins whose pages may act in a session's name.
    pub fn trusted_origins(&self) -> &[String] {
        &self.trusted_origins
    }

    /// The session's secret, if the request came with our cookie.
    pub fn secret_of<'r>(&self, request: &'r Request<'_>) -> Option<&'r str> {
        request.cookies().get(self.cookie_name()).map(Cookie::value)
    }

    /// Gives a session that was just opened to its client: sets the browser's cookie, or answers the tokens.
    pub fn hand_over(&self, opened: &OpenedSession, cookies: &CookieJar<'_>) -> SessionAnswer {
        let user = UserView::of(&opened.user);
        match opened.kind {
            SessionKind::Browser => {
                cookies.add(self.cookie(opened.secret.clone()));
                SessionAnswer { csrf_token: Some(opened.csrf_token.clone()), ..SessionAnswer::of(user) }
            }
            SessionKind::Api => SessionAnswer {
                access: Some(self.tokens.issue(opened.user.id, opened.id)),
                refresh: Some(opened.secret.clone()),
                expires_in: Some(ACCESS_TOKEN_SECONDS),
                ..SessionAnswer::of(user)
            },
        }
    }

    /// Takes the cookie back.
    pub fn forget(&self, cookies: &CookieJar<'_>) {
        cookies.remove(self.cookie(String::new()));
    }

    fn cookie_name(&self) -> &'static str {
        if self.is_https { SECURE_NAME } else { PLAIN_NAME }
    }

    fn cookie(&self, secret: String) -> Cookie<'static> {
        Cookie::build((self.cookie_name(), secret))
            .path("/")
            .secure(self.is_https)
            .http_only(true)
            // Lax and not Strict: a link in a mail must find the person signed in.
            .same_site(SameSite::Lax)
            .max_age(Duration::try_from(ABSOLUTE).unwrap_or(Duration::ZERO))
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(public_url: &str) -> Sessions {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap();
        Sessions::new(&key, public_url, Vec::new(), Clock::system(), Randomness::seeded(1))
    }

    #[test]
    fn the_cookie_is_bound_to_its_host_wherever_there_is_tls() {
        let cookie = sessions("https://cms.example").cookie("abc".to_owned()).to_string();
        assert_eq!(cookie, "__Host-gammacms_session=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600");
        let cookie = sessions("http://127.0.0.1:8000").cookie("abc".to_owned()).to_string();
        assert_eq!(cookie, "gammacms_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=1209600");
    }
}
