//! The installation's one secret, and the keys for single purposes that are derived from it.

use std::fmt;

use super::{CryptoError, hmac_sha256};

/// Fewest bytes of a secret key: what 256 bits need at least.
pub const SHORTEST_SECRET_KEY: usize = 32;
/// Keeps our derived keys apart from those that another program derives from the same secret (RFC 5869 section 3.1).
const SALT: &[u8] = b"gammacms";

/// The secret of the installation. It is never used itself: each purpose has a derived key of its own.
#[derive(Clone)]
pub struct SecretKey {
    /// The "pseudorandom key" of RFC 5869: the secret, whatever its form, condensed to 32 bytes.
    condensed: [u8; 32],
}

impl SecretKey {
    /// A key from at least 32 bytes, of any form: base64 or hex text counts by its characters.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        if bytes.len() < SHORTEST_SECRET_KEY {
            return Err(CryptoError::KeyTooShort);
        }
        Ok(Self { condensed: extract(SALT, bytes) })
    }

    /// The key for one purpose, e.g. `access-token`. The same secret and purpose always give the same key; keys of
    /// different purposes say nothing about each other.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        expand(&self.condensed, purpose.as_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey(hidden)")
    }
}

/// HKDF-Extract (RFC 5869 section 2.2).
fn extract(salt: &[u8], secret: &[u8]) -> [u8; 32] {
    hmac_sha256(salt, secret)
}

/// HKDF-Expand (RFC 5869 section 2.3) for one block, which is all that a 32-byte key needs.
fn expand(condensed: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    let mut message = purpose.to_vec();
    message.push(1);
    hmac_sha256(condensed, &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn derivation_gives_the_published_results() {
        // RFC 5869, appendix A.1 and A.3; the first 32 bytes of their output are its first block.
        for (secret, salt, info, condensed, output) in [
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
            ),
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                "",
                "",
                "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
            ),
        ] {
            let key = extract(&hex(salt), &hex(secret));
            assert_eq!(key.to_vec(), hex(condensed));
            assert_eq!(expand(&key, &hex(info)).to_vec(), hex(output));
        }
    }

    #[test]
    fn each_purpose_and_each_secret_has_a_key_of_its_own() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(key.derive("access-token"), key.clone().derive("access-token"));
        assert_ne!(key.derive("access-token"), key.derive("sealing"));
        assert_ne!(key.derive("access-token"), SecretKey::from_bytes(&[8; 32]).unwrap().derive("access-token"));
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_printed() {
        assert_eq!(SecretKey::from_bytes(&[7; 31]).unwrap_err(), CryptoError::KeyTooShort);
        assert_eq!(format!("{:?}", SecretKey::from_bytes(&[7; 32]).unwrap()), "SecretKey(hidden)");
    }
}
