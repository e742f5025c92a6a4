//! The table of all actions: what each is done to, what it needs, in which mode, and through what it may be done.

use serde::Serialize;

use super::scope::{
    EnvironmentGrantRef, EnvironmentRef, GroupPlace, Myself, ProjectGrantRef, RepositoryRef, Scope,
    ThisAccount,
};
use crate::id::{GroupId, MemberId, PersonalAccessTokenId, ProjectId, RoleId, SessionId};
use crate::permission::{Operation, Permission, ResourceType};

/// Something that can be done, as a type of its own.
pub trait Action: Send + Sync + 'static {
    /// What it is done to.
    type Scope: Scope;
    /// What it is called in the audit.
    const NAME: &'static str;
    /// What it needs.
    const PERMISSION: Permission;
    /// How the permission is applied.
    const MODE: Mode;
    /// Through what it may be done.
    const VIA: Via;
}

/// How an action's permission is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Without the permission it is refused.
    Require,
    /// Anyone may ask; the answer has only what they may see.
    Filter,
    /// It concerns the bearer itself, and needs nothing.
    Own,
    /// One's own needs the action's permission, others' this one.
    OwnOr(Permission),
}

/// Through what an action may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Via {
    /// A session or any token.
    Any,
    /// A session alone: a person who signed in.
    SessionOnly,
}

/// Declares the actions: type, name in the audit, scope, permission, mode, via.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident $name:literal on $scope:ty, $resource:ident:$operation:ident, $mode:expr, $via:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $action {}

        impl Action for $action {
            type Scope = $scope;
            const NAME: &'static str = $name;
            const PERMISSION: Permission = Permission::new(ResourceType::$resource, Operation::$operation);
            const MODE: Mode = $mode;
            const VIA: Via = Via::$via;
        }
    )*};
}

use Mode::{Filter, Own, OwnOr, Require};

const OWN_OR_REVOKE_SESSION: Mode = OwnOr(Permission::new(ResourceType::Session, Operation::Revoke));
const OWN_OR_MANAGE_ALL: Mode =
    OwnOr(Permission::new(ResourceType::PersonalAccessToken, Operation::ManageAll));

