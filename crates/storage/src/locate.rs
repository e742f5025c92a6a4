//! Where a scope lies: the step between an id that somebody sent and the place that the decision is made at.
//!
//! What lies in another account is not found, here and for every kind of scope, before anything is decided.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::authz::{
    Bearer, EnvironmentGrantRef, EnvironmentRef, GroupPlace, Myself, Place, ProjectGrantRef, RepositoryRef,
    Scope, ThisAccount,
};
use keyhall_domain::id::{GroupId, MemberId, PersonalAccessTokenId, ProjectId, RoleId, SessionId};
use keyhall_domain::principal::PrincipalId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::held_grants;
use crate::schema::{
    grants, groups, members, personal_access_tokens, principals, repositories, roles, sessions,
};
use crate::stored;

pub(crate) use sealed::Find;

/// A scope that storage can find: every scope. Nobody outside this crate can implement it.
pub trait Locate: Find {}

impl<S: Find> Locate for S {}

mod sealed {
    use super::{Bearer, PgConnection, Place, Scope, StoreError};

    /// How a scope is found.
    pub trait Find: Scope {
        /// The place, where telling it needs no database.
        fn at_hand(&self) -> Option<Place> {
            None
        }

        /// The place inside the bearer's account, with the bearer's rights there loaded.
        ///
        /// # Errors
        /// [`StoreError::NotFound`] when there is no such thing in the bearer's account.
        fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError>;
    }
}

impl Find for ThisAccount {
    fn at_hand(&self) -> Option<Place> {
        Some(Place::Account)
    }

    fn find(&self, _: &mut Bearer, _: &mut PgConnection) -> Result<Place, StoreError> {
        Ok(Place::Account)
    }
}

impl Find for Myself {
    fn at_hand(&self) -> Option<Place> {
        Some(Place::Account)
    }

    fn find(&self, _: &mut Bearer, _: &mut PgConnection) -> Result<Place, StoreError> {
        Ok(Place::Account)
    }
}

impl Find for MemberId {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        members::table
            .filter(members::id.eq(Uuid::from(*self)))
            .filter(members::account_id.eq(Uuid::from(bearer.account)))
            .select(members::id)
            .first::<Uuid>(connection)?;
        Ok(Place::Account)
    }
}

impl Find for SessionId {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        let member: Uuid = sessions::table
            .filter(sessions::id.eq(Uuid::from(*self)))
            .filter(sessions::account_id.eq(Uuid::from(bearer.account)))
            .select(sessions::member_id)
            .first(connection)?;
        Ok(Place::OwnedBy(PrincipalId::Member(member.into())))
    }
}

impl Find for GroupId {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        groups::table
            .filter(groups::id.eq(Uuid::from(*self)))
            .filter(groups::account_id.eq(Uuid::from(bearer.account)))
            .select(groups::id)
            .first::<Uuid>(connection)?;
        Ok(Place::Account)
    }
}

impl Find for GroupPlace {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        let (kind, principal) = stored::principal_columns(self.principal);
        principals::table
            .filter(principals::id.eq(principal))
            .filter(principals::kind.eq(kind))
            .filter(principals::account_id.eq(Uuid::from(bearer.account)))
            .select(principals::id)
            .first::<Uuid>(connection)?;
        self.group.find(bearer, connection)
    }
}

impl Find for RoleId {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        roles::table
            .filter(roles::id.eq(Uuid::from(*self)))
            .filter(roles::account_id.eq(Uuid::from(bearer.account)))
            .select(roles::id)
            .first::<Uuid>(connection)?;
        Ok(Place::Account)
    }
}

impl Find for ProjectId {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        let rights = held_grants::on_project(connection, bearer.account, bearer.id(), *self)?;
        bearer.principal.projects.insert(*self, rights);
        Ok(Place::Project(*self))
    }
}

impl Find for EnvironmentRef {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        let (of_project, here) = held_grants::on_environment(connection, bearer.account, bearer.id(), *self)?;
        bearer.principal.projects.insert(self.project, of_project);
        bearer.principal.environments.insert(self.environment, here);
        Ok(Place::Environment(*self))
    }
}

impl Find for ProjectGrantRef {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        grants::table
            .filter(grants::id.eq(Uuid::from(self.grant)))
            .filter(grants::account_id.eq(Uuid::from(bearer.account)))
            .filter(grants::project_id.eq(Uuid::from(self.project)))
            .filter(grants::environment_id.is_null())
            .select(grants::id)
            .first::<Uuid>(connection)?;
        self.project.find(bearer, connection)
    }
}

impl Find for RepositoryRef {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        repositories::table
            .filter(repositories::id.eq(Uuid::from(self.repository)))
            .filter(repositories::project_id.eq(Uuid::from(self.project)))
            .filter(repositories::account_id.eq(Uuid::from(bearer.account)))
            .select(repositories::id)
            .first::<Uuid>(connection)?;
        self.project.find(bearer, connection)
    }
}

impl Find for EnvironmentGrantRef {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        grants::table
            .filter(grants::id.eq(Uuid::from(self.grant)))
            .filter(grants::account_id.eq(Uuid::from(bearer.account)))
            .filter(grants::project_id.eq(Uuid::from(self.environment.project)))
            .filter(grants::environment_id.eq(Uuid::from(self.environment.environment)))
            .select(grants::id)
            .first::<Uuid>(connection)?;
        self.environment.find(bearer, connection)
    }
}

impl Find for PersonalAccessTokenId {
    fn find(&self, bearer: &mut Bearer, connection: &mut PgConnection) -> Result<Place, StoreError> {
        let (kind, owner): (String, Uuid) = personal_access_tokens::table
            .filter(personal_access_tokens::id.eq(Uuid::from(*self)))
            .filter(personal_access_tokens::account_id.eq(Uuid::from(bearer.account)))
            .select((personal_access_tokens::owner_kind, personal_access_tokens::owner_id))
            .first(connection)?;
        Ok(Place::OwnedBy(stored::principal(&kind, owner)?))
    }
}
