//! Health, for whoever runs Keyhall.

use actix_web::get;
use actix_web::web::{Data, Json};
use keyhall_storage::Store;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::permission;
use crate::problem::ProblemDocument;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`; anything else is a problem.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Show whether the server runs
///
/// Says nothing of the database: restart the server when this does not answer. For everybody.
#[utoipa::path(
    tag = "Health",
    operation_id = "getLiveness",
    responses((status = OK, description = "It runs", body = Health)),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[get("/health/live")]
pub(crate) async fn get_liveness() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Show whether the server can serve
///
/// Asks PostgreSQL: send no requests here while this is 503. For everybody.
#[utoipa::path(
    tag = "Health",
    operation_id = "getReadiness",
    responses(
        (status = OK, description = "It can serve", body = Health),
        (status = SERVICE_UNAVAILABLE, description = "PostgreSQL is away", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[get("/health/ready")]
pub(crate) async fn get_readiness(store: Data<Store>) -> Answer<Json<Health>> {
    store.check_health().await?;
    Ok(Json(Health { status: "ok" }))
}
