//! What one request hands to another: a secret that is shown once, an id that no creation gives.

use serde_json::Value;

use crate::postman::script;

/// A value of an answer, and the request that needs it.
struct Handover {
    from: &'static str,
    /// How the script reads the value from `answer`.
    reads: &'static str,
    variable: &'static str,
    to: Place,
}

/// Where a value goes.
enum Place {
    /// Into a member of an operation's body.
    Body { operation: &'static str, field: &'static str },
    /// Into every path that has a parameter of the variable's name.
    Path,
}

// Absent where the deployment sends mail.
const LINK_TOKEN: &str = "(answer.invitationLink || \"\").split(\"#\")[1]";
const ACCEPTANCE: Place = Place::Body { operation: "acceptInvitation", field: "token" };

const HANDOVERS: [Handover; 3] = [
    Handover { from: "inviteMember", reads: LINK_TOKEN, variable: "invitationToken", to: ACCEPTANCE },
    // A new link ends the first.
    Handover { from: "resendInvitation", reads: LINK_TOKEN, variable: "invitationToken", to: ACCEPTANCE },
    // The person who runs it is the one who is put into a group.
    Handover { from: "getMe", reads: "answer.member.id", variable: "principalId", to: Place::Path },
];

/// Members of bodies that name what an earlier creation has made: the operation, the member, the creation's variable.
const NAMED: [(&str, &str, &str); 2] =
    [("createProjectGrant", "principal", "memberId"), ("createEnvironmentGrant", "principal", "memberId")];

/// The lines that keep what the operation's answer hands on.
pub(super) fn keeps(operation: &str) -> Vec<String> {
    let handed = HANDOVERS.iter().filter(|handover| handover.from == operation);
    handed.flat_map(|handover| script::keeps_value(handover.variable, handover.reads)).collect()
}

/// Puts what was handed on into the operation's body.
pub(super) fn fill(operation: &str, body: &mut Value) {
    for (_, field, variable) in NAMED.iter().filter(|(to, ..)| *to == operation) {
        if let Some(field) = body.get_mut(field) {
            *field = Value::from(format!("{{{{{variable}}}}}"));
        }
    }
    for handover in &HANDOVERS {
        if let Place::Body { operation: to, field } = handover.to
            && to == operation
            && let Some(field) = body.get_mut(field)
        {
            *field = Value::from(format!("{{{{{}}}}}", handover.variable));
        }
    }
}

/// The variable that takes what the operation's answer hands on, if it does.
pub(super) fn variable_from(operation: &str) -> Option<&'static str> {
    HANDOVERS.iter().find(|handover| handover.from == operation).map(|handover| handover.variable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fill, keeps};

    #[test]
    fn the_invitations_secret_goes_from_the_link_into_the_acceptance() {
        let mut body = json!({ "token": "khi_EXAMPLE", "name": "Grace" });
        fill("acceptInvitation", &mut body);
        assert_eq!(body, json!({ "token": "{{invitationToken}}", "name": "Grace" }));
        assert!(keeps("inviteMember").iter().any(|line| line.contains("invitationToken")));
        assert!(keeps("resendInvitation").iter().any(|line| line.contains("invitationToken")));
        assert!(keeps("createProject").is_empty());
    }
}
