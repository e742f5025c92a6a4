//! What is looked up when somebody asks: figures of the store and of the process.

use keyhall_storage::open::{ConnectionFigures, Figures, MailQueue, PasswordFigures};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use super::PREFIX;

/// In which state something is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// The figures, each as a metric. What cannot be told is not there.
pub(super) fn registry(figures: &Figures, mails: Option<MailQueue>) -> Registry {
    let mut registry = Registry::default();
    if let Some(bytes) = resident_bytes() {
        let help = "How much memory the process holds";
        registry.register("process_resident_memory_bytes", help, ConstGauge::new(bytes));
    }
    let keyhall = registry.sub_registry_with_prefix(PREFIX);
    connections(keyhall, figures.connections);
    passwords(keyhall, figures.passwords);
    if let Some(mails) = mails {
        mail_queue(keyhall, mails);
    }
    registry
}

fn connections(registry: &mut Registry, figures: ConnectionFigures) {
    let ConnectionFigures { most, in_use, idle, checkouts, waited, timeouts } = figures;
    let states = by_state([("in_use", in_use.into()), ("idle", idle.into())]);
    registry.register("database_connections", "Connections to PostgreSQL", states);
    let help = "The most connections to PostgreSQL that there may be";
    registry.register("database_connections_max", help, ConstGauge::new(most));
    let help = "How many times a connection was handed out";
    registry.register("database_checkouts", help, ConstCounter::new(checkouts));
    let help = "How long those who got a connection waited for it";
    registry.register("database_wait_seconds", help, ConstCounter::new(waited.as_secs_f64()));
    let help = "How many waited in vain for a connection, scrapes among them";
    registry.register("database_timeouts", help, ConstCounter::new(timeouts));
}

fn passwords(registry: &mut Registry, figures: PasswordFigures) {
    let PasswordFigures { running, waiting, refused, verified } = figures;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let states = by_state([("running", count(running)), ("waiting", count(waiting))]);
    registry.register("password_hashes", "Passwords that are hashed now, or wait for it", states);
    let help = "Passwords that were not hashed because too many waited";
    registry.register("password_hashes_refused", help, ConstCounter::new(refused));
    let help = "Hashes that were computed to verify a password, right or wrong, of somebody known or not";
    registry.register("password_verifications", help, ConstCounter::new(verified));
}

fn mail_queue(registry: &mut Registry, MailQueue { waiting, oldest, given_up }: MailQueue) {
    let help = "Mails that were given up since the start";
    registry.register("mails_given_up", help, ConstCounter::new(given_up));
    registry.register("mail_queue_size", "Mails that are still to be sent", ConstGauge::new(waiting));
    let age = oldest.unwrap_or_default().as_secs_f64();
    let help = "How long the oldest mail has waited that is still to be sent";
    registry.register("mail_queue_oldest_age_seconds", help, ConstGauge::new(age));
}

fn by_state<const N: usize>(states: [(&'static str, i64); N]) -> Family<State, Gauge> {
    let family: Family<State, Gauge> = Family::default();
    for (state, number) in states {
        family.get_or_create(&State { state }).set(number);
    }
    family
}

/// The resident memory, where the operating system tells it as Linux does (proc(5), `status`, in KiB).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
}
