//! Problems as responses.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use keyhall_domain::account::Account;
use keyhall_domain::grant::Grant;
use keyhall_domain::permission::Permission;
use keyhall_domain::project::Contents;
use keyhall_domain::role::custom::RoleUses;
use keyhall_domain::violation::Violation;
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;
use crate::public_url::PublicUrl;

/// What is the matter (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// What kind of problem it is: a URL that answers with its documentation.
    #[serde(rename = "type")]
    #[schema(format = "uri", example = "http://127.0.0.1:8080/problems/not-found")]
    kind: String,
    /// The kind, in a few words.
    #[schema(example = "There is no such thing")]
    title: &'static str,
    /// The status, once more.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// What is the matter this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// This occurrence.
    #[schema(example = "urn:keyhall:request:01980f6e-9c41-7d2c-a1f4-2f6a5b8c9d0e")]
    instance: String,
    /// The id of the request; the server's log has more under it.
    #[schema(example = "01980f6e-9c41-7d2c-a1f4-2f6a5b8c9d0e")]
    request_id: String,
    /// Everything that is wrong with the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    violations: Vec<Violation>,
    /// With 403: the permission that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "project:create")]
    missing_permission: Option<Permission>,
    /// With 403: the id of the account, project or environment in which it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// With `several-accounts`: the accounts to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    accounts: Vec<Account>,
    /// With `made-before`: the id of what the request made when it was sent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pat_01k0fpx44heh9a3f1bxhe6dcv6")]
    created_id: Option<String>,
    /// With `already-granted`: the grant that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    present: Option<Grant>,
    /// With `not-empty`: how much is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<Contents>,
    /// With `role-in-use`: how often the role is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses: Option<RoleUses>,
    /// With `repository-refused`: why the Git provider refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "token-rejected")]
    reason: Option<&'static str>,
}

/// The response that tells a problem to the caller of a request.
pub(crate) fn render(problem: Problem, request_id: &str, public_url: &PublicUrl) -> HttpResponse {
    let mut response = HttpResponse::build(problem.kind.status);
    response.insert_header((CONTENT_TYPE, "application/problem+json"));
    response.insert_header((CACHE_CONTROL, "no-store"));
    insert_headers(&mut response, &problem);
    let Problem { kind, detail, extras } = problem;
    let document = ProblemDocument {
        kind: public_url.join(&format!("/problems/{}", kind.code)),
        title: kind.title,
        status: kind.status.as_u16(),
        detail,
        instance: format!("urn:keyhall:request:{request_id}"),
        request_id: request_id.to_owned(),
        violations: extras.violations,
        missing_permission: extras.missing.map(|(permission, _)| permission),
        scope: extras.missing.map(|(_, at)| at.to_string()),
        accounts: extras.accounts,
        created_id: extras.made.map(|object| object.to_string()),
        present: extras.present,
        contents: extras.contents,
        uses: extras.uses,
        reason: extras.reason,
    };
    // Everything in it serialises; were it ever not so, the status and the headers still stand.
    response.body(serde_json::to_vec(&document).unwrap_or_default())
}

fn insert_headers(response: &mut HttpResponseBuilder, problem: &Problem) {
    if problem.kind.status == StatusCode::UNAUTHORIZED {
        let error = problem.extras.challenge.map(|error| format!(", error=\"{error}\"")).unwrap_or_default();
        response.insert_header((WWW_AUTHENTICATE, format!("Bearer realm=\"keyhall\"{error}")));
    }
    if let Some(methods) = &problem.extras.allow {
        response.insert_header((ALLOW, methods.clone()));
    }
    if let Some(seconds) = problem.extras.retry_after_seconds {
        response.insert_header((RETRY_AFTER, seconds));
    }
}
