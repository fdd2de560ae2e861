//! Cryptography: passwords, keys, tokens, and secrets at rest. All randomness is handed in.

mod keys;
mod passwords;
mod sealing;
mod trust;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

pub use keys::{SHORTEST_SECRET_KEY, SecretKey};
pub use passwords::{PasswordHasher, dummy_hash, hash_password, needs_rehash, verify_password};
pub use sealing::Sealer;
pub use trust::{authorities_of_this_machine, trusted_authorities};

use crate::clock::Randomness;

/// Random bytes of a token: 256 bits, beyond any guessing.
const TOKEN_BYTES: usize = 32;

/// Why a cryptographic step was refused. None of the texts says anything about the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// So many passwords are being hashed that the next would only wait.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// The installation's key is too short to be one.
    #[error("a secret key has at least {SHORTEST_SECRET_KEY} bytes")]
    KeyTooShort,
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hashing(String),
    /// The sealed value was sealed under a key that this version does not know.
    #[error("the value was sealed under key version {0}, which is unknown here")]
    UnknownKeyVersion(u8),
    /// The sealed value was changed, belongs elsewhere, or was sealed under another key.
    #[error("the sealed value cannot be opened: it was changed, moved, or sealed under another secret key")]
    CannotOpen,
}

/// A new unguessable token: 32 random bytes in base64url without padding (43 characters).
pub fn token(randomness: &Randomness) -> String {
    BASE64URL_NOPAD.encode(&randomness.bytes::<TOKEN_BYTES>())
}

/// SHA-256 in lower-case hex: how tokens and API keys are stored and looked up.
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of bytes that come piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Sha256Sum(Sha256);

impl Sha256Sum {
    /// Takes the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum of all that came, in lower-case hex.
    pub fn hex(self) -> String {
        HEXLOWER.encode(&self.0.finalize())
    }
}

/// SHA-256 in base64, as content security policies name what they allow.
pub fn sha256_base64(bytes: &[u8]) -> String {
    BASE64.encode(&Sha256::digest(bytes))
}

/// HMAC-SHA256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether two byte strings are equal, in a time that depends on their length only.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn hmac_gives_the_published_results() {
        // RFC 4231, test cases 1 to 4, 6 and 7.
        for (key, message, expected) in [
            (
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
                vec![0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                vec![0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be \
                  hashed before being used by the HMAC algorithm."
                    .to_vec(),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ] {
            assert_eq!(hmac_sha256(&key, &message).to_vec(), hex(expected));
        }
    }

    #[test]
    fn sha256_gives_the_published_results() {
        // FIPS 180-2, appendix B.1, and the empty message.
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn tokens_are_long_plain_and_never_the_same() {
        let randomness = Randomness::system();
        let first = token(&randomness);
        assert_eq!(first.len(), 43);
        assert!(first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_ne!(first, token(&randomness));
    }

    #[test]
    fn comparison_sees_every_difference() {
        assert!(same(b"", b""));
        assert!(same(b"token", b"token"));
        for other in ["tokeN", "toke", "tokens", ""] {
            assert!(!same(b"token", other.as_bytes()), "{other}");
        }
    }
}