actions! {
    /// Show the account.
    ReadAccount         "account.read"           on ThisAccount, Account:Read,      Require, Any;
    /// Show from where the account can be reached.
    ReadIpAllowList     "ip_allow_list.read"     on ThisAccount, IpAllowList:Read,  Require, Any;
    /// Say from where the account can be reached.
    UpdateIpAllowList   "ip_allow_list.update"   on ThisAccount, IpAllowList:Update, Require, Any;
    /// List what happened in the account.
    ListAuditEvents     "audit_event.list"       on ThisAccount, AuditEvent:List,   Require, Any;

    /// Show the bearer itself.
    ReadMyself          "me.read"                on Myself,      Account:Read,      Own,     Any;
    /// Change one's own name, or ask for another address.
    UpdateMyself        "me.update"              on Myself,      Account:Read,      Own,     SessionOnly;
    /// Change one's own password.
    ChangePassword      "me.change_password"     on Myself,      Account:Read,      Own,     SessionOnly;
    /// Show the session that the bearer speaks in.
    ReadCurrentSession  "session.read"           on Myself,      Session:List,      Own,     SessionOnly;
    /// Sign out.
    EndCurrentSession   "session.end"            on Myself,      Session:Revoke,     Own,     SessionOnly;

    /// List sessions: one's own, and those of whom one may sign out.
    ListSessions        "session.list"           on ThisAccount, Session:List,      Filter,  Any;
    /// End a session: one's own, or that of somebody whom one outranks.
    EndSession          "session.revoke"         on SessionId,   Account:Read,      OWN_OR_REVOKE_SESSION, Any;

    /// Invite somebody into the account. The answer has a link that opens a way in, which no token may hand on.
    InviteMember        "member.invite"          on ThisAccount, Member:Create,     Require, SessionOnly;
    /// Send an invitation once more. Its answer may have a link too.
    ResendInvitation    "member.resend_invitation" on MemberId,  Member:Create,     Require, SessionOnly;
    /// List the members.
    ListMembers         "member.list"            on ThisAccount, Member:List,       Require, Any;
    /// Show a member.
    ReadMember          "member.read"            on MemberId,    Member:Read,       Require, Any;
    /// Change a member's role.
    UpdateMember        "member.update"          on MemberId,    Member:Update,     Require, Any;
    /// Suspend a member.
    SuspendMember       "member.suspend"         on MemberId,    Member:Update,     Require, Any;
    /// End a member's suspension.
    ReinstateMember     "member.reinstate"       on MemberId,    Member:Update,     Require, Any;
    /// Remove a member from the account.
    RemoveMember        "member.remove"          on MemberId,    Member:Delete,     Require, Any;
    /// Make a member Super Admin.
    GrantSuperAdmin     "super_admin.grant"      on MemberId,    Member:Update,     Require, SessionOnly;
    /// Take the Super Admin role from a member.
    RevokeSuperAdmin    "super_admin.revoke"     on MemberId,    Member:Update,     Require, SessionOnly;

    /// Show what a member ends up with on projects and environments, as far as the bearer may know.
    ReadMemberAccess    "member.read_access"     on MemberId,    Member:Read,       Require, Any;

    /// List the groups.
    ListGroups          "group.list"             on ThisAccount, Group:List,        Require, Any;
    /// Make a group.
    CreateGroup         "group.create"           on ThisAccount, Group:Create,      Require, Any;
    /// Show a group.
    ReadGroup           "group.read"             on GroupId,     Group:Read,        Require, Any;
    /// Change a group's name or description.
    UpdateGroup         "group.update"           on GroupId,     Group:Update,      Require, Any;
    /// Delete a group.
    DeleteGroup         "group.delete"           on GroupId,     Group:Delete,      Require, Any;
    /// List who is in a group.
    ListGroupMembers    "group.list_members"     on GroupId,     Group:Read,        Require, Any;
    /// Put somebody into a group.
    AddGroupMember      "group.add_member"       on GroupPlace,  Group:Update,      Require, Any;
    /// Take somebody out of a group.
    RemoveGroupMember   "group.remove_member"    on GroupPlace,  Group:Update,      Require, Any;

    /// Show the catalogue of permissions.
    ListPermissions     "permission.list"        on ThisAccount, ResourceType:List, Require, Any;
    /// List the roles, built in and made by the account.
    ListRoles           "role.list"              on ThisAccount, Role:List,         Require, Any;
    /// Make a role.
    CreateRole          "role.create"            on ThisAccount, Role:Create,       Require, Any;
    /// Show a role.
    ReadRole            "role.read"              on RoleId,      Role:Read,         Require, Any;
    /// Change a role, and with it everybody who has it.
    UpdateRole          "role.update"            on RoleId,      Role:Update,       Require, Any;
    /// Delete a role that nobody has.
    DeleteRole          "role.delete"            on RoleId,      Role:Delete,       Require, Any;
    /// Explain whether somebody holds a permission: oneself freely, others with the permission.
    ExplainAccess       "access.explain"         on Myself,      Access:Explain,    Own,     Any;

    /// Make a project.
    CreateProject       "project.create"         on ThisAccount, Project:Create,    Require, Any;
    /// List the projects that the bearer is a member of; a Super Admin's list has all.
    ListProjects        "project.list"           on ThisAccount, Project:List,      Filter,  Any;
    /// Show a project.
    ReadProject         "project.read"           on ProjectId,   Project:Read,      Require, Any;
    /// Change a project's name or description.
    UpdateProject       "project.update"         on ProjectId,   Project:Update,    Require, Any;
    /// Delete a project, and what is in it.
    DeleteProject       "project.delete"         on ProjectId,   Project:Delete,    Require, Any;
    /// Show who ends up with which role on a project.
    ReadProjectAccess   "project.read_access"    on ProjectId,   Grant:List,        Require, Any;
    /// List the grants on a project as a whole.
    ListProjectGrants   "grant.list"             on ProjectId,   Grant:List,        Require, Any;
    /// Grant a role on a project.
    CreateProjectGrant  "grant.create"           on ProjectId,   Grant:Create,      Require, Any;
    /// Show a grant on a project.
    ReadProjectGrant    "grant.read"             on ProjectGrantRef, Grant:Read,    Require, Any;
    /// Change the role of a grant on a project.
    UpdateProjectGrant  "grant.update"           on ProjectGrantRef, Grant:Update,  Require, Any;
    /// Take a grant on a project away.
    DeleteProjectGrant  "grant.delete"           on ProjectGrantRef, Grant:Delete,  Require, Any;

    /// List those of a project's environments that the bearer may see.
    ListEnvironments    "environment.list"       on ProjectId,      Environment:List,   Filter,  Any;
    /// Make an environment.
    CreateEnvironment   "environment.create"     on ProjectId,      Environment:Create, Require, Any;
    /// Show an environment.
    ReadEnvironment     "environment.read"       on EnvironmentRef, Environment:Read,   Require, Any;
    /// Change an environment: its name, its description, its default role.
    UpdateEnvironment   "environment.update"     on EnvironmentRef, Environment:Update, Require, Any;
    /// Delete an environment, and what is in it.
    DeleteEnvironment   "environment.delete"     on EnvironmentRef, Environment:Delete, Require, Any;
    /// Show who ends up with which role on an environment.
    ReadEnvironmentAccess  "environment.read_access" on EnvironmentRef,   Grant:List,   Require, Any;
    /// List the grants on an environment.
    ListEnvironmentGrants  "grant.list"          on EnvironmentRef,       Grant:List,   Require, Any;
    /// Grant a role on an environment.
    CreateEnvironmentGrant "grant.create"        on EnvironmentRef,       Grant:Create, Require, Any;
    /// Show a grant on an environment.
    ReadEnvironmentGrant   "grant.read"          on EnvironmentGrantRef,  Grant:Read,   Require, Any;
    /// Change the role of a grant on an environment.
    UpdateEnvironmentGrant "grant.update"        on EnvironmentGrantRef,  Grant:Update, Require, Any;
    /// Take a grant on an environment away.
    DeleteEnvironmentGrant "grant.delete"        on EnvironmentGrantRef,  Grant:Delete, Require, Any;

    /// List the repositories of a project.
    ListRepositories    "repository.list"        on ProjectId,   Repository:List,   Require, Any;
    /// Connect a project with a repository.
    CreateRepository    "repository.create"      on ProjectId,   Repository:Create, Require, Any;
    /// Show a repository of a project.
    ReadRepository      "repository.read"        on RepositoryRef, Repository:Read, Require, Any;
    /// Take a repository from a project.
    DeleteRepository    "repository.delete"      on RepositoryRef, Repository:Delete, Require, Any;

    /// Make a personal access token for oneself.
    CreatePersonalAccessToken "personal_access_token.create" on ThisAccount, PersonalAccessToken:Create, Require, SessionOnly;
    /// List tokens: one's own, or everyone's for who manages all.
    ListPersonalAccessTokens  "personal_access_token.list"   on ThisAccount, PersonalAccessToken:List, Filter, Any;
    /// Show a token, never its secret.
    ReadPersonalAccessToken   "personal_access_token.read"   on PersonalAccessTokenId, PersonalAccessToken:Read, OWN_OR_MANAGE_ALL, Any;
    /// Revoke a token.
    RevokePersonalAccessToken "personal_access_token.revoke" on PersonalAccessTokenId, PersonalAccessToken:Revoke, OWN_OR_MANAGE_ALL, Any;
}
