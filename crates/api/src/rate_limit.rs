//! How many requests each principal has in a minute, on this server.
//!
//! A principal's minute begins with its first request. Its tokens and sessions share it; nobody who was not authenticated
//! has one. What is counted is kept in memory and forgotten with the minute, or sooner where more principals come than are
//! kept count of: then whoever has been away longest begins a new minute too early, and nobody is refused for another's sake.
//!
//! What ends a session or a token, or changes the password, has a few requests besides, for each session and token apart: whoever
//! uses up somebody's quota with a stolen token must not keep them from ending it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use keyhall_domain::authz::{
    Action, ChangePassword, EndCurrentSession, EndSession, RevokePersonalAccessToken, Speaks,
};
use keyhall_domain::principal::PrincipalId;
use keyhall_storage::Authenticated;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::metrics::Metrics;
use crate::problem::{Problem, RATE_LIMITED};

/// The span that requests are counted in.
const WINDOW: Duration = Duration::from_secs(60);

/// Of how many principals count is kept at a time; each takes about 350 bytes.
const MOST_PRINCIPALS: u64 = 100_000;

/// What ends a stolen credential, by the names of the actions.
const WAYS_OUT: [&str; 4] =
    [EndCurrentSession::NAME, EndSession::NAME, ChangePassword::NAME, RevokePersonalAccessToken::NAME];

/// How many ways out a session or token may take in a minute when its principal's quota is used up.
const WAYS_OUT_QUOTA: u32 = 20;

/// The headers (draft-ietf-httpapi-ratelimit-headers).
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Counts the requests of each principal.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    quota: u32,
    window: Duration,
    counts: Cache<Counted, Arc<Count>>,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Counted {
    /// All of a principal's.
    Of(PrincipalId),
    /// The ways out of one session or token.
    WaysOutOf(Speaks),
}

/// The requests of one principal since its window began.
#[derive(Debug)]
struct Count {
    began: Instant,
    requests: AtomicU64,
}

/// What a principal has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    quota: u32,
    left: u32,
    /// In how many seconds it has its whole quota again, rounded up.
    seconds: u32,
}

impl RateLimiter {
    /// A limiter of so many requests a minute; none for 0.
    pub(crate) fn new(requests_per_minute: u32) -> Option<Self> {
        (requests_per_minute > 0).then(|| Self::with(requests_per_minute, WINDOW, MOST_PRINCIPALS))
    }

    fn with(quota: u32, window: Duration, most_principals: u64) -> Self {
        let counts = Cache::builder()
            .max_capacity(most_principals)
            // The default policy would refuse to keep count of newcomers while the cache is full.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(window)
            .build();
        Self { quota, window, counts }
    }

    /// Counts a request, and says what is left afterwards; or that nothing was.
    fn take(&self, principal: PrincipalId) -> Result<Allowance, Allowance> {
        self.take_of(Counted::Of(principal), self.quota)
    }

    /// Counts a way out that the principal's quota has no room for.
    fn take_way_out(&self, speaks: Speaks) -> bool {
        self.take_of(Counted::WaysOutOf(speaks), WAYS_OUT_QUOTA).is_ok()
    }

    fn take_of(&self, counted: Counted, quota: u32) -> Result<Allowance, Allowance> {
        let begin = || Arc::new(Count { began: Instant::now(), requests: AtomicU64::new(0) });
        let count = self.counts.get_with(counted, begin);
        let before = count.requests.fetch_add(1, Ordering::Relaxed);
        let left = u64::from(quota).checked_sub(before + 1);
        let until_over = self.window.saturating_sub(count.began.elapsed());
        let seconds = u32::try_from(until_over.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
        let left_or_none = left.and_then(|left| u32::try_from(left).ok()).unwrap_or(0);
        let allowance = Allowance { quota, left: left_or_none, seconds };
        if left.is_some() { Ok(allowance) } else { Err(allowance) }
    }
}

impl Allowance {
    /// Says it in the headers of an answer.
    pub(crate) fn insert_into(self, headers: &mut HeaderMap) {
        let Self { quota, left, seconds } = self;
        let window = WINDOW.as_secs();
        for (name, value) in [
            (&POLICY, format!("\"default\";q={quota};w={window}")),
            (&RATE_LIMIT, format!("\"default\";r={left};t={seconds}")),
        ] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name.clone(), value);
            }
        }
    }
}

/// Counts a request of somebody who was authenticated. What is left is written into the answer by [`crate::frame`].
pub(crate) fn check<A: Action>(request: &HttpRequest, who: &Authenticated) -> Result<(), Problem> {
    let limiter = request.app_data::<Data<Option<RateLimiter>>>();
    let Some(limiter) = limiter.and_then(|limiter| limiter.as_ref().as_ref()) else { return Ok(()) };
    let taken = limiter.take(who.principal());
    let (Ok(allowance) | Err(allowance)) = taken;
    request.extensions_mut().insert(allowance);
    if taken.is_err() && WAYS_OUT.contains(&A::NAME) && limiter.take_way_out(who.speaks()) {
        return Ok(());
    }
    taken.map(drop).map_err(|allowance| {
        if let Some(metrics) = request.app_data::<Data<Metrics>>() {
            metrics.rate_limited();
        }
        let Allowance { quota, seconds, .. } = allowance;
        Problem::new(&RATE_LIMITED)
            .detail(format_args!("you have {quota} requests a minute, and have had them"))
            .retry_after_seconds(seconds)
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use keyhall_domain::id::MemberId;

    use super::*;

    fn somebody() -> PrincipalId {
        PrincipalId::Member(MemberId::generate(Timestamp::now()))
    }

    #[test]
    fn a_principal_has_its_quota_and_not_one_request_more() {
        let limiter = RateLimiter::new(3).unwrap();
        let (ada, bob) = (somebody(), somebody());
        for left in [2, 1, 0] {
            assert_eq!(limiter.take(ada).unwrap().left, left);
        }
        for _ in 0..10 {
            assert_eq!(limiter.take(ada).unwrap_err().left, 0);
        }
        assert_eq!(limiter.take(bob).unwrap().left, 2);
    }

    #[test]
    fn a_quota_of_nothing_is_no_limit() {
        assert!(RateLimiter::new(0).is_none());
    }

    #[test]
    fn with_its_window_a_count_is_forgotten() {
        let limiter = RateLimiter::with(1, Duration::from_millis(50), 10);
        let ada = somebody();
        limiter.take(ada).unwrap();
        while limiter.take(ada).is_err() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn of_many_at_once_as_many_come_through_as_the_quota_says() {
        let limiter = Arc::new(RateLimiter::new(1_000).unwrap());
        let ada = somebody();
        let threads = (0..4).map(|_| {
            let limiter = limiter.clone();
            std::thread::spawn(move || (0..500).filter(|_| limiter.take(ada).is_ok()).count())
        });
        let threads: Vec<_> = threads.collect();
        let through: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(through, 1_000);
    }

    #[test]
    fn however_many_come_count_is_kept_of_a_bounded_number_the_latest_among_them() {
        let limiter = RateLimiter::with(1, WINDOW, 1_000);
        for _ in 0..50_000 {
            limiter.take(somebody()).unwrap();
        }
        let last = somebody();
        limiter.take(last).unwrap();
        limiter.counts.run_pending_tasks();
        assert!(limiter.counts.entry_count() <= 1_000, "{}", limiter.counts.entry_count());
        assert!(limiter.take(last).is_err());
    }
}
