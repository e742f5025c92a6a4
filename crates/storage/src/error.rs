//! What can go wrong, in the terms of the product. The API has one table that makes problems of these.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use jiff::SignedDuration;
use keyhall_domain::account::Account;
use keyhall_domain::audit::Object;
use keyhall_domain::authz::{HandOutError, Refusal};
use keyhall_domain::grant::{Grant, GrantError};
use keyhall_domain::group::GroupError;
use keyhall_domain::ip_allow_list::WouldLockYouOutError;
use keyhall_domain::member::MemberStateError;
use keyhall_domain::personal_access_token::TokenStatus;
use keyhall_domain::principal::StandingError;
use keyhall_domain::project::Contents;
use keyhall_domain::rank::RankError;
use keyhall_domain::role::custom::RoleUses;
use keyhall_domain::session::SessionError;
use keyhall_domain::super_admins::SuperAdminError;
use keyhall_domain::violation::Violations;

use crate::open::OperatorError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a use case did not come about. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The bearer may not.
    #[error("refused")]
    Refused(#[source] Refused),
    /// The thing does not exist for the bearer.
    #[error("not found")]
    NotFound,
    /// What a field of the request names is not in the account.
    #[error("`{0}` names nothing in the account")]
    Absent(&'static str),
    /// It contradicts what is there now.
    #[error("conflict")]
    Conflict(#[source] Conflict),
    /// A rule about people forbids it.
    #[error("forbidden by a rule")]
    Rule(#[source] Rule),
    /// The input is wrong in a way that only the database or the policy could tell.
    #[error("invalid input")]
    Invalid(Violations),
    /// The thing is not as the caller thinks (`If-Match`).
    #[error("the thing has changed since it was read")]
    Precondition,
    /// What the operator asks for cannot be done; nobody else gets to read this.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// Too many password checks are waiting.
    #[error("too many passwords are being checked")]
    Busy,
    /// Too many attempts have failed.
    #[error("too many attempts have failed")]
    LockedOut {
        /// How long to wait for the next one.
        retry_after: SignedDuration,
    },
    /// The bearer is who they are, and still did not know their own password.
    #[error("the current password is wrong")]
    WrongPassword,
    /// PostgreSQL is away, or did not answer in time.
    #[error("the database is unavailable")]
    Unavailable(#[source] Source),
    /// A defect, or a database that something else has written to.
    #[error("unexpected")]
    Unexpected(#[source] Source),
}

/// Why a bearer may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody, or nobody who is alive.
    #[error("not authenticated")]
    Unauthenticated(#[source] Unauthenticated),
    /// Known, but not allowed.
    #[error("not authorised")]
    Unauthorized(Refusal),
}

/// Why a bearer is nobody. What is said beyond `Unknown` is said only to who holds the right secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// There was no credential.
    #[error("this needs a bearer token in the `Authorization` header")]
    Missing,
    /// The header is not `Bearer` and a token, or stands twice.
    #[error("the `Authorization` header must be `Bearer` and one token")]
    Malformed,
    /// Nothing is known of such a token.
    #[error("the bearer token is not valid")]
    Unknown,
    /// The session is over.
    #[error(transparent)]
    Session(SessionError),
    /// The token has ended.
    #[error("the personal access token is {}", .0.name())]
    Token(TokenStatus),
    /// The token's owner may not speak.
    #[error(transparent)]
    Standing(StandingError),
    /// The e-mail address and the password do not belong together, or the address is unknown.
    #[error("the e-mail address or the password is wrong")]
    Password,
    /// The link was used, has expired, or never was.
    #[error("the link has been used, has expired, or is not complete")]
    Link,
}

/// What stands in the way now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Another project of the account has the name.
    #[error("the account has a project of this name")]
    ProjectName,
    /// Another environment of the project has the name.
    #[error("the project has an environment of this name")]
    EnvironmentName,
    /// Another role of the same level and principals has the name.
    #[error("there is a role of this name already")]
    RoleName,
    /// The role is in use.
    #[error("the role is in use, as `uses` counts; give whoever has it another one first")]
    RoleInUse(RoleUses),
    /// They have a role there already.
    #[error(
        "there is a grant for this principal here already, which `present` shows; change its role instead"
    )]
    Granted(Box<Grant>),
    /// It cannot be granted, or not taken away, now.
    #[error(transparent)]
    Grant(GrantError),
    /// Something is in it.
    #[error("there is something in it, as `contents` counts; `?cascade=true` deletes that too")]
    NotEmpty(Contents),
    /// Another group of the account has the name.
    #[error("the account has a group of this name")]
    GroupName,
    /// The project has the repository.
    #[error("the project has this repository already")]
    Repository,
    /// Another member of the account has the external id.
    #[error("another member of the account has this external id")]
    ExternalId,
    /// The group cannot be changed.
    #[error(transparent)]
    Group(GroupError),
    /// The allow list does not have the caller's own address.
    #[error(transparent)]
    LockOut(WouldLockYouOutError),
    /// Another user has the address.
    #[error("another user has this e-mail address")]
    AddressTaken,
    /// The deployment sends no mail.
    #[error("this deployment sends no mail, so that the link could not reach you; ask its operator")]
    NoMail,
    /// Another living token of the owner has the name.
    #[error("you have a living token of this name")]
    TokenName,
    /// The owner has as many living tokens as the policy allows.
    #[error(
        "you have {most} living tokens, which is as many as the account's policy allows; revoke one first"
    )]
    TooManyTokens {
        /// How many the policy allows.
        most: i64,
    },
    /// The person is in the account already, or invited.
    #[error("somebody with this e-mail address is in the account already, or invited")]
    AlreadyMember,
    /// The member is in another state.
    #[error(transparent)]
    MemberState(MemberStateError),
    /// Whoever invited may not hand out the role any more.
    #[error("whoever sent the invitation may not hand out this role any more; ask for a new one")]
    InviterLostRight,
    /// The person is in several accounts and named none.
    #[error("you are a member of several accounts; say which one in `account`")]
    SeveralAccounts(Vec<AccountChoice>),
    /// It would leave the account without a Super Admin.
    #[error("the account would have no active Super Admin left")]
    LastSuperAdmin,
    /// The user set a password while this was going on.
    #[error("your password was set by something else at the same moment; try again with it")]
    PasswordMoved,
    /// The key stands for a request with another body.
    #[error(
        "the `Idempotency-Key` was sent with another body before; another request needs a key of its own"
    )]
    KeyReused,
    /// A request with the key is still being carried out.
    #[error("a request with this `Idempotency-Key` is still being carried out; send it again later")]
    KeyInUse,
    /// The request was carried out before, and its answer held a secret.
    #[error("this request was carried out before and made `{0}`; its secret was shown then, and is not kept")]
    MadeBefore(Object),
    /// Somebody else changed the same thing at the same moment.
    #[error("it was changed by somebody else at the same moment; try again")]
    Concurrent,
}

