//! Secrets at rest: XChaCha20-Poly1305, bound to the place where the sealed value is kept.

use std::fmt;

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

use super::{CryptoError, SecretKey};
use crate::clock::Randomness;

/// Which derived key sealed a value; the first byte of every sealed value, so that keys can be changed one by one.
const KEY_VERSION: u8 = 1;
/// The extended nonce: long enough to be drawn at random (draft-irtf-cfrg-xchacha section 2).
const NONCE_BYTES: usize = 24;

/// Seals and opens small secrets for the database. Cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
}

impl Sealer {
    /// A sealer with the installation's key for this purpose.
    pub fn new(key: &SecretKey) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.derive("sealing-1").into()) }
    }

    /// Seals `plain` for one place, named by `context` (table, row, column): it opens nowhere else.
    pub fn seal(&self, plain: &[u8], context: &str, randomness: &Randomness) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = randomness.bytes();
        let bound_to = bound_to(context);
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &bound_to })
            .expect("a secret is far below the cipher's 256 GiB");
        [&[KEY_VERSION], nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for the same context under the same key.
    pub fn open(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>, CryptoError> {
        let (version, rest) = sealed.split_first().ok_or(CryptoError::CannotOpen)?;
        if *version != KEY_VERSION {
            return Err(CryptoError::UnknownKeyVersion(*version));
        }
        let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or(CryptoError::CannotOpen)?;
        let bound_to = bound_to(context);
        self.cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: &bound_to })
            .map_err(|_| CryptoError::CannotOpen)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealer(hidden)")
    }
}

/// The version belongs to what is authenticated, so that no value can be passed off as one of another key.
fn bound_to(context: &str) -> Vec<u8> {
    [&[KEY_VERSION], context.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: &str = "users/01890a5d-ac96-774b-bcce-b302099a8057/totp_secret";

    fn sealer(filler: u8) -> Sealer {
        Sealer::new(&SecretKey::from_bytes(&[filler; 32]).unwrap())
    }

    #[test]
    fn the_cipher_gives_the_published_result() {
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        let key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        let nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
                      sunscreen would be it.";
        let payload = Payload { msg: plain.as_slice(), aad: &hex("50515253c0c1c2c3c4c5c6c7") };
        let cipher = XChaCha20Poly1305::new_from_slice(&key).unwrap();
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).unwrap();
        assert!(sealed.starts_with(&hex("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb")));
        assert!(sealed.ends_with(&hex("c0875924c1c7987947deafd8780acf49")));
    }

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same() {
        let (sealer, randomness) = (sealer(1), Randomness::system());
        for plain in [b"".as_slice(), b"JBSWY3DPEHPK3PXP", &[0; 4096]] {
            let sealed = sealer.seal(plain, CONTEXT, &randomness);
            assert_eq!(sealed[0], KEY_VERSION);
            assert_eq!(sealer.open(&sealed, CONTEXT).unwrap(), plain);
            assert_ne!(sealed, sealer.seal(plain, CONTEXT, &randomness));
        }
    }

    #[test]
    fn a_change_of_any_bit_is_noticed() {
        let sealer = sealer(1);
        let sealed = sealer.seal(b"JBSWY3DPEHPK3PXP", CONTEXT, &Randomness::seeded(1));
        for position in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[position] ^= 1 << bit;
                assert!(sealer.open(&changed, CONTEXT).is_err(), "byte {position}, bit {bit}");
            }
        }
        for length in 0..sealed.len() {
            assert!(sealer.open(&sealed[..length], CONTEXT).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_value_moved_to_another_place_or_installation_stays_shut() {
        let ours = sealer(1);
        let sealed = ours.seal(b"JBSWY3DPEHPK3PXP", CONTEXT, &Randomness::seeded(1));
        assert_eq!(ours.open(&sealed, "users/another/totp_secret"), Err(CryptoError::CannotOpen));
        assert_eq!(sealer(2).open(&sealed, CONTEXT), Err(CryptoError::CannotOpen));
        let mut older = sealed;
        older[0] = 9;
        assert_eq!(ours.open(&older, CONTEXT), Err(CryptoError::UnknownKeyVersion(9)));
    }
}
