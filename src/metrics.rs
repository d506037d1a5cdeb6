//! The actors' metrics as Prometheus text.

use actors::metrics::{ALL, Kind};
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// Upper bounds of the buckets, in seconds: from a wake that arrived to an outage of a day.
const BUCKETS: [f64; 12] =
    [0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0, 300.0, 3600.0, 86_400.0];

/// How often samples are put into buckets; until then each is held in memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why there are no metrics.
#[derive(Debug, Error)]
pub enum NoMetrics {
    /// The buckets are invalid, which is a defect of ours.
    #[error("the metrics cannot be built: {0}")]
    Buckets(#[from] BuildError),
    /// A process has only one registry, and it is taken.
    #[error("something else counts in this process already")]
    Taken,
}

/// Everything counted since the process started.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting. Call it once per process.
    ///
    /// # Errors
    /// [`NoMetrics`].
    pub fn install() -> Result<Self, NoMetrics> {
        let mut builder = PrometheusBuilder::new();
        for metric in ALL.iter().filter(|metric| metric.kind == Kind::Seconds) {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder.set_buckets_for_metric(name, &BUCKETS)?;
        }
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| NoMetrics::Taken)?;
        for metric in ALL {
            match metric.kind {
                Kind::Counter => describe_counter!(metric.name, metric.meaning),
                Kind::Gauge => describe_gauge!(metric.name, metric.meaning),
                Kind::Seconds => describe_histogram!(metric.name, metric.meaning),
            }
            if metric.kind == Kind::Counter && metric.label.is_empty() {
                metric.count_many(0); // Seen from the start, so that a rate has a beginning.
            }
        }
        Ok(Self(handle))
    }

    /// Keeps memory use small until told to stop.
    pub async fn keep(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
            self.0.run_upkeep();
        }
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
