//! The providers of this process, kept so that their connections are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use reqwest::Client;
use uuid::Uuid;

use super::http::{self, Patience, Transport};
use super::ollama::Ollama;
use super::openai::OpenAi;
use super::{ConnectionSettings, Loopback, ProviderKind, SharedProvider};
use crate::config;
use crate::error::Result;

/// Makes providers and remembers those of connections. Cheap to clone; all clones are the same registry.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    patience: Patience,
    /// Made at the first use: a process that calls no provider does not pay for the certificates.
    client: OnceLock<Client>,
    loopback: SharedProvider,
    built: Mutex<HashMap<Uuid, Built>>,
}

struct Built {
    updated_at: i64,
    provider: SharedProvider,
}

impl Registry {
    pub fn new(settings: &config::Providers) -> Self {
        Self::with(settings.into(), Loopback::new(settings.loopback_pace))
    }

    pub(super) fn with(patience: Patience, loopback: Loopback) -> Self {
        Self(Arc::new(Inner {
            patience,
            client: OnceLock::new(),
            loopback: Arc::new(loopback),
            built: Mutex::default(),
        }))
    }

    /// The provider of a connection as it was at `updated_at`; `settings` is asked only if it is not there yet.
    ///
    /// # Errors
    /// Those of `settings`, and a field error when an address, key or header cannot be used.
    pub fn get(
        &self,
        connection: Uuid,
        updated_at: i64,
        kind: ProviderKind,
        settings: impl FnOnce() -> Result<ConnectionSettings>,
    ) -> Result<SharedProvider> {
        if let Some(built) = self.built().get(&connection).filter(|built| built.updated_at == updated_at) {
            return Ok(built.provider.clone());
        }
        let provider = self.build(kind, &settings()?)?;
        self.built().insert(connection, Built { updated_at, provider: provider.clone() });
        Ok(provider)
    }

    /// Forgets a connection that is no more. Runs that use it go on.
    pub fn forget(&self, connection: Uuid) {
        self.built().remove(&connection);
    }

    /// A provider that is not remembered, e.g. to try settings out before they are saved.
    ///
    /// # Errors
    /// A field error when the address, the key or a header cannot be used.
    pub fn build(&self, kind: ProviderKind, settings: &ConnectionSettings) -> Result<SharedProvider> {
        Ok(match kind {
            ProviderKind::OpenAi => Arc::new(OpenAi::new(settings, self.transport()?)?),
            ProviderKind::Ollama => Arc::new(Ollama::new(settings, self.transport()?)?),
            ProviderKind::Loopback => self.loopback(),
        })
    }

    /// The model that needs no provider.
    pub fn loopback(&self) -> SharedProvider {
        self.0.loopback.clone()
    }

    /// The client for all providers, which keeps their connections.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn client(&self) -> Result<Client> {
        if let Some(client) = self.0.client.get() {
            return Ok(client.clone());
        }
        let client = http::client(self.0.patience)?;
        Ok(self.0.client.get_or_init(|| client).clone())
    }

    fn transport(&self) -> Result<Transport> {
        Ok(Transport { client: self.client()?, patience: self.0.patience })
    }

    fn built(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Built>> {
        // A panic elsewhere leaves whole entries behind.
        self.0.built.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("built", &self.built().len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_provider_is_kept_until_its_connection_changes() {
        let registry = Registry::with(Patience::default(), Loopback::default());
        let id = crate::ids::new();
        let settings =
            || Ok(ConnectionSettings { base_url: "http://127.0.0.1:9".into(), ..Default::default() });
        let first = registry.get(id, 1, ProviderKind::OpenAi, settings).unwrap();
        let again = registry.get(id, 1, ProviderKind::OpenAi, || panic!("asked again")).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        let changed = registry.get(id, 2, ProviderKind::Ollama, settings).unwrap();
        assert!(!Arc::ptr_eq(&first, &changed));
        registry.forget(id);
        assert!(!Arc::ptr_eq(&changed, &registry.get(id, 2, ProviderKind::Ollama, settings).unwrap()));
    }

    #[test]
    fn an_address_that_is_none_is_a_field_error() {
        let registry = Registry::with(Patience::default(), Loopback::default());
        for kind in [ProviderKind::OpenAi, ProviderKind::Ollama] {
            let settings = ConnectionSettings { base_url: "nowhere".into(), ..Default::default() };
            let error = registry.build(kind, &settings).err().unwrap();
            assert_eq!(error.fields[0].field, "base_url");
        }
    }
}
