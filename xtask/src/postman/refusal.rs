//! Requests for which the collection cannot have what they need. Sent as they stand they are refused, in the way that the
//! document promises; a person fills in what is missing.

use crate::outcome::Outcome;
use crate::postman::document::Operation;

/// The operation, how it is refused, and what the collection lacks.
const REFUSALS: [(&str, &[u16], &str); 8] = [
    ("requestPasswordReset", &[409], "a deployment that sends mail"),
    ("confirmPasswordReset", &[401], "the token of a mailed link"),
    ("confirmEmailChange", &[401], "the token of a mailed link"),
    (
        "changePassword",
        &[403],
        "the person's own password, and it would end the session that all others need",
    ),
    ("deleteSession", &[404], "another session, and it would end one that somebody uses"),
    ("createRepository", &[503, 409], "a deployment that reaches the Git provider"),
    ("getRepository", &[404], "a repository that was connected"),
    ("deleteRepository", &[404], "a repository that was connected"),
];

/// The statuses that a run of the whole may see: success, and the refusal if there is one.
pub(super) fn expected(operation: &Operation<'_>) -> Outcome<Vec<u16>> {
    let mut statuses = operation.success();
    if let Some((id, refused, lacks)) = REFUSALS.iter().find(|(id, ..)| *id == operation.id()) {
        if let Some(status) = refused.iter().find(|status| !operation.promises(**status)) {
            return Err(format!("`{id}` lacks {lacks}, but its document has no {status}").into());
        }
        statuses.extend(*refused);
    }
    Ok(statuses)
}

/// What the collection lacks for the operation, as a sentence for its description.
pub(super) fn lacks(operation: &Operation<'_>) -> Option<String> {
    let (_, refused, lacks) = REFUSALS.iter().find(|(id, ..)| *id == operation.id())?;
    let refused = refused.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
    Some(format!("As it stands here it may be refused with {refused}: it needs {lacks}."))
}

#[cfg(test)]
mod tests {
    use super::expected;
    use crate::openapi::DOCUMENT;
    use crate::postman::document::Document;

    #[test]
    fn every_refusal_is_one_that_the_document_promises() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
        let text = std::fs::read_to_string(format!("{root}{DOCUMENT}")).unwrap();
        let document = Document::parse(&text).unwrap();
        let operations = document.operations();
        for (id, refused, _) in super::REFUSALS {
            let operation = operations.iter().find(|operation| operation.id() == id).unwrap();
            let expected = expected(operation).unwrap();
            assert!(refused.iter().all(|status| expected.contains(status)), "{id}");
        }
    }
}
