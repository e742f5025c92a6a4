//! How a role is named: a built-in one by its name, one of the account's own by its id.

use std::marker::PhantomData;
use std::str::FromStr;

use deserr::{DeserializeError, Deserr, ErrorKind, IntoValue, Value, ValueKind, ValuePointerRef};
use serde::{Serialize, Serializer};

use super::{BuiltInRole, EnvironmentRole, MemberRole, ProjectRole};
use crate::id::RoleId;

/// The name of a role, as it stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleRef<B> {
    /// A built-in role.
    BuiltIn(B),
    /// A role that the account has made.
    Custom(RoleId),
}

/// The name of a member's account role.
pub type MemberRoleRef = RoleRef<MemberRole>;

/// The name of a project role.
pub type ProjectRoleRef = RoleRef<ProjectRole>;

/// The name of an environment role.
pub type EnvironmentRoleRef = RoleRef<EnvironmentRole>;

/// A text that names no role of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleRefError<B>(PhantomData<B>);

impl<B: BuiltInRole> RoleRef<B> {
    /// The id, of one that the account has made.
    pub fn custom(self) -> Option<RoleId> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Custom(id) => Some(id),
        }
    }

    /// The built-in role.
    pub fn built_in(self) -> Option<B> {
        match self {
            Self::BuiltIn(role) => Some(role),
            Self::Custom(_) => None,
        }
    }
}

impl<B> From<B> for RoleRef<B> {
    fn from(role: B) -> Self {
        Self::BuiltIn(role)
    }
}

impl<B: PartialEq> PartialEq<B> for RoleRef<B> {
    fn eq(&self, other: &B) -> bool {
        matches!(self, Self::BuiltIn(role) if role == other)
    }
}

impl<B: BuiltInRole> FromStr for RoleRef<B> {
    type Err = RoleRefError<B>;

    fn from_str(text: &str) -> Result<Self, RoleRefError<B>> {
        let built_in = B::named(text).map(Self::BuiltIn);
        built_in.or_else(|| text.parse().ok().map(Self::Custom)).ok_or(RoleRefError(PhantomData))
    }
}

impl<B: BuiltInRole> std::fmt::Display for RoleRef<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn(role) => f.write_str(role.name()),
            Self::Custom(id) => id.fmt(f),
        }
    }
}

impl<B: BuiltInRole> Serialize for RoleRef<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<B: BuiltInRole, E: DeserializeError> Deserr<E> for RoleRef<B> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        let refused = |error: ErrorKind<'_, V>| Err(deserr::take_cf_content(E::error(None, error, location)));
        match value {
            Value::String(text) => match text.parse::<Self>() {
                Ok(role) => Ok(role),
                Err(error) => refused(ErrorKind::Unexpected { msg: error.to_string() }),
            },
            other => refused(ErrorKind::IncorrectValueKind { actual: other, accepted: &[ValueKind::String] }),
        }
    }
}

impl<B: BuiltInRole> std::fmt::Display for RoleRefError<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = B::ROLES.iter().map(|role| format!("`{}`", role.name())).collect();
        write!(f, "must be one of {}, or the id of a role of the account (`rol_…`)", names.join(", "))
    }
}

impl<B: BuiltInRole> std::error::Error for RoleRefError<B> {}

#[cfg(feature = "openapi")]
impl<B: BuiltInRole> utoipa::PartialSchema for RoleRef<B> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::openapi::role_schema(B::ROLES.iter().map(|role| role.name()))
    }
}

#[cfg(feature = "openapi")]
impl<B: BuiltInRole> utoipa::ToSchema for RoleRef<B> {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(match B::KIND {
            super::RoleKind::Member => "MemberRole",
            super::RoleKind::ApiCredential => "CredentialRole",
            super::RoleKind::Project => "ProjectRole",
            super::RoleKind::Environment => "EnvironmentRole",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn a_role_is_a_built_in_name_or_an_id_and_nothing_else() {
        let id = RoleId::generate(Timestamp::UNIX_EPOCH);
        assert_eq!(id.to_string().parse(), Ok(RoleRef::<ProjectRole>::Custom(id)));
        assert_eq!("owner".parse(), Ok(RoleRef::BuiltIn(ProjectRole::Owner)));
        assert!("none".parse::<RoleRef<EnvironmentRole>>().is_ok());
        for wrong in ["none", "Owner", "", "operator", "rol_", "prj_01h2xcejqtf2nbrexx3vqjhp41"] {
            let error = wrong.parse::<RoleRef<ProjectRole>>().unwrap_err();
            assert_eq!(
                error.to_string(),
                "must be one of `owner`, `contributor`, `viewer`, or the id of a role of the account (`rol_…`)",
                "{wrong}"
            );
        }
    }
}
