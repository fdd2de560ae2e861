//! The signed time at which a form was shown: whoever sends it back at once, or days later, is no guest. It stands in the
//! page and in no cookie, and says nothing about who looks at it.

use ground::{
    clock::Timestamp,
    crypto::{hmac_sha256, same, sha256_hex},
    words::{EntryId, SiteId},
};
use jiff::SignedDuration;

/// Nobody reads and answers a form faster.
const SHORTEST: SignedDuration = SignedDuration::from_secs(3);
/// A page that was left open for longer is loaded anew.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Makes and checks stamps. Cheap to clone.
#[derive(Clone)]
pub struct Stamps([u8; 32]);

/// What is wrong with a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampProblem {
    /// It is not one of ours for this form.
    Forged,
    /// The form was sent at once.
    TooFast,
    /// The form was shown too long ago.
    TooOld,
}

impl Stamps {
    /// With a key that is for this purpose alone.
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The stamp for a form shown now.
    pub fn make(&self, site: SiteId, form: EntryId, now: Timestamp) -> String {
        let seconds = now.as_second();
        format!("{seconds}.{}", self.signature(site, form, seconds))
    }

    /// Whether a form with this stamp can come from a guest.
    pub fn check(&self, site: SiteId, form: EntryId, stamp: &str, now: Timestamp) -> Result<(), StampProblem> {
        let (seconds, signature) = stamp.split_once('.').ok_or(StampProblem::Forged)?;
        let seconds: i64 = seconds.parse().map_err(|_| StampProblem::Forged)?;
        if !same(self.signature(site, form, seconds).as_bytes(), signature.as_bytes()) {
            return Err(StampProblem::Forged);
        }
        let shown = Timestamp::from_second(seconds).map_err(|_| StampProblem::Forged)?;
        match now.duration_since(shown) {
            age if age < SHORTEST => Err(StampProblem::TooFast),
            age if age > LONGEST => Err(StampProblem::TooOld),
            _ => Ok(()),
        }
    }

    fn signature(&self, site: SiteId, form: EntryId, seconds: i64) -> String {
        // The signature's own hash is as hard to guess, and comes as text.
        sha256_hex(&hmac_sha256(&self.0, format!("{site} {form} {seconds}").as_bytes()))
    }
}
