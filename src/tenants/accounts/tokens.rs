//! Access tokens: short-lived JWTs that name a session. What they say is believed only after the session's row agreed.

use ground::{
    clock::{Clock, Randomness, Timestamp},
    crypto::{self, SecretKey},
    words::{SessionId, UserId},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// How long an access token is good for: the answer's `expires_in`, in seconds.
pub const ACCESS_TOKEN_SECONDS: i64 = 15 * 60;
/// Who the token is for; a token made for something else with the same key is refused.
const AUDIENCE: &str = "gammacms-admin-api";
/// Clocks of two processes may differ by this much before a fresh token counts as not yet valid. Seconds.
const CLOCK_SKEW_SECONDS: i64 = 30;
/// One algorithm, pinned: the header of a token is never asked which (RFC 8725 section 3.1).
const ALGORITHM: Algorithm = Algorithm::HS256;

/// Makes and reads access tokens.
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
    issuer: String,
    clock: Clock,
    randomness: Randomness,
}

/// What a token says (RFC 7519 section 4.1).
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Tokens {
    /// `issuer` is the installation's public address: a token of staging is none of production's.
    pub fn new(key: &SecretKey, issuer: &str, clock: Clock, randomness: Randomness) -> Self {
        let secret = key.derive("access-token");
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library reads the machine's clock; ours is handed down, so both times are checked below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            signing: EncodingKey::from_secret(&secret),
            checking: DecodingKey::from_secret(&secret),
            validation,
            issuer: issuer.to_owned(),
            clock,
            randomness,
        }
    }

    /// An access token for a session.
    pub fn issue(&self, user: UserId, session: SessionId) -> String {
        let now = self.clock.now().as_second();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            jti: crypto::token(&self.randomness),
            iat: now,
            nbf: now,
            exp: now + ACCESS_TOKEN_SECONDS,
        };
        jsonwebtoken::encode(&Header::new(ALGORITHM), &claims, &self.signing)
            .expect("texts and numbers serialize, and HMAC takes any key")
    }

    /// The session that a token names, if the token is ours and in time. The caller asks the session's row.
    pub fn read(&self, token: &str) -> Option<SessionId> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checking, &self.validation).ok()?.claims;
        is_in_time(&claims, self.clock.now()).then_some(claims.sid)
    }
}

fn is_in_time(claims: &Claims, now: Timestamp) -> bool {
    let now = now.as_second();
    claims.nbf <= now + CLOCK_SKEW_SECONDS && now < claims.exp
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const USER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const SESSION: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

    fn tokens(key: &SecretKey, issuer: &str, clock: &Clock) -> Tokens {
        Tokens::new(key, issuer, clock.clone(), Randomness::seeded(1))
    }

    fn key(filler: u8) -> SecretKey {
        SecretKey::from_bytes(&[filler; 32]).unwrap()
    }

    #[test]
    fn a_token_is_good_for_a_quarter_of_an_hour() {
        let clock = Clock::fixed("2026-05-01T12:00:00Z".parse().unwrap());
        let tokens = tokens(&key(1), "https://cms.example", &clock);
        let token = tokens.issue(USER.parse().unwrap(), SESSION.parse().unwrap());
        assert_eq!(tokens.read(&token), Some(SESSION.parse().unwrap()));
        clock.advance(SignedDuration::from_secs(ACCESS_TOKEN_SECONDS - 1));
        assert!(tokens.read(&token).is_some());
        clock.advance(SignedDuration::from_secs(1));
        assert!(tokens.read(&token).is_none());
    }

    #[test]
    fn a_token_of_another_key_issuer_or_algorithm_is_refused() {
        let clock = Clock::fixed("2026-05-01T12:00:00Z".parse().unwrap());
        let ours = tokens(&key(1), "https://cms.example", &clock);
        let (user, session) = (USER.parse().unwrap(), SESSION.parse().unwrap());
        for other in
            [tokens(&key(2), "https://cms.example", &clock), tokens(&key(1), "https://staging.example", &clock)]
        {
            assert!(ours.read(&other.issue(user, session)).is_none());
        }
        let token = ours.issue(user, session);
        let (body, _) = token.rsplit_once('.').unwrap();
        assert!(ours.read(&format!("{body}.")).is_none(), "no signature");
        // {"alg":"none","typ":"JWT"}
        let (_, claims) = body.split_once('.').unwrap();
        assert!(ours.read(&format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")).is_none(), "no algorithm");
        assert!(ours.read("").is_none());
    }
}
