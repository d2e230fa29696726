use serde_json::json;
use skein_tests::client::Client;
use skein_tests::cluster::{Single, SingleBuilder};
use skein_tests::mock::Mock;

/// One process that is everything, with the scripted model server connected.
pub(crate) struct Stand {
    pub(crate) skein: Single,
    pub(crate) mock: Mock,
    /// The first user.
    pub(crate) admin: Client,
}

impl Stand {
    pub(crate) async fn start() -> Self {
        Self::with(Single::builder()).await
    }

    pub(crate) async fn with(builder: SingleBuilder) -> Self {
        let mock = Mock::start().await;
        let skein = builder.start().await;
        let admin = skein.client().sign_up("admin").await;
        admin.connect("openai", &mock.openai_url(), json!({})).await;
        Self { skein, mock, admin }
    }

    /// A further account.
    pub(crate) async fn user(&self, name: &str) -> Client {
        self.skein.client().sign_up(name).await
    }
}
