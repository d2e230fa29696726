//! Promises that need more than one process.

mod accounts;
mod back_pressure;
mod database;
mod dead_letters;
mod drain;
mod fairness;
mod files;
mod limits;
mod migrations;
mod nodes;
mod proxy;
mod redis;
mod sentinel;
mod stop;
mod workers;

use serde_json::json;
use skein_tests::client::Client;
use skein_tests::cluster::{Cluster, ClusterBuilder};
use skein_tests::ledger::Ledger;
use skein_tests::mock::Mock;
use skein_tests::services::Missing;

/// A cluster with the scripted model server connected.
pub(crate) struct Stand {
    pub(crate) cluster: Cluster,
    pub(crate) mock: Mock,
    pub(crate) admin: Client,
    pub(crate) ledger: Ledger,
}

/// Leases so short that a test need not wait long; the proportions are those of the defaults.
pub(crate) fn short_leases() -> ClusterBuilder {
    Cluster::builder()
        .setting("SKEIN_GENERATION__LEASE_MS", "3000")
        .setting("SKEIN_GENERATION__RENEW_MS", "700")
        .setting("SKEIN_GENERATION__SWEEP_S", "1")
        .setting("SKEIN_QUEUE__LEASE_MS", "3000")
        .setting("SKEIN_QUEUE__RENEW_MS", "700")
}

impl Stand {
    pub(crate) async fn with(builder: ClusterBuilder) -> Result<Self, Missing> {
        let mock = Mock::start().await;
        let cluster = builder.start().await?;
        let admin = cluster.client().sign_up("admin").await;
        admin.connect("openai", &mock.openai_url(), json!({})).await;
        Ok(Self { cluster, mock, admin, ledger: Ledger::default() })
    }

    /// The admin at this API node.
    pub(crate) fn at(&self, node: usize) -> Client {
        self.admin.at(&self.cluster.apis[node].url())
    }

    /// Opens so many chats and sends this to each; gives the generations. Every one goes into the ledger.
    pub(crate) async fn send_many(&self, count: usize, content: &str, tokens: u32) -> Vec<String> {
        let sending = (0..count).map(|number| async move {
            let client = self.at(number % self.cluster.apis.len());
            let chat = client.create_chat("mock").await;
            let turn = client.send(&chat.id, content).await;
            self.ledger.accepted(&turn, content, Some(tokens));
            turn.generation.id
        });
        futures_util::future::join_all(sending).await
    }
}
