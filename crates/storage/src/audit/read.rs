//! Reading the audit, newest first.

use diesel::prelude::*;
use keyhall_credential::page_token;
use keyhall_domain::audit::AuditEvent;
use keyhall_domain::authz::{Action, ListAuditEvents};
use keyhall_domain::violation::Violations;
use uuid::Uuid;

use super::row::EventRow;
use crate::error::StoreError;
use crate::grant::Granted;
use crate::schema::audit_events;
use crate::store::Store;

/// Which events are asked for.
#[derive(Debug, Clone)]
pub struct AuditQuery {
    /// At most so many, 1 to 100.
    pub limit: u8,
    /// Go on where the answer with this token ended.
    pub pagination_token: Option<String>,
}

/// Some events, and how to go on.
#[derive(Debug)]
pub struct AuditPage {
    /// The events, newest first.
    pub results: Vec<AuditEvent>,
    /// The token for the next ones; `None` at the end.
    pub more: Option<String>,
}

impl Store {
    /// The account's events, newest first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a pagination token that is not ours, or another account's.
    pub async fn list_audit_events(
        &self,
        grant: &Granted<ListAuditEvents>,
        query: AuditQuery,
    ) -> Result<AuditPage, StoreError> {
        let before = match &query.pagination_token {
            Some(token) => self.open_page_token(grant, token)?,
            None => i64::MAX,
        };
        let limit = usize::from(query.limit);
        let results = self.read(grant, move |tx| {
            let rows = audit_events::table
                .filter(audit_events::chain_id.eq(tx.account()))
                .filter(audit_events::sequence.lt(before))
                .order(audit_events::sequence.desc())
                .limit(i64::from(query.limit) + 1)
                .select(EventRow::as_select())
                .load(tx.connection)?;
            rows.into_iter().map(AuditEvent::try_from).collect::<Result<Vec<_>, _>>()
        });
        let mut results = results.await?;
        let there_is_more = results.len() > limit;
        results.truncate(limit);
        let last = results.last().filter(|_| there_is_more).map(|event| event.sequence);
        Ok(AuditPage { more: last.map(|last| self.seal_page_token(grant, last)), results })
    }

    fn seal_page_token(&self, grant: &Granted<ListAuditEvents>, sequence: i64) -> String {
        let account = Uuid::from(grant.bearer().account);
        let list = ListAuditEvents::NAME.as_bytes();
        let payload = [list, account.as_bytes(), &sequence.to_be_bytes()].concat();
        page_token::seal(self.page_tokens(), &payload)
    }

    fn open_page_token(&self, grant: &Granted<ListAuditEvents>, token: &str) -> Result<i64, StoreError> {
        let refuse = || {
            let message = "is not a token that this list gave out";
            StoreError::Invalid(Violations::one("paginationToken", message))
        };
        let payload = page_token::open(self.page_tokens(), token).map_err(|_| refuse())?;
        let account = Uuid::from(grant.bearer().account);
        let list = payload.strip_prefix(ListAuditEvents::NAME.as_bytes()).ok_or_else(refuse)?;
        let sequence = list.strip_prefix(account.as_bytes().as_slice()).ok_or_else(refuse)?;
        Ok(i64::from_be_bytes(sequence.try_into().map_err(|_| refuse())?))
    }
}
