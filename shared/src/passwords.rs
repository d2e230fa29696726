//! Passwords as Argon2id hashes, made and checked off the async threads and a few at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// 19 MiB, two passes, one lane: the first choice of the OWASP password storage cheat sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// glibc maps what is larger than 32 MiB apart and gives it back at once; smaller blocks would stay with the process
/// after its first sign-in. Pages beyond [`MEMORY_KIB`] are reserved only, never touched.
const RESERVED_BLOCKS: usize = 33 * 1024;

/// Waiting longer than this for a turn means a flood; the caller is asked to come back.
const WAIT: Duration = Duration::from_secs(30);

/// Hashes for one process. The bound on turns keeps a flood of sign-ins from eating memory and cores.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new((cores / 2).clamp(1, 4))) }
    }
}

impl Passwords {
    /// The PHC string of a new hash.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        self.run(move || make(password.expose_secret())).await?
    }

    /// Says whether the password belongs to the hash. Without a hash it does the same work and says no, so that the
    /// time does not tell whether an account exists.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool> {
        self.run(move || match hash {
            Some(hash) => check(password.expose_secret(), &hash),
            None => make(password.expose_secret()).map(|_| false),
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.turns).acquire_owned())
            .await
            .ok()
            .and_then(Result::ok)
            .ok_or_else(|| Error::unavailable("Too many people are signing in at the moment."))?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(|e| Error::internal("A password could not be checked.").source(e))
    }
}

fn make(password: &str) -> Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(Params::DEFAULT_OUTPUT_LEN)).map_err(failed)?;
    let mut salt = [0u8; 16];
    OsRng
        .try_fill_bytes(&mut salt)
        .map_err(|e| Error::internal("The system gave no random bytes.").source(e))?;
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    let output = digest(password, salt.as_salt(), &params)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(failed)?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

fn check(password: &str, hash: &str) -> Result<bool> {
    let hash = PasswordHash::new(hash).map_err(failed)?;
    let params = Params::try_from(&hash).map_err(failed)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Err(Error::internal("A stored password hash is not whole."));
    };
    // `Output` compares in constant time.
    Ok(digest(password, salt, &params)? == expected)
}

fn digest(password: &str, salt: Salt<'_>, params: &Params) -> Result<Output> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut memory: Vec<Block> = Vec::with_capacity(RESERVED_BLOCKS.max(params.block_count()));
    memory.resize(params.block_count(), Block::default());
    let mut salt_bytes = [0u8; 64];
    let salt = salt.decode_b64(&mut salt_bytes).map_err(failed)?;
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    Output::init_with(length, |out| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory)?)
    })
    .map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal("A password could not be checked.").source(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens_and_each_hash_has_its_own_salt() {
        let passwords = Passwords::default();
        let first = passwords.hash("correct horse".into()).await.unwrap();
        let second = passwords.hash("correct horse".into()).await.unwrap();
        assert_ne!(first, second);
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert!(passwords.verify("correct horse".into(), Some(first.clone())).await.unwrap());
        assert!(!passwords.verify("wrong horse".into(), Some(first)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }
}
