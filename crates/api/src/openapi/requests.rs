//! Request bodies say what the parser does: unknown fields are refused.

use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::{inline, responses::operations};

/// How references to schemas begin.
const SCHEMAS: &str = "#/components/schemas/";

/// Closes the schema of every request body against fields that it does not name.
pub(super) fn close(document: &mut OpenApi) {
    let names: Vec<String> = document
        .paths
        .paths
        .values_mut()
        .flat_map(operations)
        .filter_map(|operation| operation.request_body.as_ref().and_then(inline))
        .flat_map(|body| body.content.values().filter_map(inline))
        .filter_map(|content| content.schema.as_ref().and_then(name))
        .collect();
    let Some(components) = document.components.as_mut() else { return };
    for name in names {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(&name) {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// The name of the schema, also of one that may be left out.
fn name(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(reference) => reference.ref_location.strip_prefix(SCHEMAS).map(str::to_owned),
        RefOr::T(Schema::OneOf(choices)) => choices.items.iter().find_map(name),
        RefOr::T(_) => None,
    }
}
