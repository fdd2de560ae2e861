//! Passwords: argon2id, and the gate that keeps hashing from eating the machine's memory.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordVerifier as _, Version,
    password_hash::{PasswordHasher as _, SaltString},
};
use tokio::sync::Semaphore;

use super::CryptoError;
use crate::clock::Randomness;

/// Memory of one hash in KiB: 64 MiB, so that a graphics card can try few at a time.
#[cfg(not(debug_assertions))]
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over the memory.
#[cfg(not(debug_assertions))]
const PASSES: u32 = 3;
/// OWASP's floor (19 MiB, two passes): tests hash often, and nobody's password is in them.
#[cfg(debug_assertions)]
const MEMORY_KIB: u32 = 19 * 1024;
/// See above.
#[cfg(debug_assertions)]
const PASSES: u32 = 2;
/// Threads of one hash.
const LANES: u32 = 1;
/// RFC 9106 section 3.1 recommends 16 bytes.
const SALT_BYTES: usize = 16;
/// Hashes at once: two times 64 MiB is what a machine of 256 MB can spare.
const HASHES_AT_ONCE: usize = 2;
/// Hashes that may wait: about two seconds of work. Beyond that a quick refusal is kinder than a slow one.
const HASHES_WAITING: usize = 16;

/// The hash of no password, made with today's cost: verifying against it takes as long as against a real one.
#[cfg(not(debug_assertions))]
const DUMMY: &str = "$argon2id$v=19$m=65536,t=3,p=1$bm9ib2R5IGhhcyB0aGlzIQ$bm8gcGFzc3dvcmQgaGFzIHRoaXMgaGFzaCwgZXZlci4";
/// The same with the cost of debug builds.
#[cfg(debug_assertions)]
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$bm8gcGFzc3dvcmQgaGFzIHRoaXMgaGFzaCwgZXZlci4";

