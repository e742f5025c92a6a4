//! The catalogue of permissions.

use actix_web::get;
use keyhall_domain::authz::ListPermissions;
use keyhall_domain::permission::{CATALOGUE, Level};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answer, Entity};
use crate::authorized::Authorized;
use crate::permission;

/// Everything that can be permitted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Permissions {
    /// By the level at which it is held.
    levels: Vec<LevelPermissions>,
}

/// What can be permitted at one level.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LevelPermissions {
    /// The level.
    level: Level,
    /// By what is operated on.
    resource_types: Vec<TypePermissions>,
}

/// What can be done to one kind of things.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypePermissions {
    /// The resource type.
    #[schema(example = "project")]
    name: &'static str,
    /// What can be done to it; a permission is written `project:read`.
    #[schema(value_type = Vec<String>, example = json!(["read", "list"]))]
    operations: Vec<&'static str>,
}

/// Show the catalogue of permissions
///
/// By level: what roles of the level can permit. The catalogue is closed; nothing else is a permission. Needs
/// `resource_type:list`, which every built-in role of members has.
#[utoipa::path(
    tag = "Roles",
    operation_id = "listPermissions",
    responses((status = OK, description = "The catalogue", body = Permissions)),
    extensions(("x-permission" = json!(permission::of::<ListPermissions>()))),
)]
#[get("/v1/permissions")]
pub(crate) async fn list_permissions(_: Authorized<ListPermissions>) -> Answer<Entity<Permissions>> {
    Ok(Entity(Permissions { levels: Level::ALL.into_iter().map(at).collect() }))
}

fn at(level: Level) -> LevelPermissions {
    let entries = CATALOGUE.iter().filter(|entry| entry.level == level);
    let resource_types = entries.map(|entry| TypePermissions {
        name: entry.resource_type.name(),
        operations: entry.operations.iter().map(|operation| operation.name()).collect(),
    });
    LevelPermissions { level, resource_types: resource_types.collect() }
}
