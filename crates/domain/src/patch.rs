//! What a merge patch (RFC 7396) says about one field: keep it, clear it, or set it.

use deserr::{DeserializeError, Deserr, IntoValue, Value, ValuePointerRef};

/// One field of a `PATCH`: absent, `null`, or a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field is absent: leave it as it is.
    #[default]
    Keep,
    /// The field is `null`: clear it.
    Clear,
    /// The field has a value: set it.
    Set(T),
}

impl<T> Patch<T> {
    /// What the field will hold, given what it holds now.
    pub fn apply(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Keep => now,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T: Deserr<E>, E: DeserializeError> Deserr<E> for Patch<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        match value {
            Value::Null => Ok(Self::Clear),
            value => T::deserialize_from_value(value, location).map(Self::Set),
        }
    }
}
