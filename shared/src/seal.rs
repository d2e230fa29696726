//! Secrets at rest: sealed with a key made from the signing secret, and bound to the place where they are kept.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under a key from HKDF-SHA256 (RFC 5869). A sealed value is base64 of
//! `version (1) | key id (4) | nonce (24) | ciphertext and tag`. The key id says which secret opens it, so that the
//! secret can be changed while older values are still read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::SecretString;
use sha2::Sha256;

use crate::error::{Error, Kind, Result};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;
const HEAD: usize = 1 + KEY_ID + NONCE;

/// Seals with one key and opens with that one and older ones.
#[derive(Clone)]
pub struct Seal {
    newest: Key,
    older: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

impl Seal {
    /// Makes the key from the signing secret.
    pub fn new(secret: &[u8]) -> Self {
        Self { newest: Key::derive(secret), older: Vec::new() }
    }

    /// Opens what was sealed under an earlier signing secret, too. New values are never sealed with it.
    #[must_use]
    pub fn and_opens(mut self, earlier_secret: &[u8]) -> Self {
        self.older.push(Key::derive(earlier_secret));
        self
    }

    /// Seals a secret for one place, e.g. `connection:<id>`; it cannot be opened under another name.
    ///
    /// # Errors
    /// Only for a secret of more than 256 GiB.
    pub fn seal(&self, plain: &str, context: &str) -> Result<String> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let sealed = self
            .newest
            .cipher
            .encrypt(&nonce, Payload { msg: plain.as_bytes(), aad: context.as_bytes() })
            .map_err(|_| Error::internal("The secret could not be sealed."))?;
        let mut bytes = Vec::with_capacity(HEAD + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.newest.id);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(STANDARD.encode(bytes))
    }

    /// Opens what [`Seal::seal`] made for the same place.
    ///
    /// # Errors
    /// `sealed_with_another_secret` when the signing secret has changed, `sealed_value_damaged` when the value was
    /// altered or moved from another place.
    pub fn open(&self, sealed: &str, context: &str) -> Result<SecretString> {
        let bytes = STANDARD.decode(sealed).map_err(|_| damaged())?;
        if bytes.len() < HEAD || bytes[0] != VERSION {
            return Err(damaged());
        }
        let (head, body) = bytes.split_at(HEAD);
        let (id, nonce) = head[1..].split_at(KEY_ID);
        let key = std::iter::once(&self.newest)
            .chain(&self.older)
            .find(|key| key.id == id)
            .ok_or_else(another_secret)?;
        let plain = key
            .cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: context.as_bytes() })
            .map_err(|_| damaged())?;
        Ok(SecretString::from(String::from_utf8(plain).map_err(|_| damaged())?))
    }

    /// True if the value was sealed under an earlier secret and should be sealed again.
    pub fn is_outdated(&self, sealed: &str) -> bool {
        STANDARD.decode(sealed).is_ok_and(|bytes| bytes.get(1..=KEY_ID) != Some(&self.newest.id))
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("older", &self.older.len()).finish_non_exhaustive()
    }
}

impl Key {
    fn derive(secret: &[u8]) -> Self {
        let kdf = Hkdf::<Sha256>::new(None, secret);
        let mut key = [0; 32];
        let mut id = [0; KEY_ID];
        // Expanding fails only beyond 8160 bytes.
        let expanded = kdf
            .expand(b"skein seal key v1", &mut key)
            .and_then(|()| kdf.expand(b"skein seal key id v1", &mut id));
        debug_assert!(expanded.is_ok());
        Self { id, cipher: XChaCha20Poly1305::new(&key.into()) }
    }
}

fn damaged() -> Error {
    Error::new(Kind::Internal, "sealed_value_damaged", "A stored secret cannot be read. Enter it again.")
}

fn another_secret() -> Error {
    Error::new(
        Kind::Internal,
        "sealed_with_another_secret",
        "A stored secret was sealed under another signing secret. Bring that one back, or enter the secret again.",
    )
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    #[test]
    fn a_sealed_secret_opens_where_it_was_sealed() {
        let seal = Seal::new(SECRET);
        let sealed = seal.seal("sk-provider-key", "connection:1").unwrap();
        assert!(!sealed.contains("provider"));
        assert_eq!(seal.open(&sealed, "connection:1").unwrap().expose_secret(), "sk-provider-key");
        assert_eq!(
            Seal::new(SECRET).open(&sealed, "connection:1").unwrap().expose_secret(),
            "sk-provider-key"
        );
    }

    #[test]
    fn a_secret_moved_to_another_place_does_not_open() {
        let seal = Seal::new(SECRET);
        let sealed = seal.seal("key", "connection:1").unwrap();
        assert_eq!(seal.open(&sealed, "connection:2").err().unwrap().code, "sealed_value_damaged");
    }

    #[test]
    fn one_changed_byte_is_noticed() {
        let seal = Seal::new(SECRET);
        let bytes = STANDARD.decode(seal.seal("key", "c").unwrap()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(seal.open(&STANDARD.encode(changed), "c").is_err(), "byte {at}");
        }
        assert!(seal.open("", "c").is_err());
        assert!(seal.open("not base64!", "c").is_err());
    }

    #[test]
    fn the_same_secret_never_looks_the_same_twice() {
        let seal = Seal::new(SECRET);
        assert_ne!(seal.seal("key", "c").unwrap(), seal.seal("key", "c").unwrap());
    }

    #[test]
    fn after_a_rotation_old_values_are_read_and_known_as_old() {
        let old = Seal::new(SECRET).seal("key", "c").unwrap();
        let seal = Seal::new(b"another secret, thirty-two bytes").and_opens(SECRET);
        assert_eq!(seal.open(&old, "c").unwrap().expose_secret(), "key");
        assert!(seal.is_outdated(&old));
        assert!(!seal.is_outdated(&seal.seal("key", "c").unwrap()));
        let without = Seal::new(b"another secret, thirty-two bytes");
        assert_eq!(without.open(&old, "c").err().unwrap().code, "sealed_with_another_secret");
    }
}
