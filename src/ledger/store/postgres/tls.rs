//! Encryption of the line to PostgreSQL: rustls, with the certificates that the machine trusts and one more file.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Checks certificates against those of the machine and, if given, those in the file `root`.
pub(super) fn connector(root: Option<&Path>) -> Result<MakeRustlsConnect> {
    let mut trusted = RootCertStore::empty();
    trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = root {
        let unreadable = || format!("cannot read the certificates of `sslrootcert`, `{}`", path.display());
        for certificate in CertificateDer::pem_file_iter(path).with_context(unreadable)? {
            trusted.add(certificate.with_context(unreadable)?).with_context(unreadable)?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("preparing TLS")?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
