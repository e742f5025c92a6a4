//! Which events of a history are asked for.

use serde::Serialize;

use super::{Actor, Outcome};
use crate::id::{AnyId, ApiCredentialId, MemberId, ProjectId};
use crate::instant::Instant;
use crate::violation::Violations;

/// Which events are asked for: those that all of it holds for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditFilter {
    /// Not before this instant.
    pub from: Option<Instant>,
    /// Before this instant.
    pub to: Option<Instant>,
    /// Done by them.
    pub actor: Option<Actor>,
    /// Of this name.
    pub action: Option<ActionName>,
    /// Done to this.
    pub object: Option<AnyId>,
    /// In this project.
    pub project: Option<ProjectId>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
}

/// The name of an action, such as `project.create`; there need not be such an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> ActionNameError)]
#[serde(transparent)]
pub struct ActionName(String);

/// A text that cannot be the name of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of an action, such as `project.create`")]
pub struct ActionNameError;

/// A text that cannot be an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of a member (`mbr_…`) or an API credential (`crd_…`), `operator` or `anonymous`")]
pub struct ActorError;

/// A period that ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must not be later than `to`")]
pub struct PeriodError;

/// The longest name of an action.
const LONGEST_ACTION: usize = 100;

impl AuditFilter {
    /// Whether there can be such events.
    ///
    /// # Errors
    /// When `from` is later than `to`.
    pub fn check_period(&self) -> Result<(), PeriodError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => Err(PeriodError),
            _ => Ok(()),
        }
    }
}

impl ActionName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ActionName {
    type Err = ActionNameError;

    fn from_str(text: &str) -> Result<Self, ActionNameError> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        match text.split_once('.') {
            Some((what, deed)) if text.len() <= LONGEST_ACTION && is_word(what) && is_word(deed) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ActionNameError),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        let member = text.parse::<MemberId>().map(Self::Member);
        let credential = || text.parse::<ApiCredentialId>().map(Self::ApiCredential);
        match text {
            "operator" => Ok(Self::Operator),
            "anonymous" => Ok(Self::Anonymous),
            _ => member.or_else(|_| credential()).map_err(|_| ActorError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::SessionId;
    use jiff::Timestamp;

    #[test]
    fn an_actor_is_a_principal_or_nobody_of_the_account() {
        let member = MemberId::generate(Timestamp::UNIX_EPOCH);
        assert_eq!(member.to_string().parse(), Ok(Actor::Member(member)));
        let credential = ApiCredentialId::generate(Timestamp::UNIX_EPOCH);
        assert_eq!(credential.to_string().parse(), Ok(Actor::ApiCredential(credential)));
        assert_eq!("operator".parse(), Ok(Actor::Operator));
        let session = SessionId::generate(Timestamp::UNIX_EPOCH).to_string();
        for wrong in [session.as_str(), "", "Operator", "member", "mbr_", "mbr_1"] {
            assert_eq!(wrong.parse::<Actor>(), Err(ActorError), "{wrong}");
        }
    }

    #[test]
    fn an_action_is_two_words_with_a_dot_between_them() {
        assert!("personal_access_token.create".parse::<ActionName>().is_ok());
        for wrong in
            ["", "project", "project.", ".create", "project.create.x", "Project.create", "project.*", "a b.c"]
        {
            assert_eq!(wrong.parse::<ActionName>(), Err(ActionNameError), "{wrong}");
        }
        assert_eq!(format!("{}.b", "a".repeat(99)).parse::<ActionName>(), Err(ActionNameError));
    }

    #[test]
    fn a_period_may_be_empty_but_not_run_backwards() {
        let at = |text: &str| text.parse::<Instant>().ok();
        let period = |from, to| AuditFilter { from, to, ..AuditFilter::default() }.check_period();
        let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00.000001Z"));
        assert_eq!(period(early, late), Ok(()));
        assert_eq!(period(early, early), Ok(()));
        assert_eq!(period(late, early), Err(PeriodError));
        assert_eq!(period(late, None), Ok(()));
    }
}
