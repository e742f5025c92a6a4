//! The ids of everything, as they stand on the wire: TypeIDs.
//!
//! A prefix that names the kind, `_`, and 26 characters of base32 UUIDv7 (the TypeID specification, version 0.3). One
//! type for each kind, so that no id is taken for another; in the database they are plain `uuid`.

use jiff::Timestamp;
use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::violation::Violations;

/// Why a text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an id of the form `{prefix}_` followed by 26 characters")]
pub struct IdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// The id of anything that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> AnyIdError)]
pub struct AnyId {
    prefix: &'static str,
    uuid: Uuid,
}

/// A text that is no id of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an id, such as `mbr_` or `prj_` followed by 26 characters")]
pub struct AnyIdError;

/// Declares the id types, and the list of their prefixes: name, prefix on the wire.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {
        /// What ids begin with, of all kinds.
        const PREFIXES: &[&str] = &[$($prefix,)*];
    $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, deserr::Deserr)]
        #[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> IdError)]
        pub struct $name(Uuid);

        impl $name {
            /// What the id begins with on the wire, without the `_`.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by `now` (UUIDv7, RFC 9562 section 5.7).
            pub fn generate(now: Timestamp) -> Self {
                Self(uuid_v7(now))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::openapi::id_schema($prefix)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write_type_id(f, $prefix, self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_type_id($prefix, text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}
ids! {
    /// An account: a tenant, the top boundary.
    AccountId "acc";
    /// A user: a person who can sign in.
    UserId "usr";
    /// A member: a user in one account.
    MemberId "mbr";
    /// An API credential: a machine principal of one account.
    ApiCredentialId "crd";
    /// A group of an account.
    GroupId "grp";
    /// A project of an account.
    ProjectId "prj";
    /// An environment of a project.
    EnvironmentId "env";
    /// A role that an account has made.
    RoleId "rol";
    /// A repository of a project.
    RepositoryId "rep";
    /// A grant: a principal's role on a scope.
    GrantId "grt";
    /// A personal access token (its id, never its secret).
    PersonalAccessTokenId "pat";
    /// A session: a signed-in member, in one account.
    SessionId "ses";
    /// An invitation of a member (its id, never the link's secret).
    InvitationId "inv";
    /// A mail that is to be sent.
    MailId "eml";
    /// An audit event.
    AuditEventId "evt";
}

impl From<AnyId> for Uuid {
    fn from(id: AnyId) -> Self {
        id.uuid
    }
}

impl std::str::FromStr for AnyId {
    type Err = AnyIdError;

    fn from_str(text: &str) -> Result<Self, AnyIdError> {
        let prefix = PREFIXES
            .iter()
            .find(|prefix| text.strip_prefix(**prefix).is_some_and(|rest| rest.starts_with('_')));
        let prefix = *prefix.ok_or(AnyIdError)?;
        let uuid = parse_type_id(prefix, text).map_err(|_| AnyIdError)?;
        Ok(Self { prefix, uuid })
    }
}

impl std::fmt::Display for AnyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_type_id(f, self.prefix, self.uuid)
    }
}

impl serde::Serialize for AnyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn uuid_v7(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
}

fn parse_type_id(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let id: TypeSafeId<DynamicType> = text.parse().map_err(|_| IdError { prefix })?;
    if id.type_prefix() == prefix { Ok(id.uuid()) } else { Err(IdError { prefix }) }
}

fn write_type_id(f: &mut std::fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> std::fmt::Result {
    let kind = DynamicType::new(prefix).map_err(|_| std::fmt::Error)?;
    std::fmt::Display::fmt(&TypeSafeId::from_type_and_uuid(kind, uuid), f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused_with_the_expected_prefix() {
        let project = ProjectId::generate(Timestamp::UNIX_EPOCH).to_string();
        let error = project.parse::<MemberId>().unwrap_err();
        assert_eq!(error.to_string(), "must be an id of the form `mbr_` followed by 26 characters");
    }

    #[test]
    fn an_id_reads_back_as_itself_and_in_one_spelling_only() {
        let id = ProjectId::from(Uuid::from_u128(0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881));
        assert_eq!(
            id.to_string(),
            "prj_01h2xcejqtf2nbrexx3vqjhp41",
            "the TypeID specification's own example"
        );
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            "prj_01H2XCEJQTF2NBREXX3VQJHP41",
            "prj_81h2xcejqtf2nbrexx3vqjhp41",
            "prj",
            "prj_",
            "",
            "prj__01h2xcejqtf2nbrexx3vqjhp41",
            "prj_01h2xcejqtf2nbrexx3vqjhp4",
            " prj_01h2xcejqtf2nbrexx3vqjhp41",
        ] {
            assert!(wrong.parse::<ProjectId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_of_any_kind_is_read_and_nothing_else() {
        let project = ProjectId::generate(Timestamp::UNIX_EPOCH);
        let any: AnyId = project.to_string().parse().unwrap();
        assert_eq!((Uuid::from(any), any.to_string()), (project.into(), project.to_string()));
        assert!(SessionId::generate(Timestamp::UNIX_EPOCH).to_string().parse::<AnyId>().is_ok());
        for wrong in ["", "prj", "prj_", "xyz_01h2xcejqtf2nbrexx3vqjhp41", "prj_01H2XCEJQTF2NBREXX3VQJHP41"] {
            assert_eq!(wrong.parse::<AnyId>(), Err(AnyIdError), "{wrong}");
        }
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = ProjectId::generate(Timestamp::from_second(1_000).unwrap());
        let late = ProjectId::generate(Timestamp::from_second(1_001).unwrap());
        assert!(early < late && early.to_string() < late.to_string());
    }
}
