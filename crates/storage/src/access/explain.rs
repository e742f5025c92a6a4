//! Why somebody may or may not do something.

use keyhall_domain::access::{Explanation, Question, RoleThatGives};
use keyhall_domain::authz::{EnvironmentRef, ExplainAccess, Grounds, Place, Refusal, ScopeRef};
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::principal::{Principal, PrincipalId, StandingError};
use keyhall_domain::role::custom::Role;

use crate::authenticate::load_principal;
use crate::error::{Refused, StoreError};
use crate::granted::Granted;
use crate::held_grants;
use crate::role;
use crate::store::Store;
use crate::transaction::Tx;

impl Store {
    /// Explains whether somebody holds a permission somewhere: oneself freely, others with `access:explain`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a question without an answer; [`StoreError::Refused`] for one about others;
    /// [`StoreError::NotFound`] for a place that is not there for who asks about themself; [`StoreError::Absent`].
    pub async fn explain_access(
        &self,
        grant: &Granted<ExplainAccess>,
        question: Question,
    ) -> Result<Explanation, StoreError> {
        question.check().map_err(StoreError::Invalid)?;
        self.read(grant, move |tx| {
            let subject = question.principal.unwrap_or(tx.bearer().id());
            let is_oneself = subject == tx.bearer().id();
            if !is_oneself {
                require_explaining(tx)?;
            }
            let (mut principal, standing) = find_subject(tx, subject)?;
            let at =
                ScopeRef { account: tx.bearer().account, place: find_place(tx, &mut principal, question)? };
            if is_oneself && principal.grounds(question.permission, &at.place) == Grounds::NoPart {
                return Err(StoreError::NotFound);
            }
            let mut explanation = Explanation::of(&principal, standing, question.permission, at);
            let kinds = explanation.kinds_that_could();
            let account = tx.bearer().account;
            let roles = role::with_permission(tx.connection, account, &kinds, question.permission)?;
            let sees_roles =
                tx.bearer().holds_in_account(Permission::new(ResourceType::Role, Operation::List));
            let shown = roles.into_iter().filter(|role| role.built_in || sees_roles);
            explanation.would_give = shown.map(that_gives).collect();
            Ok(explanation)
        })
        .await
    }
}

fn require_explaining(tx: &Tx<'_, ExplainAccess>) -> Result<(), StoreError> {
    let permission = Permission::new(ResourceType::Access, Operation::Explain);
    if tx.bearer().holds_in_account(permission) {
        return Ok(());
    }
    let at = ScopeRef::account(tx.bearer().account);
    Err(StoreError::Refused(Refused::Unauthorized(Refusal::Missing { permission, at })))
}

/// Who is asked about, and whether they may speak.
fn find_subject(
    tx: &mut Tx<'_, ExplainAccess>,
    subject: PrincipalId,
) -> Result<(Principal, Result<(), StandingError>), StoreError> {
    let account = tx.bearer().account;
    // There are no API credentials yet.
    let PrincipalId::Member(member) = subject else { return Err(StoreError::Absent("principal")) };
    match load_principal(tx.connection, account, member) {
        Ok((principal, standing)) => Ok((principal, standing.check())),
        Err(StoreError::NotFound) => Err(StoreError::Absent("principal")),
        Err(error) => Err(error),
    }
}

/// The place that is asked about, with the principal's rights there loaded.
fn find_place(
    tx: &mut Tx<'_, ExplainAccess>,
    principal: &mut Principal,
    question: Question,
) -> Result<Place, StoreError> {
    let account = tx.bearer().account;
    match (question.project_id, question.environment_id) {
        (None, _) => Ok(Place::Account),
        (Some(project), None) => {
            let rights = held_grants::on_project(tx.connection, account, principal.id, project)?;
            principal.projects.insert(project, rights);
            Ok(Place::Project(project))
        }
        (Some(project), Some(environment)) => {
            let at = EnvironmentRef { project, environment };
            let (of_project, here) = held_grants::on_environment(tx.connection, account, principal.id, at)?;
            principal.projects.insert(project, of_project);
            principal.environments.insert(environment, here);
            Ok(Place::Environment(at))
        }
    }
}

fn that_gives(role: Role) -> RoleThatGives {
    let named = role.id.map_or_else(|| role.name.as_str().to_owned(), |id| id.to_string());
    RoleThatGives { level: role.level, role: named, name: role.name }
}
