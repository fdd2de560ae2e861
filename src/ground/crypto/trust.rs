//! Whose word about a server's name is taken: Mozilla's certificate authorities, which are in the program, and those of the
//! machine, where a company adds its own. A minimal container has none of the latter, and reaches public servers all the same.

use std::sync::OnceLock;

use rustls::{RootCertStore, pki_types::CertificateDer};

/// The machine's authorities: its usual store, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name, as every other program there
/// has it. Read once. Some stores carry certificates that are no authorities; they vouch for nobody and are left out.
pub fn authorities_of_this_machine() -> &'static [CertificateDer<'static>] {
    static READ: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    READ.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in found.errors {
            tracing::warn!(%error, "a certificate store of this machine could not be read; public authorities are known without it");
        }
        let is_authority = |certificate: &CertificateDer<'static>| RootCertStore::empty().add(certificate.clone()).is_ok();
        found.certs.into_iter().filter(is_authority).collect()
    })
}

/// All authorities that outgoing connections trust.
pub fn trusted_authorities() -> RootCertStore {
    let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    store.add_parsable_certificates(authorities_of_this_machine().iter().cloned());
    store
}
