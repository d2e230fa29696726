//! The figures of this process for Prometheus.

use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;
use shared::telemetry;

use crate::error::Result;
use crate::routes::Tag;

pub(crate) struct Metrics;

#[OpenApi(prefix_path = "/metrics", tag = "Tag::Operations")]
impl Metrics {
    /// Get the figures of this process
    ///
    /// In the text format of Prometheus. Keep this address from the outside at the proxy.
    #[oai(path = "/", method = "get", operation_id = "getMetrics")]
    async fn get(&self) -> Result<PlainText<String>> {
        Ok(PlainText(telemetry::metrics()?.render()))
    }
}
