//! An account that comes from an older system: its name and its people, as the operator wrote them down.
//!
//! It has no Super Admin, which is lawful; the operator makes one of its members one once they have come in.

use std::collections::HashMap;

use serde_json::Value;

use crate::email::{Email, EmailKey};
use crate::name::Name;
use crate::role::OrdinaryRole;
use crate::violation::Violations;

/// The most members of one import.
pub const MOST_IMPORTED: usize = 10_000;

/// An account to be imported.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct AccountImport {
    /// Its name.
    pub name: Name,
    /// Its members; at least one, each address once.
    pub members: Vec<ImportedMember>,
}

/// A member to be imported, who gets an invitation.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct ImportedMember {
    /// Whom to invite.
    pub email: Email,
    /// What the older system calls them: the name of somebody new who gives no other at acceptance.
    #[deserr(default)]
    pub name: Option<Name>,
    /// The account role that the member will have.
    pub role: OrdinaryRole,
}

impl AccountImport {
    /// Reads an import.
    ///
    /// # Errors
    /// All that is wrong with it, each with its place, such as `members[3].email`.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        let members = value.get("members").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if members.len() > MOST_IMPORTED {
            return Err(Violations::one("members", format!("must have at most {MOST_IMPORTED} items")));
        }
        match (deserr::deserialize::<Self, _, Violations>(value.clone()), repeated(members)) {
            (Ok(import), None) if import.members.is_empty() => {
                Err(Violations::one("members", "must have at least 1 item"))
            }
            (Ok(import), None) => Ok(import),
            (Ok(_), Some(violations)) | (Err(violations), None) => Err(violations),
            (Err(violations), Some(repeated)) => Err(violations.with(repeated)),
        }
    }
}

/// The members whose address stands further up already, in whatever spelling.
fn repeated(members: &[Value]) -> Option<Violations> {
    let mut seen: HashMap<EmailKey, usize> = HashMap::new();
    let mut violations: Option<Violations> = None;
    for (index, member) in members.iter().enumerate() {
        let email = member.get("email").and_then(Value::as_str).and_then(|text| text.parse::<Email>().ok());
        let Some(email) = email else { continue };
        let first = *seen.entry(email.key()).or_insert(index);
        if first != index {
            let place = format!("members[{index}].email");
            let found = Violations::one(place, format!("is the address of `members[{first}]` too"));
            violations = Some(match violations {
                Some(earlier) => earlier.with(found),
                None => found,
            });
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn violations(value: &Value) -> Vec<(String, String)> {
        let list = AccountImport::parse(value).unwrap_err().into_vec();
        list.into_iter().map(|violation| (violation.field, violation.message)).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_with_its_place() {
        let value = json!({
            "name": "",
            "plan": "gold",
            "members": [
                { "email": "ada@example.com", "role": "admin" },
                { "email": "nobody", "role": "super_admin" },
                { "email": " ADA@Example.com", "name": "Ada", "role": "member" },
                { "name": "Grace", "role": "member", "id": 7 },
                "linus@example.com",
            ],
        });
        let told = violations(&value);
        let fields: Vec<_> = told.iter().map(|(field, _)| field.as_str()).collect();
        for field in [
            "name",
            "plan",
            "members[1].email",
            "members[1].role",
            "members[2].email",
            "members[3].email",
            "members[3].id",
            "members[4]",
        ] {
            assert!(fields.contains(&field), "{field} is missing in {told:?}");
        }
        assert_eq!(fields.len(), 8, "{told:?}");
        let repeated = told.iter().find(|(field, _)| field == "members[2].email").unwrap();
        assert_eq!(repeated.1, "is the address of `members[0]` too");
        let role = told.iter().find(|(field, _)| field == "members[1].role").unwrap();
        assert_eq!(role.1, "must be one of `billing_admin`, `admin`, `member`");
    }

    #[test]
    fn there_are_between_one_and_ten_thousand_members() {
        let of = |count: usize| {
            let member = |n| json!({ "email": format!("m{n}@example.com"), "role": "member" });
            json!({ "name": "Acme", "members": (0..count).map(member).collect::<Vec<_>>() })
        };
        let told = |message: &str| vec![("members".to_owned(), message.to_owned())];
        assert_eq!(violations(&of(0)), told("must have at least 1 item"));
        assert_eq!(AccountImport::parse(&of(1)).unwrap().members.len(), 1);
        assert_eq!(AccountImport::parse(&of(MOST_IMPORTED)).unwrap().members.len(), MOST_IMPORTED);
        assert_eq!(violations(&of(MOST_IMPORTED + 1)), told("must have at most 10000 items"));
    }

    #[test]
    fn what_is_no_object_is_no_import() {
        for value in [json!(null), json!([]), json!("Acme"), json!({ "name": "Acme", "members": {} })] {
            assert_eq!(violations(&value).len(), 1, "{value}");
        }
        assert_eq!(violations(&json!({})).len(), 2);
    }
}
