//! Who asks: a living principal, how it speaks, what its token allows, and from where.

use std::net::IpAddr;

use ipnet::IpNet;

use super::grounds::Grounds;
use super::scope::{Place, ScopeRef};
use crate::id::{AccountId, PersonalAccessTokenId, SessionId};
use crate::ip_allow_list;
use crate::permission::{Permission, PermissionSet};
use crate::principal::{Principal, PrincipalId};
use crate::role::AccountRole;

/// A principal that speaks in its account.
///
/// INVARIANT: a bearer is alive. Whoever builds one has checked the standing of account, user and member
/// ([`crate::principal::MemberStanding`]) and the state of the token that it speaks through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The account it speaks in; nothing outside it exists for it.
    pub account: AccountId,
    /// Who it is, with the rights that were loaded.
    pub principal: Principal,
    /// Through what it speaks.
    pub speaks: Speaks,
    /// What the token may do at most.
    pub ceiling: Ceiling,
    /// The networks from which its account lets itself be spoken to; none: from everywhere.
    pub networks: Vec<IpNet>,
    /// Where the request came from.
    pub origin: Origin,
}

/// Through what a principal speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaks {
    /// A session: a person who signed in.
    Session(SessionId),
    /// A personal access token.
    PersonalAccessToken(PersonalAccessTokenId),
}

/// What a token may do at most; it gives nothing that its owner lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ceiling {
    /// All that the owner may do.
    All,
}

/// Where a request came from, for the decision and the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address; IPv4-mapped IPv6 is IPv4.
    pub address: IpAddr,
    /// What the caller calls itself, at most 256 characters.
    pub user_agent: Option<String>,
    /// The id that ties response, log and audit event together.
    pub request_id: String,
}

impl Bearer {
    /// Who it is.
    pub fn id(&self) -> PrincipalId {
        self.principal.id
    }

    /// Whether it is a Super Admin who signed in as a person or speaks through a token of theirs.
    pub fn is_super_admin(&self) -> bool {
        self.principal.role.is_super_admin_member()
    }

    /// Whether it speaks in a session, not through a token.
    pub fn in_session(&self) -> bool {
        matches!(self.speaks, Speaks::Session(_))
    }

    /// Whether its account lets itself be spoken to from where the request came from.
    pub fn comes_from_an_allowed_address(&self) -> bool {
        ip_allow_list::allows(&self.networks, self.origin.address)
    }

    /// What it holds in the whole account: the role's permissions under the token's ceiling.
    pub fn account_permissions(&self) -> &PermissionSet {
        match self.ceiling {
            Ceiling::All => self.principal.role.permissions(),
        }
    }

    /// What it holds at the place, if it has any part in it: what its principal holds there under the token's ceiling.
    pub fn permissions_at(&self, place: &Place) -> Option<PermissionSet> {
        match self.ceiling {
            Ceiling::All => self.principal.permissions_at(place),
        }
    }

    /// Whether a list shows it every project of the account: it owns them all, and its token's ceiling leaves them all.
    pub fn sees_every_project(&self) -> bool {
        match self.ceiling {
            Ceiling::All => self.principal.role.owns_everything(),
        }
    }

    /// Whether the place is there for it at all.
    pub fn has_part_in(&self, place: &Place) -> bool {
        self.permissions_at(place).is_some()
    }

    /// Whether it holds the permission in the whole account, or one that implies it.
    pub fn holds_in_account(&self, permission: Permission) -> bool {
        let held = self.principal.grounds(permission, &Place::Account);
        matches!(held, Grounds::Held(_)) && self.ceiling.allows(permission, &ScopeRef::account(self.account))
    }

    /// Its account role.
    pub fn role(&self) -> AccountRole {
        self.principal.role
    }
}

impl Ceiling {
    /// Whether the token may do this there, were its owner to hold it.
    pub fn allows(&self, _: Permission, _: &ScopeRef) -> bool {
        match self {
            Self::All => true,
        }
    }
}

impl Origin {
    /// An origin, with the address in its plain form.
    pub fn new(address: IpAddr, user_agent: Option<&str>, request_id: String) -> Self {
        let user_agent = user_agent.map(|text| text.chars().filter(|c| !c.is_control()).take(256).collect());
        Self { address: address.to_canonical(), user_agent, request_id }
    }
}
