//! The operator's listener: metrics and health, apart from the API, so that it can be where nobody else comes.
//!
//! It asks for no credential and speaks plain HTTP. What it says holds no secret, no name and no id.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use keyhall_storage::Store;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

use crate::metrics::Metrics;
use crate::server::BindError;

/// How long a scrape waits for what PostgreSQL has to say.
const PATIENCE: Duration = Duration::from_secs(1);

/// Binds the operator's listener: `/metrics`, `/health/live`, `/health/ready`. It runs when it is awaited.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind_admin(
    listen: SocketAddr,
    store: Store,
    metrics: Metrics,
) -> Result<(Server, SocketAddr), BindError> {
    let (store, metrics) = (Data::new(store), Data::new(metrics));
    let server = HttpServer::new(move || {
        App::new()
            .wrap(DefaultHeaders::new().add((CACHE_CONTROL, "no-store")))
            .app_data(store.clone())
            .app_data(metrics.clone())
            .route("/metrics", web::get().to(expose))
            .route("/health/live", web::get().to(live))
            .route("/health/ready", web::get().to(ready))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .bind(listen)
    .map_err(|source| BindError::Listen { address: listen, source })?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok((server.run(), address))
}

async fn expose(store: Data<Store>, metrics: Data<Metrics>) -> HttpResponse {
    // What cannot be told in time is not told: the scrape is of most use when PostgreSQL is away.
    let mails = tokio::time::timeout(PATIENCE, store.mail_queue()).await;
    let mails = mails.ok().and_then(Result::ok);
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(metrics.expose(&store.figures(), mails))
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(r#"{"status":"ok"}"#)
}

async fn ready(store: Data<Store>) -> HttpResponse {
    match store.check_health().await {
        Ok(()) => live().await,
        Err(_) => HttpResponse::ServiceUnavailable()
            .content_type(ContentType::json())
            .body(r#"{"status":"unavailable"}"#),
    }
}