/// An account that a person may choose at sign-in.
pub type AccountChoice = Account;

/// Which rule about people forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// Who may change whom.
    #[error(transparent)]
    Rank(RankError),
    /// Who may make and remove Super Admins.
    #[error(transparent)]
    SuperAdmin(SuperAdminError),
    /// Who may hand out which role.
    #[error(transparent)]
    HandOut(HandOutError),
}

impl StoreError {
    pub(crate) fn unexpected(source: impl Into<Source>) -> Self {
        Self::Unexpected(source.into())
    }

    pub(crate) fn unavailable(source: impl Into<Source>) -> Self {
        Self::Unavailable(source.into())
    }

    pub(crate) fn unauthenticated(why: Unauthenticated) -> Self {
        Self::Refused(Refused::Unauthenticated(why))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(kind, information) => {
                let constraint = information.constraint_name().unwrap_or_default();
                match (kind, constraint) {
                    (DatabaseErrorKind::SerializationFailure, _) => Self::Conflict(Conflict::Concurrent),
                    (_, "projects_account_id_name_key") => Self::Conflict(Conflict::ProjectName),
                    (_, "environments_account_id_project_id_name_key") => {
                        Self::Conflict(Conflict::EnvironmentName)
                    }
                    (_, "roles_account_id_kind_name_key") => Self::Conflict(Conflict::RoleName),
                    (_, "repositories_project_id_full_name_key") => Self::Conflict(Conflict::Repository),
                    (_, "groups_account_id_name_key") => Self::Conflict(Conflict::GroupName),
                    (_, "members_account_id_external_id_key") => Self::Conflict(Conflict::ExternalId),
                    (_, "members_account_id_user_id_key") => Self::Conflict(Conflict::AlreadyMember),
                    // The user was deleted while somebody invited them.
                    (_, "members_user_id_fkey") => Self::Conflict(Conflict::Concurrent),
                    (_, "users_email_key") => Self::Conflict(Conflict::Concurrent),
                    (_, "idempotency_records_pkey") => Self::Conflict(Conflict::KeyInUse),
                    (_, "accounts_keep_a_super_admin") => Self::Conflict(Conflict::LastSuperAdmin),
                    (DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => {
                        Self::unavailable(error)
                    }
                    _ if information.message().contains("deadlock detected") => {
                        Self::Conflict(Conflict::Concurrent)
                    }
                    _ if is_outage(information.message()) => Self::unavailable(error),
                    _ => Self::unexpected(error),
                }
            }
            DieselError::BrokenTransactionManager => Self::unavailable(error),
            _ => Self::unexpected(error),
        }
    }
}

impl From<GrantError> for StoreError {
    fn from(error: GrantError) -> Self {
        Self::Conflict(Conflict::Grant(error))
    }
}

impl From<HandOutError> for StoreError {
    fn from(error: HandOutError) -> Self {
        match error {
            HandOutError::Refused(refusal) => refusal.into(),
            exceeds @ HandOutError::Exceeds { .. } => Self::Rule(Rule::HandOut(exceeds)),
        }
    }
}

impl From<GroupError> for StoreError {
    fn from(error: GroupError) -> Self {
        Self::Conflict(Conflict::Group(error))
    }
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Refused::Unauthorized(refusal))
    }
}

impl From<MemberStateError> for StoreError {
    fn from(error: MemberStateError) -> Self {
        Self::Conflict(Conflict::MemberState(error))
    }
}

impl From<RankError> for StoreError {
    fn from(error: RankError) -> Self {
        Self::Rule(Rule::Rank(error))
    }
}

impl From<SuperAdminError> for StoreError {
    fn from(error: SuperAdminError) -> Self {
        Self::Rule(Rule::SuperAdmin(error))
    }
}

/// PostgreSQL's own words for a shutdown, a cut connection and a time-out. Diesel hands on no SQLSTATE for them; the
/// server speaks English, since the cluster or the connection sets `lc_messages`.
fn is_outage(message: &str) -> bool {
    [
        "terminating connection",
        "the database system is",
        "canceling statement due to",
        "server closed the connection",
        "could not connect",
        "connection not open",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "SSL connection has been closed",
    ]
    .iter()
    .any(|known| message.contains(known))
}
