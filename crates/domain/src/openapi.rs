//! OpenAPI schemas of the types that derive cannot describe: those that are one text on the wire.

use serde_json::json;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use crate::lifetime::Lifetime;

/// A TypeID with this prefix.
pub(crate) fn id_schema(prefix: &str) -> RefOr<Schema> {
    text()
        .pattern(Some(format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")))
        .examples([json!(format!("{prefix}_01k8yzj4c5e6rtb7mf9gq2w3xn"))])
        .into()
}

/// A role: one of the built-in names, or the id of a role that the account has made.
pub(crate) fn role_schema(names: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let names: Vec<_> = names.into_iter().collect();
    let first = names.first().copied().unwrap_or_default();
    let pattern = format!("^({}|rol_[0-7][0-9a-hjkmnp-tv-z]{{25}})$", names.join("|"));
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    text()
        .description(Some(format!("{list}, or the id of a role that the account has made (`rol_…`).")))
        .pattern(Some(pattern))
        .examples([json!(first), json!("rol_01k8yzj4c5e6rtb7mf9gq2w3xn")])
        .into()
}

impl utoipa::PartialSchema for Lifetime {
    fn schema() -> RefOr<Schema> {
        text()
            .description(Some("An ISO 8601 duration from now, or an RFC 3339 instant."))
            .examples([json!("P90D"), json!("PT1H"), json!("2027-01-31T00:00:00Z")])
            .into()
    }
}

impl utoipa::ToSchema for Lifetime {}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}
