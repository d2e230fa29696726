//! Logs and metrics of a process.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Telemetry};
use crate::error::{Error, Result};
use crate::shutdown::Shutdown;

/// Logs what it cannot read, as a whole: an answer of a provider, which is content. Its errors reach us anyway.
const TELLS_CONTENT: &str = "async_openai=off";

/// Sends logs to standard error. Call once, first.
pub fn init(settings: &Telemetry) -> Result<()> {
    let filter = EnvFilter::try_new(format!("{},{TELLS_CONTENT}", settings.log)).map_err(|e| {
        Error::field("telemetry.log", "is no filter, like info or info,shared=debug").source(e)
    })?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    }
    .map_err(|e| Error::internal("Logging was set up twice.").source(e))
}

/// Seconds. From the first event of a stream on this machine to a model that thinks for minutes.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// The recorder of this process's metrics; made by the first call, which belongs before the first measurement.
pub fn metrics() -> Result<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let recorder = RECORDER.get_or_init(|| {
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)
            .and_then(PrometheusBuilder::install_recorder)
            .inspect_err(|error| tracing::error!(%error, "metrics cannot be recorded"))
            .ok()
    });
    recorder.as_ref().ok_or_else(|| Error::internal("Metrics cannot be recorded."))
}

/// Folds measurements together every few seconds, so that they do not pile up when nobody reads them.
pub fn keep_metrics(shutdown: &Shutdown) -> Result<()> {
    let recorder = metrics()?;
    let until = shutdown.clone();
    shutdown.spawn(async move {
        while tokio::time::timeout(Duration::from_secs(5), until.stopped()).await.is_err() {
            recorder.run_upkeep();
        }
    });
    Ok(())
}
