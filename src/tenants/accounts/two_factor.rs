//! The second factor: codes of an authenticator app (RFC 6238) and recovery codes for the day the phone is lost.

use ground::{
    clock::{Randomness, Timestamp},
    crypto,
    words::UserId,
};
use totp_rs::{Algorithm, TOTP};

/// Length of a secret: what RFC 4226 section 4 recommends for HMAC-SHA-1. Bytes.
const SECRET_LENGTH: usize = 20;
/// How long one code is shown. Seconds (RFC 6238 section 5.2).
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present that are accepted too: phones' clocks drift (RFC 6238 section 5.2).
const DRIFT_STEPS: i64 = 1;
/// Digits of a code; every authenticator app shows six.
const CODE_DIGITS: usize = 6;
/// Recovery codes handed out at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters of a recovery code: 50 bits, too many to try at five tries a quarter of an hour.
const RECOVERY_LENGTH: usize = 10;
/// What the app shows above the code.
const ISSUER: &str = "GammaCMS";

/// The shared secret of one authenticator app.
pub struct AuthenticatorSecret(Vec<u8>);

/// What a person types into the app, or scans.
pub struct Enrolment {
    /// The secret in base32.
    pub secret: String,
    /// `otpauth://` address for the QR code.
    pub otpauth_url: String,
}

impl AuthenticatorSecret {
    /// A fresh secret.
    pub fn generate(randomness: &Randomness) -> Self {
        Self(randomness.bytes::<SECRET_LENGTH>().to_vec())
    }

    /// The secret as it was unsealed.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What the app needs to know. The account's name is the person's e-mail address.
    pub fn enrolment(&self, email: &str) -> Enrolment {
        let totp = self.totp(email);
        Enrolment { secret: totp.get_secret_base32(), otpauth_url: totp.get_url() }
    }

    /// The step whose code this is, if it is the present one or a neighbour, and later than the last one used: each
    /// code is good once (RFC 6238 section 5.2).
    pub fn matching_step(&self, code: &str, now: Timestamp, last_used: Option<i64>) -> Option<i64> {
        let totp = self.totp("");
        let present = now.as_second() / STEP_SECONDS.cast_signed();
        let mut found = None;
        for step in present - DRIFT_STEPS..=present + DRIFT_STEPS {
            let expected = totp.generate(step.max(0).cast_unsigned() * STEP_SECONDS);
            // No early exit: the time taken says nothing of which step matched.
            if crypto::same(expected.as_bytes(), code.as_bytes()) && last_used.is_none_or(|last| step > last) {
                found = Some(step);
            }
        }
        found
    }

    fn totp(&self, account: &str) -> TOTP {
        // A colon would part issuer and account in the address; the library panics on it.
        let account = account.replace(':', "");
        TOTP::new_unchecked(
            Algorithm::SHA1,
            CODE_DIGITS,
            0,
            STEP_SECONDS,
            self.0.clone(),
            Some(ISSUER.to_owned()),
            account,
        )
    }
}

/// What someone typed as their second factor.
pub enum SecondFactor {
    /// Six digits from the app.
    Authenticator(String),
    /// A recovery code, in its stored spelling.
    Recovery(String),
}

impl SecondFactor {
    /// Spaces and hyphens are how people read codes; they do not count. `None` where it can be neither kind.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
        if plain.len() == CODE_DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Authenticator(plain));
        }
        let plain = plain.to_ascii_uppercase();
        let fits = plain.len() == RECOVERY_LENGTH && plain.bytes().all(|byte| super::codes::ALPHABET.contains(&byte));
        fits.then_some(Self::Recovery(plain))
    }
}

/// Fresh recovery codes, as they are shown once: `ABCDE-FGHJK`.
pub fn recovery_codes(randomness: &Randomness) -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let code = super::codes::random(RECOVERY_LENGTH, randomness);
            let (first, second) = code.split_at(RECOVERY_LENGTH / 2);
            format!("{first}-{second}")
        })
        .collect()
}

/// What is stored of a recovery code. The user's id keeps one person's list from telling anything of another's.
pub fn recovery_code_hash(user: UserId, code: &str) -> String {
    let plain: String = code.chars().filter(|letter| *letter != '-').collect();
    crypto::sha256_hex(format!("recovery-code:{user}:{plain}").as_bytes())
}

/// Where a secret is sealed to: a secret copied into another's row does not open.
pub fn seal_context(user: UserId) -> String {
    format!("users.totp_secret:{user}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = AuthenticatorSecret::from_bytes(b"12345678901234567890".to_vec());
        for (second, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let at = Timestamp::from_second(second).unwrap();
            assert_eq!(secret.matching_step(code, at, None), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_around_and_once() {
        let secret = AuthenticatorSecret::from_bytes(b"12345678901234567890".to_vec());
        let at = |second| Timestamp::from_second(second).unwrap();
        // 287082 belongs to step 1 (seconds 30 to 59).
        assert_eq!(secret.matching_step("287082", at(29), None), Some(1));
        assert_eq!(secret.matching_step("287082", at(89), None), Some(1));
        assert_eq!(secret.matching_step("287082", at(90), None), None);
        assert_eq!(secret.matching_step("287082", at(59), Some(1)), None);
        assert_eq!(secret.matching_step("287083", at(59), None), None);
        assert_eq!(secret.matching_step("", at(59), None), None);
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let codes = recovery_codes(&Randomness::seeded(3));
        assert_eq!(codes.len(), RECOVERY_CODES);
        let user = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        for code in &codes {
            let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
            let Some(SecondFactor::Recovery(plain)) = SecondFactor::parse(&typed) else { panic!("{typed}") };
            assert_eq!(recovery_code_hash(user, &plain), recovery_code_hash(user, code));
        }
        assert!(matches!(SecondFactor::parse("123 456"), Some(SecondFactor::Authenticator(code)) if code == "123456"));
        assert!(SecondFactor::parse("12345").is_none());
    }
}
