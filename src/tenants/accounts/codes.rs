//! Codes that people read aloud and type: letters and digits that no one mistakes for each other.

use ground::clock::Randomness;

/// 32 signs without I, O, 0 and 1: five bits each, so that a byte's low bits choose without bias.
pub const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// `length` random signs of the alphabet.
pub fn random(length: usize, randomness: &Randomness) -> String {
    let mut bytes = vec![0; length];
    randomness.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_equally_likely_and_unmistakable() {
        let text = random(32_000, &Randomness::seeded(11));
        for sign in ALPHABET {
            let count = text.bytes().filter(|byte| byte == sign).count();
            assert!((800..1200).contains(&count), "{} came {count} times", char::from(*sign));
        }
        assert!(!text.contains(['I', 'O', '0', '1']));
    }
}
