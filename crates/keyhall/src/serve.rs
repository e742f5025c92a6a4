//! Serving: PostgreSQL, the schema, the store, the socket, in that order; and all of it back again.

use std::net::SocketAddr;
use std::num::NonZero;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use keyhall_api::{
    ForwardedHeader, Limits, Mailer, Metrics, PublicUrl, ServerOptions, TlsFiles, TrustedProxies,
};
use keyhall_storage::Store;

use crate::configuration::{Configuration, ForwardedHeaderName, LimitsConfiguration, ServerConfiguration};
use crate::database::{Database, cores};
use crate::error::CommandError;
use crate::logging;
use crate::purge;
use crate::stop::Stop;

/// How often it looks for mail that is due.
const LOOK_FOR_MAIL_EVERY: Duration = Duration::from_secs(2);

/// Serves until it is told to stop.
pub(crate) fn serve(configuration: &Configuration, stop_with_parent: bool) -> Result<(), CommandError> {
    logging::begin(&configuration.log)?;
    let stop = Stop::at_signals()?;
    if stop_with_parent {
        stop.at_end_of_input();
    }
    let database = Database::start(configuration)?;
    let served = serve_on(configuration, &database, &stop);
    let stopped = database.stop();
    tracing::info!("stopped");
    served.and(stopped)
}

fn serve_on(configuration: &Configuration, database: &Database, stop: &Stop) -> Result<(), CommandError> {
    database.prepare(configuration)?;
    let store = database.open(configuration)?;
    let options = options(configuration)?;
    let operators = configuration.admin.port.map(|port| SocketAddr::new(configuration.admin.host, port));
    if configuration.server.behind_tls_proxy && configuration.server.trusted_proxies.is_empty() {
        tracing::warn!(
            "`server.behind_tls_proxy` without `server.trusted_proxies`: everybody has the proxy's address, for lock-out, IP \
             allow lists and the audit"
        );
    }
    let sender = configuration.mail.sender()?;
    System::new().block_on(async {
        let metrics = Metrics::new();
        let (server, address) = keyhall_api::bind(&options, store.clone(), metrics.clone())?;
        purge::begin(store.clone());
        let operators = operators.map(|listen| serve_operator(listen, store.clone(), metrics)).transpose()?;
        let public_url = options.public_url.clone();
        let mailing = sender.map(|sender| Mailer { store, sender, public_url }.start(LOOK_FOR_MAIL_EVERY));
        tracing::info!(%address, public_url = options.public_url.as_str(), "serving");
        stop.pass_on_to(server.handle());
        let served = server.await.map_err(CommandError::Serve);
        if let Some(mailing) = mailing {
            mailing.stop(options.shutdown_timeout).await;
        }
        if let Some(operators) = operators {
            operators.stop(false).await;
        }
        served
    })
}

/// Serves metrics and health to the operator, beside the API and until after its end.
fn serve_operator(listen: SocketAddr, store: Store, metrics: Metrics) -> Result<ServerHandle, CommandError> {
    let (server, address) = keyhall_api::bind_admin(listen, store, metrics)?;
    tracing::info!(%address, "serving metrics and health to the operator");
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Ok(handle)
}

fn options(configuration: &Configuration) -> Result<ServerOptions, CommandError> {
    let server = &configuration.server;
    let listen = SocketAddr::new(server.host, server.port);
    let tls = server.tls_certificate.clone().zip(server.tls_key.clone());
    let tls = tls.map(|(certificate, key)| TlsFiles { certificate, key });
    Ok(ServerOptions {
        listen,
        public_url: public_url(server),
        workers: server.workers.map_or_else(cores, NonZero::get),
        shutdown_timeout: Duration::from_secs(server.shutdown_seconds),
        tls,
        trusted_proxies: trusted_proxies(server),
        limits: limits(&configuration.limits),
        git_providers: configuration.git.providers()?,
    })
}

fn trusted_proxies(server: &ServerConfiguration) -> TrustedProxies {
    let header = match server.forwarded_header {
        ForwardedHeaderName::XForwardedFor => ForwardedHeader::XForwardedFor,
        ForwardedHeaderName::Forwarded => ForwardedHeader::Forwarded,
    };
    TrustedProxies::new(server.trusted_proxies.iter().map(|network| network.0), header)
}

fn limits(limits: &LimitsConfiguration) -> Limits {
    Limits {
        requests_per_minute: limits.requests_per_minute,
        body_bytes: usize::try_from(limits.body_bytes).unwrap_or(usize::MAX),
        json_depth: limits.json_depth.into(),
    }
}

/// What every absolute URL begins with: what is configured, else where the server listens.
pub(crate) fn public_url(server: &ServerConfiguration) -> PublicUrl {
    let scheme = if server.tls_certificate.is_some() { "https" } else { "http" };
    let listen = SocketAddr::new(server.host, server.port);
    PublicUrl::new(&server.public_url.clone().unwrap_or_else(|| format!("{scheme}://{listen}")))
}
