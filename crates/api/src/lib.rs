//! Keyhall's HTTP boundary: it translates between the wire and the store, and decides nothing.
//!
//! A request meets [`frame`] (request id, log, rendering of problems), then the extractors of its handler
//! ([`authorized`], [`body`], [`query`]), then three to eight lines in [`routes`]. Deliberately absent: SQL and rules. A handler
//! without a proof has nothing to call.
//!
//! Beside the server runs the [`Mailer`], since links in mails begin and look like links in answers.

mod admin;
mod answer;
mod authorized;
mod body;
mod error;
mod frame;
mod gate;
mod git_provider;
mod if_match;
mod json;
mod limits;
mod links;
mod mailing;
mod metrics;
mod not_found;
mod openapi;
mod origin;
mod page;
mod path;
mod permission;
mod problem;
mod proxies;
mod public_url;
mod query;
mod rate_limit;
mod repeatable;
mod routes;
mod secret_text;
mod server;
mod tls;

pub use admin::bind_admin;
pub use limits::Limits;
pub use mailing::{Mailer, Mailing};
pub use metrics::Metrics;
pub use openapi::document;
pub use proxies::{ForwardedHeader, TrustedProxies};
pub use public_url::PublicUrl;
pub use server::{BindError, ServerOptions, bind};
pub use tls::{TlsError, TlsFiles};
