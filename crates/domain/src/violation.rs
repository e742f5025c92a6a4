//! What is wrong with an input: every field that is, all at once.
//!
//! [`Violations`] is the error type of every request body and query: deserialisation goes on after the first mistake and
//! collects the rest. Deliberately absent: HTTP. The API puts the list into a problem document (RFC 9457).

use std::ops::ControlFlow;

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use serde::Serialize;

/// The longest name of a field that is told back to who sent it: every secret that Keyhall makes is longer, and whoever
/// pastes one where a name belongs does not read it again in the answer.
const LONGEST_NAME: usize = 40;

/// How many violations are told at once: enough for anybody who erred, too few for a small request to get a large answer.
const MOST: usize = 50;

/// One thing that is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Violation {
    /// Where: a path such as `name` or `scopes[2].operations`; `body` for the whole.
    #[cfg_attr(feature = "openapi", schema(example = "name"))]
    pub field: String,
    /// What is wrong, for people.
    #[cfg_attr(feature = "openapi", schema(example = "must have at least 1 visible character"))]
    pub message: String,
}

/// Everything that is wrong with an input, in the order in which it was met.
///
/// It implements no `Error`, so that any domain error can be merged into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// A single violation.
    pub fn one(field: impl AsRef<str>, message: impl Into<String>) -> Self {
        Self(vec![Violation { field: repeatable(field.as_ref()).to_owned(), message: message.into() }])
    }

    /// These violations, and then the others.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The violations as a list; never empty.
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }

    fn and(earlier: Option<Self>, location: ValuePointerRef<'_>, message: String) -> ControlFlow<Self, Self> {
        let mut all = earlier.map_or_else(Vec::new, Self::into_vec);
        all.push(Violation { field: path_of(location), message });
        if all.len() < MOST { ControlFlow::Continue(Self(all)) } else { ControlFlow::Break(Self(all)) }
    }
}

impl DeserializeError for Violations {
    fn error<V: IntoValue>(
        earlier: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        match error {
            ErrorKind::MissingField { field } => {
                Self::and(earlier, location.push_key(field), "is required".to_owned())
            }
            ErrorKind::UnknownKey { key, accepted } => {
                let message = format!("is not a known field; known are {}", list(accepted));
                Self::and(earlier, location.push_key(key), message)
            }
            ErrorKind::UnknownValue { accepted, .. } => {
                Self::and(earlier, location, format!("must be one of {}", list(accepted)))
            }
            ErrorKind::IncorrectValueKind { actual, accepted } => {
                let message = format!("must be {}, not {}", kinds(accepted), kind(actual.kind()));
                Self::and(earlier, location, message)
            }
            ErrorKind::BadSequenceLen { expected, .. } => {
                Self::and(earlier, location, format!("must have {expected} items"))
            }
            ErrorKind::Unexpected { msg } => Self::and(earlier, location, msg),
        }
    }
}

impl MergeWithError<Violations> for Violations {
    fn merge(
        earlier: Option<Self>,
        other: Violations,
        _location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let mut all = earlier.map_or_else(Vec::new, Self::into_vec);
        all.extend(other.0);
        ControlFlow::Continue(Self(all))
    }
}

impl<T: std::error::Error> MergeWithError<T> for Violations {
    fn merge(earlier: Option<Self>, other: T, location: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        Self::and(earlier, location, other.to_string())
    }
}

/// `scopes[2].operations`; the origin is `body`.
fn path_of(location: ValuePointerRef<'_>) -> String {
    fn walk(location: ValuePointerRef<'_>) -> String {
        match location {
            ValuePointerRef::Origin => String::new(),
            ValuePointerRef::Key { key, prev } if prev.is_origin() => repeatable(key).to_owned(),
            ValuePointerRef::Key { key, prev } => format!("{}.{}", walk(*prev), repeatable(key)),
            ValuePointerRef::Index { index, prev } => format!("{}[{index}]", walk(*prev)),
        }
    }
    if location.is_origin() { "body".to_owned() } else { walk(location) }
}

/// The name of a field, or `…` for one that is too long.
fn repeatable(name: &str) -> &str {
    if name.chars().count() > LONGEST_NAME { "…" } else { name }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn kinds(accepted: &[ValueKind]) -> String {
    let mut names: Vec<_> = accepted.iter().map(|accepted| kind(*accepted)).collect();
    names.dedup();
    names.join(" or ")
}

fn kind(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "a boolean",
        ValueKind::Integer | ValueKind::NegativeInteger => "an integer",
        ValueKind::Float => "a number",
        ValueKind::String => "a string",
        ValueKind::Sequence => "an array",
        ValueKind::Map => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_a_secret_is_not_repeated() {
        let field = |name: &str| Violations::one(name, "is required").into_vec().remove(0).field;
        assert_eq!(field("paginationToken"), "paginationToken");
        assert_eq!(field(&"é".repeat(40)), "é".repeat(40));
        assert_eq!(field("khu_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ1LVAlV"), "…");
    }
}
