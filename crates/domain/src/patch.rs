//! What a merge patch (RFC 7396) says about a field that cannot be cleared.

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

impl<T: Deserr<E>, E: DeserializeError> Deserr<E> for Replace<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        T::deserialize_from_value(value, location).map(Self::Set)
    }
}