/// Hashes a password with argon2id into a PHC text. Takes a tenth of a second and 64 MiB: in a server, go through
/// [`PasswordHasher`].
pub fn hash_password(password: &str, randomness: &Randomness) -> Result<String, CryptoError> {
    let salt = SaltString::encode_b64(&randomness.bytes::<SALT_BYTES>()).map_err(failed)?;
    let hash = argon2().hash_password(password.as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. A text that is no PHC hash fits no password.
pub fn verify_password(password: &str, phc: &str) -> bool {
    // The cost comes from the hash itself, so that old ones still verify.
    PasswordHash::new(phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Whether a hash was made with another algorithm or cost than today's: hash again at the next sign-in.
pub fn needs_rehash(phc: &str) -> bool {
    let Ok(hash) = PasswordHash::new(phc) else { return true };
    let is_current = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && Params::try_from(&hash)
            .is_ok_and(|cost| (cost.m_cost(), cost.t_cost(), cost.p_cost()) == (MEMORY_KIB, PASSES, LANES));
    !is_current
}

/// What to verify against when there is no such user, so that the answer takes as long. No password fits it.
pub const fn dummy_hash() -> &'static str {
    DUMMY
}

fn argon2() -> Argon2<'static> {
    let cost = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the cost is within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
}

fn failed(error: argon2::password_hash::Error) -> CryptoError {
    CryptoError::Hashing(error.to_string())
}

/// The gate to argon2 in a server: two hashes at once, sixteen waiting, everyone else is told to come back. Cheap to
/// clone; clones share the gate.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    randomness: Randomness,
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl PasswordHasher {
    /// A gate of its own: one for the whole process.
    pub fn new(randomness: Randomness) -> Self {
        Self {
            randomness,
            admitted: Arc::new(Semaphore::new(HASHES_AT_ONCE + HASHES_WAITING)),
            running: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
        }
    }

    /// [`hash_password`] behind the gate.
    pub async fn hash(&self, password: String) -> Result<String, CryptoError> {
        let randomness = self.randomness.clone();
        self.pass(move || hash_password(&password, &randomness)).await?
    }

    /// [`verify_password`] behind the gate.
    pub async fn verify(&self, password: String, phc: String) -> Result<bool, CryptoError> {
        self.pass(move || verify_password(&password, &phc)).await
    }

    async fn pass<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, CryptoError> {
        let admission = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| CryptoError::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| CryptoError::Busy)?;
        // The permits go along: when the client hangs up, the hash still runs to its end and still counts.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((admission, turn));
            result
        });
        done.await.map_err(|_| CryptoError::Hashing("the hashing thread ended early".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const PASSWORD: &str = "drei Gondeln über dem See";

    #[test]
    fn only_the_right_password_fits() {
        let randomness = Randomness::system();
        let hash = hash_password(PASSWORD, &randomness).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m="), "{hash}");
        assert!(verify_password(PASSWORD, &hash));
        for other in ["", "drei Gondeln uber dem See", "drei Gondeln über dem See ", "DREI GONDELN ÜBER DEM SEE"] {
            assert!(!verify_password(other, &hash), "{other}");
        }
        assert_ne!(hash, hash_password(PASSWORD, &randomness).unwrap(), "every hash has a salt of its own");
        assert!(!verify_password(PASSWORD, "not a hash"));
    }

    #[test]
    fn argon2id_gives_the_published_result() {
        // From the reference implementation's test.c: version 0x13, t=2, m=2^16 KiB, p=1, "password", "somesalt".
        let published = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify_password("password", published));
        assert!(!verify_password("Password", published));
        assert!(needs_rehash(published));
    }

    #[test]
    fn a_hash_of_another_cost_is_made_again() {
        assert!(!needs_rehash(&hash_password(PASSWORD, &Randomness::seeded(1)).unwrap()));
        for other in [
            "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2i$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=16$m=65536,t=3,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "pbkdf2_sha256$600000$salt$hash",
            "",
        ] {
            assert!(needs_rehash(other), "{other}");
        }
    }

    #[test]
    fn the_dummy_costs_the_same_and_fits_nobody() {
        assert!(!needs_rehash(dummy_hash()), "same algorithm and cost as a real one");
        assert_eq!(dummy_hash().len(), hash_password(PASSWORD, &Randomness::seeded(1)).unwrap().len());
        for password in ["", PASSWORD, "password"] {
            assert!(!verify_password(password, dummy_hash()));
        }
    }

    #[tokio::test]
    async fn the_gate_hashes_and_verifies() {
        let hasher = PasswordHasher::new(Randomness::system());
        let hash = hasher.hash(PASSWORD.to_owned()).await.unwrap();
        assert!(hasher.verify(PASSWORD.to_owned(), hash.clone()).await.unwrap());
        assert!(!hasher.verify("another".to_owned(), hash).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_run_sixteen_wait_and_the_next_is_refused() {
        let hasher = PasswordHasher::new(Randomness::seeded(1));
        let (release, released) = std::sync::mpsc::channel::<()>();
        let released = Arc::new(std::sync::Mutex::new(released));
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let (hasher, released) = (hasher.clone(), Arc::clone(&released));
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            tokio::spawn(async move {
                let done = hasher.pass(move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    released.lock().unwrap().recv().unwrap();
                    running.fetch_sub(1, Ordering::SeqCst);
                });
                done.await
            })
        };
        let admitted: Vec<_> = (0..HASHES_AT_ONCE + HASHES_WAITING).map(|_| work()).collect();
        while hasher.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(work().await.unwrap(), Err(CryptoError::Busy));
        for _ in &admitted {
            release.send(()).unwrap();
        }
        for task in admitted {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
        assert!(most.load(Ordering::SeqCst) <= HASHES_AT_ONCE);
        assert_eq!(hasher.verify("a".to_owned(), dummy_hash().to_owned()).await, Ok(false), "the gate is open again");
    }
}
