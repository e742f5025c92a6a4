//! Audit events.

use actix_web::get;
use actix_web::web::{Data, Json};
use keyhall_domain::audit::AuditEvent;
use keyhall_domain::authz::ListAuditEvents;
use keyhall_domain::page::PageSize;
use keyhall_domain::violation::Violations;
use keyhall_storage::{AuditPage, AuditQuery, Store};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::authorized::Authorized;
use crate::permission;
use crate::query::Query;

/// Which events are asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct EventQuery {
    /// At most so many.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    limit: PageSize,
    /// `more` of the answer before, to go on where it ended.
    #[deserr(default)]
    pagination_token: Option<String>,
}

/// Some of a long history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Events {
    /// The events, newest first.
    results: Vec<AuditEvent>,
    /// The `paginationToken` for the next ones; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<String>,
}

/// List audit events
///
/// What happened in the account, newest first. Needs `audit_event:list`, which only Super Admins have.
#[utoipa::path(
    tag = "Audit",
    operation_id = "listAuditEvents",
    params(EventQuery),
    responses((status = OK, description = "Some events", body = Events)),
    extensions(("x-permission" = json!(permission::of::<ListAuditEvents>()))),
)]
#[get("/v1/audit-events")]
pub(crate) async fn list_audit_events(
    grant: Authorized<ListAuditEvents>,
    query: Query<EventQuery>,
    store: Data<Store>,
) -> Answer<Json<Events>> {
    let Query(EventQuery { limit, pagination_token }) = query;
    let query = AuditQuery { limit: limit.get(), pagination_token };
    let AuditPage { results, more } = store.list_audit_events(&grant, query).await?;
    Ok(Json(Events { results, more }))
}
