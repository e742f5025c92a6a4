//! Two Super Admins against each other: never do both succeed, and at least one stays, whatever they do.

use keyhall_tests::{Database, Deployment, Person};
use reqwest::Method;

use super::{ROUNDS, Restore, race};

/// Brings back members, their roles, states and sessions.
const PUT_BACK: &str = "
    INSERT INTO principals SELECT * FROM kept_principals ON CONFLICT DO NOTHING;
    INSERT INTO members SELECT * FROM kept_members ON CONFLICT DO NOTHING;
    UPDATE members SET role = 'super_admin', state = 'active' WHERE (role, state) <> ('super_admin', 'active');
    INSERT INTO sessions SELECT * FROM kept_sessions ON CONFLICT DO NOTHING";

const ACTIVE: &str = "role = 'super_admin' AND state = 'active'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_super_admins_who_remove_each_other_do_not_both_succeed() {
    against_each_other(Method::DELETE, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_super_admins_who_demote_each_other_do_not_both_succeed() {
    against_each_other(Method::DELETE, "/super-admin").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_super_admins_who_suspend_each_other_do_not_both_succeed() {
    against_each_other(Method::POST, "/suspend").await;
}

async fn against_each_other(method: Method, suffix: &'static str) {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let one = account.super_admin.clone();
    let other = account.person(&deployment, "super_admin").await;
    let mut restore = Restore::keep(&deployment.database, &["principals", "members", "sessions"], PUT_BACK);

    for round in 0..ROUNDS {
        let strike = |by: &Person, at: &Person| {
            let (by, path, method) =
                (by.clone(), format!("/v1/members/{}{suffix}", at.member), method.clone());
            async move { by.send(method, &path, None).await.status }
        };
        let statuses = race(strike(&one, &other), strike(&other, &one)).await;
        let succeeded = statuses.map(|status| status < 300);
        assert_ne!(succeeded, [true, true], "round {round}");
        assert_ne!(
            succeeded,
            [false, false],
            "round {round}: {statuses:?}, and nobody is in the way of the first"
        );
        assert!(statuses.iter().all(|status| [200, 204, 401, 403, 404].contains(status)), "{statuses:?}");
        assert_eq!(active(&deployment.database), 1, "round {round}: {statuses:?}");
        restore.run();
    }
}

fn active(database: &Database) -> i64 {
    database.count("members", ACTIVE)
}
