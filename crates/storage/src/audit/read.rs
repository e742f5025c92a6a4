//! Reading the audit, newest first.

use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::digest::sha256;
use keyhall_credential::page_token;
use keyhall_domain::audit::{AuditEvent, AuditFilter};
use keyhall_domain::authz::{Action, ListAuditEvents};
use keyhall_domain::violation::Violations;
use uuid::Uuid;

use super::filter::{Cursor, newest};
use super::row::EventRow;
use crate::error::StoreError;
use crate::granted::Granted;
use crate::store::Store;

/// Which events are asked for.
#[derive(Debug, Clone)]
pub struct AuditQuery {
    /// Only those that the filter lets through.
    pub filter: AuditFilter,
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
    /// [`StoreError::Invalid`] for a pagination token that is not ours, or another account's or filter's.
    pub async fn list_audit_events(
        &self,
        grant: &Granted<ListAuditEvents>,
        query: AuditQuery,
    ) -> Result<AuditPage, StoreError> {
        let list = list(grant, &query.filter)?;
        let after = query.pagination_token.as_deref().map(|token| self.open_page_token(&list, token));
        let after = after.transpose()?;
        let limit = usize::from(query.limit);
        let results = self.read(grant, move |tx| {
            let rows = newest(tx.account(), &query.filter, after)
                .limit(i64::from(query.limit) + 1)
                .select(EventRow::as_select())
                .load(tx.connection)?;
            rows.into_iter().map(AuditEvent::try_from).collect::<Result<Vec<_>, _>>()
        });
        let mut results = results.await?;
        let there_is_more = results.len() > limit;
        results.truncate(limit);
        let last = results.last().filter(|_| there_is_more).map(Cursor::from);
        Ok(AuditPage { more: last.map(|last| self.seal_page_token(&list, last)), results })
    }

    fn seal_page_token(&self, list: &[u8; 32], last: Cursor) -> String {
        let time = last.time.as_microsecond().to_be_bytes();
        let payload = [list.as_slice(), &time, &last.sequence.to_be_bytes()].concat();
        page_token::seal(self.page_tokens(), &payload)
    }

    fn open_page_token(&self, list: &[u8; 32], token: &str) -> Result<Cursor, StoreError> {
        let refuse = || {
            let message = "is not a token that this list gave out for these filters";
            StoreError::Invalid(Violations::one("paginationToken", message))
        };
        let payload = page_token::open(self.page_tokens(), token).map_err(|_| refuse())?;
        let place = payload.strip_prefix(list.as_slice()).ok_or_else(refuse)?;
        let (time, sequence) = place.split_at_checked(8).ok_or_else(refuse)?;
        let number = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes).map_err(|_| refuse());
        let time = Timestamp::from_microsecond(number(time)?).map_err(|_| refuse())?;
        Ok(Cursor { time, sequence: number(sequence)? })
    }
}

/// What a token is bound to: this list, the account, the filters.
fn list(grant: &Granted<ListAuditEvents>, filter: &AuditFilter) -> Result<[u8; 32], StoreError> {
    let account = Uuid::from(grant.bearer().account);
    let filter = serde_json::to_vec(filter).map_err(StoreError::unexpected)?;
    Ok(sha256(&[ListAuditEvents::NAME.as_bytes(), account.as_bytes(), &filter]))
}
