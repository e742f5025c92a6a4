//! The OpenAPI document: generated from the handlers, completed with what follows for every operation from its permission.

mod requests;
mod responses;

use actix_web::App;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, ServerBuilder, Tag,
};
use utoipa_actix_web::AppExt;

use crate::public_url::PublicUrl;
use crate::routes;

/// The name of the security scheme.
const BEARER: &str = "bearer";

/// The OpenAPI document of a deployment.
pub fn document(public_url: &PublicUrl) -> OpenApi {
    let frame = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Keyhall")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(include_str!("openapi/description.md")))
                .license(Some(
                    LicenseBuilder::new()
                        .name("Apache-2.0 OR MIT")
                        .identifier(Some("Apache-2.0 OR MIT"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new()
            .url(public_url.as_str())
            .description(Some("This deployment"))
            .build()]))
        .tags(Some(tags()))
        .build();
    let (_, mut document) =
        App::new().into_utoipa_app().openapi(frame).configure(routes::operations).split_for_parts();
    let components = document.components.get_or_insert_with(|| ComponentsBuilder::new().build());
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer()));
    requests::close(&mut document);
    responses::complete(&mut document);
    document
}

fn bearer() -> Http {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description =
        Some("The token of a session (`khu_…`) or a personal access token (`khp_…`).".to_owned());
    scheme
}

fn tags() -> Vec<Tag> {
    [
        ("Sessions", "Signing in and out."),
        ("Me", "Who one is."),
        ("Account", "The tenant, the top boundary."),
        ("Members", "People in the account, their roles, the Super Admins."),
        ("Groups", "Named sets of members and API credentials, which can hold grants."),
        (
            "Roles",
            "Named sets of permissions, built in or made by the account, and the catalogue of permissions.",
        ),
        ("Projects", "What the account's work is divided into, and who has which role there."),
        ("Environments", "What a project's work runs in, and who has which role there."),
        ("Grants", "Roles for members, API credentials and groups, on projects and on environments."),
        ("Decisions", "What somebody may do, and why."),
        ("Repositories", "Where a project's sources are kept, with a Git provider."),
        ("Personal access tokens", "Secrets that act for their owner."),
        ("Audit", "What happened, by whom, through what, from where."),
        ("Health", "For whoever runs Keyhall."),
    ]
    .into_iter()
    .map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build())
    .collect()
}

/// What stands here itself, and not by reference.
fn inline<T>(item: &RefOr<T>) -> Option<&T> {
    match item {
        RefOr::T(item) => Some(item),
        RefOr::Ref(_) => None,
    }
}
