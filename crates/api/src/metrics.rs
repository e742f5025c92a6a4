//! What the server counts, for Prometheus (text format 0.0.4).
//!
//! Every label is one of a fixed list: methods, route templates, statuses, states. Nothing that a caller writes becomes a label,
//! and no id, address or name stands in a metric. Sign-ins by outcome are the requests to `POST /v1/sessions` by status.

mod scraped;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::http::{Method, StatusCode};
use keyhall_storage::open::{Figures, MailQueue};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// What every metric of Keyhall's begins with.
const PREFIX: &str = "keyhall";

/// The upper bounds of the durations that are told apart, in seconds.
const DURATIONS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The counters of one process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    rate_limited: Counter,
    registry: Registry,
}

/// What a request was, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

/// What a request was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

impl Metrics {
    /// Counters that begin at nothing, now.
    pub fn new() -> Self {
        let requests = Family::default();
        let durations: Family<Route, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(DURATIONS));
        let rate_limited = Counter::default();
        let mut registry = Registry::default();
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let start = ConstGauge::new(started);
        registry.register("process_start_time_seconds", "When the process began, in Unix time", start);
        let keyhall = registry.sub_registry_with_prefix(PREFIX);
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        keyhall.register("build", "Which Keyhall this is", build);
        keyhall.register("http_requests", "Requests that were answered", requests.clone());
        let help = "How long requests took until their answer began";
        keyhall.register("http_request_duration_seconds", help, durations.clone());
        let help = "Requests that were refused because their principal had had its requests for the minute";
        keyhall.register("rate_limited", help, rate_limited.clone());
        Self(Arc::new(Inner { requests, durations, rate_limited, registry }))
    }

    /// Counts a request that was answered. The route is a template, or a word for those that match none.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let (method, route) = (method_label(method), route.to_owned());
        let answered = Answered { method, route: route.clone(), status: status.as_u16() };
        self.0.requests.get_or_create(&answered).inc();
        self.0.durations.get_or_create(&Route { method, route }).observe(took.as_secs_f64());
    }

    /// Counts a request that was refused because there were too many.
    pub(crate) fn rate_limited(&self) {
        self.0.rate_limited.inc();
    }

    /// All of it as text, with these figures of the moment.
    pub(crate) fn expose(&self, figures: &Figures, mails: Option<MailQueue>) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &self.0.registry);
        let _ = encode(&mut text, &scraped::registry(figures, mails));
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// The method, if it is one that HTTP has (RFC 9110 section 9, RFC 5789); a caller may write any word.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}
