//! What GitHub ("Get a repository") and GitLab ("Get a single project") answer, by their documentation. Everybody has
//! `payments` and `hello-world`, which are public, `vault`, which is private, and `forbidden`, which nobody may look at.

use serde_json::{Value, json};

use super::GitRequest;

/// What stands in every token of the tests.
pub const CANARY: &str = "canary-9c1f4e";
/// A token that can read.
pub const READER: &str = "git-canary-9c1f4e-reader";
/// A token that can write.
pub const WRITER: &str = "git-canary-9c1f4e-writer";
/// A token of nobody's.
pub const UNKNOWN: &str = "git-canary-9c1f4e-unknown";

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    Nobody,
    Reader,
    Writer,
}

/// The status and the body.
pub(super) fn answer(request: &GitRequest) -> (u16, String) {
    let github = request.line.strip_prefix("GET /github/repos/");
    let gitlab = request.line.strip_prefix("GET /gitlab/api/v4/projects/");
    let token = match (github, gitlab) {
        (Some(_), _) => {
            request.header("authorization").first().and_then(|value| value.strip_prefix("Bearer "))
        }
        _ => request.header("private-token").first().copied(),
    };
    let caller = match token {
        None => Caller::Nobody,
        Some(READER) => Caller::Reader,
        Some(WRITER) => Caller::Writer,
        Some(_) => return refusal(401, "Bad credentials"),
    };
    match (github, gitlab) {
        (Some(path), _) => found(&path.replace('/', "%2F"), caller, github_repository),
        (_, Some(path)) => found(path, caller, gitlab_project),
        _ => refusal(404, "Not Found"),
    }
}

/// The repository at a path, its slashes encoded, if the caller may see it.
fn found(path: &str, caller: Caller, show: fn(&str, &str, Caller) -> Value) -> (u16, String) {
    let Some((owner, name)) = path.rsplit_once("%2F") else { return refusal(404, "Not Found") };
    let visibility = match name.to_ascii_lowercase().as_str() {
        "payments" | "hello-world" => "public",
        "vault" => "private",
        "forbidden" => return refusal(403, "Resource protected by organization SAML enforcement"),
        _ => return refusal(404, "Not Found"),
    };
    if visibility == "private" && caller == Caller::Nobody {
        return refusal(404, "Not Found");
    }
    let full_name = format!("{}/{name}", owner.replace("%2F", "/"));
    (200, show(&full_name, visibility, caller).to_string())
}

fn github_repository(full_name: &str, visibility: &str, caller: Caller) -> Value {
    let mut repository = json!({
        "id": 1296269,
        "full_name": full_name,
        "private": visibility == "private",
        "visibility": visibility,
        "html_url": format!("https://github.com/{full_name}"),
        "clone_url": format!("https://github.com/{full_name}.git"),
        "owner": { "login": "acme", "id": 1 },
        "default_branch": "main",
    });
    if caller != Caller::Nobody {
        let writes = caller == Caller::Writer;
        repository["permissions"] =
            json!({ "admin": false, "maintain": false, "push": writes, "triage": writes, "pull": true });
    }
    repository
}

fn gitlab_project(full_name: &str, visibility: &str, caller: Caller) -> Value {
    let mut project = json!({
        "id": 3,
        "path_with_namespace": full_name,
        "visibility": visibility,
        "web_url": format!("https://gitlab.com/{full_name}"),
        "default_branch": "trunk",
    });
    if caller != Caller::Nobody {
        let level = if caller == Caller::Writer { 40 } else { 20 };
        let access = json!({ "access_level": level, "notification_level": 3 });
        project["permissions"] = json!({ "project_access": null, "group_access": access });
    }
    project
}

/// Providers like to repeat what they were sent; whoever hands that on gives it away.
fn refusal(status: u16, message: &str) -> (u16, String) {
    let body = json!({ "message": message, "documentation_url": "https://provider.example/PROVIDER-SAYS" });
    (status, body.to_string())
}
