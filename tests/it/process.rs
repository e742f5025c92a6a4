//! Keyhall as a process: what it is configured with, what it starts on, how it fails, recovers and ends.

mod configuration;
mod crash;
mod embedded;
mod fault;
mod flood;
mod limits;
mod load;
mod log;
mod metrics;
mod operator;
mod outage;
mod schema;
mod shutdown;
mod tls;
