//! What a merge patch (RFC 7396) says about one field.

use deserr::{DeserializeError, Deserr, IntoValue, Value, ValuePointerRef};

/// One field of a `PATCH` that always has a value: absent, or the new value. `null`, which would clear it, is refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Replace<T> {
    /// The field is absent: leave it as it is.
    #[default]
    Keep,
    /// The field has a value: set it.
    Set(T),
}

impl<T> Replace<T> {
    /// The new value, if there is one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// One field of a `PATCH` that may have no value: absent, `null`, or the new value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Assign<T> {
    /// The field is absent: leave it as it is.
    #[default]
    Keep,
    /// The field is `null`: remove the value.
    Clear,
    /// The field has a value: set it.
    Set(T),
}

impl<T> Assign<T> {
    /// What the field is afterwards, given what it is now.
    pub fn over(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Keep => now,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T: Deserr<E>, E: DeserializeError> Deserr<E> for Replace<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        T::deserialize_from_value(value, location).map(Self::Set)
    }
}

impl<T: Deserr<E>, E: DeserializeError> Deserr<E> for Assign<T> {
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
