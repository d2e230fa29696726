//! The secret that signs tokens and seals provider keys: the same on all nodes.

use std::io::Write as _;
use std::path::Path;

use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use rand::TryRngCore as _;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::config::{Config, DatabaseKind};
use crate::error::{Error, Kind, Result};

const FILE: &str = "secret.key";

/// Never printed; compare nodes by [`SigningSecret::fingerprint`].
#[derive(Clone)]
pub struct SigningSecret(SecretString);

impl SigningSecret {
    /// From the settings, or made once and kept in the data folder when there is one process only.
    pub fn load(config: &Config) -> Result<Self> {
        if !config.auth.secret.expose_secret().is_empty() {
            return Ok(Self(config.auth.secret.clone()));
        }
        if config.is_cluster() || config.database_kind() != DatabaseKind::Sqlite {
            return Err(Error::new(
                Kind::Invalid,
                "secret_missing",
                "Several nodes need one signing secret: set SKEIN_AUTH__SECRET (or SKEIN_AUTH__SECRET_FILE) to the same \
                 32 characters or more on all of them, for example from `openssl rand -hex 32`.",
            ));
        }
        let path = config.data.dir.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) if text.trim().len() >= 32 => Ok(Self(text.trim().to_owned().into())),
            Ok(_) => Err(unusable(&path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path),
            Err(error) => Err(unusable(&path).source(error)),
        }
    }

    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// A key of its own for each purpose, so that one never serves for another.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0u8; 32];
        Hkdf::<Sha256>::new(None, self.expose())
            .expand(purpose.as_bytes(), &mut key)
            .expect("HKDF gives 32 bytes for any purpose");
        key
    }

    /// Says whether two nodes have the same secret without telling it.
    pub fn fingerprint(&self) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.expose()).expect("HMAC takes a key of any length");
        mac.update(b"skein signing secret fingerprint v1");
        let digest = mac.finalize().into_bytes();
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn make(path: &Path) -> Result<SigningSecret> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut bytes = [0u8; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|e| Error::internal("The system gave no random bytes.").source(e))?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| unusable(path).source(e))?;
    Ok(SigningSecret(text.into()))
}

fn unusable(path: &Path) -> Error {
    Error::new(
        Kind::Invalid,
        "secret_unusable",
        format!(
            "The signing key in {} cannot be used. Restore it, or set SKEIN_AUTH__SECRET.",
            path.display()
        ),
    )
}
