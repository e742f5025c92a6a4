//! Entities with what whoever changed them should know.

use keyhall_domain::grant::Grant;
use keyhall_domain::warning::Warning;
use serde::Serialize;
use utoipa::ToSchema;

/// A grant, and what whoever changed it should know.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WarnedGrant {
    /// The grant.
    #[serde(flatten)]
    grant: Grant,
    /// What to know; empty when there is nothing.
    warnings: Vec<Warning>,
}
