//! Audit events.

use actix_web::get;
use actix_web::web::{Data, Json};
use deserr::ValuePointerRef;
use keyhall_domain::audit::{ActionName, Actor, AuditEvent, AuditFilter, Outcome};
use keyhall_domain::authz::ListAuditEvents;
use keyhall_domain::id::{AnyId, ProjectId};
use keyhall_domain::instant::Instant;
use keyhall_domain::page::PageSize;
use keyhall_domain::violation::Violations;
use keyhall_storage::{AuditPage, AuditQuery, Store};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::authorized::Authorized;
use crate::permission;
use crate::query::Query;

/// Which events are asked for: those that every filter lets through.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields, validate = check_period -> Violations)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct EventQuery {
    /// Not before this instant, RFC 3339.
    #[deserr(default)]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-11-01T00:00:00Z")]
    from: Option<Instant>,
    /// Before this instant, RFC 3339; not earlier than `from`.
    #[deserr(default)]
    #[param(value_type = Option<String>, format = DateTime, example = "2027-02-01T00:00:00Z")]
    to: Option<Instant>,
    /// Done by this member (`mbr_…`) or API credential (`crd_…`), by the `operator`, or by somebody `anonymous`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^((mbr|crd)_[0-7][0-9a-hjkmnp-tv-z]{25}|operator|anonymous)$", example = "mbr_01k8yzj4c5e6rtb7mf9gq2w3xn")]
    actor: Option<Actor>,
    /// Of this name: what it was done to, a dot, and what was done.
    #[deserr(default)]
    #[param(value_type = Option<String>, max_length = 100, pattern = "^[a-z_]+[.][a-z_]+$", example = "project.create")]
    action: Option<ActionName>,
    /// Done to the thing with this id, of whatever kind.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "prj_01k8yzj4c5e6rtb7mf9gq2w3xn")]
    object: Option<AnyId>,
    /// In this project.
    #[deserr(default)]
    #[param(value_type = Option<ProjectId>, example = "prj_01k8yzj4c5e6rtb7mf9gq2w3xn")]
    project: Option<ProjectId>,
    /// With this outcome.
    #[deserr(default)]
    #[param(value_type = Option<Outcome>, example = "success")]
    outcome: Option<Outcome>,
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
/// What happened in the account, newest first. Filters can be put together: an event has to pass all of them. `more` goes on
/// with the filters of the request that it was given to, and with no others. Needs `audit_event:list`, which only Super Admins
/// have.
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
    let AuditPage { results, more } = store.list_audit_events(&grant, query.0.into()).await?;
    Ok(Json(Events { results, more }))
}

impl EventQuery {
    fn filter(&self) -> AuditFilter {
        AuditFilter {
            from: self.from,
            to: self.to,
            actor: self.actor,
            action: self.action.clone(),
            object: self.object,
            project: self.project,
            outcome: self.outcome,
        }
    }
}

impl From<EventQuery> for AuditQuery {
    fn from(query: EventQuery) -> Self {
        let filter = query.filter();
        Self { filter, limit: query.limit.get(), pagination_token: query.pagination_token }
    }
}

fn check_period(query: EventQuery, _: ValuePointerRef<'_>) -> Result<EventQuery, Violations> {
    match query.filter().check_period() {
        Ok(()) => Ok(query),
        Err(error) => Err(Violations::one("from", error.to_string())),
    }
}
