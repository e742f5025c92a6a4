//! The secrets that one request hands to another: what is shown once has to be kept for the request that needs it.

use serde_json::Value;

use crate::postman::script;

/// A secret of an answer, and the request whose body it belongs in.
struct Handover {
    from: &'static str,
    /// How the script reads the secret from `answer`.
    reads: &'static str,
    variable: &'static str,
    to: &'static str,
    field: &'static str,
}

const HANDOVERS: [Handover; 1] = [Handover {
    from: "inviteMember",
    // Absent where the deployment sends mail.
    reads: "(answer.invitationLink || \"\").split(\"#\")[1]",
    variable: "invitationToken",
    to: "acceptInvitation",
    field: "token",
}];

/// The lines that keep what the operation's answer hands on.
pub(super) fn keeps(operation: &str) -> Vec<String> {
    let handed = HANDOVERS.iter().filter(|handover| handover.from == operation);
    handed.flat_map(|handover| script::keeps_value(handover.variable, handover.reads)).collect()
}

/// Puts what was handed on into the operation's body.
pub(super) fn fill(operation: &str, body: &mut Value) {
    for handover in HANDOVERS.iter().filter(|handover| handover.to == operation) {
        if let Some(field) = body.get_mut(handover.field) {
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
        assert!(keeps("createProject").is_empty());
    }
}
