//! The server: sockets, workers, and what every worker is made of.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use keyhall_outbound::GitProviders;
use keyhall_storage::Store;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

use crate::frame::frame;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::not_found::{Methods, not_found};
use crate::openapi::document;
use crate::proxies::TrustedProxies;
use crate::public_url::PublicUrl;
use crate::rate_limit::RateLimiter;
use crate::routes;
use crate::tls::{self, TlsError, TlsFiles};

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The URL under which it is reached.
    pub public_url: PublicUrl,
    /// How many workers it has.
    pub workers: usize,
    /// How long requests may go on after it was told to stop.
    pub shutdown_timeout: Duration,
    /// Certificate and key, where it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// Whose word on a caller's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How much one request and one caller may take.
    pub limits: Limits,
    /// Whom it asks what a repository is.
    pub git_providers: GitProviders,
}

/// Why a server was not made.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Binds the socket and makes the server, which runs when it is awaited and stops when its handle says so. Signals are its
/// owner's.
///
/// # Errors
/// When the address cannot be bound, or the certificate cannot be used.
pub fn bind(
    options: &ServerOptions,
    store: Store,
    metrics: Metrics,
) -> Result<(Server, SocketAddr), BindError> {
    let tls = options.tls.as_ref().map(tls::server_config).transpose()?;
    let openapi = document(&options.public_url);
    let methods = Data::new(Methods::of(&openapi));
    let openapi = Arc::new(openapi);
    let public_url = Data::new(options.public_url.clone());
    let (limits, proxies) = (Data::new(options.limits), Data::new(options.trusted_proxies.clone()));
    let rate_limiter = Data::new(RateLimiter::new(options.limits.requests_per_minute));
    let (store, metrics) = (Data::new(store), Data::new(metrics));
    let git_providers = Data::new(options.git_providers.clone());
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(frame))
            .app_data(store.clone())
            .app_data(public_url.clone())
            .app_data(methods.clone())
            .app_data(limits.clone())
            .app_data(proxies.clone())
            .app_data(rate_limiter.clone())
            .app_data(metrics.clone())
            .app_data(git_providers.clone())
            .configure(routes::pages)
            .service(
                SwaggerUi::new("/docs/{_:.*}")
                    .config(utoipa_swagger_ui::Config::default().show_extensions(true))
                    .url("/openapi.json", openapi.as_ref().clone()),
            )
            .into_utoipa_app()
            .configure(routes::operations)
            .default_service(web::to(not_found))
            .into_app()
    })
    .workers(options.workers)
    .disable_signals()
    .shutdown_timeout(options.shutdown_timeout.as_secs());
    let bound = match tls {
        Some(tls) => server.bind_rustls_0_23(options.listen, tls),
        None => server.bind(options.listen),
    };
    let server = bound.map_err(|source| BindError::Listen { address: options.listen, source })?;
    let address = server.addrs().first().copied().unwrap_or(options.listen);
    Ok((server.run(), address))
}
